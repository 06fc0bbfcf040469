"""Whether somebody else took a person out after the approval: then adding them again is asked.

The latest approval of the live grants counts, or the day on which the first of them began where
that is later: before there was a grant, taking somebody out was no objection to it. The last change
of a membership decides, and nothing before it. A removal by this tool objects to nothing, nor does
one by Okta itself (a group rule, an import): no person decided it. One by another app or token
does, and so does one by nobody in particular. Who this tool is, its client ids and the owner of
its token say, and never what a client calls itself.

An approval names a day, so a removal of that same day may have come before or after it. It is taken
as before, because "removed, then approved" and "removed, then confirmed" are what people do, unless
this tool had added the person earlier that day: the addition shows that the approval was there
already.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from reconciler.model.catalog import Connector
from reconciler.model.directory import LiveState, Unread
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.model.membership_log import Actor, MembershipEvent, MembershipLog
from reconciler.model.plan import Action, Change, GrantRef, GroupRef, PersonRef, PlanWarning
from reconciler.model.validity import day_start
from reconciler.planning.citation import cite_names
from reconciler.planning.stanza import confirmation_stanza, revocation_stanza

__all__ = ["LOG_FAILED", "History", "effective_on", "history", "removed_since", "unseen"]

LOG_FAILED = "system-log-failed"
"""The warning that the log is there for us and was not read this once."""
_LASTING = frozenset({"refused", "missing"})
"""Why a log stays unread: nobody could apply at all if each addition waited for that."""

_Pair = tuple[OktaGroupId, OktaUserId]
_Refusal = tuple[str, str, str, *tuple[PersonRef, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the System Log told of memberships, and which actors are this tool."""

    events: Mapping[_Pair, tuple[MembershipEvent, ...]] = field(default_factory=dict)
    caller: OktaUserId | None = None
    """The owner of the token: what they do is ours where a token was used, not by hand."""
    apps: frozenset[str] = frozenset()
    """Client ids that the connector signs in with."""

    def is_ours(self, actor: Actor) -> bool:
        """Whether this tool did it: as one of its apps, or with its owner's token."""
        return self.may_be_ours(actor) and (actor.has_token or actor.id != self.caller)

    def may_be_ours(self, actor: Actor) -> bool:
        """As `is_ours`, or its token's owner, where Okta does not say that a token was used."""
        is_app = not self.apps.isdisjoint({actor.id, actor.client_id})
        return is_app or (self.caller is not None and actor.id == self.caller)

    def is_objection(self, event: MembershipEvent) -> bool:
        """Whether a person, or what acts for one, took somebody out."""
        return event.is_removal and not event.actor.is_system and not self.is_ours(event.actor)


def history(live: LiveState, connector: Connector | None) -> History:
    """The events by group and person; none where the log was not asked or not read."""
    found: dict[_Pair, list[MembershipEvent]] = defaultdict(list)
    if isinstance(live.membership_log, MembershipLog):
        for event in live.membership_log.events:
            found[event.group, event.user].append(event)
    methods = (connector.plan_auth, connector.apply_auth) if connector else ()
    apps = {m.client_id for m in methods if m and isinstance(m.client_id, str)}
    if live.credential is not None and live.credential.client_id is not None:
        apps.add(live.credential.client_id)  # a client id may be kept as a secret
    return History(
        events={pair: tuple(events) for pair, events in found.items()},
        caller=live.caller,
        apps=frozenset(apps),
    )


def effective_on(grants: Iterable[GrantRef]) -> date:
    """The day of the latest approval, or that on which the first grant began if it is later."""
    refs = tuple(grants)
    began = min(ref.starts or ref.approved_at for ref in refs)
    return max(began, *(ref.approved_at for ref in refs))


def removed_since(
    past: History,
    pair: tuple[OktaGroupId | None, OktaUserId],
    grants: tuple[GrantRef, ...],
    now: datetime,
) -> _Refusal | None:
    """Code, summary, hint and people where somebody else took the person out; None to go on."""
    group, user = pair
    events = past.events.get((group, user), ()) if group else ()
    if not events:
        return None
    # Of two at one instant the objection counts as the later one: asking costs less than undoing.
    last = max(events, key=lambda e: (e.at, past.is_objection(e)))
    settles = _settling_day(last, events, past)
    if not past.is_objection(last) or effective_on(grants) >= settles:
        return None
    return _refusal(last, settles, grants, now)


def _refusal(
    last: MembershipEvent, settles: date, grants: tuple[GrantRef, ...], now: datetime
) -> _Refusal:
    newest = max(grants, key=lambda ref: (ref.approved_at, ref.hash))
    day = max(settles, now.astimezone(UTC).date())
    return (
        "removed-by-someone",
        (
            f"removed by {last.actor} at {last.at.astimezone(UTC):%Y-%m-%d %H:%M UTC}, after the "
            f"approval of {newest.approved_at.isoformat()}: revoke or confirm"
        ),
        (
            f"revoke: {revocation_stanza(now, 'removed in Okta')}; or confirm, by an approval of "
            f"{settles.isoformat()} or later: {confirmation_stanza(newest.ticket, day)}"
        ),
        *cite_names((last.actor.name, last.actor.login, last.actor.id)),
    )


def _settling_day(last: MembershipEvent, events: Iterable[MembershipEvent], past: History) -> date:
    """The first day whose approval answers the removal: its own, or the next after our addition."""
    day = last.at.astimezone(UTC).date()
    was_added = any(
        not e.is_removal and past.may_be_ours(e.actor) and day_start(day) <= e.at <= last.at
        for e in events
    )
    return day + timedelta(days=1) if was_added else day


def unseen(log: MembershipLog | Unread | None, changes: Iterable[Change]) -> Iterable[PlanWarning]:
    """That it could not be looked, or not far enough, whether somebody objected."""
    lines = [c for c in changes if c.action is Action.ADD and c.group.id]
    if isinstance(log, Unread):
        if lines:
            is_lasting = log.code in _LASTING
            yield PlanWarning(
                code="system-log-unread" if is_lasting else LOG_FAILED,
                summary="the System Log could not be read, so whether somebody else removed "
                f"any of the people to be added is not known: {log.detail}",
                hint="let the credential read the log (scope okta.logs.read), then plan again"
                if is_lasting
                else "plan again; a scheduled run adds nobody until the log can be read",
                groups=_groups(lines),
            )
    elif log is not None:
        older = [c for c in lines if day_start(effective_on(c.grants)) < log.since]
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
