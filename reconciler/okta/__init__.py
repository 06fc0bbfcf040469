"""The edge to Okta: the only package that speaks HTTP to it.

Floor 2; imports only `model`. `OktaReader` reads, `OktaWriter` holds the complete list of
mutations, and both go through one `Sender`: retry, then authentication, then pacing, then the wire.
Rules about answers (`decode`, `errors`, `link`, `ratelimit`, `retry`) are pure functions beside it.
"""
