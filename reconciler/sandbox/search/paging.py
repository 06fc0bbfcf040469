"""Cursors that mean nothing to a client, and the `Link` lines that carry them."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from reconciler.sandbox.api_errors import invalid_paging

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


def parse_page(
    after: str | None, limit: str | None, *, default: int, most: int, list_name: str
) -> Page:
    """The page asked for; a limit above the most is cut to it, as the self link then says."""
    asked = default
    if limit is not None:
        if not (limit.isascii() and limit.isdigit() and int(limit[:9]) > 0):
            raise invalid_paging()
        asked = int(limit[:9])
    position = "" if after is None else _position(after, list_name)
    return Page(after=position, limit=min(asked, most))


def encode_cursor(position: str, list_name: str) -> str:
    """The cursor behind a position of this list; no other list takes it."""
    text = f"{position}.{_check(position, list_name)}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def link_line(url: str, query: dict[str, str], relation: str) -> str:
    """One `Link` line: `after` and `limit` stand first (Okta: recorded)."""
    ordered = sorted(query, key=lambda key: _FIRST.get(key, len(_FIRST)))
    text = urlencode({key: query[key] for key in ordered})
    return f'<{url}?{text}>; rel="{relation}"'


def _position(text: str, list_name: str) -> str:
    try:
        padded = text + "=" * (-len(text) % 4)
        position, _, check = base64.urlsafe_b64decode(padded.encode()).decode().rpartition(".")
    except ValueError as error:
        raise invalid_paging() from error
    if (
        not position
        or encode_cursor(position, list_name) != text
        or check != _check(position, list_name)
    ):
        raise invalid_paging()
    return position


def _check(position: str, list_name: str) -> str:
    return hashlib.sha256(f"{list_name}/{position}".encode()).hexdigest()[:10]
