"""One verb per file: each a function over explicit dependencies that returns a value.

Floor 4. Calls the floors below in order and decides nothing itself; never touches HTTP. Entrances:
`plan.plan`, `plan_change`, `apply.prepare` and `apply.carry_out`, `check_connector`, `check_write`.
"""
