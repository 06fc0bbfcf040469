"""What the terminal shows: the streams, the progress line, and when it is drawn."""
