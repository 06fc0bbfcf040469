"""Everything that changes the org, each in one transaction with its log events."""
