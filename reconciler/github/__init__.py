"""The edge to GitHub, where people propose, review and merge.

Imports only `model` and shares nothing with `okta`. `transport` speaks HTTP to one API address and
no other. `client` and `reader` read, by GET alone; `writer` is a client of its own, by which
`proposals`, `issues` and `merging` write in one repository. Answers are nouns, or say why not.
"""
