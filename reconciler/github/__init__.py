"""The edge to GitHub, where pull requests are reviewed: it only reads.

Imports only `model` and shares nothing with `okta`. `client` speaks HTTP to one API address and no
other, `reader` turns its answers into nouns, or says why it cannot.
"""
