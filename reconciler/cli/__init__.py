"""The front door: parse, call a workflow, render, exit.

Floor 6, the top. `wiring` is the composition root: the only place that builds an Okta client, reads
the clock or the environment. Entrance: `main.run`.
"""
