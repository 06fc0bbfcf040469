"""Okta's API as calls: the reads, and the few writes. Edge floor."""
