"""Who is wanted where: grants, resolved, at one instant."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler.identity.resolve import Ambiguous, Resolved, Unresolved
from reconciler.model.catalog import Grant
from reconciler.model.ids import EntitlementId, Membership, OktaUserId, ToolId
from reconciler.model.validity import Phase
from reconciler.planning.binding_moves import is_moved
from reconciler.planning.people import People, began_later, was_made_later
from reconciler.planning.scope import ManagedGroup

__all__ = ["GroupIntent", "UnresolvedGrant", "add_given_access", "find_intent"]

_Table = defaultdict[OktaUserId, list[Grant]]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnresolvedGrant:
    """A grant whose subject is not one person."""

    grant: Grant
    resolution: Unresolved


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupIntent:
    """What git wants of one group. A person is in the first of the three tables that fits."""

    live: Mapping[OktaUserId, tuple[Grant, ...]] = field(default_factory=dict)
    pending: Mapping[OktaUserId, tuple[Grant, ...]] = field(default_factory=dict)
    ended: Mapping[OktaUserId, tuple[Grant, ...]] = field(default_factory=dict)
    doubts: tuple[UnresolvedGrant, ...] = ()
    """Live grants that could not be resolved: each is blocked, and holds the group's removals."""
    pending_doubts: tuple[UnresolvedGrant, ...] = ()
    """Grants not yet started: reported where they hold a removal."""
    moving_doubts: tuple[UnresolvedGrant, ...] = ()
    """Grants that their binding takes along to another group, which reports them."""
    ended_doubts: tuple[UnresolvedGrant, ...] = ()
    asked: Mapping[OktaUserId, tuple[Grant, ...]] = field(default_factory=dict)
    """Accounts with a live grant that were activated after its approval: asked about."""
    newer: Mapping[OktaUserId, tuple[Grant, ...]] = field(default_factory=dict)
    """Accounts made after the approval of what they are to have: another may have been meant."""
    mistaken: Mapping[OktaUserId, tuple[Grant, ...]] = field(default_factory=dict)
    """Accounts made after the approval of every ended grant of their name: never granted it."""

    @property
    def unsettled(self) -> tuple[UnresolvedGrant, ...]:
        """Grants that give access, now or later, to a person who is not known."""
        return (*self.doubts, *self.pending_doubts, *self.moving_doubts)

    @property
    def frozen(self) -> frozenset[OktaUserId]:
        """Everyone a doubtful grant may mean: their present access is left alone."""
        return frozenset(
            user.id
            for doubt in (*self.unsettled, *self.ended_doubts)
            if isinstance(doubt.resolution, Ambiguous)
            for user in doubt.resolution.candidates
        )


def find_intent(
    group: ManagedGroup,
    grants: Mapping[tuple[ToolId, EntitlementId], tuple[Grant, ...]],
    known: People,
    now: datetime,
    unbound: frozenset[tuple[str, str]] = frozenset(),
) -> GroupIntent:
    """Who is wanted in the group at `now`: the union of its bindings' grants.

    What a retired binding grants has ended here, whatever its window; unless it never bound the
    group, as `unbound` tells, for then nothing was ever granted here by it.
    """
    tables: dict[Phase, _Table] = {phase: defaultdict(list) for phase in Phase}
    doubtful: dict[Phase, list[UnresolvedGrant]] = {phase: [] for phase in Phase}
    moving: list[UnresolvedGrant] = []
    taken_along: _Table = defaultdict(list)
    for binding in group.bindings:
        if binding.retired and (binding.name, group.ref.id) in unbound:
            continue
        for grant in grants.get((binding.tool, binding.entitlement), ()):
            own = grant.validity.phase(now)
            phase = Phase.ENDED if binding.retired else own
            resolution = known.meant_by(grant)
            if isinstance(resolution, Resolved):
                tables[phase][resolution.user.id].append(grant)
                if is_moved(binding) and own is not Phase.ENDED:
                    taken_along[resolution.user.id].append(grant)
            elif is_moved(binding) and own is not Phase.ENDED:
                moving.append(UnresolvedGrant(grant=grant, resolution=resolution))
            else:
                doubtful[phase].append(UnresolvedGrant(grant=grant, resolution=resolution))
    live, pending, ended = (tables[p] for p in (Phase.LIVE, Phase.PENDING, Phase.ENDED))
    over = _freeze(ended, live, pending)
    given, later = _freeze(live), _freeze(pending, live)
    mistaken = _select_made_later(_select_younger(over, known), known)
    asked = _select_younger(given, known)
    return GroupIntent(
        live=given,
        pending=later,
        ended={user: cited for user, cited in over.items() if user not in mistaken},
        doubts=tuple(doubtful[Phase.LIVE]),
        pending_doubts=tuple(doubtful[Phase.PENDING]),
        moving_doubts=tuple(moving),
        ended_doubts=tuple(doubtful[Phase.ENDED]),
        asked=asked,
        newer=_older_grants(_join_tables(live, pending, taken_along), known),
        mistaken=mistaken,
    )


