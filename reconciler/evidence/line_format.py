"""The form of evidence on disk: one sealed JSON object a line.

A line ends in `,"hash":"…"}`, the sha256 of all its bytes before that, so one flipped byte shows
wherever it is; `previous` is the hash of the line before it, so no line can go, come or move. A
run's first line names the last line of the run before, so the runs of one connector are one chain.
Where a key is used, `,"signature":"…"` stands between the hash and the brace.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from reconciler.evidence.records import Entry, RunStarted, decode
from reconciler.model.evidence import Link, Torn
from reconciler.model.ids import RunId

__all__ = ["ORIGIN", "Line", "Record", "RunFile", "is_finished", "parse", "seal"]

ORIGIN = "0" * 64
"""What the first line of a chain names instead of a line before it."""
_SEALED = re.compile(
    rb'(\{.*),"hash":"([0-9a-f]{64})"(?:,"signature":"([0-9A-Za-z+/=]{1,200})")?\}', re.DOTALL
)


class _Head(msgspec.Struct, gc=False):
    """What every line says."""

    seq: int
    previous: str
    run: str
    at: datetime
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A line whose hash fits its bytes.

    `entry` is what it says; None when this version cannot read it, or need not.
    """

    seq: int
    previous: str
    run: RunId
    at: datetime
    event: str
    hash: str
    entry: Entry | None = None
    is_readable: bool = True
    signature: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A whole line; `record` is None when its bytes are not what was written.

    `claimed` is the hash that the line ends in, true or not.
    """

    number: int
    claimed: str
    record: Record | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """One run's file. `path` is relative to the evidence folder; `rest` follows the last line."""

    path: str
    run: RunId
    lines: tuple[Line, ...]
    records: tuple[Record, ...]
    """The lines that are as they were written."""
    rest: bytes = b""

    @property
    def start(self) -> RunStarted | None:
        """The run's first line, when it is there and readable."""
        first = self.records[0].entry if self.records else None
        return first if isinstance(first, RunStarted) else None

    @property
    def torn(self) -> Torn | None:
        """The bytes that are no whole line, if there are any."""
        if not self.rest:
            return None
        return Torn(size=len(self.rest), sha256=hashlib.sha256(self.rest).hexdigest())

    @property
    def end(self) -> Link | None:
        """What the next run names of this one."""
        if not self.records:
            return None
        last = self.records[-1]
        return Link(run=self.run, seq=last.seq, hash=last.hash, torn=self.torn)


def seal(
    content: Mapping[str, object], sign: Callable[[str], str] | None = None
) -> tuple[bytes, str]:
    """The line's bytes and its hash; signed where something signs."""
    body = json.dumps(content, ensure_ascii=True, separators=(",", ":"))[:-1].encode()
    found = hashlib.sha256(body).hexdigest()
    signed = f',"signature":"{sign(found)}"' if sign else ""
    return body + f',"hash":"{found}"{signed}}}\n'.encode(), found


def parse(path: str, run: RunId, data: bytes) -> RunFile:
    """The file's lines, whole or damaged; never raises.

    A checkout may end every line in CR LF; no line holds a CR of its own, so nothing is lost.
    """
    *whole, rest = data.split(b"\n")
    if whole and all(text.endswith(b"\r") for text in whole):
        whole = [text[:-1] for text in whole]
    lines = tuple(_line(number, text) for number, text in enumerate(whole, start=1))
    records = tuple(line.record for line in lines if line.record)
    return RunFile(path=path, run=run, lines=lines, records=records, rest=rest)


def is_finished(rest: bytes) -> bool:
    """Whether bytes begin with a whole line and go on: no run was killed writing them."""
    found = _SEALED.match(rest)
    return found is not None and found.end() < len(rest)


def _line(number: int, text: bytes) -> Line:
    found = _SEALED.fullmatch(text)
    if found is None:
        return Line(number=number, claimed="", record=None)
    body, claimed = found.group(1), found.group(2).decode()
    if hashlib.sha256(body).hexdigest() != claimed:
        return Line(number=number, claimed=claimed, record=None)
    signature = (found.group(3) or b"").decode()
    return Line(number=number, claimed=claimed, record=_record(text, claimed, signature))


def _record(text: bytes, found: str, signature: str) -> Record | None:
    try:
        head = msgspec.json.decode(text, type=_Head)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if head.at.tzinfo is None:
        return None
    entry, is_readable = _entry(head.event, text)
    return Record(
        seq=head.seq,
        previous=head.previous,
        run=RunId(head.run),
        at=head.at,
        event=head.event,
        hash=found,
        entry=entry,
        is_readable=is_readable,
        signature=signature,
    )


def _entry(event: str, text: bytes) -> tuple[Entry | None, bool]:
    try:
        return decode(event, text), True
    except (msgspec.MsgspecError, RecursionError):
        return None, False
