"""An approval is of what was asked: access that is prolonged or revived is approved again.

Only a change shows it, for what was there before has to be seen. What an approval gave is the union
of the windows of all grants that name it, in however many files. What a review approves names no
ticket, and needs none: the change that alters the grant is reviewed itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.identity.aliases import KnownNames, known_names
from reconciler.model.catalog import Catalog, Grant, Tool
from reconciler.model.diagnostics import Example, Rule
from reconciler.model.validity import ApprovalAtSource, ApprovalSource, Duration
from reconciler.policy import sample
from reconciler.policy.changes.compared_grants import Stretch, stretch
from reconciler.policy.checks.grant_windows import GRANT_WINDOW_TOO_LONG
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "find_stretched_approvals", "find_unrenewed_approvals"]

APPROVAL_NOT_RENEWED = Rule(
    code="approval-not-renewed",
    summary="A change lets a grant begin earlier or end later under the approval of its former "
    "wording",
    remedy="Have it approved again, and write the new ticket and `approved_at`",
    example=Example({sample.GRANT_FILE: sample.GRANT.replace("2027-01-20", "2027-02-10")}, base={}),
)
RULES = (APPROVAL_NOT_RENEWED,)

_Approved = tuple[str, str, str, str, str]

_ISSUE = "by jira"
"""When an issue was approved, as a file says it: the same ticket, typed or read, gave the same."""


def find_unrenewed_approvals(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """Grants of the change that hold when no grant under their approval held before."""
    known, before = known_names(base), set(base.grants)
    stretches: defaultdict[_Approved, list[Stretch]] = defaultdict(list)
    by_issue = any(_is_by(ApprovalSource.JIRA, g) for g in head.grants if g not in before)
    for grant in base.grants:
        stretches[_approval_key(grant, known)].append(stretch(grant))
        if by_issue and not _is_by(ApprovalSource.JIRA, grant):
            stretches[(*_approval_key(grant, known)[:-1], _ISSUE)].append(stretch(grant))
    merged = {approved: _merge(each) for approved, each in stretches.items()}
    for grant in head.grants:
        is_reviewed = grant in before or _is_by(ApprovalSource.GITHUB, grant)
        given = None if is_reviewed else merged.get(_approval_key(grant, known))
        if given is not None and not _covers(given, stretch(grant)):
            yield _report_unrenewed(grant)


def find_stretched_approvals(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """Grants of the change that together last longer under one approval than one grant may."""
    known, before = known_names(head), set(base.grants)
    together: defaultdict[_Approved, list[Grant]] = defaultdict(list)
    for grant in head.grants:
        if _is_by(ApprovalSource.GITHUB, grant):
            continue
        together[_approval_key(grant, known)].append(grant)
    for grants in together.values():
        brought = [g for g in grants if g not in before]
        tool = head.tools.get(grants[0].tool)
        if len(grants) > 1 and brought and tool is not None and tool.max_duration is not None:
            yield from _check_together(grants, brought, tool, tool.max_duration)


def _check_together(
    grants: Iterable[Grant], brought: Iterable[Grant], tool: Tool, longest: Duration
) -> Iterator[Finding]:
    """From when the first of them begins to when the last of them ends is no longer than that."""
    begins = min(
        (g.counts_from for g in grants if g.counts_from is not None),
        key=lambda begin: begin.earliest,
        default=None,
    )
    ends = max(stretch(g)[1] for g in grants)
    if begins is not None and longest.is_exceeded(begins, ends):
        last = max(brought, key=lambda g: stretch(g)[1])
        yield Finding.at(
            place(last, "expires"),
            GRANT_WINDOW_TOO_LONG,
            f"the grants under {quoted(last.approval.ticket)} last {longest.measure(begins, ends)} "
            f"together; {quoted(tool.id)} allows at most {longest}",
            "have each further period approved on its own",
            related=(place(tool, "policy", "max_duration"),),
        )


def _is_by(source: ApprovalSource, grant: Grant) -> bool:
    return isinstance(grant.approval, ApprovalAtSource) and grant.approval.by is source


def _approval_key(grant: Grant, known: KnownNames) -> _Approved:
    """For whom and what, and by which approval: who else agreed that day makes no other of it."""
    approval = grant.approval
    person, ticket = known.shortest(grant.subject), approval.ticket.strip().casefold()
    return (grant.tool, grant.entitlement, person, ticket, approval.written)


def _merge(stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if ends <= begins:
            continue
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((begins, ends))
    return found


def _covers(given: list[Stretch], wanted: Stretch) -> bool:
    begins, ends = wanted
    return ends <= begins or any(first <= begins and ends <= last for first, last in given)


def _report_unrenewed(grant: Grant) -> Finding:
    is_read = isinstance(grant.approval, ApprovalAtSource)
    return Finding.at(
        place(grant, "approval", "ticket" if is_read else "approved_at"),
        APPROVAL_NOT_RENEWED,
        f"the grant to {quoted(grant.subject)} holds longer than what "
        f"{quoted(grant.approval.ticket)} was approved for",
        "have it approved in an issue of its own, and write its key as `ticket`"
        if is_read
        else None,
    )
