"""Nouns: what the rules speak about.

Floor 0. Standard library only; every type is frozen; no clock, no input or output. Any floor may
import these modules; they import nothing but each other.
"""
