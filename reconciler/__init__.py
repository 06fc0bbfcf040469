"""Keeps Okta group membership equal to what a git repository says.

The floors, from the bottom: `model` (nouns); `identity`, `connector_checks`, `policy`, `planning`
(rules, pure); `catalog`, `okta`, `github`, `store`, `render` (edges); `live`, `execution`,
`workflows`, `evidence` (seeing and doing); `cli` (the front door). Imports only go down. `sandbox`
stands apart.
"""

__version__ = "0.1.0"
