"""How much a caller may ask: calls a minute, and calls at a time."""
