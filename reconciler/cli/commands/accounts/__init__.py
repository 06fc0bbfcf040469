"""The commands about people and their accounts."""
