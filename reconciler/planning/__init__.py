"""From what git says and what Okta holds to a plan.

Floor 1, pure: no input or output, no clock, nothing but values in and values out. Entrances:
`steps.assess`, then `steps.questions`, then `steps.complete`. Nothing here may be unsure in
silence: what cannot be decided becomes a `Blocked` line, and a `Blocked` line never removes anyone.
"""
