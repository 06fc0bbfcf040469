"""A wanted member who is absent: added, or blocked with what would settle it."""

import json

from reconciler.identity.resolve import Resolved
from reconciler.model.catalog import Grant
from reconciler.model.directory import DirectoryUser
from reconciler.model.plan import Action, Blocked, Change, MemberClass
from reconciler.planning.approvals import blocked_by, with_approval
from reconciler.planning.citation import cite_grants, cite_person, grant_hash
from reconciler.planning.context import Context
from reconciler.planning.explanation import why_added
from reconciler.planning.hold import removed_since
from reconciler.planning.scope import ManagedGroup
from reconciler.planning.stanza import revocation_stanza

__all__ = ["add"]


def add(
    user: DirectoryUser, grants: tuple[Grant, ...], group: ManagedGroup, context: Context
) -> Change | Blocked:
    """The line for one absent person with a live grant."""
    cited = tuple(with_approval(ref, context.approvals) for ref in cite_grants(grants))
    risks = {grant_hash(g): context.risk(g.tool, g.entitlement) for g in grants}
    refusal = (
        _refusal(user, grants, context)
        or removed_since(context.past, (group.ref.id, user.id), cited, context.now)
        or blocked_by(cited, risks, context.approvals, context.now)
    )
    risk = max(risks.values(), key=lambda r: ("low", "medium", "high").index(r.value))
    if refusal is None:
        return Change(
            action=Action.ADD,
            group=group.ref,
            tool=grants[0].tool,
            entitlement=grants[0].entitlement,
            risk=risk,
            reason=why_added(grants),
            person=cite_person(user),
            member_class=MemberClass.GRANTED,
            grants=cited,
        )
    code, summary, hint, *people = refusal
    return Blocked(
        code=code,
        summary=summary,
        hint=hint,
        group=group.ref,
        tool=grants[0].tool,
        entitlement=grants[0].entitlement,
        person=cite_person(user),
        people=tuple(people),
        grants=cited,
    )


def _refusal(
    user: DirectoryUser, grants: tuple[Grant, ...], context: Context
) -> tuple[str, str, str] | None:
    if user.is_deprovisioned:
        return (
            "leaver",
            f"{user.login} is deprovisioned in Okta and still has a live grant",
            f"end the grant: {revocation_stanza(context.now, 'left the company')}",
        )
    if user.is_inactive:
        return (
            "person-suspended",
            f"{user.login} is suspended in Okta; a suspended person is never added",
            "they are added by the first plan after the suspension ends",
        )
    return _newer_account(user, grants, context)


def _newer_account(
    user: DirectoryUser, grants: tuple[Grant, ...], context: Context
) -> tuple[str, str, str] | None:
    """A login may have passed to somebody else since the approval named it."""
    began_at = user.began_at
    approved = max(g.approval.approved_at for g in grants)
    if began_at is None or began_at.date() <= approved:
        return None
    if any(_is_anchored(g, context) for g in grants):
        return None
    return (
        "account-newer-than-approval",
        (
            f"{user.login} ({user.id}) was activated {began_at.date().isoformat()}, after the "
            f"approval of {approved.isoformat()}: the login may have passed to somebody else"
        ),
        (
            "approve again, or confirm in identities/: "
            f"{{okta: {{login: {json.dumps(user.login)}, id: {user.id}}}}}"
        ),
    )


def _is_anchored(grant: Grant, context: Context) -> bool:
    resolution = context.known.of(grant.subject)
    return isinstance(resolution, Resolved) and resolution.is_anchored
