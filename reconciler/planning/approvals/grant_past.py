"""What the files' past and their rules say of grants, beside what each grant says itself.

Grants are known by their hash. It is found out where there is a repository and a clock; without a
record, grants are taken by their word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from reconciler.model.catalog import Catalog, Grant
from reconciler.model.plan import BlockReason, GrantRef
from reconciler.model.validity import Approval
from reconciler.planning.refs import approved_from, approved_when, grant_hash

__all__ = ["GrantHistory", "explain_ineffective", "select_effective"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantHistory:
    """What is known of the grants of a plan."""

    unbacked: Mapping[str, BlockReason] = field(default_factory=dict)
    """Grants that today's rules of their tool do not allow: they cause no addition."""
    stillborn: frozenset[str] = frozenset()
    """Ended grants that never held while they stood on the branch: no access ended by them."""
    unbound: frozenset[tuple[str, str]] = frozenset()
    """Names of retired bindings with the groups that they never bound on the branch."""
    introduced: Mapping[str, datetime] = field(default_factory=dict)
    """When each grant whose approval is read at its source came onto the branch in these words.

    Of one that has ended it is when it came at first, whatever was written of its end since.
    """
    problem: str = ""
    """Why the past could not be looked at; then nobody is removed for access that ended."""

    def is_said(self, grant: Grant, now: datetime) -> bool:
        """Whether the grant says anything of who should be where."""
        if not self.stillborn or not grant.validity.has_ended(now):
            return True
        return grant_hash(grant) not in self.stillborn

    def bound_approvals(self, catalog: Catalog) -> Catalog:
        """The catalog, in which an approval at its source is no later than its grant's coming."""
        if not self.introduced:
            return catalog
        return replace(catalog, grants=tuple(map(self._bound_approval, catalog.grants)))

    def _bound_approval(self, grant: Grant) -> Grant:
        if isinstance(grant.approval, Approval):
            return grant
        at = self.introduced.get(grant_hash(grant))
        if at is None and grant.revoked is not None:
            # Revoked since: who revokes agrees to nothing anew.
            at = self.introduced.get(grant_hash(replace(grant, revoked=None)))
        return replace(grant, approval=replace(grant.approval, no_later_than=at))


def select_effective(
    refs: Iterable[GrantRef], record: GrantHistory, now: datetime
) -> tuple[GrantRef, ...]:
    """Those that may cause an addition, and answer what happened since: the others are no words."""
    return tuple(
        ref for ref in refs if ref.hash not in record.unbacked and approved_from(ref) <= now
    )


def explain_ineffective(
    refs: Iterable[GrantRef], record: GrantHistory, now: datetime
) -> BlockReason:
    """Why none of them may: the first one says it for all."""
    first = min(refs, key=approved_from)
    if first.hash in record.unbacked:
        return record.unbacked[first.hash]
    today = f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return BlockReason(
        code="approval-in-future",
        summary=f"the approval is of {approved_when(first)}, and it is {today}",
        hint="write when they agreed, in UTC",
    )
