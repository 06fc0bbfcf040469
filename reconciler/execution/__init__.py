"""Execution: carries out the lines of a plan, one write at a time, and records each.

Floor 3. Knows Okta only by the small protocols in `ports`; decides nothing about people. Entrances:
`accounts.carry_out_accounts` and `executor.execute`.
"""
