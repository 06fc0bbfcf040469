"""What limits a caller: calls a minute, calls at a time, and the addresses they come from."""
