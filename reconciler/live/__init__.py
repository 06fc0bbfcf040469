"""Observation: what Okta holds, read completely or marked as not read.

Floor 3. Knows Okta only by the small protocol in `ports`; never writes. Entrance:
`snapshot.observe`.
"""
