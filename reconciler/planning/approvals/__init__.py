"""Whether an approval counts: for whom, by whom, and for which words. Pure floor."""
