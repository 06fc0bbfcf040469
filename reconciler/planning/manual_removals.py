"""Whether a person was removed by hand after the approval: then adding them again is asked.

The latest approval of the live grants counts, or the day on which the first of them began where
that is later: before there was a grant, a removal was no objection to it. The last change of a
membership decides, and nothing before it. A removal by this tool objects to nothing, nor does one
by Okta itself (a group rule, an import): no person decided it. One by another app or token does,
and so does one by an actor whom Okta does not name. This tool is known by its client ids and the
owner of its token, and never by what a client calls itself.

An approval may name an instant. One that names a day leaves open whether a removal of that same day
came before or after it. It is taken as before, because "removed, then approved" and "removed, then
confirmed" are what people do, unless this tool had added the person earlier that day: the addition
shows that the approval was there already. A source says the instant: there the begin of a grant is
that of its day, and one that an issue bears out is none where it was written after the removal.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

from reconciler.identity.own_actors import OwnActors, find_own_actors
from reconciler.model.catalog import Connector
from reconciler.model.directory import (
    AccountEvent,
    LiveState,
    MembershipEvent,
    MembershipLog,
    ReadFailure,
)
from reconciler.model.ids import Membership, OktaUserId
from reconciler.model.plan import (
    Action,
    BlockReason,
    Change,
    GrantRef,
    GroupRef,
    PlanWarning,
)
from reconciler.model.stanzas import approval_stanza, instant, revocation_stanza
from reconciler.model.validity import ApprovalSource, day_start
from reconciler.planning.refs import approved_from, approved_until, approved_when, cite_names

__all__ = [
    "LOG_FAILED",
    "MembershipHistory",
    "effective_at",
    "find_objection",
    "find_own_removal",
    "find_signing_out",
    "membership_history",
    "warn_of_unread_log",
]

LOG_FAILED = "system-log-failed"
"""The warning that the log is there for us and was not read this once."""
_LASTING = frozenset({"refused", "missing"})
"""Why a log stays unread: nobody could apply at all if each addition waited for that."""
_NEVER_SEEN: Mapping[str, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipHistory:
    """What the System Log shows of memberships and sessions, and who this tool is in it."""

    events: Mapping[Membership, tuple[MembershipEvent, ...]] = field(default_factory=dict)
    cleared: Mapping[OktaUserId, tuple[AccountEvent, ...]] = field(default_factory=dict)
    """Whose sessions were ended, and by whom; looked up for each addition."""
    own: OwnActors = field(default_factory=OwnActors)

    def is_objection(self, event: MembershipEvent) -> bool:
        """Whether a person, or what acts for one, removed the member."""
        return event.is_removal and not event.actor.is_system and not self.own.is_ours(event.actor)


def membership_history(
    live: LiveState, connector: Connector | None, log: MembershipLog | ReadFailure | None
) -> MembershipHistory:
    """The events by group and person; none where the log was not asked or not read."""
    found: dict[Membership, list[MembershipEvent]] = defaultdict(list)
    if isinstance(log, MembershipLog):
        for event in log.events:
            found[event.membership].append(event)
    return MembershipHistory(
        events={place: tuple(events) for place, events in found.items()},
        cleared=_by_user(log.cleared) if isinstance(log, MembershipLog) else {},
        own=find_own_actors(live, connector),
    )


def _by_user(
    events: Iterable[AccountEvent],
) -> Mapping[OktaUserId, tuple[AccountEvent, ...]]:
    found: dict[OktaUserId, list[AccountEvent]] = defaultdict(list)
    for event in events:
        found[event.user].append(event)
    return {user: tuple(several) for user, several in found.items()}


def effective_at(grants: Iterable[GrantRef], *, is_early: bool) -> datetime:
    """When the latest approval was given, or the first grant began if that is later.

    Of a whole day it is the first instant, or else the last.
    """
    refs = tuple(grants)
    approved = [_approved_at(ref, is_early=is_early) for ref in refs]
    began = [_begins_at(ref, at, is_early=is_early) for ref, at in zip(refs, approved, strict=True)]
    return max(min(began), *approved)


def _approved_at(ref: GrantRef, *, is_early: bool) -> datetime:
    is_open = is_early and ref.approved_time is None
    return approved_from(ref) if is_open else approved_until(ref)


def _begins_at(ref: GrantRef, approved: datetime, *, is_early: bool) -> datetime:
    begins = ref.begins
    if begins is None:
        return approved
    is_exact = is_early or begins.at is not None or ref.source is not None
    return begins.earliest if is_exact else begins.end - datetime.resolution


def find_objection(
    past: MembershipHistory,
    place: Membership | None,
    grants: tuple[GrantRef, ...],
    now: datetime,
    came: Mapping[str, datetime] = _NEVER_SEEN,
) -> BlockReason | None:
    """That another actor removed the person since the approval; None where nobody did.

    `came` is when the words of grants came onto the branch, by their hash, as far as is known.
    """
    events = past.events.get(place, ()) if place else ()
    if not events:
        return None
    # Of two at one instant the objection counts as the later one: asking costs less than undoing.
    last = max(events, key=lambda e: (e.at, past.is_objection(e)))
    if not past.is_objection(last):
        return None
    agreed = [_without_own_begin(ref, last.at, came) for ref in grants]
    if effective_at(agreed, is_early=_was_added(last, events, past)) >= last.at:
        return None
    return _block_reason(last, grants, now)


def _without_own_begin(ref: GrantRef, at: datetime, came: Mapping[str, datetime]) -> GrantRef:
    """The grant, without a begin that was written since: an issue agreed to none of that day.

    Who may write the file could else answer a removal by it. What a review agrees to is all there.
    """
    is_by_issue = ref.source is ApprovalSource.JIRA or ref.issue is not None
    seen = came.get(ref.hash)
    if not is_by_issue or (seen is not None and seen <= at):
        return ref
    return replace(ref, starts=None, starts_time=None)


def find_signing_out(
    past: MembershipHistory, user: OktaUserId, grants: tuple[GrantRef, ...], now: datetime
) -> BlockReason | None:
    """That this tool ended the person's sessions since the approval; None where it did not.

    It does so only where it takes an account or all access away. Of an approval that names a day
    it is taken as later: asking costs less than giving back what was taken in a hurry.
    """
    ours = [e for e in past.cleared.get(user, ()) if past.own.is_ours(e.actor)]
    last = max(ours, key=lambda e: e.at, default=None)
    if last is None or max(map(approved_from, grants)) > last.at:
        return None
    return _ask_for_new_approval(last.at, grants, now)


def _ask_for_new_approval(
    taken_at: datetime, grants: tuple[GrantRef, ...], now: datetime
) -> BlockReason:
    newest = max(grants, key=lambda ref: (approved_until(ref), ref.hash))
    return BlockReason(
        code="access-taken-since",
        summary=f"their account or all their access was taken at "
        f"{taken_at.astimezone(UTC):%Y-%m-%d %H:%M UTC}, after the approval of "
        f"{approved_when(newest)}: revoke or approve anew",
        hint=f"revoke: {revocation_stanza(now, 'access was taken')}; or approve anew: "
        f"{_explain_approving(newest, max(now, taken_at))}",
    )


def _explain_approving(ref: GrantRef, at: datetime) -> str:
    """How the grant is approved at that instant or later: in its file, or at its source."""
    match ref.source:
        case ApprovalSource.JIRA:
            return f"have {ref.ticket} approved again in Jira"
        case ApprovalSource.GITHUB:
            return "change the grant in a pull request, and have that approved"
        case _:
            return approval_stanza(ref.ticket, at)


def find_own_removal(
    past: MembershipHistory,
    place: Membership | None,
    grants: tuple[GrantRef, ...],
    now: datetime,
) -> BlockReason | None:
    """That this tool itself took the person out since the approval; None where it did not.

    Asked only of an account that cannot be suspended: what else takes its access in a hurry leaves
    no other sign than this where the end of its sessions was refused.
    """
    events = past.events.get(place, ()) if place else ()
    last = max(events, key=lambda e: e.at, default=None)
    if last is None or not last.is_removal or not past.own.is_ours(last.actor):
        return None
    if max(map(approved_from, grants)) > last.at:
        return None
    return _ask_for_new_approval(last.at, grants, now)


def _block_reason(
    last: MembershipEvent, grants: tuple[GrantRef, ...], now: datetime
) -> BlockReason:
    newest = max(grants, key=lambda ref: (approved_until(ref), ref.hash))
    return BlockReason(
        code="removed-by-someone",
        summary=f"removed by {last.actor} at {last.at.astimezone(UTC):%Y-%m-%d %H:%M UTC}, after "
        f"the approval of {approved_when(newest)}: revoke or confirm",
        hint=f"revoke: {revocation_stanza(now, 'removed in Okta')}; or confirm, by an approval of "
        f"{instant(last.at)} or later: {_explain_approving(newest, max(now, last.at))}",
        people=cite_names((last.actor.name, last.actor.login, last.actor.id)),
    )


def _was_added(
    last: MembershipEvent, events: Iterable[MembershipEvent], past: MembershipHistory
) -> bool:
    """Whether this tool had added the person earlier that day."""
    start = day_start(last.at.astimezone(UTC).date())
    return any(
        not e.is_removal and past.own.may_be_ours(e.actor) and start <= e.at <= last.at
        for e in events
    )


def warn_of_unread_log(
    log: MembershipLog | ReadFailure | None, changes: Iterable[Change]
) -> Iterable[PlanWarning]:
    """That the log could not be read, or not far enough, to see an objection."""
    lines = [c for c in changes if c.action is Action.ADD and c.group.id]
    if isinstance(log, ReadFailure):
        if lines:
            is_lasting = log.code in _LASTING
            yield PlanWarning(
                code="system-log-unread" if is_lasting else LOG_FAILED,
                summary="the System Log could not be read, so whether any of the people "
                f"to be added were removed by hand is not known: {log.detail}",
                hint="let the credential read the log (scope okta.logs.read), then plan again"
                if is_lasting
                else "plan again; a scheduled run adds nobody until the log can be read",
                groups=_groups(lines),
            )
    elif log is not None:
        older = [c for c in lines if effective_at(c.grants, is_early=True) < log.since]
        if older:
            yield PlanWarning(
                code="system-log-short",
                summary=f"the System Log was read back to {log.since:%Y-%m-%d %H:%M UTC}; "
                f"the grants of {len(older)} to be added are older, and what was removed before "
                "is not known",
                hint="Okta keeps 90 days; fewer additions at a time are looked up further back",
                groups=_groups(older),
            )


def _groups(lines: Iterable[Change]) -> tuple[GroupRef, ...]:
    return tuple({line.group.key: line.group for line in lines}.values())
