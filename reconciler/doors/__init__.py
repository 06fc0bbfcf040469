"""Doors: the ways in by which people ask. What they ask for becomes a proposal, for review.

A door holds no power over Okta. It may be wrong, or taken over: the plan verifies at the source,
the base's policy judges, and CI applies.
"""
