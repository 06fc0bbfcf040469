"""Okta's JSON of users, groups and rules."""
