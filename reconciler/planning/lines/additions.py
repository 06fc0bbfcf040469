"""A wanted member: added where absent, or asked about with what would settle it.

Who agreed, and when, may be known to a source alone. Until that was read it objects to nothing;
once it was, the approval is judged as one that the file states.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass

from reconciler.accounts.table import UNSUSPENDABLE
from reconciler.connector_checks.binding_groups import judge_admin_role
from reconciler.model.catalog import Grant, Risk
from reconciler.model.directory import DirectoryUser
from reconciler.model.plan import Action, Blocked, BlockReason, Change, GrantRef, MemberClass
from reconciler.model.stanzas import revocation_stanza
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.planning.approvals.accounts import find_own_approval
from reconciler.planning.approvals.effect import (
    block_unapproved,
    cite_approval,
    read_approval,
    select_carrying,
)
from reconciler.planning.approvals.grant_past import explain_ineffective, select_effective
from reconciler.planning.context import PlanContext
from reconciler.planning.manual_removals import (
    find_objection,
    find_own_removal,
    find_signing_out,
)
from reconciler.planning.people import ask_who_is_meant, began_later
from reconciler.planning.refs import cite_grants, cite_person, grant_hash
from reconciler.planning.scope import ManagedGroup
from reconciler.planning.wording import explain_addition

__all__ = ["Addition", "ask_about_account", "propose_addition", "settle_addition"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """An absent person with a live grant, judged by all but what is yet to be asked."""

    user: DirectoryUser
    group: ManagedGroup
    grants: tuple[Grant, ...]
    """Those to judge by: they surely mean the person, if any do."""
    cited: tuple[GrantRef, ...]
    counted: tuple[GrantRef, ...]
    """Those of the cited that may cause an addition."""
    reason: BlockReason | None
    """Why the person is not added, whatever is answered and whatever becomes of the account."""


def propose_addition(
    user: DirectoryUser, grants: tuple[Grant, ...], group: ManagedGroup, context: PlanContext
) -> Addition:
    """What files and directory say of adding the person."""
    every = cite_grants(grants)
    carried = {ref.hash for ref in select_effective(every, context.record, context.now)}
    grants = _select_grants(user, grants, carried, context)
    hashes = {grant_hash(g) for g in grants}
    cited = tuple(ref for ref in every if ref.hash in hashes)
    counted = tuple(ref for ref in cited if ref.hash in carried)
    reason = _block_reason(user, grants, group, context) or (
        None if counted else explain_ineffective(cited, context.record, context.now)
    )
    return Addition(
        user=user, group=group, grants=grants, cited=cited, counted=counted, reason=reason
    )


def settle_addition(proposed: Addition, context: PlanContext) -> Change | Blocked:
    """The line for the person, by what the log and the reviews tell."""
    user, group, first = proposed.user, proposed.group, proposed.grants[0]
    approvals = context.approvals
    risks = {grant_hash(g): context.risk(g.tool, g.entitlement) for g in proposed.grants}
    reason = (
        _explain_status(user, context)
        or proposed.reason
        or _judge_approvals(proposed, risks, context)
    )
    if reason is not None:
        cited = tuple(cite_approval(ref, approvals) for ref in proposed.cited)
        return _block(reason, user, group, cited, first)
    return Change(
        action=Action.ADD,
        group=group.ref,
        tool=first.tool,
        entitlement=first.entitlement,
        risk=max(risks.values()),
        reason=explain_addition(proposed.grants, context.catalog.settings.applied_every),
        person=cite_person(user),
        member_class=MemberClass.GRANTED,
        grants=tuple(cite_approval(ref, approvals) for ref in proposed.counted),
    )


def _judge_approvals(
    proposed: Addition, risks: Mapping[str, Risk], context: PlanContext
) -> BlockReason | None:
    """Why what was agreed does not carry the addition, by the sources and by what came since."""
    now, approvals, required = context.now, context.approvals, context.catalog.settings.required
    cited = tuple(cite_approval(ref, approvals) for ref in proposed.counted)
    if context.is_asking:
        return _explain_past(proposed, cited, context)
    carrying = select_carrying(cited, approvals)
    begun = select_effective(carrying, context.record, now)
    if carrying and not begun:
        return explain_ineffective(carrying, context.record, now)
    return (
        _explain_read(proposed, begun, context)
        or _explain_past(proposed, begun, context)
        or block_unapproved(begun or cited, risks, approvals, now, required)
    )


def _explain_read(
    proposed: Addition, carrying: tuple[GrantRef, ...], context: PlanContext
) -> BlockReason | None:
    """What only became known with an answer: that the account is newer, or is the approver's own.

    Of approvals that the files state it was asked before.
    """
    if not carrying or all(ref.source is None for ref in proposed.counted):
        return None
    hashes = {ref.hash for ref in carrying}
    grants = (grant for grant in proposed.grants if grant_hash(grant) in hashes)
    read = tuple(read_approval(grant, context.approvals) for grant in grants)
    return _explain_people(proposed.user, read, context)


def _explain_people(
    user: DirectoryUser, grants: tuple[Grant, ...], context: PlanContext
) -> BlockReason | None:
    """Why the account is not the one that was meant, or is the approver's own."""
    return _explain_newer_account(user, grants, context) or find_own_approval(
        user, grants, context.known, context.catalog
    )


