"""What a change does to anybody's access at any later day, from the windows of grants alone.

Access is the union of the windows in which grants hold, per person and group, from now on. It is
reported where the two catalogs differ at some instant, and where a new grant covers no day that is
not covered without it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reconciler.identity.resolve import Resolved
from reconciler.model.approvals.review import AccessChange, Effect, Window
from reconciler.model.catalog import (
    BindGroup,
    Binding,
    Catalog,
    Fulfilment,
    Grant,
    bindings_of,
    candidates,
    own_group,
)
from reconciler.model.directory import LiveState
from reconciler.model.ids import ConnectorId, EntitlementId, OktaGroupId, ToolId, login_key
from reconciler.model.plan import GroupRef, PersonRef
from reconciler.model.validity import day_start
from reconciler.planning.people import People, resolve_people, wanted_subjects
from reconciler.planning.refs import cite_names, cite_person, grant_hash

__all__ = ["find_access_changes", "merge_windows"]

_Key = tuple[str, str]
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Access:
    """What one side grants a person by one group."""

    person: PersonRef
    group: GroupRef | None
    tool: ToolId
    entitlement: EntitlementId
    grants: list[Grant] = field(default_factory=list)


def find_access_changes(
    head: Catalog, base: Catalog, connector: ConnectorId, live: LiveState, now: datetime
) -> tuple[AccessChange, ...]:
    """Every difference of access from `now` on that the change from `base` to `head` makes."""
    before, after = _collect_access(base, connector, live), _collect_access(head, connector, live)
    removed, added = (
        _subtract_grants(base.grants, head.grants),
        _subtract_grants(head.grants, base.grants),
    )
    found = []
    for key in sorted({*before, *after}):
        was, will = before.get(key), after.get(key)
        if was is not None and will is not None and was.grants == will.grants:
            continue
        if was is None or will is not None or not _was_unresolved(was, removed):
            difference = _change(was, will, live, added, now)
            found += [difference] if difference is not None else []
    return tuple(found)


def _subtract_grants(grants: tuple[Grant, ...], others: tuple[Grant, ...]) -> frozenset[Grant]:
    """The grants that the others do not have; purpose and place are no difference."""
    kept = set(others)
    apart = [grant for grant in grants if grant not in kept]
    known = {grant_hash(grant) for grant in kept.difference(grants)} if apart else set()
    return frozenset(grant for grant in apart if grant_hash(grant) not in known)


def _was_unresolved(was: _Access, removed: frozenset[Grant]) -> bool:
    """Whether no account had the access, and its grants mean an account since."""
    is_named = was.group is not None and was.person.id is None
    return is_named and removed.isdisjoint(was.grants)


def merge_windows(grants: Iterable[Grant], now: datetime) -> tuple[Window, ...]:
    """The stretches from `now` on in which any of the grants holds, in order and apart."""
    stretches: list[list[datetime]] = []
    for start, end in sorted(_stretches(grants, now)):
        if stretches and start <= stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], end)
        else:
            stretches.append([start, end])
    return tuple(
        Window(starts=None if start <= now else start, ends=None if end == _LAST else end)
        for start, end in stretches
    )


def _stretches(grants: Iterable[Grant], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    for grant in grants:
        validity = grant.validity
        start, end = validity.starts_at or _FIRST, validity.ends_at or _LAST
        if max(start, now) < end:
            yield max(start, now), end


def _collect_access(
    catalog: Catalog, connector: ConnectorId, live: LiveState
) -> dict[_Key, _Access]:
    """Everything that one catalog grants on the connector, or by hand, by group and person."""
    bindings = tuple(b for b in bindings_of(catalog, connector) if not b.retired)
    known = resolve_people(catalog, live, wanted_subjects(catalog, bindings))
    groups = _groups(bindings, live)
    found: dict[_Key, _Access] = {}
    for grant in catalog.grants:
        tool = catalog.tools.get(grant.tool)
        if tool is not None and tool.fulfilment is Fulfilment.MANUAL:
            _add_grant(
                found, f"{grant.tool}/{grant.entitlement}", None, grant, _cite_subject(grant)
            )
        for key, ref in groups.get((grant.tool, grant.entitlement), {}).items():
            _add_grant(found, key, ref, grant, _person(grant, known))
    return found


def _add_grant(
    found: dict[_Key, _Access], place: str, group: GroupRef | None, grant: Grant, who: PersonRef
) -> None:
    key = (place, who.id or f"name:{login_key(who.login)}")
    if key not in found:
        found[key] = _Access(
            person=who, group=group, tool=grant.tool, entitlement=grant.entitlement
        )
    found[key].grants.append(grant)


def _groups(
    bindings: Iterable[Binding], live: LiveState
) -> Mapping[tuple[ToolId, EntitlementId], dict[str, GroupRef]]:
    """The groups that give each entitlement, by a key that is the same however they are bound."""
    found: dict[tuple[ToolId, EntitlementId], dict[str, GroupRef]] = {}
    for binding in bindings:
        ref = _group(binding, live)
        found.setdefault((binding.tool, binding.entitlement), {})[ref.id or ref.key] = ref
    return found


def _group(binding: Binding, live: LiveState) -> GroupRef:
    group = binding.group
    if isinstance(group, BindGroup):
        shown = live.groups.get(group.id)
        return GroupRef(id=group.id, name=shown.name if shown else group.name)
    made = own_group(binding, candidates(binding, live.groups_by_name, live.groups_by_marker))
    return GroupRef(id=made.id if made else None, name=group.name)


def _person(grant: Grant, known: People) -> PersonRef:
    resolution = known.meant_by(grant)
    return (
        cite_person(resolution.user) if isinstance(resolution, Resolved) else _cite_subject(grant)
    )


def _cite_subject(grant: Grant) -> PersonRef:
    (who,) = cite_names([grant.subject])
    return who


def _change(
    before: _Access | None,
    after: _Access | None,
    live: LiveState,
    added: frozenset[Grant],
    now: datetime,
) -> AccessChange | None:
    about = after or before
    if about is None:
        return None
    was = merge_windows(before.grants if before else (), now)
    will = merge_windows(after.grants if after else (), now)
    new = [grant for grant in after.grants if grant in added] if after else []
    if was == will and not new:
        return None
    present = _is_member(about, live)
    effect = _effect(was, will, is_member=present)
    return AccessChange(
        effect=effect,
        person=about.person,
        group=about.group,
        tool=about.tool,
        entitlement=about.entitlement,
        before=was,
        after=will,
        is_member=present,
        revoked_at=_revoked_at(after, will) if was != will else None,
        ended_at=_ended_at(new, now) if effect is Effect.GIVES_NOTHING else None,
    )


def _is_member(about: _Access, live: LiveState) -> bool:
    group: OktaGroupId | None = about.group.id if about.group else None
    return group is not None and about.person.id in live.members.get(group, frozenset())


def _effect(was: tuple[Window, ...], will: tuple[Window, ...], *, is_member: bool) -> Effect:
    if was == will:
        return Effect.GIVES_NOTHING
    if not was:
        explains = is_member and will[0].starts is None
        return Effect.EXPLAINS if explains else Effect.BEGINS
    if not will:
        return Effect.ENDS
    if len(was) == len(will) == 1 and was[0].starts == will[0].starts:
        is_later = (will[0].ends or _LAST) > (was[0].ends or _LAST)
        return Effect.ENDS_LATER if is_later else Effect.ENDS_EARLIER
    return Effect.MOVES


def _revoked_at(after: _Access | None, will: tuple[Window, ...]) -> datetime | None:
    """When a revocation ahead is what ends the last of the access; None where none does."""
    if after is None or not will or will[-1].ends is None:
        return None
    days = (day_start(g.revoked.at) for g in after.grants if g.revoked is not None)
    return next((day for day in days if day == will[-1].ends), None)


def _ended_at(new: Iterable[Grant], now: datetime) -> datetime | None:
    ends = [g.validity.ends_at for g in new if g.validity.has_ended(now)]
    return max((end for end in ends if end is not None), default=None)
