"""What assertions and proofs share as signed JWTs."""

import math
from collections.abc import Mapping

import jwt


def signature_holds(text: str, key: Mapping[str, object], algorithm: str) -> bool:
    """Whether the JWT was signed with the private half of this key, by this algorithm."""
    try:
        public = jwt.PyJWK.from_dict(dict(key), algorithm=algorithm)
        jwt.PyJWS().decode_complete(text, public, algorithms=[algorithm])
    except (jwt.PyJWTError, TypeError, ValueError, KeyError):
        return False
    return True


def integral(value: object) -> float | None:
    """A claim that is a number of seconds since the epoch; None when it is something else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
