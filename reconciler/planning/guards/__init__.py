"""Limits on what one run may remove, and how they are acknowledged. Pure floor."""
