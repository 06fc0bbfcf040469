"""The catalog's files: strict YAML into typed nouns, with every complaint at its line and column.

Floor 2, an edge: the only package that reads catalog files and the only one that imports yaml and
jsonschema. It decides nothing about access, writes nothing, follows no symlink and executes nothing
from a file. The user's mistakes are values, never exceptions.

Entrance: `load.load_and_judge` (everything), `load.load` (without policy).
"""
