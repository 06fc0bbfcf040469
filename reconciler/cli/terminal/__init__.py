"""The streams and the progress line."""
