"""How each kind of line is put into words, shared by plans, results and drift. Pure."""
