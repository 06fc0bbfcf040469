"""That a person be given an entitlement: a grant in a file of its own, unless they have it."""

import shlex
from collections.abc import Container
from datetime import datetime

from reconciler.identity.file_name import free_path
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.settings import Contact
from reconciler.model.stanzas import grant_file
from reconciler.model.validity import AnyApproval, Approval
from reconciler.proposals.access import (
    Access,
    find_access,
    find_approvers,
    join_lines,
    list_grants,
)
from reconciler.proposals.days import Days, end_of, fit_days
from reconciler.proposals.nouns import (
    AlreadySo,
    GrantRequest,
    Outcome,
    Proposal,
    Refusal,
    join_refusals,
)
from reconciler.proposals.wording import describe_end, grant_facts

__all__ = ["propose_grant", "propose_new_file", "require_approvers"]


def propose_grant(
    request: GrantRequest, catalog: Catalog, paths: Container[str], now: datetime
) -> Outcome:
    """A new grant for review; `paths` are those of the files below the catalog."""
    access = find_access(catalog, request.tool, request.entitlement, request.subject)
    if isinstance(access, Refusal):
        return join_refusals(access, join_lines(request.purpose, "purpose"))
    standing = _find_standing(access, request, catalog, now)
    if standing is None:
        return propose_new_file(access, request, catalog, paths, now)
    has = f"{access.subject} has {access.name} already, {describe_end(end_of(standing))}"
    if request.expires is None or request.expires.end <= end_of(standing):
        return AlreadySo(summary=has, origin=standing.origin)
    renewal = f"renew {shlex.quote(access.subject)} {access.name}"
    hint = f"`reconciler {renewal} --until {request.expires.written}` prolongs it"
    return Refusal(code="grant-standing", summary=has, hint=hint)


def _find_standing(
    access: Access, request: GrantRequest, catalog: Catalog, now: datetime
) -> Grant | None:
    """The grant that ends last of those that hold when the wanted one would begin."""
    begins = max(request.starts.earliest, now) if request.starts else now
    listed = list_grants(catalog, access.person, access.tool, access.entitlement)
    holding = [
        grant
        for grant in listed
        if not grant.has_ended(now)
        and (grant.starts is None or grant.starts.earliest <= begins)
        and begins < end_of(grant)
    ]
    return max(holding, key=end_of, default=None)


def propose_new_file(
    access: Access, request: GrantRequest, catalog: Catalog, paths: Container[str], now: datetime
) -> Proposal | Refusal:
    """The grant in a file of its own, whatever else the person has."""
    purpose = join_lines(request.purpose, "purpose")
    wanted = Days(starts=request.starts, expires=request.expires)
    days = fit_days(access.tool, wanted, request.approval, now)
    asked = require_approvers(catalog, access, request.approval, request.requested_by, now)
    if isinstance(purpose, Refusal) or isinstance(days, Refusal) or isinstance(asked, Refusal):
        return join_refusals(purpose, days, asked)
    grant = Grant(
        tool=access.tool.id,
        entitlement=access.entitlement,
        subject=access.subject,
        purpose=purpose,
        approval=request.approval,
        starts=days.starts,
        expires=days.expires,
    )
    path = free_path(f"grants/{access.tool.id}", access.subject.partition("@")[0], paths)
    return Proposal(
        title=f"Grant {access.name} to {access.subject}",
        facts=grant_facts(catalog, access, grant, request.requested_by, asked),
        new_files=((path, grant_file(grant)),),
        asked=asked,
        requested_by=request.requested_by,
        key=request.key,
    )


def require_approvers(
    catalog: Catalog,
    access: Access,
    approval: AnyApproval,
    requested_by: str | None,
    now: datetime,
) -> tuple[Contact, ...] | Refusal:
    """Who may approve it; where it has to be approved yet, at least one."""
    excluded = (*access.person.keys, requested_by, approval.requested_by)
    asked = find_approvers(catalog, access.tool, excluded, now)
    if asked or isinstance(approval, Approval):
        return asked
    return Refusal(
        code="approver-missing",
        summary=f"{access.tool.id} has no approver besides who asks and who it is for",
        hint="add an approver to the tool first, by a change of its own",
    )