def add_given_access(
    intent: GroupIntent,
    by_word: GroupIntent,
    group: ManagedGroup,
    given: Collection[Membership],
) -> GroupIntent:
    """The intent, and whose access ended that the branch does not show and the evidence does.

    `by_word` is what the grants say when none is doubted, `given` whom this tool put where.
    """
    kept = {*intent.live, *intent.pending, *intent.ended}
    shown = {
        user: grants
        for user, grants in by_word.ended.items()
        if user not in kept and group.membership(user) in given
    }
    return replace(intent, ended={**intent.ended, **shown}) if shown else intent


def _select_younger(
    table: Mapping[OktaUserId, tuple[Grant, ...]], known: People
) -> dict[OktaUserId, tuple[Grant, ...]]:
    """Those whose account began later than anybody agreed, and whom nothing confirms."""
    accounts = known.directory.by_id
    return {
        user: grants
        for user, grants in table.items()
        if user in accounts
        and began_later(accounts[user], grants)
        and not known.is_confirmed(grants)
    }


def _select_made_later(
    younger: Mapping[OktaUserId, tuple[Grant, ...]], known: People
) -> dict[OktaUserId, tuple[Grant, ...]]:
    """Those of them who had no account at all then; the others came back to theirs."""
    accounts = known.directory.by_id
    return {u: grants for u, grants in younger.items() if was_made_later(accounts[u], grants)}


def _join_tables(*tables: _Table) -> dict[OktaUserId, tuple[Grant, ...]]:
    """Everything that is to give each of them access, here or where their group's binding moved."""
    users = frozenset().union(*tables)
    return {user: tuple(g for table in tables for g in table.get(user, ())) for user in users}


def _older_grants(
    table: Mapping[OktaUserId, tuple[Grant, ...]], known: People
) -> dict[OktaUserId, tuple[Grant, ...]]:
    """Each grant that was approved before the account it now means was made.

    One by one: a grant of their own does not make the account the one that another grant meant.
    """
    accounts = known.directory.by_id
    found = {
        user: tuple(
            grant
            for grant in grants
            if was_made_later(accounts[user], (grant,)) and not known.is_confirmed((grant,))
        )
        for user, grants in table.items()
        if user in accounts and began_later(accounts[user], (min(grants, key=_approved_until),))
    }
    return {user: grants for user, grants in found.items() if grants}


def _approved_until(grant: Grant) -> datetime:
    return grant.approval.latest


def _freeze(
    table: Mapping[OktaUserId, list[Grant]], *earlier: Mapping[OktaUserId, list[Grant]]
) -> dict[OktaUserId, tuple[Grant, ...]]:
    taken = frozenset[OktaUserId]().union(*earlier)
    return {user: tuple(grants) for user, grants in table.items() if user not in taken}
