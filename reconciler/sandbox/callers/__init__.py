"""Who is asking: API tokens and access tokens."""
