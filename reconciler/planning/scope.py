"""Which groups a run may touch, and why it may not touch the others.

| binding says | Okta shows                              | then                          |
|--------------|-----------------------------------------|-------------------------------|
| bind         | the id, readable, an ordinary group     | managed                       |
| bind         | not the id, or it could not be read     | blocked: unknown is no data   |
| bind         | an app's or a built-in group            | blocked: Okta refuses writes  |
| bind         | a group that carries an admin role      | blocked, unless it is meant   |
| create       | no group of that name or our marker     | to be created, then managed   |
| create       | one group with our marker, of any name  | managed: we made it           |
| create       | several groups with our marker          | blocked: which is unknown     |
| create       | that name and no group with our marker  | blocked: not made for it      |
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from reconciler.connector_checks.binding_groups import (
    FoundGroup,
    UnreadGroup,
    find_group,
    judge_admin_role,
)
from reconciler.model.catalog import Authority, BindGroup, Binding, Catalog, CreateGroup
from reconciler.model.directory import DirectoryGroup, LiveState, Members, ReadFailure
from reconciler.model.ids import ConnectorId, Membership, OktaUserId
from reconciler.model.plan import Blocked, BlockReason, GroupRef, PlanWarning
from reconciler.model.stanzas import binding_stanza
from reconciler.planning.binding_moves import is_moved

__all__ = ["ManagedGroup", "Scope", "leave_to_others", "scope"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedGroup:
    """One group that this run may write, and who is in it."""

    ref: GroupRef
    bindings: tuple[Binding, ...]
    members: Members = frozenset()
    rule_fed: Members = frozenset()
    unattributed: Members = frozenset()
    app_count: int | None = None
    has_admin_role: bool | None = False

    @property
    def authority(self) -> Authority:
        """The bindings of one group agree, so the first speaks for all; retired ones come last."""
        return self.bindings[0].authority

    @property
    def is_new(self) -> bool:
        """Whether the group is yet to be made."""
        return self.ref.id is None

    def membership(self, user: OktaUserId) -> Membership | None:
        """The user's membership of the group; None where the group is yet to be made."""
        return Membership(self.ref.id, user) if self.ref.id is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The managed groups, and a blocked line for every binding that has none."""

    groups: tuple[ManagedGroup, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    warnings: tuple[PlanWarning, ...] = field(default=())


def scope(bindings: Iterable[Binding], live: LiveState) -> Scope:
    """What the bindings allow this run to touch in the org as it was read."""
    found: dict[str, list[tuple[Binding, ManagedGroup]]] = defaultdict(list)
    blocked: list[Blocked] = []
    warnings: list[PlanWarning] = []
    asked = tuple(bindings)
    shared = _shared_names(asked)
    for binding in asked:
        match _locate(binding, live) if binding not in shared else _block_shared_name(binding):
            case None:
                continue
            case Blocked() as line:
                blocked.append(line)
            case ManagedGroup() as group:
                found[group.ref.id or group.ref.key].append((binding, group))
                warnings.extend(_warn_of_name(binding, group))
    groups = []
    for entries in found.values():
        members = tuple(b for b, _ in entries)
        active = tuple(b for b in members if not b.retired) or members
        if len({(b.authority, b.unattended, b.admin_role) for b in active}) > 1:
            blocked.extend(_block_disagreement(b, g.ref, active) for b, g in entries if b in active)
        elif (reason := _explain_admin_role(entries[0][1], active[0])) is not None:
            blocked.extend(_block(b, reason, g.ref) for b, g in entries)
        else:
            # One that is bound by id is known by it, also where it was made here.
            first = min((g for _, g in entries), key=lambda g: g.ref.is_made)
            leaving = tuple(b for b in members if b not in active)
            groups.append(replace(first, bindings=(*active, *leaving)))
    return Scope(groups=tuple(groups), blocked=tuple(blocked), warnings=tuple(warnings))


def _shared_names(bindings: tuple[Binding, ...]) -> frozenset[Binding]:
    """Bindings that would create one name twice: a marker is of one binding alone."""
    by_name: dict[str, list[Binding]] = defaultdict(list)
    for binding in bindings:
        if isinstance(binding.group, CreateGroup):
            by_name[binding.group.name.casefold()].append(binding)
    return frozenset(b for several in by_name.values() if len(several) > 1 for b in several)


def _block_shared_name(binding: Binding) -> Blocked:
    reason = BlockReason(
        code="group-name-shared",
        summary=f'several bindings would create "{binding.group.name}"',
        hint="let one binding create it, and bind the others by its id once it is there",
    )
    return _block(binding, reason, _written_ref(binding))


def _locate(binding: Binding, live: LiveState) -> ManagedGroup | Blocked | None:
    """The binding's group; None where a retired one never had its group made."""
    match find_group(binding, live):
        case None if binding.retired:
            return None
        case None:
            ref = GroupRef(id=None, name=binding.group.name)
            return ManagedGroup(ref=ref, bindings=(binding,))
        case UnreadGroup(name=name, failure=failure):
            return _block_unread(binding, name, failure)
        case BlockReason() as reason:
            return _block(binding, reason, _written_ref(binding))
        case FoundGroup(group=group, is_made=is_made):
            return _manage(binding, group, live, is_made=is_made)


