"""One encoder for each format: text, Markdown, SARIF, annotations. Strings out, nothing else."""
