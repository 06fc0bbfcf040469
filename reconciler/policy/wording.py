"""Words about values that others wrote: quoted so that they cannot pose as our own, or guessed at.

What stands in a file is untrusted: it is cut, its control and direction characters are escaped, and
what looks like a secret is never repeated.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

__all__ = ["SECRET", "choice", "guess", "looks_like_secret", "nearest", "quoted"]

_LONGEST = 80
_LISTED = 12

# Each begins with plain characters, which the engine can look for fast; what may not stand before
# them is asked only then.
SECRET = re.compile(
    r"00(?<![A-Za-z0-9_-]00)[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])"  # an Okta API token
    r"|-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY"  # PEM
    r"|eyJ(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"  # a JWT
)


def looks_like_secret(text: str) -> bool:
    """Whether the text holds an Okta API token, a private key or a JWT."""
    return SECRET.search(text) is not None


def quoted(value: object) -> str:
    """The value between quotes, cut at 80 characters, harmless to print; never a secret."""
    text = str(value)
    if looks_like_secret(text):
        return '"…"'
    shown = "".join(_shown(character) for character in text[:_LONGEST])
    return f'"{shown}…"' if len(text) > _LONGEST else f'"{shown}"'


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    return _nearest(word[:_LONGEST], tuple(sorted(known)))


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    close = get_close_matches(word.lower(), known, n=1, cutoff=0.6)
    return close[0] if close else None


def guess(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint with the word that was probably meant, or else what there is to choose from."""
    words = tuple(known)
    near = nearest(word, words)
    if near is not None:
        return f"did you mean {quoted(near)}?"
    return otherwise or (f"there is {choice(words)}" if words else "")


def choice(words: Iterable[str]) -> str:
    """The words in a row, the first dozen of them."""
    listed = list(words)
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return ", ".join(quoted(word) for word in listed[:_LISTED]) + more
