"""One verb per file: each a function over explicit dependencies that returns a value.

Floor 4. Calls the floors below in order and decides nothing itself; never touches HTTP. Entrances:
`plan.plan`, `plan_change`, `apply.prepare`, `carry_out`, `account`, `person`, `offboard`,
`check_connector`, `check_write`.
"""
