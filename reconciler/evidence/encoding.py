"""What each line of evidence says, made from the nouns of the run: the one place that encodes it.

`records` reads of it what is read again; `schemas/evidence.schema.json` describes the whole.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from reconciler.evidence.records import EVIDENCE_FORMAT
from reconciler.model.evidence import RecentWrites
from reconciler.model.ids import ConnectorId
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
from reconciler.model.plan import AccountChange, CatalogRevision, Change, GuardVerdict, Plan
from reconciler.planning.plan_codec import digest
from reconciler.planning.wording import describe, describe_account

__all__ = [
    "Opening",
    "encode_account_answered",
    "encode_account_begun",
    "encode_account_ended",
    "encode_answered",
    "encode_begun",
    "encode_ended",
    "encode_line_ended",
    "encode_prepared",
    "encode_refused",
    "encode_started",
]

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


def encode_started(opening: Opening) -> Plain:
    """The first line: what pinned the run, and who says they started it."""
    plan = opening.reviewed
    return {
        "format": EVIDENCE_FORMAT,
        "connector": opening.connector,
        "sandbox": opening.sandbox,
        "mode": opening.mode,
        "tool_version": opening.tool_version,
        "catalog": msgspec.to_builtins(opening.revision),
        "reviewed": {
            "digest": digest(plan) if plan else opening.digest,
            "org": msgspec.to_builtins(plan.org) if plan else None,
            "as_of": plan.as_of.isoformat() if plan else None,
            "created_at": plan.created_at.isoformat() if plan else None,
            "commit": plan.catalog.commit if plan else None,
        },
        "allows_removals": opening.allows_removals,
        "claims": dict(opening.claims),
    }


def encode_prepared(prepared: Prepared, recent: RecentWrites) -> Plain:
    """What would be done, what is held and left, and the proof that reads were complete."""
    plan = prepared.plan
    return {
        "org": msgspec.to_builtins(plan.org),
        "digest": prepared.reviewed_digest,
        "as_of": plan.as_of.isoformat(),
        "catalog": msgspec.to_builtins(plan.catalog),
        "reads": msgspec.to_builtins(plan.reads),
        "groups": msgspec.to_builtins(plan.groups),
        "lines": len(prepared.changes),
        "accounts": len(prepared.accounts),
        "held": sum(1 for change in prepared.changes if change.held_by),
        "held_accounts": sum(1 for change in prepared.accounts if change.held_by),
        "guards": [_encode_verdict(verdict) for verdict in plan.guards],
        "recent_removals": {"ended": len(recent.ended), "others": len(recent.others)},
        "blocked": msgspec.to_builtins(plan.blocked),
        "blocked_accounts": msgspec.to_builtins(plan.blocked_accounts),
        "open_groups": sorted(_open_groups(prepared)),
        "left": [f"{describe(line.change)}: {line.why}" for line in prepared.left],
        "left_accounts": [
            f"{describe_account(line.change)}: {line.why}" for line in prepared.left_accounts
        ],
    }


def encode_begun(write: Write) -> Plain:
    """A write that is about to be sent, with the whole line it is about."""
    return {"line": write.number, "group": write.group, "change": _encode_change(write.change)}


def encode_answered(write: Write, result: LineResult | None) -> Plain:
    """How the write ended, as far as Okta's answer tells; None where it was broken off."""
    return {"line": write.number, **_encode_answer(result)}


def encode_line_ended(number: int, line: LineResult, begun_at: str | None) -> Plain:
    """A line with its outcome, after Okta was read again."""
    return {
        "line": number,
        "change": _encode_change(line.change),
        "outcome": line.outcome.value,
        "detail": line.detail,
        "request_id": line.request_id,
        "begun_at": begun_at,
        "read_back": _READ_BACK.get(line.outcome, _NOT_READ),
    }


def encode_account_begun(write: AccountWrite) -> Plain:
    """A change of an account that is about to be sent, with who asked for it and who approved."""
    return {"line": write.number, "change": _encode_change(write.change)}


def encode_account_answered(write: AccountWrite, result: AccountResult | None) -> Plain:
    """How it ended, as far as Okta's answer tells; None where it was broken off."""
    return {**encode_account_begun(write), **_encode_answer(result)}


def encode_account_ended(number: int, line: AccountResult, begun_at: str | None) -> Plain:
    """An account line with its outcome and the status that Okta showed afterwards."""
    return {
        "line": number,
        "change": _encode_change(line.change),
        **_encode_answer(line),
        "status": line.status,
        "begun_at": begun_at,
        "read_back": _READ_BACK.get(line.outcome, _NOT_READ),
    }


def encode_ended(result: ApplyResult, exit_code: int) -> Plain:
    """The end of a run that came to a result."""
    return _encode_end(
        exit_code,
        is_complete=not result.interrupted and not result.stopped_by,
        outcomes=_count(result.lines),
        account_outcomes=_count(result.accounts),
        interrupted=result.interrupted,
        stopped_by=result.stopped_by,
    )


def encode_refused(code: str, message: str, exit_code: int) -> Plain:
    """The end of a run that came to no result, and why."""
    refusal = {"code": code, "message": message}
    return _encode_end(exit_code, is_complete=False, refusal=refusal)


def _encode_end(exit_code: int, *, is_complete: bool, **more: object) -> Plain:
    """Every end has the same fields."""
    told: Plain = {
        "exit_code": int(exit_code),
        "is_complete": is_complete,
        "outcomes": {},
        "account_outcomes": {},
        "interrupted": False,
        "stopped_by": "",
        "refusal": None,
    }
    return told | more


def _count(lines: Iterable[LineResult | AccountResult]) -> dict[str, int]:
    """How many lines ended how."""
    return dict(Counter(line.outcome.value for line in lines))


def _encode_answer(result: LineResult | AccountResult | None) -> Plain:
    return {
        "outcome": result.outcome.value if result else UNKNOWN,
        "request_id": result.request_id if result else "",
        "detail": result.detail if result else "",
    }


def _encode_change(change: Change | AccountChange) -> Plain:
    """The change as plans have it."""
    plain: Plain = msgspec.to_builtins(change)
    return plain


def _encode_verdict(verdict: GuardVerdict) -> Plain:
    """A guard's verdict and the acknowledgement it used; one that was not used is left out."""
    plain: Plain = msgspec.to_builtins(verdict)
    del plain["acknowledgement"]
    return plain


def _open_groups(prepared: Prepared) -> set[str]:
    """The groups, by id, of which the run leaves something for a person or for another run."""
    groups = [b.group for b in prepared.plan.blocked]
    groups += [line.change.group for line in (*prepared.left, *prepared.waiting)]
    return {group.id for group in groups if group.id is not None}
