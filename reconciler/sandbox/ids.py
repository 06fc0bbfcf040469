"""Okta-shaped identifiers: derived from a name, or new and random.

An id is a three-character prefix and 17 letters or digits (Okta: recorded).
"""

import hashlib
import secrets
import string
from typing import Final

PREFIXES: Final = {
    "user": "00u",
    "group": "00g",
    "org": "00o",
    "token": "00T",
    "rule": "0pr",
    "app": "0oa",
    "client": "0oa",
    "custom role": "cr0",
    "resource set": "iam",
    "role assignment": "irb",
    "app link": "00a",
    "type": "oty",
    "schema": "osc",
    "policy": "rst",
}
_ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
_TAIL: Final = 17
_TOKEN_TAIL: Final = 40


def derived_id(kind: str, name: str) -> str:
    """The id that a thing of this kind has when its world gives only its name."""
    return PREFIXES[kind] + _tail(f"{kind}:{name}", _TAIL)


def derived_token(name: str) -> str:
    """The value that a token has when its world gives only its name."""
    return "00" + _tail(f"token-value:{name}", _TOKEN_TAIL)


def new_id(kind: str) -> str:
    """A fresh id: Okta never gives an id twice, not even to a group made again."""
    return PREFIXES[kind] + "".join(secrets.choice(_ALPHABET) for _ in range(_TAIL))


def _tail(text: str, length: int) -> str:
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % 62**length
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
