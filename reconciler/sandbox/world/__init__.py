"""The org as a file describes it: users, groups, apps, rules, and the choices Okta leaves open."""
