"""An approval is of what was asked: who prolongs a grant has it approved again.

Only a change shows it, for both wordings have to be seen.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from reconciler.model.catalog import Catalog, Grant
from reconciler.model.names import login_key
from reconciler.policy.check import Finding, place
from reconciler.policy.wording import quoted

__all__ = ["unrenewed"]


def unrenewed(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """Grants that came to hold longer under the approval of their shorter wording."""
    kept, before = set(head.grants), set(base.grants)
    gone: defaultdict[tuple[object, ...], list[Grant]] = defaultdict(list)
    for grant in base.grants:
        if grant not in kept:
            gone[_approved(grant)].append(grant)
    for grant in head.grants:
        was = [] if grant in before else gone.get(_approved(grant), [])
        if was and not any(_covers(other, grant) for other in was):
            yield _finding(grant)


def _approved(grant: Grant) -> tuple[object, ...]:
    """For whom and what, and by which approval."""
    return (grant.tool, grant.entitlement, login_key(grant.subject), grant.approval)


def _covers(was: Grant, now: Grant) -> bool:
    """Whether the former wording gave all that the present one gives."""
    return _begins(was) <= _begins(now) and _ends(now) <= _ends(was)


def _begins(grant: Grant) -> date:
    return grant.starts or date.min


def _ends(grant: Grant) -> date:
    ends = [day for day in (grant.expires, grant.validity.revoked_on) if day is not None]
    return min(ends, default=date.max)


def _finding(grant: Grant) -> Finding:
    at = place(grant, "approval", "approved_at")
    return Finding(
        code="approval-not-renewed",
        origin=at.origin,
        path=at.path,
        summary=f"the grant to {quoted(grant.subject)} holds longer than what "
        f"{quoted(grant.approval.ticket)} was approved for",
        hint="have it approved again, and write the new ticket and `approved_at`",
    )
