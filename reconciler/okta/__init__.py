"""The edge to Okta: the only package that speaks HTTP to it.

Imports `model`, and of `policy` what an Okta domain is. `api.reader` reads, `api.writer` holds the
complete list of mutations, and both go through one sender in `requests`: retry, then `auth`, then
`rate_limits`, then the transport. What an answer means is decided by pure functions in `responses`.
"""
