"""Whom a subject means.

Floor 1, pure: no input or output, no clock. One candidate resolves; several or none never do, and
nobody takes "the first". Entrance: `resolve.resolve`.
"""
