"""Okta's limits: what its headers say, and when the next request may go."""
