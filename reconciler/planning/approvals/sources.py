"""Which sources may bear a grant's approval out, and what their answers come to together."""

import re
from collections.abc import Mapping

from reconciler.model.approvals.review import Verdict
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.validity import Approval, ApprovalSource

__all__ = ["READ_FIRST", "counted_sources", "is_issue_key", "issue_key", "join_verdicts"]

READ_FIRST = "let it be read, then plan again"
"""What helps where it is not known whether an approval is borne out."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,254}-[0-9]{1,19}")
_ORDER = {ApprovalSource.GITHUB: "", ApprovalSource.JIRA: "Jira: "}
"""The sources, the first of which needs no name beside the other."""


def counted_sources(grant: Grant, rules: Catalog) -> frozenset[ApprovalSource]:
    """Where the grant's approval may be seen: for its tool, and as the grant says."""
    counted = rules.sources_of(grant.tool)
    if not isinstance(grant.approval, Approval):
        return counted & {grant.approval.by}
    is_elsewhere = len(counted) > 1 and not issue_key(grant)
    return counted - {ApprovalSource.JIRA} if is_elsewhere else counted


def issue_key(grant: Grant) -> str:
    """The key of the issue that the grant cites; empty where its ticket is none."""
    ticket = grant.approval.ticket
    return ticket.upper() if is_issue_key(ticket) else ""


def is_issue_key(text: str) -> bool:
    """Whether it has the form of one."""
    return _KEY.fullmatch(text) is not None


def join_verdicts(
    grant: Grant, found: Mapping[ApprovalSource, Verdict], *, is_whole: bool = True
) -> Verdict:
    """One that bears it out is enough; of several that do not each says why.

    What was edited since it was agreed on is void only where every source was heard (`is_whole`).
    """
    if not found:
        return Verdict(why_not=f"no source that is configured counts for {grant.tool}")
    ordered = [(source, found[source]) for source in _ORDER if source in found]
    for _, verdict in ordered:
        if verdict.is_verified:
            return verdict
    named = (f"{_ORDER[source]}{verdict.why_not}" for source, verdict in ordered)
    return Verdict(
        why_not=ordered[0][1].why_not if len(ordered) == 1 else "; ".join(named),
        hint=ordered[0][1].hint if len(ordered) == 1 else "",
        names=tuple(sorted({name for _, verdict in ordered for name in verdict.names})),
        is_void=is_whole and any(verdict.is_void for _, verdict in ordered),
    )
