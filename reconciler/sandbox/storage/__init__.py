"""Where the org is kept: one SQLite database, its rows, and its clock."""
