"""A grant's window is one, no longer than its tool allows, and not inside another's.

A grant that has ended is a record, which no later rule makes wrong.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from reconciler.model.catalog import Catalog, Grant, Tool
from reconciler.model.diagnostics import Severity
from reconciler.policy.aliases import known_names
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = ["check_overlaps", "check_windows"]


def check_windows(catalog: Catalog, now: datetime | None = None) -> Iterator[Finding]:
    """Every grant ends after it begins, and in time.

    How long one may last is a warning: it may have been less when the grant was made.
    """
    for grant in catalog.grants:
        tool = catalog.tools.get(grant.tool)
        is_open = tool is not None and not grant.has_ended(now)
        longest = tool.max_duration_days if tool is not None and is_open else None
        if grant.expires is None:
            if tool is not None and longest is not None:
                yield _endless(grant, tool, longest)
        elif grant.expires < _begins(grant):
            yield _backwards(grant)
        elif tool is not None and longest is not None:
            yield from _length(grant, grant.expires, tool, longest)


def _begins(grant: Grant) -> date:
    return grant.starts or grant.approval.approved_at


def _endless(grant: Grant, tool: Tool, longest: int) -> Finding:
    at = place(grant)
    return Finding(
        code="expires-missing",
        origin=at.origin,
        summary=f"the grant never ends; {quoted(tool.id)} allows at most {longest} days",
        hint="add `expires: YYYY-MM-DD`",
        related=(place(tool, "policy", "max_duration"),),
        severity=Severity.WARNING,
    )


def _backwards(grant: Grant) -> Finding:
    at = place(grant, "expires")
    begins = place(grant, "starts") if grant.starts else place(grant, "approval", "approved_at")
    what = "starts" if grant.starts else "is approved"
    return Finding(
        code="expires-before-start",
        origin=at.origin,
        path=at.path,
        summary=f"the grant ends on {grant.expires}, before it {what} on {_begins(grant)}",
        hint="correct one of the two days",
        related=(begins,),
    )


def _length(grant: Grant, expires: date, tool: Tool, longest: int) -> Iterator[Finding]:
    lasts = (expires - _begins(grant)).days
    if lasts > longest:
        at = place(grant, "expires")
        yield Finding(
            code="grant-window-too-long",
            origin=at.origin,
            path=at.path,
            summary=f"the grant lasts {lasts} days; {quoted(tool.id)} allows at most {longest}",
            hint="shorten `expires`, or raise the tool's `max_duration`",
            related=(place(tool, "policy", "max_duration"),),
            severity=Severity.WARNING,
        )


def check_overlaps(catalog: Catalog, now: datetime | None = None) -> Iterator[Finding]:
    """No grant adds nothing to another of the same person; one that has ended is a record."""
    known = known_names(catalog)
    by_person: defaultdict[tuple[str, str, str], list[Grant]] = defaultdict(list)
    for grant in catalog.grants:
        if not grant.has_ended(now):
            key = (grant.tool, grant.entitlement, known.shortest(grant.subject))
            by_person[key].append(grant)
    for grants in by_person.values():
        if len(grants) > 1:
            yield from _inside(dict.fromkeys(grants))


def _inside(grants: Iterable[Grant]) -> Iterator[Finding]:
    """Each that ends no later than one that begins no later; of two alike, the later written."""
    widest: Grant | None = None
    for grant in sorted(grants, key=lambda each: (_begins(each), -_ends(each).toordinal())):
        if widest is None or _ends(grant) > _ends(widest):
            widest = grant
            continue
        at = place(grant)
        yield Finding(
            code="grant-inside-another",
            origin=at.origin,
            summary=f"{quoted(grant.subject)} has this from another grant all the while",
            hint="remove this one; to prolong the access, extend the other grant instead",
            related=(place(widest),),
            severity=Severity.WARNING,
        )


def _ends(grant: Grant) -> date:
    """Its last day, or the day on which it was taken back."""
    ends = [day for day in (grant.expires, grant.validity.revoked_on) if day is not None]
    return min(ends, default=date.max)
