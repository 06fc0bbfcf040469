"""Proposals: what a request makes of the catalog, to be reviewed. Pure floor.

Every door asks in the same words: a request becomes a proposal, or it is so already, or it is
refused. Entrances: `grants.propose_grant`, `renewals.propose_renewal`,
`revocations.propose_revocation`.
"""
