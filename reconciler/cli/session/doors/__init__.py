"""How the doors are reached, and with whose credential."""
