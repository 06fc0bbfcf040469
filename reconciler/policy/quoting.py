"""Words about values that others wrote: quoted so that they cannot pose as our own, or guessed at.

What stands in a file is untrusted: it is cut, its control and direction characters are escaped, and
what looks like a secret is never repeated.
"""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from reconciler.model.secret_patterns import looks_like_secret

__all__ = ["choice", "guess", "nearest", "quoted", "with_letter"]

_LONGEST = 80
_LISTED = 12
_LOOKS_LIKE = str.maketrans(
    "АВЕЅІЈКМНОРСТХаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοа",  # noqa: RUF001 - Cyrillic and Greek, meant
    "ABESIJKMHOPCTXaesijopcyxhdqwABEZHIKMNOPTYXoa",
)
"""The letters that are most often taken for Latin ones, as people type or paste them."""


def quoted(value: object) -> str:
    """The value between quotes, cut at 80 characters, harmless to print; never a secret."""
    text = str(value)
    if looks_like_secret(text):
        return '"…"'
    shown = "".join(_escape(character) for character in text[:_LONGEST])
    return f'"{shown}…"' if len(text) > _LONGEST else f'"{shown}"'


def _escape(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    return _nearest(word[:_LONGEST], tuple(sorted(known)))


@lru_cache(maxsize=1024)
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    close = get_close_matches(_ascii(word).lower(), known, n=1, cutoff=0.6)
    return close[0] if close else None


def _ascii(word: str) -> str:
    """The word as it looks, where a letter of another script looks like one of ours."""
    return unicodedata.normalize("NFKC", word).translate(_LOOKS_LIKE)


def guess(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint with the word that was probably meant, or else what there is to choose from."""
    words = tuple(known)
    near = nearest(word, words)
    if near is not None:
        return with_letter(word, f"did you mean {quoted(near)}?")
    return with_letter(word, otherwise or (f"there is {choice(words)}" if words else ""))


def with_letter(word: str, hint: str) -> str:
    """The hint, and which letter is not the one that it looks like: of another script, or unseen.

    Keys, ids and choices are of ASCII: a letter that passes for one of theirs is worth a word.
    """
    for letter in word[:_LONGEST]:
        is_unseen = unicodedata.category(letter) in {"Cf", "Zs"}
        if not letter.isascii() and (is_unseen or _ascii(letter).isascii()):
            name = unicodedata.name(letter, f"U+{ord(letter):04X}")
            told = f"it holds {quoted(letter)}, {name}"
            return f"{hint}; {told}" if hint else told
    return hint


def choice(words: Iterable[str]) -> str:
    """The words in a row, the first dozen of them."""
    listed = list(words)
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return ", ".join(quoted(word) for word in listed[:_LISTED]) + more
