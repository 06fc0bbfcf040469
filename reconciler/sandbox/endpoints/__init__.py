"""Okta's endpoints, one module for each resource."""
