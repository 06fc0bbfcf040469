"""Signing requests: API tokens, service apps, DPoP."""
