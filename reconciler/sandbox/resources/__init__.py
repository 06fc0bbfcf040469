"""Okta's JSON of users, groups, group rules and apps, and the states of a user."""
