"""What one command works with: catalog, connection, plan, evidence, and the time it has."""
