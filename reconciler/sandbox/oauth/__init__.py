"""Signing in as a service app: assertions, proofs, tokens, and how a wrong one is refused."""
