"""One verb per file: each a function over explicit dependencies that returns a value.

Floor 4. Calls the floors below in order and decides nothing itself; never touches HTTP. Entrances:
`plan.plan`, `apply.apply`.
"""
