"""How names of people are compared: one way to find an account, one way to doubt that two differ.

Okta holds `weiß@…` and `weiss@…` as two accounts and compares logins without regard to case alone.
So an account is found by `login_key`. Whether two names may be one person's is asked with `fold`,
which sees more names as equal than Okta does; it may refuse something, and never give anything.
"""

import unicodedata
from functools import lru_cache

__all__ = ["fold", "is_same_login", "login_key"]


@lru_cache(maxsize=65536)
def login_key(name: str) -> str:
    """The form in which two spellings of one login (or of one subject) are equal."""
    return name.lower()


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """The form in which names that a reader could take for each other are equal.

    Compatibility forms and case are folded (Unicode: NFKC_Casefold, in the order of its D146), so
    a long s, a full-width letter and a capital are the letter that they look like.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", name).casefold())
    return unicodedata.normalize("NFKC", folded.casefold()).strip()


def is_same_login(one: str, other: str) -> bool:
    """Whether both name the same account at Okta."""
    return login_key(one) == login_key(other)
