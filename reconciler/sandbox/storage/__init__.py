"""Where the org is kept: one SQLite database, and its clock."""
