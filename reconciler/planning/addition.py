"""A wanted member: added where absent, or asked about with what would settle it."""

from reconciler.model.catalog import Grant
from reconciler.model.directory import DirectoryUser
from reconciler.model.plan import Action, Blocked, Change, MemberClass
from reconciler.planning.approvals import blocked_by, with_approval
from reconciler.planning.citation import cite_grants, cite_person, grant_hash
from reconciler.planning.context import Context
from reconciler.planning.explanation import why_added
from reconciler.planning.hold import removed_since
from reconciler.planning.newcomer import began_later, question
from reconciler.planning.record import carrying, why_not
from reconciler.planning.scope import ManagedGroup
from reconciler.planning.self_approval import own_approval
from reconciler.planning.stanza import revocation_stanza

__all__ = ["add", "ask_about"]


def add(
    user: DirectoryUser, grants: tuple[Grant, ...], group: ManagedGroup, context: Context
) -> Change | Blocked:
    """The line for one absent person with a live grant, by the grants that surely mean them."""
    grants = tuple(g for g in grants if not _is_doubtful(user, (g,), context)) or grants
    cited = tuple(with_approval(ref, context.approvals) for ref in cite_grants(grants))
    risks = {grant_hash(g): context.risk(g.tool, g.entitlement) for g in grants}
    counted = carrying(cited, context.record, context.now)
    hashes = {ref.hash for ref in counted}
    refusal = (
        _refusal(
            user, tuple(g for g in grants if grant_hash(g) in hashes) or grants, group, context
        )
        or (None if counted else why_not(cited, context.record, context.now))
        or removed_since(context.past, (group.ref.id, user.id), counted, context.now)
        or blocked_by(counted, risks, context.approvals, context.now)
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
            grants=counted,
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
    user: DirectoryUser, grants: tuple[Grant, ...], group: ManagedGroup, context: Context
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
    return (
        _newer_account(user, grants, context)
        or own_approval(user, grants, context.known, context.catalog)
        or _admin_role(group)
    )


def _newer_account(
    user: DirectoryUser, grants: tuple[Grant, ...], context: Context
) -> tuple[str, str, str] | None:
    """A login may have passed to somebody else since the approval named it."""
    return question(user, grants) if _is_doubtful(user, grants, context) else None


def _is_doubtful(user: DirectoryUser, grants: tuple[Grant, ...], context: Context) -> bool:
    return began_later(user, grants) and not context.known.is_confirmed(grants)


def _admin_role(group: ManagedGroup) -> tuple[str, str, str] | None:
    """Nobody becomes an admin by an answer that Okta did not give."""
    if group.has_admin_role is not None or group.bindings[0].admin_role:
        return None
    return (
        "group-admin-role-unknown",
        f'whether "{group.ref.name}" carries an Okta admin role could not be read',
        "plan again; nobody is added until it is known that this makes no admins",
    )


def ask_about(user: DirectoryUser, grants: tuple[Grant, ...], group: ManagedGroup) -> Blocked:
    """The line for a member whose account may have changed hands; they stay."""
    code, summary, hint = question(user, grants, is_member=True)
    return Blocked(
        code=code,
        summary=summary,
        hint=hint,
        group=group.ref,
        tool=grants[0].tool,
        entitlement=grants[0].entitlement,
        person=cite_person(user),
        grants=cite_grants(grants),
    )
