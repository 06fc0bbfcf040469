"""The edge to the forge where pull requests are reviewed: it only reads.

Floor 2, beside `okta` and sharing nothing with it; imports only `model`. `ForgeClient` speaks HTTP
to one API address and no other, `GitHubReader` turns its answers into nouns, or says why it cannot.
"""
