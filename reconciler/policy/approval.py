"""An approval names people who may approve, and not the person it is for.

Names are claims here. Whether the forge's review makes them true is asked elsewhere.
"""

from collections.abc import Iterable, Iterator

from reconciler.model.catalog import Catalog, Grant, Tool
from reconciler.model.diagnostics import Severity
from reconciler.policy.check import Finding, Place, place
from reconciler.policy.mention import Mention
from reconciler.policy.people import Doubles, Names, doubles, names
from reconciler.policy.wording import choice, quoted

__all__ = ["approvers", "claims"]


def approvers(catalog: Catalog) -> Iterator[Finding]:
    """Every approver is one of the tool's, and nobody approves their own access.

    A revoked grant is a record of what was so when it was made, and is not judged anew.
    """
    known, alike = names(catalog), doubles(catalog)
    allowed = {tool.id: _allowed(tool, known) for tool in catalog.tools.values()}
    for grant in catalog.grants:
        if grant.revoked is None:
            tool = catalog.tools.get(grant.tool)
            mine = allowed.get(grant.tool, frozenset())
            yield from _approvers(grant, tool, mine, known, alike)
            yield from _repeated(grant, alike)


def claims(catalog: Catalog, mentioned: Iterable[Mention]) -> Iterator[Finding]:
    """The same of grants whose form is wrong, as far as they can be read."""
    known, alike = names(catalog), doubles(catalog)
    for each in mentioned:
        tool = catalog.tools.get(each.tool)
        allowed = frozenset[str]() if tool is None else _allowed(tool, known)
        yield from _approvers(each, tool, allowed, known, alike)


def _allowed(tool: Tool, known: Names) -> frozenset[str]:
    """The tool's approvers by all their names; its owners where it has none."""
    contacts = tool.approvers or tool.owners
    return known.of_all(name for each in contacts for name in (each.email, each.github))


def _approvers(
    grant: Grant | Mention,
    tool: Tool | None,
    allowed: frozenset[str],
    known: Names,
    alike: Doubles,
) -> Iterator[Finding]:
    listed = grant.approvers if isinstance(grant, Mention) else grant.approval.approved_by
    for number, approver in enumerate(listed):
        if not approver:
            continue
        if grant.subject and alike.may_be_one(approver, grant.subject):
            at = place(grant, "approval", "approved_by", number)
            yield _own_approval(approver, at, place(grant, "subject"))
        elif tool is not None and known.of(approver).isdisjoint(allowed):
            yield _stranger(approver, tool, place(grant, "approval", "approved_by", number))


def _repeated(grant: Grant, alike: Doubles) -> Iterator[Finding]:
    """Whoever is named twice agreed once."""
    listed = grant.approval.approved_by
    for number, approver in enumerate(listed):
        for earlier in range(number):
            if alike.may_be_one(listed[earlier], approver):
                at = place(grant, "approval", "approved_by", number)
                yield Finding(
                    code="approver-repeated",
                    origin=at.origin,
                    path=at.path,
                    summary=f"{quoted(approver)} may be {quoted(listed[earlier])} again, and "
                    "counts once",
                    hint="name each approver once",
                    related=(place(grant, "approval", "approved_by", earlier),),
                    severity=Severity.WARNING,
                )
                break


def _own_approval(approver: str, at: Place, subject: Place) -> Finding:
    return Finding(
        code="approver-is-subject",
        origin=at.origin,
        path=at.path,
        summary=f"{quoted(approver)} approves their own access",
        hint="have another approver of the tool agree",
        related=(subject,),
    )


def _stranger(approver: str, tool: Tool, at: Place) -> Finding:
    contacts = tool.approvers or tool.owners
    listed = place(tool, "policy", "approvers") if tool.approvers else place(tool, "owners")
    return Finding(
        code="approver-unknown",
        origin=at.origin,
        path=at.path,
        summary=f"{quoted(approver)} is not an approver of {quoted(tool.id)}",
        hint=f"approved by {choice(each.email for each in contacts)}; or extend the tool's list",
        related=(listed,),
    )
