"""What had ended before it was written: it explains nothing, and nobody loses access by it."""

from collections.abc import Iterator
from datetime import datetime

from reconciler.model.catalog import BindGroup, Binding, Catalog, Grant
from reconciler.model.diagnostics import Severity
from reconciler.model.ids import login_key
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = ["bindings", "grants"]


def grants(head: Catalog, base: Catalog, now: datetime | None) -> Iterator[Finding]:
    """Grants of the change that have ended, where the base has none that could have ended."""
    known = {_whose(grant) for grant in base.grants}
    for grant in head.grants:
        if grant.has_ended(now) and _whose(grant) not in known:
            at = place(grant)
            yield Finding(
                code="grant-ended-already",
                origin=at.origin,
                summary=f"the grant to {quoted(grant.subject)} has ended before it is merged",
                hint="it is kept as a record; whoever is a member without another grant counts as "
                "unapproved, not as somebody whose access ended",
                severity=Severity.WARNING,
            )


def bindings(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """Bindings of the change that leave a group which they never bound."""
    before = {binding.name: binding for binding in base.bindings}
    for binding in head.bindings:
        was = before.get(binding.name)
        left = "retired" if binding.retired else "replaces"
        groups = {binding.replaces} if binding.replaces else set[str]()
        if binding.retired and isinstance(binding.group, BindGroup):
            groups.add(binding.group.id)
        if groups - _bound(was) and not _is_bound_by_name(binding, was):
            at = place(binding, left)
            yield Finding(
                code="binding-retired-unbound",
                origin=at.origin,
                path=at.path,
                summary=f"{quoted(binding.name)} leaves a group that it does not bind at the base",
                hint="a binding ends or moves what it bound before: bind the group first",
            )


def _whose(grant: Grant) -> tuple[str, str, str]:
    return (grant.tool, grant.entitlement, login_key(grant.subject))


def _bound(was: Binding | None) -> set[str]:
    """The groups that the binding had, or was leaving."""
    if was is None:
        return set()
    own = {was.group.id} if isinstance(was.group, BindGroup) else set[str]()
    return own | ({was.replaces} if was.replaces else set())


def _is_bound_by_name(binding: Binding, was: Binding | None) -> bool:
    """Whether the base creates the group by its name, and only now its id is written."""
    return (
        was is not None
        and not isinstance(was.group, BindGroup)
        and binding.replaces is None
        and binding.group.name == was.group.name
    )
