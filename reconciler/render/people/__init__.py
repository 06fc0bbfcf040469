"""What is shown of one person: who they are, what they have, and what changes of it."""
