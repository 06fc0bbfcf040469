"""The front door: parse, call a workflow, render, exit.

The top floor. `session.connection` is the composition root: the only place that builds an Okta
client; the clock is read in `clock` alone. One module for each command in `commands`. Entrance:
`main.run`.
"""
