"""What is wrong with a catalog as it stands: each module a subject, each check a function of it.

Entrance: the tuples of `policy.registry`, which say in which order the checks run.
"""
