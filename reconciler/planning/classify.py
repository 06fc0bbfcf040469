"""The class of each member of a group: set arithmetic over ids, and nothing else.

First match wins: protected, rule-fed, granted, ended, unapproved. Every set is disjoint from the
others. A member of whom it is not known whether a rule put them there is never unapproved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.identity.index import DirectoryIndex
from reconciler.model.directory import DirectoryUser, Members, ReadFailure
from reconciler.model.ids import OktaUserId, login_key
from reconciler.model.plan import PersonRef, PlanWarning
from reconciler.model.settings import ProtectedPerson
from reconciler.planning.desired import GroupIntent
from reconciler.planning.scope import ManagedGroup

__all__ = ["MemberClasses", "Protection", "classify_members", "find_protected", "protected_key"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberClasses:
    """One group's people by what git and Okta say of them together."""

    protected: Members
    granted_present: Members
    granted_absent: Members
    ended_present: Members
    pending_present: Members
    unapproved: Members
    rule_fed: Members = frozenset()
    unattributed: Members = frozenset()
    """Members no grant ever named, whom a rule may have put there."""


def classify_members(group: ManagedGroup, intent: GroupIntent, protected: Members) -> MemberClasses:
    """Everyone who is in the group or wanted there, each in one class."""
    members = group.members
    live = frozenset(intent.live)
    shielded = members & protected
    fed = (members & group.rule_fed) - shielded
    rest = members - shielded - fed
    pending = (rest - live) & frozenset(intent.pending)
    ended = (rest - live - pending) & frozenset(intent.ended)
    unnamed = rest - live - pending - ended
    return MemberClasses(
        protected=shielded,
        rule_fed=fed,
        granted_present=rest & live,
        granted_absent=live - members,
        ended_present=ended,
        pending_present=pending,
        unapproved=unnamed - group.unattributed,
        unattributed=unnamed & group.unattributed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The protected people by id. `holds_all` says why every removal waits, or is empty."""

    ids: Members
    holds_all: str = ""
    warnings: tuple[PlanWarning, ...] = ()


def find_protected(
    people: tuple[ProtectedPerson, ...],
    directory: DirectoryIndex,
    unread: Mapping[str, ReadFailure] | None = None,
) -> Protection:
    """Who is protected. One who is not found may be any member under another name.

    `unread` has the look-ups that failed, by `protected_key`.
    """
    ids: set[OktaUserId] = set()
    lost: list[ProtectedPerson] = []
    for person in people:
        found = _find(person, directory)
        ids.update(user.id for user in found)
        if not found:
            lost.append(person)
    if not lost:
        return Protection(ids=frozenset(ids))
    failed = [p for p in lost if protected_key(p) in (unread or {})]
    missing = [p for p in lost if p not in failed]
    reasons = [
        *([f"{_names(failed)}, protected, could not be looked up"] if failed else []),
        *([f"{_names(missing)}, protected, could not be resolved"] if missing else []),
    ]
    return Protection(
        ids=frozenset(ids),
        holds_all=f"{' and '.join(reasons)} and may be any member",
        warnings=(
            *(_warn_unread(failed) if failed else ()),
            *(_warn_missing(missing) if missing else ()),
        ),
    )


def protected_key(person: ProtectedPerson) -> str:
    """What a look-up of the person goes by, apart from the grants' subjects."""
    return f"protected:{login_key(person.login)}"


def _warn_unread(people: Iterable[ProtectedPerson]) -> Iterable[PlanWarning]:
    yield PlanWarning(
        code="protected-unread",
        summary=f"{_names(people)} is protected and could not be looked up: nobody is removed "
        "until this is settled",
        hint="plan again",
        people=_refs(people),
    )


def _warn_missing(people: Iterable[ProtectedPerson]) -> Iterable[PlanWarning]:
    yield PlanWarning(
        code="protected-missing",
        summary=f"{_names(people)} is protected but could not be resolved: nobody is removed until "
        "this is settled",
        hint="correct `protected` in settings.yaml; give the id to survive a rename",
        people=_refs(people),
    )


def _names(people: Iterable[ProtectedPerson]) -> str:
    return ", ".join(sorted(person.login for person in people))


def _refs(people: Iterable[ProtectedPerson]) -> tuple[PersonRef, ...]:
    return tuple(PersonRef(id=None, login=name) for name in sorted(p.login for p in people))


def _find(person: ProtectedPerson, directory: DirectoryIndex) -> tuple[DirectoryUser, ...]:
    if person.id is None:
        return directory.by_login.get(login_key(person.login), ())
    user = directory.by_id.get(OktaUserId(person.id))
    return (user,) if user else ()
