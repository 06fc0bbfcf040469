"""Strings out: what a person or a program reads.

Floor 2, an edge that touches nothing: no files, no terminal, no environment. `document` decides
once what is said and in which order; the encoders only lay it out. Every string that came from a
file or from Okta is escaped here, on its way out.
"""
