"""What a change may not do in one go, judged against the catalog it starts from.

Entrance: `change`.
"""
