"""One answer from Okta, whole."""

from dataclasses import dataclass, field

import httpx

__all__ = ["Answer", "escape_unprintable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back for one request, body read to its announced end.

    `path` has no query, so that it can stand in messages.
    """

    method: str
    path: str
    status: int
    headers: httpx.Headers = field(default_factory=httpx.Headers, repr=False)
    body: bytes = field(default=b"", repr=False)
    unkept: int = 0
    """Bytes of a body that was read to its end and not kept."""

    @property
    def request_id(self) -> str:
        """Okta's own name for the request (Okta: X-Okta-Request-Id)."""
        return escape_unprintable(self.headers.get("x-okta-request-id", ""), 100)

    @property
    def is_json(self) -> bool:
        """Whether the answer says that its body is JSON."""
        kind: str = self.headers.get("content-type", "")
        return kind.partition(";")[0].strip().lower() == "application/json"

    @property
    def is_success(self) -> bool:
        """Whether Okta did what was asked."""
        return httpx.codes.is_success(self.status)


def escape_unprintable(text: str, length: int) -> str:
    """The text, cut, with everything that could act on a terminal written as an escape."""
    cut = text if len(text) <= length else f"{text[:length]}…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)
