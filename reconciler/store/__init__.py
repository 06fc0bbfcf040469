"""Files of our own: plans, results, the journal.

Floor 2, an edge: owns the local disk and nothing else. Files are made 0600 in folders made 0700,
and are whole or not there.
"""
