"""The append-only record of an apply: an intent before each write, its outcome after.

One JSON object a line, on disk before the call that records it returns. A run that was killed
leaves intents without outcomes; what became of them is read from Okta again, never guessed here.
"""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Self

from reconciler.model.errors import StoreError
from reconciler.model.evidence import RECENT, PastLine, PastRun
from reconciler.model.ids import ConnectorId, OktaGroupId, OktaUserId, RunId
from reconciler.model.outcome import (
    UNKNOWN,
    AccountResult,
    AccountWrite,
    ApplyResult,
    LineResult,
    Outcome,
    Prepared,
    Write,
)
from reconciler.model.plan import AccountChange, Change, GrantRef
from reconciler.planning.plan_codec import clean_strings
from reconciler.planning.refs import approved_when
from reconciler.store.atomic import sync_folder
from reconciler.store.run_folder import make_run_folder, read_run_file, require_own_folder

__all__ = ["InterruptedRun", "Journal", "find_interrupted_runs", "read_recent_runs"]

Plain = dict[str, object]


class _Event(StrEnum):
    """What an entry tells, as the file says it."""

    RUN_STARTED = "run-started"
    INTENT = "intent"
    OUTCOME = "outcome"
    NOT_VISIBLE = "not-visible"
    ACCOUNT_INTENT = "account-intent"
    ACCOUNT_OUTCOME = "account-outcome"
    ACCOUNT_NOT_VISIBLE = "account-not-visible"
    RUN_ENDED = "run-ended"


_INTENTS = (_Event.INTENT, _Event.ACCOUNT_INTENT)
_OUTCOMES = (_Event.OUTCOME, _Event.ACCOUNT_OUTCOME)


