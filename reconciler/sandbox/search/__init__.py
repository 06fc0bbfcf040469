"""Finding and listing: filters, search expressions, pages and indexes."""
