"""What merging a change would do: base, head and Okta held side by side. Pure floor."""
