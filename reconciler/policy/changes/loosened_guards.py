"""No change lets through what it brings: a guard is loosened in a change of its own.

In review such a change would be shown as held, and be carried out once it is merged.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from reconciler.model.accounts import AccountPart, AccountState
from reconciler.model.catalog import Acknowledgement, Authority, Binding, Catalog
from reconciler.model.diagnostics import Example, Rule, Span
from reconciler.model.settings import GuardLimits, Limit
from reconciler.model.validity import ACKNOWLEDGED_DAYS
from reconciler.policy import sample
from reconciler.policy.changes.accounts import brought_parts
from reconciler.policy.changes.compared_grants import access, stretch
from reconciler.policy.finding import Finding, Place, place
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "find_long_acknowledgements", "find_loosened_guards"]

_REVOKED = "revoked: {at: 2026-11-22, by: lead@example.com, reason: left}\n"

GUARD_LOOSENED_WITH_CHANGE = Rule(
    code="guard-loosened-with-change",
    summary="A change brings an acknowledgement or raises a limit, together with what that may let "
    "pass",
    remedy="Have one of the two merged first, in a change of its own",
    example=Example(
        {
            sample.GRANT_FILE: sample.GRANT + _REVOKED,
            "acknowledgements/more.yaml": sample.ACKNOWLEDGEMENT.replace("team moved", "team left"),
        },
        base={},
    ),
)
ACKNOWLEDGEMENT_TOO_LONG = Rule(
    code="acknowledgement-too-long",
    summary=f"A change brings an acknowledgement that holds for more than {ACKNOWLEDGED_DAYS} days",
    remedy=f"Let it end within {ACKNOWLEDGED_DAYS} days; an exception is of the moment",
    example=Example(
        {"acknowledgements/more.yaml": sample.ACKNOWLEDGEMENT.replace("2026-11-27", "2026-11-30")},
        base={},
    ),
)
RULES = (ACKNOWLEDGEMENT_TOO_LONG, GUARD_LOOSENED_WITH_CHANGE)

_UNRESOLVED = "unresolved"
_DEACTIVATIONS = "deactivations"
_NEW: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class _Loosening:
    """What holds less than at the base: in words, and where, if that has a place of its own."""

    words: str
    at: Place | None = None
    lets_grants_pass: bool = False
    """Whether it is additions that it lets through."""
    lets_removals_pass: bool = True
    lets_deactivations_pass: bool = False
    ends_protection: bool = False
    """Whether it may itself take out a person whom another guard would keep."""


def find_loosened_guards(head: Catalog, base: Catalog, now: datetime | None) -> Iterator[Finding]:
    """Every exception or raised limit that stands beside a change which it may let pass."""
    found = tuple(_loosenings(head, base))
    taking, giving = tuple(_places_that_take(head, base, now)), tuple(_places_that_give(head, base))
    closing = tuple(_places_that_deactivate(head, base))
    bared = tuple(each.at for each in found if each.ends_protection and each.at is not None)
    for each in found:
        passing = (
            *(giving if each.lets_grants_pass else ()),
            *(taking if each.lets_removals_pass else ()),
            *(closing if each.lets_deactivations_pass else ()),
            *(bared if each.lets_removals_pass and not each.ends_protection else ()),
        )
        if passing:
            yield _report(each, passing)


def find_long_acknowledgements(head: Catalog, base: Catalog, now: datetime) -> Iterator[Finding]:
    """New exceptions that end later than an exception may."""
    last = now.astimezone(UTC).date() + timedelta(days=ACKNOWLEDGED_DAYS)
    before = set(base.acknowledgements)
    for exception in head.acknowledgements:
        if exception not in before and exception.expires > last:
            yield Finding.at(
                place(exception, "expires"),
                ACKNOWLEDGEMENT_TOO_LONG,
                f"the acknowledgement holds through {exception.expires}",
                f"an exception lasts {ACKNOWLEDGED_DAYS} days at most: through {last}",
            )


def _report(each: _Loosening, passing: tuple[Place, ...]) -> Finding:
    at, *others = (passing if each.at is None else (each.at, *passing))[:2]
    return Finding.at(
        at,
        GUARD_LOOSENED_WITH_CHANGE,
        f"the change brings {each.words}, together with what that may let pass",
        f"{GUARD_LOOSENED_WITH_CHANGE.hint}: a guard that holds on the default branch can then be "
        "looked at, and let pass",
        related=tuple(others),
    )


def _loosenings(head: Catalog, base: Catalog) -> Iterator[_Loosening]:
    before = set(base.acknowledgements)
    for each in head.acknowledgements:
        if each not in before:
            yield _acknowledgement(each)
    yield from _limits(head.settings.guards, base.settings.guards)
    kept = set(head.settings.protected)
    for person in base.settings.protected:
        if person not in kept:
            words = f"the end of {quoted(person.login)}'s protection"
            file = person.origin.path if person.origin else "settings.yaml"
            yield _Loosening(words, Place(Span(file)), ends_protection=True)
    yield from _members(head, base)
    yield from _admin_roles(head, base)


def _acknowledgement(each: Acknowledgement) -> _Loosening:
    return _Loosening(
        f"an acknowledgement of {quoted(each.guard)}",
        place(each, "guard"),
        lets_grants_pass=each.guard == _UNRESOLVED,
        lets_removals_pass=each.guard != _DEACTIVATIONS,
        lets_deactivations_pass=each.guard == _DEACTIVATIONS,
    )


def _limits(head: GuardLimits, base: GuardLimits) -> Iterator[_Loosening]:
    for name in ("group_removals", "run_removals", "ended_removals", _UNRESOLVED):
        now: tuple[Limit, ...] = getattr(head, name)
        was: tuple[Limit, ...] = getattr(base, name)
        if not all(any(_is_as_strict(new, old) for new in now) for old in was):
            yield _Loosening(
                f"a higher limit `guards.{name}`", lets_grants_pass=name == _UNRESOLVED
            )


def _is_as_strict(new: Limit, old: Limit) -> bool:
    """Whether whatever exceeds the old one exceeds the new one."""
    return _is_at_most(new.count, old.count) and _is_at_most(new.percent, old.percent)


def _is_at_most(new: int | None, old: int | None) -> bool:
    return new is None or (old is not None and new <= old)


def _members(head: Catalog, base: Catalog) -> Iterator[_Loosening]:
    for tool in base.tools.values():
        after = head.tools.get(tool.id)
        for entitlement in tool.entitlements.values() if after else ():
            now = after.entitlements.get(entitlement.id) if after else None
            if after is None or now is None:
                continue
            named = f"{quoted(tool.id)}/{quoted(entitlement.id)}"
            at = place(after, "entitlements", entitlement.id)
            if now.min_members < entitlement.min_members:
                yield _Loosening(f"lower `min_members` of {named}", at)
            if set(entitlement.required_members) - set(now.required_members):
                yield _Loosening(f"fewer `required_members` of {named}", at)


def _admin_roles(head: Catalog, base: Catalog) -> Iterator[_Loosening]:
    before = {b.name: b for b in base.bindings}
    for binding in head.bindings:
        was = before.get(binding.name)
        if was is not None and binding.admin_role and not was.admin_role:
            words = f"`admin_role` of {quoted(binding.name)}"
            at = place(binding, "admin_role")
            yield _Loosening(words, at, lets_grants_pass=True, lets_removals_pass=False)


def _places_that_take(head: Catalog, base: Catalog, now: datetime | None) -> Iterator[Place]:
    """What may take people out of groups: grants that give less, bindings that are not the same."""
    kept, before = set(head.grants), set(base.grants)
    lost = defaultdict(list)
    for grant in base.grants:
        if grant not in kept and not grant.has_ended(now):
            lost[access(grant)].append(stretch(grant))
    for grant in head.grants:
        begins, ends = stretch(grant)
        was = () if grant in before else lost.get(access(grant), ())
        if any(first < begins or ends < last for first, last in was):
            yield place(grant)
    bound = {b.name: _effect(b) for b in base.bindings}
    for binding in head.bindings:
        if bound.get(binding.name, _NEW) not in {_effect(binding), _NEW} or (
            binding.name not in bound and _is_taking(binding)
        ):
            yield place(binding)


def _is_taking(binding: Binding) -> bool:
    """Whether a binding may take people out by being there."""
    is_whole = binding.authority is Authority.AUTHORITATIVE
    return is_whole or binding.retired or binding.replaces is not None


def _places_that_deactivate(head: Catalog, base: Catalog) -> Iterator[Place]:
    for each in brought_parts(head, base):
        if each.part is AccountPart.STATE and each.declared.state is AccountState.DEACTIVATED:
            yield place(each.declared, "state")


def _places_that_give(head: Catalog, base: Catalog) -> Iterable[Place]:
    before = set(base.grants)
    return (place(grant) for grant in head.grants if grant not in before)


def _effect(binding: Binding) -> tuple[object, ...]:
    """What the binding does to members; that a group may be an admin's takes nobody out."""
    return (
        binding.name,
        binding.group,
        binding.authority,
        binding.unattended,
        binding.retired,
        binding.replaces,
    )
