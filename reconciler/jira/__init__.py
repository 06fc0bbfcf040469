"""The edge to Jira Cloud: it reads issues that people approve, and tells them what became of them.

Imports only `model` and shares nothing with `okta` or `github`. `client` speaks HTTP to one address
and to the routes that it was made for, `reader` turns answers into nouns, or says why it cannot,
and `writer`, with a credential of its own, leaves one comment and one property on an issue.
"""
