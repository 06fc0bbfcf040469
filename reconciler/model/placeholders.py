"""Words a printed stanza leaves for its reader to fill in; left as they are, they say nothing."""

__all__ = ["PLACEHOLDERS", "THEIR_ID", "THEIR_LOGIN", "WHY", "YOUR_EMAIL"]

YOUR_EMAIL = "YOUR-EMAIL"
WHY = "WHY THIS IS RIGHT"
THEIR_LOGIN = "THEIR-LOGIN"
THEIR_ID = "THEIR-OKTA-ID"

PLACEHOLDERS = frozenset({YOUR_EMAIL, WHY, THEIR_LOGIN, THEIR_ID})