def _manage(
    binding: Binding, group: DirectoryGroup, live: LiveState, *, is_made: bool
) -> ManagedGroup:
    return ManagedGroup(
        ref=GroupRef(id=group.id, name=group.name, is_made=is_made),
        bindings=(binding,),
        members=live.members[group.id],
        rule_fed=live.rule_fed.get(group.id, frozenset()),
        unattributed=live.unattributed.get(group.id, frozenset()),
        app_count=group.app_count,
        has_admin_role=group.has_admin_role,
    )


def _block_unread(binding: Binding, name: str, unread: ReadFailure) -> Blocked:
    if unread.code == "missing":
        summary = f'"{name}" is not among the groups Okta shows: {unread.detail}'
        hint = "check the id in the binding, and that the credential may see the group"
    else:
        summary = f'"{name}" could not be read to its end: {unread.detail}'
        hint = "nothing is added to it or removed from it until a read is complete; plan again"
    reason = BlockReason(code=f"group-{unread.code}", summary=summary, hint=hint)
    return _block(binding, reason, _written_ref(binding))


def _explain_admin_role(group: ManagedGroup, binding: Binding) -> BlockReason | None:
    """Why the group is left alone. Where Okta did not say, it is compared all the same."""
    if not group.has_admin_role:
        return None
    return judge_admin_role(group.ref.name, group.has_admin_role, binding)


def _block_disagreement(binding: Binding, ref: GroupRef, all_of: tuple[Binding, ...]) -> Blocked:
    names = ", ".join(b.name for b in all_of)
    reason = BlockReason(
        code="bindings-disagree",
        summary=f'bindings of "{ref.name}" differ: {names}',
        hint="make the bindings of one group say the same",
    )
    return _block(binding, reason, ref)


def _written_ref(binding: Binding) -> GroupRef:
    """The binding's group as its file names it."""
    group = binding.group
    return GroupRef(id=group.id if isinstance(group, BindGroup) else None, name=group.name)


def _block(binding: Binding, reason: BlockReason, ref: GroupRef) -> Blocked:
    return Blocked(
        code=reason.code,
        summary=reason.summary,
        hint=reason.hint,
        group=ref,
        tool=binding.tool,
        entitlement=binding.entitlement,
    )


def _warn_of_name(binding: Binding, group: ManagedGroup) -> tuple[PlanWarning, ...]:
    match binding.group:
        case BindGroup(name=name) if name != group.ref.name and not is_moved(binding):
            return (
                PlanWarning(
                    code="group-renamed",
                    summary=f'{group.ref.id} is called "{group.ref.name}" in Okta and '
                    f'"{name}" in {binding.name}; the id decides',
                    hint="update the name in the binding",
                    groups=(group.ref,),
                ),
            )
        case CreateGroup() if not group.is_new:
            return (
                PlanWarning(
                    code="group-created-unbound",
                    summary=f'"{group.ref.name}" was made for {binding.name} and is known by the '
                    f"marker in its description{_explain_renaming(binding, group)}",
                    hint="bind it, so that no edit in Okta can lose it: "
                    f"{binding_stanza(group.ref)}",
                    groups=(group.ref,),
                ),
            )
        case _:
            return ()


def _explain_renaming(binding: Binding, group: ManagedGroup) -> str:
    if group.ref.name.casefold() == binding.group.name.casefold():
        return ""
    return f'; it was made as "{binding.group.name}" and renamed since'


def leave_to_others(
    area: Scope, live: LiveState, catalog: Catalog, connector: ConnectorId
) -> Scope:
    """The scope without such groups; each of their bindings is blocked."""
    markers = tuple(_markers(catalog, connector))
    theirs = [group for group in area.groups if markers and _is_theirs(group, live, markers)]
    if not theirs:
        return area
    lines = tuple(line for group in theirs for line in _block_bindings(group))
    kept = tuple(group for group in area.groups if group not in theirs)
    return replace(area, groups=kept, blocked=(*area.blocked, *lines))


def _markers(catalog: Catalog, connector: ConnectorId) -> Iterator[str]:
    """What groups carry that another connector in use makes."""
    for binding in catalog.bindings:
        other = catalog.connectors.get(binding.connector)
        is_used = other is not None and other.id != connector and not other.disabled
        if is_used and isinstance(binding.group, CreateGroup):
            yield binding.marker


def _is_theirs(group: ManagedGroup, live: LiveState, markers: tuple[str, ...]) -> bool:
    known = live.groups.get(group.ref.id) if group.ref.id else None
    return known is not None and known.description.endswith(markers)


def _block_bindings(group: ManagedGroup) -> Iterator[Blocked]:
    reason = BlockReason(
        code="group-bound-twice",
        summary=f'"{group.ref.name}" was made by another connector of this catalog, which keeps it',
        hint="bind it on one of the two connectors; disable the one that is no longer used",
    )
    return (_block(binding, reason, group.ref) for binding in group.bindings)
