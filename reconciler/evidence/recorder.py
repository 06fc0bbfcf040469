"""Tells the evidence what an apply does, as it does it.

What is known is written when it is known, so a refusal, a failure or a kill leaves all that
happened before it.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from reconciler.execution.ports import Recorder
from reconciler.model.evidence import EVIDENCE_FORMAT, Event, RecentWrites
from reconciler.model.ids import ConnectorId, RunId
from reconciler.model.outcome import ApplyResult, LineResult, Outcome
from reconciler.model.plan import CatalogRevision, Change, GuardVerdict, Plan
from reconciler.planning.plan_codec import digest
from reconciler.planning.wording import describe
from reconciler.workflows.apply import Prepared

__all__ = ["Append", "EvidenceRecorder", "Opening"]

Append = Callable[[Event, Mapping[str, object]], None]
Plain = dict[str, object]

_READ_BACK = {
    Outcome.VERIFIED: "shown",
    Outcome.ALREADY: "shown",
    Outcome.ACCEPTED: "not shown",
}
_NOT_READ = "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is known of a run before the org is asked. `claims` are the environment's own words."""

    connector: ConnectorId
    sandbox: bool
    mode: str
    tool_version: str
    revision: CatalogRevision
    reviewed: Plan | None = None
    digest: str = ""
    allows_removals: bool = True
    claims: Mapping[str, str] = field(default_factory=dict)

    def plain(self) -> Plain:
        """The first line's content."""
        plan = self.reviewed
        return {
            "format": EVIDENCE_FORMAT,
            "connector": self.connector,
            "sandbox": self.sandbox,
            "mode": self.mode,
            "tool_version": self.tool_version,
            "catalog": msgspec.to_builtins(self.revision),
            "reviewed": {
                "digest": digest(plan) if plan else self.digest,
                "org": msgspec.to_builtins(plan.org) if plan else None,
                "as_of": plan.as_of.isoformat() if plan else None,
                "created_at": plan.created_at.isoformat() if plan else None,
                "commit": plan.catalog.commit if plan else None,
            },
            "allows_removals": self.allows_removals,
            "claims": dict(self.claims),
        }


@dataclass(slots=True)
class EvidenceRecorder:
    """One run's evidence. `append` keeps a line, or does nothing where no evidence is asked for."""

    run: RunId
    append: Append
    clock: Callable[[], datetime]
    recent: RecentWrites = field(default_factory=RecentWrites)
    has_ended: bool = False
    _numbers: dict[tuple[object, ...], int] = field(default_factory=dict)
    _changes: tuple[Change, ...] = ()
    _begun_at: dict[int, str] = field(default_factory=dict)

    def prepared(self, prepared: Prepared) -> None:
        """What would be done, what is held and left, and the proof that reads were complete."""
        plan = prepared.plan
        self._changes = prepared.changes
        self._numbers = {_place(c): number for number, c in enumerate(prepared.changes, start=1)}
        self.append(
            Event.RUN_PREPARED,
            {
                "org": msgspec.to_builtins(plan.org),
                "digest": prepared.reviewed_digest,
                "as_of": plan.as_of.isoformat(),
                "catalog": msgspec.to_builtins(plan.catalog),
                "reads": msgspec.to_builtins(plan.reads),
                "groups": msgspec.to_builtins(plan.groups),
                "lines": len(prepared.changes),
                "held": sum(1 for change in prepared.changes if change.held_by),
                "guards": [_verdict(verdict) for verdict in plan.guards],
                "recent_removals": {
                    "ended": len(self.recent.ended),
                    "others": len(self.recent.others),
                },
                "blocked": msgspec.to_builtins(plan.blocked),
                "open_groups": sorted(_open(prepared)),
                "left": [f"{describe(line.change)}: {line.why}" for line in prepared.left],
            },
        )

    def beside(self, journal: Recorder) -> Recorder:
        """A recorder that keeps each write in the journal first, then here."""
        return _Both(journal, self)

    def began(self, fields: Mapping[str, object]) -> None:
        """A write of the journal is about to be made: the whole line it is about."""
        number = self._number(fields)
        self._begun_at[number] = self.clock().isoformat()
        change = _line(self._changes[number - 1])
        told = {"line": number, "group": fields["group"], "change": change}
        self.append(Event.WRITE_BEGUN, told)

    def answered(self, fields: Mapping[str, object]) -> None:
        """How the write came out, as far as Okta's answer tells."""
        answer = {key: fields.get(key, "") for key in ("outcome", "request_id", "detail")}
        self.append(Event.WRITE_ANSWERED, {"line": self._number(fields), **answer})

    def ended(self, result: ApplyResult, exit_code: int) -> None:
        """Every line with its outcome, read back; then the end."""
        for number, line in enumerate(result.lines, start=1):
            self.append(Event.LINE_ENDED, self._ended_line(number, line))
        counts = Counter(line.outcome.value for line in result.lines)
        self._end(
            exit_code,
            is_complete=not result.interrupted and not result.stopped_by,
            outcomes=dict(counts),
            interrupted=result.interrupted,
            stopped_by=result.stopped_by,
        )

    def refused(self, code: str, message: str, exit_code: int) -> None:
        """The run came to no result, and why."""
        self._end(exit_code, is_complete=False, refusal={"code": code, "message": message})

    def _ended_line(self, number: int, line: LineResult) -> Plain:
        return {
            "line": number,
            "change": _line(line.change),
            "outcome": line.outcome.value,
            "detail": line.detail,
            "request_id": line.request_id,
            "begun_at": self._begun_at.get(number),
            "read_back": _READ_BACK.get(line.outcome, _NOT_READ),
        }

    def _end(self, exit_code: int, *, is_complete: bool, **more: object) -> None:
        told: Plain = {
            "exit_code": int(exit_code),
            "is_complete": is_complete,
            "outcomes": {},
            "interrupted": False,
            "stopped_by": "",
            "refusal": None,
        }
        self.has_ended = True
        self.append(Event.RUN_ENDED, told | more)

    def _number(self, fields: Mapping[str, object]) -> int:
        """The line that a journal entry is about; a group made by this run is known by its name."""
        action, person = fields["action"], fields["person"]
        by_id = (action, fields["group"], person)
        by_name = (action, f"new:{fields['group_name']}", person)
        return self._numbers.get(by_id) or self._numbers[by_name]


@dataclass(frozen=True, slots=True)
class _Both:
    """The journal, and the evidence beside it."""

    journal: Recorder
    recorder: EvidenceRecorder

    def record(self, event: str, fields: Mapping[str, object]) -> None:
        """One entry is on disk, in both."""
        self.journal.record(event, fields)
        if event == "intent":
            self.recorder.began(fields)
        elif event == "outcome":
            self.recorder.answered(fields)


def _open(prepared: Prepared) -> set[str]:
    """The groups, by id, of which the run leaves something for a person or for another run."""
    groups = [b.group for b in prepared.plan.blocked]
    groups += [line.change.group for line in prepared.left]
    groups += [change.group for change, _ in prepared.waiting]
    return {group.id for group in groups if group.id is not None}


def _place(change: Change) -> tuple[object, ...]:
    group = change.group
    where = group.id or f"new:{group.name}"
    return change.action.value, where, change.person.id if change.person else None


def _line(change: Change) -> Plain:
    """The change as plans have it."""
    plain: Plain = msgspec.to_builtins(change)
    return plain


def _verdict(verdict: GuardVerdict) -> Plain:
    """A guard's word and the acknowledgement it used; a stanza nobody used is left out."""
    plain: Plain = msgspec.to_builtins(verdict)
    del plain["acknowledgement"]
    return plain
