"""What a caller may do: standard roles, custom roles, and the decision."""
