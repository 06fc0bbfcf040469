"""The version of a user, and updates that hold for one version only."""

import hashlib
import re
from typing import Final

from reconciler.sandbox.failures import Failure

# Weak or strong, with 64 hexadecimal digits (Okta: recorded); `*` is any version (RFC 9110).
_GIVEN: Final = re.compile(r'\*|(?:W/)?"(?P<digest>[0-9a-fA-F]{64})"')


def of(body: bytes) -> str:
    """The tag of a stored user: weak, as Okta's are (Okta: recorded)."""
    return f'W/"{hashlib.sha256(body).hexdigest()}"'


def check(given: str | None, body: bytes) -> None:
    """An update may go on: it names no version, or the present one.

    The codes are documented; the texts are not known.
    """
    if given is None:
        return
    tag = _GIVEN.fullmatch(given.strip())
    if tag is None:
        raise Failure(400, "E0000242", "The If-Match header is not a valid ETag.")
    if tag["digest"] is not None and tag["digest"].lower() not in of(body):
        raise Failure(412, "E0000231", "The ETag does not match the current version.")
