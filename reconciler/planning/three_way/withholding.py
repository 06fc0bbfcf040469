"""What a plan for a pull request keeps to itself: of groups and of people that the base leaves out.

The author of a pull request could otherwise bind any group and read who is in it, or ask of one
person by granting it to them. So the members of such a group are not read for the plan at all: it
stands there as an empty one, and nothing that is derived from the observation can depend on them.
What is said of the group is how many people the files grant it, and about how many are in it.

A file about anybody's account would else tell which apps they have, and whether they are an admin.
Neither is asked for before the merge; what apply asks afterwards decides.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.identity.resolve import Resolved
from reconciler.model.approvals.review import WithheldGroup
from reconciler.model.catalog import BindGroup, Binding, Catalog, candidates, own_group
from reconciler.model.directory import AccountLog, Answers, DirectoryGroup
from reconciler.model.ids import OktaGroupId, OktaUserId, login_key
from reconciler.model.plan import GroupRef, Plan, PlanWarning
from reconciler.planning.steps.assess import Assessment
from reconciler.planning.steps.questions import Questions

__all__ = [
    "KnownGroups",
    "assume_unasked",
    "close_window",
    "count_withheld",
    "hide_unbound",
    "known_groups",
    "round_down",
    "spoken_of",
    "warn_of_unasked_roles",
]

_FEWEST = 5
"""Below this many members nothing but "fewer" is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownGroups:
    """The groups that the base binds: by id, and by the names under which it makes them."""

    ids: frozenset[OktaGroupId]
    names: frozenset[str]

    def has(self, group: GroupRef) -> bool:
        """Whether the base binds the group. One that exists is known by its id alone."""
        return group.id in self.ids if group.id is not None else group.name in self.names


def known_groups(
    bindings: Iterable[Binding],
    by_name: Mapping[str, tuple[DirectoryGroup, ...]],
    by_marker: Mapping[str, tuple[DirectoryGroup, ...]],
) -> KnownGroups:
    """What the bindings bind, among the groups that Okta shows under their names and markers."""
    ids, names = set(), set()
    for binding in bindings:
        if isinstance(binding.group, BindGroup):
            ids.add(binding.group.id)
            continue
        names.add(binding.group.name)
        made = own_group(binding, candidates(binding, by_name, by_marker))
        if made is not None:
            ids.add(made.id)
    return KnownGroups(ids=frozenset(ids), names=frozenset(names))


def hide_unbound(plan: Plan, known: KnownGroups) -> Plan:
    """The plan without anything of a group that the base does not bind."""

    def is_hidden(group: GroupRef) -> bool:
        return not known.has(group)

    return replace(
        plan,
        groups=tuple(s for s in plan.groups if known.has(s.group)),
        changes=tuple(c for c in plan.changes if known.has(c.group)),
        blocked=tuple(b for b in plan.blocked if known.has(b.group)),
        missing=tuple(d for d in plan.missing if known.has(d.group)),
        unapproved=tuple(d for d in plan.unapproved if known.has(d.group)),
        ending=tuple(e for e in plan.ending if known.has(e.group)),
        guards=tuple(
            v for v in plan.guards if not any(map(is_hidden, (*v.groups, *_as_tuple(v.group))))
        ),
        warnings=tuple(w for w in plan.warnings if not w.groups or any(map(known.has, w.groups))),
    )


def _as_tuple(group: GroupRef | None) -> tuple[GroupRef, ...]:
    return (group,) if group is not None else ()


def close_window(own: Questions, spoken_of: Collection[OktaUserId] = ()) -> Questions:
    """The change's own questions, but for those that would look at whomever it names.

    `spoken_of` are the people about whose accounts the base has files already.
    """
    asked = own.accounts
    users = tuple(user for user in asked.users if user in spoken_of) if asked else ()
    accounts = replace(asked, users=users) if asked and users else None
    return replace(own, dashboards=(), roles=(), accounts=accounts)


def spoken_of(assessment: Assessment) -> frozenset[OktaUserId]:
    """The people about whose accounts the assessed files speak."""
    known = assessment.context.known
    found = (known.of(declared.subject) for declared in assessment.accounts)
    return frozenset(one.user.id for one in found if isinstance(one, Resolved))


def assume_unasked(answers: Answers, own: Questions, asked: Questions) -> Answers:
    """The answers, in which those who were not asked about have no role and no past.

    A log that went as far back as it was asked is silent about them before that, too.
    """
    log = answers.accounts
    if own.accounts is not None:
        since = own.accounts.since
        if log is None:
            log = AccountLog(since=since)
        elif isinstance(log, AccountLog) and asked.accounts and log.since <= asked.accounts.since:
            log = replace(log, since=min(log.since, since))
    return replace(answers, roles={**dict.fromkeys(own.roles, ()), **answers.roles}, accounts=log)


def warn_of_unasked_roles(plan: Plan, unasked: Container[OktaUserId]) -> Iterator[PlanWarning]:
    """That the lines about these people's accounts may be blocked once the change is merged."""
    people = {c.person.id: c.person for c in plan.accounts if c.person.id in unasked}
    if people:
        yield PlanWarning(
            code="admin-roles-unasked",
            summary="whether the people whose accounts this change is about are Okta admins, and "
            "what happened to their accounts, is asked once it is merged: "
            f"{', '.join(p.login for p in people.values())}",
            hint="an admin's account is then left alone, and so is one that another admin has "
            "changed since; the line is blocked",
            people=tuple(people.values()),
        )


def count_withheld(
    catalog: Catalog,
    bindings: Iterable[Binding],
    known: KnownGroups,
    sizes: Mapping[OktaGroupId, int],
    now: datetime,
) -> tuple[WithheldGroup, ...]:
    """The groups of these bindings that the base does not bind, in figures."""
    subjects: dict[str, set[str]] = {}
    groups: dict[str, GroupRef] = {}
    for binding in bindings:
        group = binding.group
        ref = GroupRef(id=group.id if isinstance(group, BindGroup) else None, name=group.name)
        if not known.has(ref):
            groups.setdefault(ref.key, ref)
            subjects.setdefault(ref.key, set()).update(_granted_subjects(catalog, binding, now))
    return tuple(
        WithheldGroup(group=ref, granted=len(subjects[key]), members_from=_size(ref, sizes))
        for key, ref in sorted(groups.items())
    )


def round_down(number: int) -> int:
    """The largest round number that is not more: 0 below five, then five, tens, hundreds."""
    if number < _FEWEST:
        return 0
    step = 1
    while step * 10 <= number:
        step *= 10
    step = max(step, _FEWEST)
    return number // step * step


def _granted_subjects(catalog: Catalog, binding: Binding, now: datetime) -> Iterable[str]:
    if binding.retired:
        return ()
    wanted = (binding.tool, binding.entitlement)
    return (
        login_key(grant.subject)
        for grant in catalog.grants
        if (grant.tool, grant.entitlement) == wanted and not grant.validity.has_ended(now)
    )


def _size(ref: GroupRef, sizes: Mapping[OktaGroupId, int]) -> int | None:
    number = sizes.get(ref.id) if ref.id is not None else None
    return None if number is None else round_down(number)
