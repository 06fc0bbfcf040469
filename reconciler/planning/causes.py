"""Why each line is in a plan: the change under review, what waited before it, or time.

Three plans answer it, all from one observation: with the change, without it, and without it at the
instant the base was committed. A line is known by its effect (action, group, person), so that a
moved or renamed file, or one more grant for the same person, is no new effect.
"""

from collections.abc import Iterable
from dataclasses import replace

from reconciler.model.against import Against, Cause, Withheld
from reconciler.model.catalog import BindGroup, Binding, Catalog, Grant, Revocation
from reconciler.model.names import login_key
from reconciler.model.plan import (
    Action,
    Blocked,
    Change,
    Drift,
    Ending,
    GroupRef,
    GuardVerdict,
    PersonRef,
    Plan,
)
from reconciler.planning.citation import grant_hash

__all__ = ["attribute", "judged_at_base", "lost_grants", "united", "withhold"]

_Effect = tuple[str, str, str]


def attribute(head: Plan, base: Plan, then: Plan, against: Against) -> Plan:
    """The plan of `head`, each line with its cause, and what the change takes away.

    `base` is the plan without the change at the same instant; `then` is that at the instant when
    the base was committed.
    """
    now, before = _effects(base), _effects(then)

    def cause(effect: _Effect) -> Cause:
        if effect not in now:
            return Cause.CHANGE
        return Cause.PENDING if effect in before else Cause.TIME

    kept = {_of_change(c) for c in head.changes}
    return replace(
        head,
        changes=tuple(replace(c, cause=cause(_of_change(c))) for c in head.changes),
        blocked=tuple(replace(b, cause=cause(_of_blocked(b))) for b in head.blocked),
        withdrawn=tuple(c for c in base.changes if _of_change(c) not in kept),
        against=against,
    )


def withhold(plan: Plan, bound: Iterable[Binding]) -> Plan:
    """The plan without the lines of groups that no binding of the base names: their counts alone.

    Whoever opens a pull request could otherwise bind any group and read who is in it.
    """
    known = _group_names(bound)
    lines: tuple[Change | Blocked | Drift | Ending, ...] = (
        *plan.changes,
        *plan.blocked,
        *plan.missing,
        *plan.unapproved,
        *plan.ending,
    )
    groups = (*(line.group for line in lines), *(s.group for s in plan.groups))
    seen = {group.key: group for group in groups}
    hidden = {key for key, group in seen.items() if not _is_known(group, known)}
    if plan.against is None or not hidden:
        return plan
    people = {n for line in lines if line.group.key in hidden for n in _names(line.person)}
    return replace(
        plan,
        changes=tuple(c for c in plan.changes if c.group.key not in hidden),
        blocked=tuple(b for b in plan.blocked if b.group.key not in hidden),
        missing=tuple(d for d in plan.missing if d.group.key not in hidden),
        unapproved=tuple(d for d in plan.unapproved if d.group.key not in hidden),
        ending=tuple(e for e in plan.ending if e.group.key not in hidden),
        guards=tuple(_without(guard, hidden, people) for guard in plan.guards),
        warnings=tuple(w for w in plan.warnings if not any(n in w.summary for n in people)),
        against=replace(plan.against, withheld=tuple(_count(plan, key) for key in sorted(hidden))),
    )


def _without(guard: GuardVerdict, hidden: set[str], people: set[str]) -> GuardVerdict:
    """The verdict's figures; its people and its file too, unless one of them is withheld."""
    is_hidden = guard.group is not None and guard.group.key in hidden
    if is_hidden or any(person.id in people for person in guard.people):
        return replace(guard, people=(), acknowledgement="")
    return guard


def _names(person: PersonRef | None) -> tuple[str, ...]:
    return tuple(name for name in (person.id, person.login) if name) if person else ()


def lost_grants(head: Catalog, base: Catalog, gone: Revocation) -> tuple[Grant, ...]:
    """Grants that only the base has, as ended ones: deleting a file is not meant to revoke.

    An edited grant is lost in its old form too; where its new form holds, that decides.
    """
    kept = {grant_hash(grant) for grant in head.grants}
    return tuple(replace(g, revoked=gone) for g in base.grants if grant_hash(g) not in kept)


def judged_at_base(head: Catalog, base: Catalog) -> Catalog:
    """The change's catalog under the limits and exceptions that hold without it.

    A change must not loosen what judges it. Everything else is its real effect, and is shown.
    """
    settings = replace(head.settings, guards=base.settings.guards)
    return replace(head, settings=settings, acknowledgements=base.acknowledgements)


def united(head: Catalog, base: Catalog) -> Catalog:
    """One catalog that names everyone and every group of both: what has to be observed."""
    rules = dict.fromkeys((*base.settings.match, *head.settings.match))
    protected = (*base.settings.protected, *head.settings.protected)
    return replace(
        head,
        settings=replace(head.settings, match=tuple(rules), protected=protected),
        connectors={**base.connectors, **head.connectors},
        tools={**base.tools, **head.tools},
        bindings=tuple(dict.fromkeys((*head.bindings, *base.bindings))),
        grants=(*head.grants, *base.grants),
        identities=(*head.identities, *base.identities),
    )


def _effects(plan: Plan) -> frozenset[_Effect]:
    lines = {_of_change(c) for c in plan.changes}
    return frozenset(lines | {_of_blocked(b) for b in plan.blocked})


def _of_change(change: Change) -> _Effect:
    person = (change.person.id or change.person.login) if change.person else ""
    return (change.action.value, change.group.key, person)


def _of_blocked(line: Blocked) -> _Effect:
    person = (line.person.id or login_key(line.person.login)) if line.person else ""
    return (line.code, line.group.key, person)


def _group_names(bindings: Iterable[Binding]) -> frozenset[str]:
    """The ids that the bindings bind, and the names they create."""
    groups = [b.group for b in bindings]
    return frozenset(g.id if isinstance(g, BindGroup) else f"new:{g.name}" for g in groups)


def _is_known(group: GroupRef, known: frozenset[str]) -> bool:
    return group.key in known or (group.id or "") in known or f"new:{group.name}" in known


def _count(plan: Plan, key: str) -> Withheld:
    changes = [c for c in plan.changes if c.group.key == key]
    removals = sum(1 for c in changes if c.action is Action.REMOVE)
    return Withheld(
        group=key,
        additions=sum(1 for c in changes if c.action is Action.ADD),
        removals=removals,
        blocked=sum(1 for b in plan.blocked if b.group.key == key),
        unapproved=sum(1 for d in plan.unapproved if d.group.key == key),
    )
