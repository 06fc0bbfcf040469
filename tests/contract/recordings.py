"""Recorded exchanges with real orgs, each with what its recorder kept of it."""

import json
import re
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property

_FULL = "x-okta-request-id"
_COLLAPSED = "only the last (next) survived"
_ID = re.compile(r"00[ug][0-9A-Za-z]{17}")


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """One request and what Okta answered; header names are in lower case."""

    name: str
    method: str
    path: str
    query: str
    sent: object
    status: int
    headers: dict
    body: object
    note: str = ""
    is_truncated: bool = False
    has_proof: bool = False
    """Whether it carried a DPoP proof."""

    @cached_property
    def segments(self):
        """The parts of the path; a doubled or a final slash adds none."""
        return [part for part in self.path.split("/") if part]

    @property
    def is_full(self):
        """Whether the recorder kept all headers."""
        return _FULL in self.headers

    @property
    def has_all_links(self):
        """Whether the recorder kept every Link line."""
        return _COLLAPSED not in self.note

    @property
    def now(self):
        """When it happened, if that was kept."""
        date = self.headers.get("date")
        return parsedate_to_datetime(date[0]) if date else None


@dataclass(frozen=True, kw_only=True)
class Sample:
    """An event of the System Log as some page shows it."""

    name: str
    event: dict = field(repr=False)


def load(folder):
    """All exchanges and all samples that lie in the folder."""
    exchanges, samples = [], []
    for path in sorted((folder / "okta-traffic").glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict):
            continue
        for number, raw in enumerate(content):
            name = f"{path.stem} {number}"
            if "request" in raw:
                exchanges.append(_exchange(name, _with_ids(raw)))
            else:
                samples.append(Sample(name=name, event=raw["event"]))
    return tuple(exchanges), tuple(samples)


def _exchange(name, raw):
    request, response = raw["request"], raw["response"]
    return Exchange(
        name=name,
        method=request["method"],
        path=request["path"],
        query=request["query"],
        sent=request["body"],
        status=response["status"],
        headers={key.lower(): _lines(value) for key, value in response["headers"].items()},
        body=response["body"] if response["body"] != "" else None,
        note=raw.get("note", ""),
        is_truncated="truncated" in raw,
        has_proof="DPoP" in request["headers"],
    )


def _with_ids(raw):
    """The exchange with an id wherever its maintainers wrote something else in place of one."""
    body = raw["response"]["body"]
    text = json.dumps(raw)
    for each in body if isinstance(body, list) else [body]:
        prefix = _prefix(each) if isinstance(each, dict) else None
        if prefix and not _ID.fullmatch(each["id"]):
            letters = re.sub(r"[^0-9A-Za-z]", "", each["id"]).removeprefix(prefix)
            identity = prefix + letters[:17].rjust(17, "0")
            text = re.sub(rf"(?<![\w]){re.escape(each['id'])}(?![\w])", identity, text)
    return json.loads(text)


def _prefix(body):
    if "objectClass" in body:
        return "00g"
    return "00u" if "login" in (body.get("profile") or {}) else None


def _lines(value):
    """The values of a header; some recorders joined lines by a comma."""
    lines = value if isinstance(value, list) else [value]
    return [part for line in lines for part in re.split(r",\s*(?=<https?:)", line)]
