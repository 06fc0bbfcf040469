"""One file as YAML: strict reading, positions, syntax errors, and what the text may not hold."""
