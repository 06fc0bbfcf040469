"""Keeps Okta group membership equal to what a git repository says.

The floors, from the bottom: `model` (nouns), `policy` `identity` `planning` (rules, pure),
`catalog` `okta` `store` `render` (edges), `live` `execution` (seeing and doing), `workflows`
(one verb each), `cli` (the front door). Imports only go down. `sandbox` stands apart.
"""

__version__ = "0.1.0"
