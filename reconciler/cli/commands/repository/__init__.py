"""Files at the top of the repository that are written from the catalog."""
