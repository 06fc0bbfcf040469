"""A plan's lines: additions, removals, and what stays undecided. Pure floor."""
