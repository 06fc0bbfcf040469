"""Accounts: what may be done with an Okta account, and what a file asks of it now. Pure floor.

Entrances: `states.decide_state`, `requests.decide_request`, `table.decide`,
`protection.find_refusal`, `authority`.
"""
