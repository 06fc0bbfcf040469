"""Signed JWTs as assertions and proofs use them: reading, signatures, and claims of a type."""

import math
from collections.abc import Mapping
from typing import Any

import jwt


def has_valid_signature(text: str, key: Mapping[str, object], algorithm: str) -> bool:
    """Whether the JWT was signed with the private half of this key, by this algorithm."""
    try:
        public = jwt.PyJWK.from_dict(dict(key), algorithm=algorithm)
        jwt.PyJWS().decode_complete(text, public, algorithms=[algorithm])
    except (jwt.PyJWTError, TypeError, ValueError, KeyError):
        return False
    return True


def read_unverified(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of an unverified JWT; ValueError for any other text."""
    try:
        header = jwt.get_unverified_header(text)
        claims = jwt.decode(text, options={"verify_signature": False})
    except (jwt.PyJWTError, TypeError, RecursionError) as error:
        raise ValueError("no JWT") from error
    return header, claims


def text_claim(value: object) -> str | None:
    """A claim that is a text with something in it; half a character is none."""
    if not isinstance(value, str) or not value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value


def number_claim(value: object) -> float | None:
    """A claim that is a number of seconds since the epoch; None when it is something else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
