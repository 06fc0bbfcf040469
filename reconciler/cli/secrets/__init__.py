"""Where credentials come from, which org each is pinned to, and the filter of all output."""
