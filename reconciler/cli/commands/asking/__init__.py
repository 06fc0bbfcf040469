"""Commands by which people ask: for access, for more time, that somebody lose it."""
