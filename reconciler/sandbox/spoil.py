"""How each fault spoils an answer."""

from dataclasses import replace
from typing import Final

from reconciler.sandbox.failures import no_token, scripted, too_many
from reconciler.sandbox.faults import OF_LISTS, Fault
from reconciler.sandbox.reply import Headers, Reply

_JSON: Headers = (("content-type", "application/json"),)
_TYPE_HTML: Final = (("content-type", "text/html"),)
_HTML: Final = (
    b"<html><head><title>502 Bad Gateway</title></head>"
    b"<body><center><h1>502 Bad Gateway</h1></center></body></html>"
)
_FOREIGN: Final = "https://evil.example.net/api/v1/groups?after=1&limit=200"
_OK: Final = 200

PERFORMED: Final = frozenset(
    {"short", "empty", "repeat", "foreign-next", "wrong-shape", "after-write", "delay", "lag"}
    | {"index-lag", "missing-role"}
)
"""The faults whose request is performed; the others answer in its place."""


def replacement(fault: Fault, subject: str) -> Reply:
    """What comes instead of an answer."""
    match fault.kind:
        case "html":
            return Reply(status=fault.status or 502, headers=_TYPE_HTML, body=_HTML)
        case "concurrency":
            return Reply(status=429, headers=_JSON, body=too_many().body())
        case "expired-token":
            gone = no_token()
            return Reply(status=gone.status, headers=(*_JSON, *gone.headers), body=gone.body())
        case "malformed":
            return Reply(status=200, headers=_JSON, body=b'[{"id":"00u')
        case _:
            failure = scripted(fault.status or 500, subject)
            headers = (*_JSON, *failure.headers)
            return Reply(status=failure.status, headers=headers, body=failure.body())


def spoilt(fault: Fault, reply: Reply, url: str) -> Reply:
    """The answer with what the fault does to it; an error is answered as it is."""
    if fault.kind == "short":
        return replace(reply, is_short=bool(reply.body))
    if reply.status != _OK or fault.kind not in OF_LISTS:
        return reply
    following = {"repeat": url, "foreign-next": _FOREIGN}.get(fault.kind)
    body = {"empty": b"[]", "wrong-shape": b'{"result":[]}'}.get(fault.kind, reply.body)
    return replace(reply, headers=_with_next(reply, following), body=body)


def _with_next(reply: Reply, url: str | None) -> tuple[tuple[str, str], ...]:
    own = [line for line in reply.header("link") if line.endswith('rel="self"')]
    lines = own if url is None else [*own, f'<{url}>; rel="next"']
    return (*reply.without("link"), *(("link", line) for line in lines))
