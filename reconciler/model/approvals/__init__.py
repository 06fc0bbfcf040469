"""Where people agree: reviews at GitHub, issues of Jira, and the doors that lead to both."""
