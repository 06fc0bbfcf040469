"""That a person lose a tool: every grant of theirs is revoked that has not ended by then."""

from datetime import datetime

from reconciler.model.catalog import Catalog, Grant, Tool
from reconciler.model.diagnostics import Span
from reconciler.model.ids import EntitlementId, fold
from reconciler.model.stanzas import revocation_edit
from reconciler.model.validity import day_start
from reconciler.proposals.access import (
    SUBJECT_UNKNOWN,
    SUBJECT_UNMAPPED,
    find_approvers,
    find_entitlement,
    find_known_person,
    find_tool,
    join_lines,
    list_grants,
)
from reconciler.proposals.nouns import (
    AlreadySo,
    Outcome,
    Proposal,
    Refusal,
    RevocationRequest,
    join_refusals,
)
from reconciler.proposals.wording import list_contacts

__all__ = ["propose_revocation"]

_NOWHERE = Span("catalog")
_NOBODY = frozenset({SUBJECT_UNKNOWN, SUBJECT_UNMAPPED})
"""Of whom nothing was ever granted under a ticket, and so nothing is left to take."""


def propose_revocation(request: RevocationRequest, catalog: Catalog, now: datetime) -> Outcome:
    """The end of every such grant, for review."""
    tool = find_tool(catalog, request.tool)
    entitlement = (
        tool if isinstance(tool, Refusal) else _find_entitlement(tool, request.entitlement)
    )
    person = find_known_person(catalog, request.subject)
    reason = join_lines(request.reason, "reason")
    if isinstance(tool, Refusal) or isinstance(entitlement, Refusal):
        return join_refusals(entitlement, person, reason)
    if isinstance(person, Refusal) and request.ticket and person.code in _NOBODY:
        return _nothing_left(request, tool)
    if isinstance(person, Refusal) or isinstance(reason, Refusal):
        return join_refusals(person, reason)
    listed = list_grants(catalog, person, tool, entitlement)
    ending = tuple(grant for grant in listed if _is_meant(grant, request, now))
    return _propose(request, catalog, tool, ending, reason, now)


def _find_entitlement(tool: Tool, named: str | None) -> EntitlementId | Refusal | None:
    return None if named is None else find_entitlement(tool, named)


def _is_meant(grant: Grant, request: RevocationRequest, now: datetime) -> bool:
    is_cited = not request.ticket or fold(grant.approval.ticket) == fold(request.ticket)
    begins = day_start(request.at)
    return is_cited and not grant.has_ended(now) and not grant.has_ended(begins)


def _propose(
    request: RevocationRequest,
    catalog: Catalog,
    tool: Tool,
    ending: tuple[Grant, ...],
    reason: str,
    now: datetime,
) -> Proposal | AlreadySo:
    if not ending:
        return _nothing_left(request, tool)
    subject, at = request.subject.strip(), day_start(request.at)
    asked = find_approvers(catalog, tool, (), now)
    return Proposal(
        title=f"Revoke {_name(tool, ending)} of {subject}",
        facts=(
            ("access", f"{_name(tool, ending)} ({tool.name})"),
            ("of", subject),
            ("reason", reason),
            ("from", f"{request.at.isoformat()} on"),
            ("revoked by", request.by),
            *((("ticket", request.ticket),) if request.ticket else ()),
            *(("revokes", str(grant.origin or _NOWHERE)) for grant in ending),
            ("asked to review", list_contacts(asked)),
        ),
        edits=tuple(
            revocation_edit(grant.origin or _NOWHERE, at, reason, request.by) for grant in ending
        ),
        asked=asked,
        key=request.key,
    )


def _nothing_left(request: RevocationRequest, tool: Tool) -> AlreadySo:
    what = f"{tool.id}/{request.entitlement}" if request.entitlement else tool.id
    under = f" under {request.ticket}" if request.ticket else ""
    subject = request.subject.strip()
    return AlreadySo(summary=f"{subject} has no grant of {what}{under} that is yet to end")


def _name(tool: Tool, grants: tuple[Grant, ...]) -> str:
    """The entitlements that go, each once."""
    return ", ".join(dict.fromkeys(f"{tool.id}/{grant.entitlement}" for grant in grants))
