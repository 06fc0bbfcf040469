"""What `WWW-Authenticate` says: an OAuth refusal has an empty body (Okta: OAuth errors).

Both forms are read, `Bearer …` and `DPoP …`; they name the error alike.
"""

import re
from dataclasses import dataclass

import httpx

__all__ = ["Challenge", "challenge_in"]

_ERROR = re.compile(r'\berror="([a-z_]{1,60})"')
_SCOPE = re.compile(r'\bscope="([A-Za-z0-9._ ]{1,200})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """The error, in OAuth's word, and the scope it is about; what is not said is empty."""

    error: str = ""
    scope: str = ""


def challenge_in(headers: httpx.Headers) -> Challenge:
    """The challenge of an answer, all empty where there is none."""
    text: str = headers.get("www-authenticate", "")
    return Challenge(error=_first(_ERROR, text), scope=_first(_SCOPE, text))


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(1) if match else ""
