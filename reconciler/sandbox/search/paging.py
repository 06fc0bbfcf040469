"""Cursors that mean nothing to a client, and the `Link` lines that carry them."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from reconciler.sandbox.api_errors import no_such_page

_FIRST: Final = {"after": 0, "limit": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which part of a list is asked for: so many items behind a position, from the start for ""."""

    after: str = ""
    limit: int

    @property
    def number(self) -> int:
        """The position, in a list that counts its items."""
        return int(self.after or 0)


def page(cursor: str | None, limit: str | None, *, default: int, most: int, of: str) -> Page:
    """The page asked for; a limit above the most is cut to it, as the self link then says."""
    asked = default
    if limit is not None:
        if not (limit.isascii() and limit.isdigit() and int(limit[:9]) > 0):
            raise no_such_page()
        asked = int(limit[:9])
    after = "" if cursor is None else _position(cursor, of)
    return Page(after=after, limit=min(asked, most))


def cursor(position: str, of: str) -> str:
    """The cursor behind a position of this list; no other list takes it."""
    text = f"{position}.{_check(position, of)}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def link(url: str, query: dict[str, str], relation: str) -> str:
    """One `Link` line: `after` and `limit` stand first (Okta: recorded)."""
    ordered = sorted(query, key=lambda key: _FIRST.get(key, len(_FIRST)))
    text = urlencode({key: query[key] for key in ordered})
    return f'<{url}?{text}>; rel="{relation}"'


def _position(text: str, of: str) -> str:
    try:
        padded = text + "=" * (-len(text) % 4)
        position, _, check = base64.urlsafe_b64decode(padded.encode()).decode().rpartition(".")
    except ValueError as error:
        raise no_such_page() from error
    if not position or cursor(position, of) != text or check != _check(position, of):
        raise no_such_page()
    return position


def _check(position: str, of: str) -> str:
    return hashlib.sha256(f"{of}/{position}".encode()).hexdigest()[:10]
