"""Words that a printed stanza or a new repository leaves for its reader to replace."""

__all__ = [
    "DOMAIN",
    "HANDLE",
    "PERSON",
    "PLACEHOLDERS",
    "THEIR_ID",
    "THEIR_LOGIN",
    "UNFILLED",
    "WHY",
    "YOUR_EMAIL",
]

YOUR_EMAIL = "YOUR-EMAIL"
WHY = "WHY THIS IS RIGHT"
THEIR_LOGIN = "THEIR-LOGIN"
THEIR_ID = "THEIR-OKTA-ID"

PLACEHOLDERS = frozenset({YOUR_EMAIL, WHY, THEIR_LOGIN, THEIR_ID})
"""What a plan's stanza leaves blank; left as they are, they say nothing."""

UNFILLED = ("REPLACE", "replace-with-")
"""What a value has in it that `init` could not know; a domain is written in lower case."""

DOMAIN = "https://replace-with-yours.okta.com"
PERSON = "REPLACE@example.com"
HANDLE = "@REPLACE/it-admins"
