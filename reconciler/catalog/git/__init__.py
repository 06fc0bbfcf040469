"""Git as the catalog needs it: objects, a folder at a commit, and its log. Edge floor."""
