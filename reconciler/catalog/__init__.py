"""The catalog's files: strict YAML into typed nouns, with every problem at its line and column.

An edge: the only package that reads catalog files, from a folder or from a commit (`git`). It
decides nothing about access, writes nothing, follows no symlink and executes nothing from a file.
The user's mistakes are values, never exceptions.

Entrance: `load.load_and_judge` (everything), `load.load` (without policy).
"""