def _explain_past(
    proposed: Addition, counted: tuple[GrantRef, ...], context: PlanContext
) -> BlockReason | None:
    """What happened to the person since the approval.

    One that is yet to be read, or yet to come with a merge, may be newer than all that happened.
    """
    if any(ref.approved_at is None for ref in counted) or not counted:
        return None
    user, group, past, now = proposed.user, proposed.group, context.past, context.now
    return (
        find_objection(past, group.membership(user.id), counted, now, context.record.introduced)
        or find_signing_out(past, user.id, counted, now)
        or _ask_about_own_removal(user, group, counted, context)
    )


def _select_grants(
    user: DirectoryUser, grants: tuple[Grant, ...], carried: Container[str], context: PlanContext
) -> tuple[Grant, ...]:
    """The grants to judge by: those that give access and surely mean the person, if any do."""
    giving = tuple(g for g in grants if grant_hash(g) in carried)
    return tuple(g for g in giving if not _is_doubtful(user, (g,), context)) or giving or grants


def _block_reason(
    user: DirectoryUser, grants: tuple[Grant, ...], group: ManagedGroup, context: PlanContext
) -> BlockReason | None:
    return _explain_people(user, grants, context) or judge_admin_role(
        group.ref.name, group.has_admin_role, group.bindings[0]
    )


def _explain_status(user: DirectoryUser, context: PlanContext) -> BlockReason | None:
    """Why the state of their account, or the one that a file wants, lets nobody add them."""
    if user.is_deprovisioned:
        return BlockReason(
            code="leaver",
            summary=f"{user.login} is deprovisioned in Okta and still has a live grant",
            hint=f"end the grant: {revocation_stanza(context.now, 'left the company')}",
        )
    if (wanted := context.stopped.get(user.id)) is not None:
        return wanted
    if user.is_inactive and user.id not in context.returning:
        return BlockReason(
            code="person-suspended",
            summary=f"{user.login} is suspended in Okta; a suspended person is never added",
            hint="they are added by the first plan after the suspension ends",
        )
    return None


def _ask_about_own_removal(
    user: DirectoryUser, group: ManagedGroup, counted: tuple[GrantRef, ...], context: PlanContext
) -> BlockReason | None:
    if user.status not in UNSUSPENDABLE:
        return None
    return find_own_removal(context.past, group.membership(user.id), counted, context.now)


def _explain_newer_account(
    user: DirectoryUser, grants: tuple[Grant, ...], context: PlanContext
) -> BlockReason | None:
    """A login may have passed to another person since the approval named it."""
    return ask_who_is_meant(user, grants) if _is_doubtful(user, grants, context) else None


def _is_doubtful(user: DirectoryUser, grants: tuple[Grant, ...], context: PlanContext) -> bool:
    """Whether the account began later than anybody agreed.

    Who agrees in an issue may do so after its grant came onto the branch: only the issue tells.
    """
    is_open = any(
        isinstance(grant.approval, ApprovalAtSource) and grant.approval.by is ApprovalSource.JIRA
        for grant in grants
    )
    return not is_open and began_later(user, grants) and not context.known.is_confirmed(grants)


def ask_about_account(
    user: DirectoryUser, grants: tuple[Grant, ...], group: ManagedGroup
) -> Blocked:
    """The line for a member whose account may have changed hands; they stay."""
    return _block(
        ask_who_is_meant(user, grants, is_member=True), user, group, cite_grants(grants), grants[0]
    )


def _block(
    reason: BlockReason,
    user: DirectoryUser,
    group: ManagedGroup,
    cited: tuple[GrantRef, ...],
    first: Grant,
) -> Blocked:
    return Blocked(
        code=reason.code,
        summary=reason.summary,
        hint=reason.hint,
        group=group.ref,
        tool=first.tool,
        entitlement=first.entitlement,
        person=cite_person(user),
        people=reason.people,
        grants=cited,
    )
