"""Warnings of the whole plan: worth a reader's minute, and no more."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from reconciler.connector_checks.check_result import CheckStatus
from reconciler.connector_checks.credential_age import credential_warnings
from reconciler.connector_checks.org_checks import judge_canary
from reconciler.model.catalog import Catalog, Connector, Grant
from reconciler.model.directory import CanarySight
from reconciler.model.plan import Action, Change, Ending, GroupRef, PlanWarning
from reconciler.model.validity import Duration, day_end
from reconciler.planning.context import PlanContext
from reconciler.planning.desired import GroupIntent
from reconciler.planning.guards.group_guards import GroupFacts
from reconciler.planning.refs import cite_grant, cite_names, cite_person, grant_hash
from reconciler.planning.scope import ManagedGroup
from reconciler.planning.wording import find_lag

__all__ = ["collect_warnings", "find_endings"]

MANY_GROUPS = 5
"""A person who loses this many groups in one run is worth a look."""


def collect_warnings(
    catalog: Catalog,
    connector: Connector | None,
    canary: CanarySight,
    facts: Iterable[GroupFacts],
    changes: tuple[Change, ...],
    now: datetime,
) -> tuple[PlanWarning, ...]:
    """Everything to warn of that no single group's difference shows."""
    return (
        *_warn_of_canary(connector, canary),
        *(credential_warnings(connector, now) if connector is not None else ()),
        *_warn_of_absent_members(facts),
        *_warn_of_losses(changes),
        *_warn_of_expired(catalog, now),
        *_warn_of_spent(catalog, connector, changes, now),
    )


def _warn_of_canary(connector: Connector | None, sight: CanarySight) -> Iterable[PlanWarning]:
    """What the connector's test says of it; nothing where nobody looked for it."""
    if connector is None:
        return
    canary, check = connector.canary, judge_canary(connector, sight)
    is_unasked = canary is not None and sight is CanarySight.NOT_ASKED
    if check.status is not CheckStatus.FAILED or is_unasked:
        return
    yield PlanWarning(
        code=check.code,
        summary=check.summary,
        hint=check.hint,
        people=cite_names([canary.user]) if canary else (),
        groups=(GroupRef(id=canary.group_id, name=canary.group_name),) if canary else (),
    )


def _warn_of_absent_members(facts: Iterable[GroupFacts]) -> Iterable[PlanWarning]:
    for fact in facts:
        if fact.required_absent:
            yield PlanWarning(
                code="required-member-absent",
                summary=f'"{fact.group.name}" lacks {fact.required_absent} of its '
                f"{len(fact.required)} required members",
                hint="add a grant for them",
                groups=(fact.group,),
            )


def _warn_of_losses(changes: tuple[Change, ...]) -> Iterable[PlanWarning]:
    lines = [c for c in changes if c.action is Action.REMOVE]
    removals = [c.person for c in lines if c.person is not None]
    lost = Counter(person.id for person in removals)
    people = {person.id: person for person in removals}
    logins = {person.id: person.login for person in removals}
    for person, number in sorted(lost.items(), key=lambda pair: logins[pair[0]]):
        if number >= MANY_GROUPS:
            yield PlanWarning(
                code="person-loses-many-groups",
                summary=f"{logins[person]} loses {number} groups in this run",
                hint="check that they left, rather than lost a mapping",
                people=(people[person],),
                groups=tuple(c.group for c in lines if c.person and c.person.id == person),
            )


def _warn_of_expired(catalog: Catalog, now: datetime) -> Iterable[PlanWarning]:
    for ack in catalog.acknowledgements:
        if now >= day_end(ack.expires):
            yield PlanWarning(
                code="acknowledgement-expired",
                summary=f"the acknowledgement of {ack.guard} at {ack.origin} expired "
                f"{ack.expires.isoformat()} and lets nothing pass",
                hint="delete the file",
                origin=ack.origin,
            )


def _warn_of_spent(
    catalog: Catalog, connector: Connector | None, changes: tuple[Change, ...], now: datetime
) -> Iterable[PlanWarning]:
    """One whose people have all gone is done, and must not wait for them to come back."""
    pending = {c.person.id for c in changes if c.action is Action.REMOVE and c.person is not None}
    for ack in catalog.acknowledgements:
        is_ours = connector is not None and ack.connector == connector.id
        if is_ours and now < day_end(ack.expires) and not ack.people & pending:
            yield PlanWarning(
                code="acknowledgement-spent",
                summary=f"the acknowledgement of {ack.guard} at {ack.origin} names nobody who is "
                "to be removed, so it has nothing left to let pass",
                hint="delete the file",
                origin=ack.origin,
            )


SOON = timedelta(days=14)


def find_endings(
    group: ManagedGroup, intent: GroupIntent, context: PlanContext
) -> tuple[Ending, ...]:
    """The people whose last live grant ends within `SOON`."""
    lines = []
    for user, grants in intent.live.items():
        ends_at = _ends_at(grants)
        if ends_at is None or ends_at - context.now > SOON:
            continue
        last = max((g for g in grants if g.validity.ends_at == ends_at), key=grant_hash)
        lines.append(
            Ending(
                group=group.ref,
                tool=last.tool,
                entitlement=last.entitlement,
                person=cite_person(context.known.user(user)),
                ends_at=ends_at,
                grant=cite_grant(last),
                within_minutes=_find_lag(last, ends_at, context.catalog.settings.applied_every),
            )
        )
    return tuple(lines)


def _find_lag(last: Grant, ends_at: datetime, applied_every: Duration | None) -> int | None:
    """How late the end of the grant may come; None of a day, also of that of a revocation."""
    is_expiry = last.expires is not None and last.expires.end == ends_at
    return find_lag(last.expires, applied_every) if last.expires and is_expiry else None


def _ends_at(grants: tuple[Grant, ...]) -> datetime | None:
    """When the last of them ends; None where one never does."""
    ends = [g.validity.ends_at for g in grants]
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None
