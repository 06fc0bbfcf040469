"""What an answer means, and what went wrong where there is none."""
