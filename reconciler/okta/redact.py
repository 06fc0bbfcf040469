"""Secrets out of text, on its way to any sink."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

__all__ = ["Redactor"]

_MASK = "***"
_SHORTEST_LINE = 16  # a line of a key, told from a word
_EDGE = r"[A-Za-z0-9_-]"
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{1,40}-----"
    r"(?:(?:(?!-----BEGIN )[\s\S]){0,20000}?-----END [A-Z0-9 ]{1,40}-----"
    r"|[A-Za-z0-9+/=\s\\]*)"
)
_JWT = re.compile(rf"(?<!{_EDGE})eyJ[A-Za-z0-9_-]{{6,}}\.[A-Za-z0-9_-]{{4,}}(?:\.[A-Za-z0-9_-]*)?")
# An API token: 42 characters that begin with 00 (Okta ids have 20).
_SSWS = re.compile(rf"(?<!{_EDGE})00[A-Za-z0-9_-]{{40}}(?!{_EDGE})")
_HEADER = re.compile(
    r"(?i)(\bauthorization\b(?:[\"']?\s*[:=]\s*(?:b?[\"'])?|[\"']\s*,\s*b?[\"']))"
    r"(?:(?:SSWS|Bearer|DPoP|Basic)\s+)?[^\s\"',;)}\]]+"
)
_SCHEME = re.compile(r"\b(SSWS|Bearer|DPoP)(\s+|%20|\+)(?=\S*[0-9])[A-Za-z0-9._~+/=-]{16,}")


class Redactor:
    """Replaces known secrets, in every form they travel in, and what looks like one, by `***`."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        longest_first = sorted(forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if forms else None

    def __repr__(self) -> str:
        return "Redactor(***)"

    def clean(self, text: str) -> str:
        """The text without secrets; ids, names and digests stay."""
        if self._known is not None:
            text = self._known.sub(_MASK, text)
        text = _PEM.sub(_MASK, text)
        text = _HEADER.sub(rf"\g<1>{_MASK}", text)
        text = _SCHEME.sub(rf"\g<1> {_MASK}", text)
        return _SSWS.sub(_MASK, _JWT.sub(_MASK, text))


def _forms(secret: str) -> Iterator[str]:
    """The secret as written, its long lines, and its escaped, URL and base64 forms."""
    stripped = secret.strip()
    if not stripped:
        return
    for text in {stripped, *(line.strip() for line in stripped.splitlines())}:
        if text == stripped or (len(text) >= _SHORTEST_LINE and not text.startswith("-----")):
            yield from {text, quote(text, safe=""), quote_plus(text)}
            yield from {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
            yield repr(text)[1:-1]
            yield from _base64_forms(text)


def _base64_forms(text: str) -> Iterator[str]:
    """The part of its base64 that is the same wherever in a longer text the secret stands."""
    for lead in range(3):
        data = b"\0" * lead + text.encode("utf-8", "surrogatepass")
        first, last = -(-lead * 8 // 6), len(data) * 8 // 6
        core = base64.b64encode(data).decode()[first:last]
        if len(core) >= _SHORTEST_LINE:
            yield core
            yield core.replace("+", "-").replace("/", "_")
