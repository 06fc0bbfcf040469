"""A grant's window is one, and no longer than its tool allows; today's date is never asked."""

from collections.abc import Iterator
from datetime import date

from reconciler.model.catalog import Catalog, Grant, Tool
from reconciler.policy.check import Finding, place
from reconciler.policy.wording import quoted

__all__ = ["windows"]


def windows(catalog: Catalog) -> Iterator[Finding]:
    """Every grant ends after it begins, and in time."""
    for grant in catalog.grants:
        tool = catalog.tools.get(grant.tool)
        longest = None if tool is None else tool.max_duration_days
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
        )