class Journal:
    """One run's journal, open for appending. Use as a context manager.

    `clean` runs over every text, to take out what must not be kept.
    """

    def __init__(
        self,
        folder: Path,
        run: RunId,
        clock: Callable[[], datetime],
        clean: Callable[[str], str] = str,
    ) -> None:
        self.path = make_run_folder(folder.parent, folder.name) / f"{run}.jsonl"
        self._run = run
        self._clock = clock
        self._clean = clean
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._handle = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise StoreError("journal-not-writable", f"{self.path}: {error.strerror}") from error
        sync_folder(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def record_started(self, prepared: Prepared) -> None:
        """The run is about to carry out its lines."""
        plan = prepared.plan
        self._append(
            _Event.RUN_STARTED,
            {
                "run": self._run,
                "connector": plan.connector,
                "org": plan.org.id,
                "sandbox": plan.sandbox,
                "digest": prepared.reviewed_digest,
                "commit": plan.catalog.commit,
                "lines": len(prepared.changes),
                "accounts": len(prepared.accounts),
            },
        )

    def record_begun(self, write: Write) -> None:
        """The write is about to be sent."""
        approvals = [_encode_approval(grant) for grant in write.change.grants]
        self._append(_Event.INTENT, _encode(write) | {"approvals": approvals})

    def record_answered(self, write: Write, result: LineResult | None) -> None:
        """How the write ended; None where it was broken off."""
        if result is None:
            self._append(_Event.OUTCOME, _encode(write) | {"outcome": UNKNOWN})
            return
        self._append(_Event.OUTCOME, _encode(write) | _encode_outcome(result))

    def record_account_begun(self, write: AccountWrite) -> None:
        """The change of an account is about to be sent."""
        self._append(_Event.ACCOUNT_INTENT, self._encode_account(write.change))

    def record_account_answered(self, write: AccountWrite, result: AccountResult | None) -> None:
        """How it ended, as far as Okta's answer tells; None where it was broken off."""
        told = {"outcome": UNKNOWN} if result is None else _encode_outcome(result)
        self._append(_Event.ACCOUNT_OUTCOME, self._encode_account(write.change) | told)

    def record_ended(self, result: ApplyResult) -> None:
        """Every line was tried, and what was written was read back."""
        for account in result.accounts:
            if account.outcome is Outcome.ACCEPTED:
                told = self._encode_account(account.change) | _encode_outcome(account)
                self._append(_Event.ACCOUNT_NOT_VISIBLE, told)
        for line in result.lines:
            if line.outcome is Outcome.ACCEPTED:
                self._append(_Event.NOT_VISIBLE, _encode_unseen(line.change))
        counts = Counter(line.outcome.value for line in result.accounts)
        counts.update(line.outcome.value for line in result.lines)
        self._append(_Event.RUN_ENDED, {"run": self._run, "outcomes": dict(counts)})

    def _encode_account(self, change: AccountChange) -> Plain:
        """The account line with who asked for it, who approved it and which run carries it out."""
        source = change.source
        return {
            "run": self._run,
            "action": change.action.value,
            "call": change.call.value,
            "person": change.person.id,
            "login": change.person.login,
            "status_before": change.person.status,
            "source": source.hash,
            "reason": source.reason,
            "ticket": source.ticket,
            "requested_by": source.requested_by,
            "approved_by": list(source.approved_by),
        }

    def _append(self, event: _Event, fields: Mapping[str, object]) -> None:
        safe = {key: clean_strings(value, self._clean) for key, value in fields.items()}
        entry = {"at": self._clock().isoformat(), "event": event.value, **safe}
        line = json.dumps(entry, ensure_ascii=True, separators=(",", ":")) + "\n"
        data = line.encode()
        try:
            while data:  # a disk that fills up takes a part, and says so only the next time
                data = data[os.write(self._handle, data) :]
            os.fsync(self._handle)
        except OSError as error:
            raise StoreError("journal-not-writable", f"{self.path}: {error.strerror}") from error


def _encode(write: Write) -> Plain:
    """The line as the journal names it, with the id that is written to."""
    change = write.change
    return {
        "action": change.action.value,
        "group": write.group,
        "group_name": change.group.name,
        "person": change.person.id if change.person else None,
        "grants": [grant.hash for grant in change.grants],
    }


def _encode_approval(ref: GrantRef) -> Plain:
    """Who asked for what the grant gives, who agreed, and where that was seen."""
    reviews = (*((ref.review,) if ref.review else ()), *ref.other_reviews)
    seen = (ref.issue.url if ref.issue else "", *(review.url for review in reviews))
    return {
        "ticket": ref.ticket,
        "requested_by": ref.requested_by or ref.asked_by,
        "approved_by": list(ref.approved_by),
        "approved_at": "" if ref.approved_at is None else approved_when(ref),
        "approval": ref.approval,
        "source": ref.source.value if ref.source else "",
        "seen": [url for url in seen if url],
    }


def _encode_outcome(result: LineResult | AccountResult) -> Plain:
    return {
        "outcome": result.outcome.value,
        "request_id": result.request_id,
        "detail": result.detail,
    }


def _encode_unseen(change: Change) -> Plain:
    """A line that Okta accepted and does not show, with the login for its reader."""
    return {
        "action": change.action.value,
        "group": change.group.id,
        "group_name": change.group.name,
        "person": change.person.id if change.person else None,
        "login": change.person.login if change.person else "",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptedRun:
    """A run whose journal has no end: it was killed."""

    run: RunId
    intents: int
    outcomes: int


def find_interrupted_runs(folder: Path) -> tuple[InterruptedRun, ...]:
    """The runs that never wrote their end, oldest first."""
    found = []
    for path in _journals(folder):
        events = [entry.get("event") for entry in _entries(path)]
        if _Event.RUN_ENDED not in events:
            found.append(
                InterruptedRun(
                    run=RunId(path.stem),
                    intents=sum(1 for event in events if event in _INTENTS),
                    outcomes=sum(1 for event in events if event in _OUTCOMES),
                )
            )
    return tuple(found)


def read_recent_runs(
    folder: Path, connector: ConnectorId, now: datetime, *, sandbox: bool
) -> tuple[PastRun, ...]:
    """The connector's last run and those of the last day, with the writes that Okta accepted.

    Of a run that came to its end, a write is verified unless it says that it was not visible.
    """
    since = f"{(now - RECENT).astimezone(UTC):%Y%m%dT%H%M%SZ}"
    found: list[PastRun] = []
    for path in reversed(_journals(folder)):
        if found and path.stem < since:
            break
        entries = list(_entries(path))
        head = entries[0] if entries else {}
        is_ended = any(entry.get("event") == _Event.RUN_ENDED for entry in entries)
        if is_ended and (head.get("connector"), head.get("sandbox")) == (connector, sandbox):
            found.append(_past(RunId(path.stem), connector, entries, sandbox=sandbox))
    return tuple(reversed(found))


def _journals(folder: Path) -> list[Path]:
    """By name, which begins with the run's instant; none where the folder is not there."""
    if not require_own_folder(folder.parent) or not require_own_folder(folder):
        return []
    return sorted(folder.glob("*.jsonl"))


def _past(
    run: RunId, connector: ConnectorId, entries: list[dict[str, object]], *, sandbox: bool
) -> PastRun:
    lines = [line for entry in entries if (line := _line(entry)) is not None]
    at = lines[0].at if lines else datetime.min.replace(tzinfo=UTC)
    return PastRun(
        run=run, connector=connector, sandbox=sandbox, mode="", started_at=at, lines=tuple(lines)
    )


def _line(entry: dict[str, object]) -> PastLine | None:
    """A write that was accepted, or that was not to be seen afterwards."""
    group, person = _text(entry, "group"), _text(entry, "person")
    is_made = (
        entry.get("event") == _Event.OUTCOME and entry.get("outcome") == Outcome.ACCEPTED.value
    )
    is_unseen = entry.get("event") == _Event.NOT_VISIBLE
    at = _instant(_text(entry, "at"))
    if at is None or not (is_made or is_unseen) or not group or not person:
        return None
    return PastLine(
        action=_text(entry, "action"),
        group=OktaGroupId(group),
        group_name=_text(entry, "group_name"),
        login=_text(entry, "login"),
        person=OktaUserId(person),
        member_class="",
        outcome=(Outcome.ACCEPTED if is_unseen else Outcome.VERIFIED).value,
        at=at,
    )


def _text(entry: dict[str, object], key: str) -> str:
    return str(entry.get(key) or "")


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _entries(path: Path) -> Iterator[dict[str, object]]:
    """The whole lines; a last line cut by a power failure is left out."""
    for line in read_run_file(path).splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            yield entry
