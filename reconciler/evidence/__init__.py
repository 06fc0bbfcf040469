"""The signed record of what was done: writing, reading and verifying it."""
