"""What `connector test` concludes: org, credential, roles, scopes. Pure floor."""
