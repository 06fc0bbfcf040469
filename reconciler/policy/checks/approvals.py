"""An approval names people who may approve, and not the person it is for.

Names are claims here. Whether a review at GitHub makes them true is asked elsewhere.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from reconciler.identity.aliases import KnownNames, PossibleNames, known_names, possible_names
from reconciler.model.catalog import Catalog, Grant, Tool
from reconciler.model.diagnostics import Example, Rule, Severity
from reconciler.model.validity import Approval
from reconciler.policy import sample
from reconciler.policy.checks.references import PartialReferences
from reconciler.policy.finding import Finding, Place, place
from reconciler.policy.quoting import choice, quoted

__all__ = ["APPROVER_UNKNOWN", "RULES", "check_approvers", "check_partial"]

APPROVER_IS_SUBJECT = Rule(
    code="approver-is-subject",
    summary="A person approves their own access, under this or another of their names",
    remedy="Have another approver of the tool agree",
    example=sample.edit(sample.GRANT_FILE, "subject: jane@", "subject: lead@"),
)
APPROVER_IS_REQUESTER = Rule(
    code="approver-is-requester",
    summary="A person approves what they asked for, under this or another of their names",
    remedy="Have another approver of the tool agree",
    example=sample.edit(
        sample.GRANT_FILE, "approved_by:", "requested_by: lead@example.com\n  approved_by:"
    ),
)
APPROVER_REPEATED = Rule(
    code="approver-repeated",
    summary="An approval names one person twice, under one or two of their names",
    remedy="Name each approver once; a person who is named twice counts once",
    severity=Severity.WARNING,
    example=sample.edit(
        sample.GRANT_FILE,
        "approved_by: lead@example.com",
        "approved_by: [lead@example.com, LEAD@example.com]",
    ),
)
APPROVER_UNKNOWN = Rule(
    code="approver-unknown",
    summary="A grant of the change is approved by no approver of its tool; a warning for old ones",
    remedy="Have one of them agree, or extend the list by itself; who leaves it gets `until`",
    example=Example(
        {sample.OTHER_GRANT_FILE: sample.OTHER_GRANT.replace("lead@", "boss@")}, base={}
    ),
)
RULES = (APPROVER_IS_SUBJECT, APPROVER_IS_REQUESTER, APPROVER_REPEATED, APPROVER_UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Roster:
    """All names of a tool's approvers, and those of the approvers who leave, by their last day."""

    staying: frozenset[str]
    leaving: tuple[tuple[date, frozenset[str]], ...] = ()

    def on(self, day: date | None) -> frozenset[str]:
        """Who may approve on the day; everybody who ever might, where there is none."""
        if not self.leaving:
            return self.staying
        there = (who for last, who in self.leaving if day is None or day <= last)
        return self.staying.union(*there)


def check_approvers(catalog: Catalog, now: datetime | None = None) -> Iterator[Finding]:
    """Every approver is one of the tool's, and nobody approves their own access or request.

    A grant that has ended by `now` is a record of what was so when it was made, and is not judged
    anew. That an approver is nobody's any more is a warning: the list may have changed since.
    """
    known, alike = known_names(catalog), possible_names(catalog)
    rosters = {tool.id: _roster(tool, known) for tool in catalog.tools.values()}
    for grant in catalog.grants:
        if not grant.has_ended(now):
            tool, roster = catalog.tools.get(grant.tool), rosters.get(grant.tool, _NOBODY)
            allowed = roster.on(_approved_at(grant))
            yield from _check_each(grant, tool, allowed, known, alike)
            yield from _find_repeated(grant, alike)


def _approved_at(grant: Grant) -> date | None:
    return grant.approval.approved_at if isinstance(grant.approval, Approval) else None


def check_partial(catalog: Catalog, partial: Iterable[PartialReferences]) -> Iterator[Finding]:
    """The same of grants whose form is wrong, as far as they can be read."""
    known, alike = known_names(catalog), possible_names(catalog)
    for each in partial:
        tool = catalog.tools.get(each.tool)
        roster = _NOBODY if tool is None else _roster(tool, known)
        yield from _check_each(each, tool, roster.on(None), known, alike)


def _roster(tool: Tool, known: KnownNames) -> _Roster:
    """The tool's approvers by all their names; its owners where it has none."""
    contacts = tool.approvers or tool.owners
    return _Roster(
        known.of_all(n for c in contacts if c.until is None for n in (c.email, c.github)),
        tuple((c.until, known.of_all((c.email, c.github))) for c in contacts if c.until),
    )


_NOBODY = _Roster(frozenset())


def _check_each(
    grant: Grant | PartialReferences,
    tool: Tool | None,
    allowed: frozenset[str],
    known: KnownNames,
    alike: PossibleNames,
) -> Iterator[Finding]:
    listed, requester = _agreement(grant)
    for number, approver in enumerate(listed):
        if not approver:
            continue
        at = place(grant, "approval", "approved_by", number)
        if grant.subject and alike.may_be_one(approver, grant.subject):
            summary = f"{quoted(approver)} approves their own access"
            related = (place(grant, "subject"),)
            yield Finding.at(at, APPROVER_IS_SUBJECT, summary, related=related)
        elif requester and alike.may_be_one(approver, requester):
            summary = f"{quoted(approver)} approves what they asked for"
            related = (place(grant, "approval", "requested_by"),)
            yield Finding.at(at, APPROVER_IS_REQUESTER, summary, related=related)
        elif tool is not None and known.of(approver).isdisjoint(allowed):
            yield _report_unknown(approver, tool, at)


def _agreement(grant: Grant | PartialReferences) -> tuple[tuple[str, ...], str]:
    """Who agreed, as far as the file says it, and who asked."""
    if isinstance(grant, PartialReferences):
        return grant.approvers, grant.requester
    return grant.approval.approved_by, grant.approval.requested_by or ""


def _find_repeated(grant: Grant, alike: PossibleNames) -> Iterator[Finding]:
    """A person who is named twice agreed once."""
    listed = grant.approval.approved_by
    for number, approver in enumerate(listed):
        for earlier in range(number):
            if alike.may_be_one(listed[earlier], approver):
                yield Finding.at(
                    place(grant, "approval", "approved_by", number),
                    APPROVER_REPEATED,
                    f"{quoted(approver)} may be {quoted(listed[earlier])} again, and counts once",
                    "name each approver once",
                    related=(place(grant, "approval", "approved_by", earlier),),
                )
                break


def _report_unknown(approver: str, tool: Tool, at: Place) -> Finding:
    contacts = tool.approvers or tool.owners
    listed = place(tool, "policy", "approvers") if tool.approvers else place(tool, "owners")
    return Finding.at(
        at,
        APPROVER_UNKNOWN,
        f"{quoted(approver)} is not an approver of {quoted(tool.id)}",
        f"approved by {choice(each.email for each in contacts)}; or extend the tool's list; "
        "who leaves it gets `until: YYYY-MM-DD` there",
        related=(listed,),
    ).as_warning()
