"""That a person keep what they have: the grant that ends last is given a later end.

What has ended already is a record, and what is revoked ends all the same: either is followed by a
grant in a new file.
"""

from collections.abc import Container
from dataclasses import replace
from datetime import datetime

from reconciler.model.catalog import Catalog, Grant
from reconciler.model.diagnostics import Span
from reconciler.model.ids import EntitlementId
from reconciler.model.stanzas import renewal_edits
from reconciler.model.validity import Moment, Phase
from reconciler.proposals.access import (
    Access,
    find_access,
    find_known_person,
    find_tool,
    join_lines,
    list_grants,
)
from reconciler.proposals.days import Days, begin_now, end_of, fit_days
from reconciler.proposals.grants import propose_new_file, require_approvers
from reconciler.proposals.nouns import (
    AlreadySo,
    GrantRequest,
    Outcome,
    Proposal,
    Refusal,
    RenewalRequest,
    join_refusals,
)
from reconciler.proposals.wording import describe_end, grant_facts

__all__ = ["propose_renewal"]

_NOWHERE = Span("catalog")


def propose_renewal(
    request: RenewalRequest, catalog: Catalog, paths: Container[str], now: datetime
) -> Outcome:
    """A later end for review; `paths` are those of the files below the catalog."""
    entitlement = request.entitlement or _find_only_one(request, catalog)
    access = find_access(catalog, request.tool, entitlement, request.subject)
    known = find_known_person(catalog, request.subject)
    if isinstance(access, Refusal) or isinstance(known, Refusal):
        return join_refusals(access, known)
    listed = list_grants(catalog, access.person, access.tool, access.entitlement)
    if not listed:
        return Refusal(
            code="grant-missing",
            summary=f"{access.subject} has no grant of {access.name} to renew",
            hint="`reconciler request` asks for a first one",
        )
    standing = [grant for grant in listed if not grant.has_ended(now)]
    last = max(standing, key=end_of, default=None)
    if last is not None and end_of(last) >= request.expires.end:
        return AlreadySo(
            summary=f"{access.subject} has {access.name} already, {describe_end(end_of(last))}",
            origin=last.origin,
        )
    open_ones = [grant for grant in standing if grant.revoked is None]
    if open_ones:
        return _propose_edit(access, max(open_ones, key=end_of), request, catalog, now)
    return _propose_successor(access, max(listed, key=end_of), request, catalog, paths, now)


def _find_only_one(request: RenewalRequest, catalog: Catalog) -> EntitlementId | None:
    """The only entitlement of the tool that the person was ever granted."""
    tool = find_tool(catalog, request.tool)
    person = find_known_person(catalog, request.subject)
    if isinstance(tool, Refusal) or isinstance(person, Refusal):
        return None
    granted = {grant.entitlement for grant in list_grants(catalog, person, tool)}
    held = granted & set(tool.entitlements)
    return held.pop() if len(held) == 1 else None


def _propose_edit(
    access: Access, before: Grant, request: RenewalRequest, catalog: Catalog, now: datetime
) -> Proposal | Refusal:
    """The grant as it stands, but for its end, its approval and what goes with them."""
    purpose = join_lines(request.purpose or before.purpose, "purpose")
    wanted = Days(starts=_find_begin(access, before, now), expires=request.expires)
    days = fit_days(access.tool, wanted, request.approval, now)
    asked = require_approvers(catalog, access, request.approval, request.requested_by, now)
    if isinstance(purpose, Refusal) or isinstance(days, Refusal) or isinstance(asked, Refusal):
        return join_refusals(purpose, days, asked)
    after = replace(
        before,
        purpose=purpose if request.purpose else before.purpose,
        approval=request.approval,
        starts=days.starts,
        expires=days.expires,
    )
    at = before.origin or _NOWHERE
    facts = grant_facts(catalog, access, after, request.requested_by, asked, before)
    return Proposal(
        title=f"Renew {access.name} of {access.subject}",
        facts=(*facts, ("edits", str(at))),
        edits=renewal_edits(before, after, at),
        asked=asked,
        requested_by=request.requested_by,
        key=request.key,
    )


def _find_begin(access: Access, before: Grant, now: datetime) -> Moment | None:
    """When it begins. Where a grant may last so long, a new period begins now."""
    longest = access.tool.max_duration
    is_running = before.validity.phase(now) is Phase.LIVE
    is_counted_from_it = before.starts is not None and longest is not None
    return begin_now(longest, now) if is_running and is_counted_from_it else before.starts


def _propose_successor(
    access: Access,
    before: Grant,
    request: RenewalRequest,
    catalog: Catalog,
    paths: Container[str],
    now: datetime,
) -> Proposal | Refusal:
    """A grant in a new file, for the same purpose, where the one before stays as the record."""
    wanted = GrantRequest(
        tool=request.tool,
        subject=request.subject,
        purpose=request.purpose or before.purpose,
        approval=request.approval,
        entitlement=access.entitlement,
        expires=request.expires,
        requested_by=request.requested_by,
        key=request.key,
    )
    return propose_new_file(access, wanted, catalog, paths, now)
