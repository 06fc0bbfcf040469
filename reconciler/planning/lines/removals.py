"""A member whom git does not want: removed, held by doubt, or only reported.

Every removal looks for every doubt, whatever its class: a grant that may mean the member, a
protected person who cannot be found, a group rule that may have put them there.
"""

from collections.abc import Iterator

from reconciler.model.catalog import Authority, Grant
from reconciler.model.directory import Members
from reconciler.model.ids import OktaUserId
from reconciler.model.plan import Action, Blocked, Change, Drift, MemberClass
from reconciler.planning.binding_moves import explain_leaving
from reconciler.planning.context import PlanContext
from reconciler.planning.desired import GroupIntent
from reconciler.planning.lines.unresolved import RemovalDoubt, find_removal_doubt
from reconciler.planning.refs import cite_grants, cite_names, cite_person
from reconciler.planning.scope import ManagedGroup
from reconciler.planning.wording import explain_end, explain_unapproved

__all__ = ["block_unattributed", "remove_ended", "remove_unapproved", "report_drift"]

UNATTRIBUTED_CODE = "rule-attribution-unknown"
UNATTRIBUTED = RemovalDoubt(
    why="whether a group rule put them there could not be read",
    grants=(),
)


def remove_ended(
    user: OktaUserId, group: ManagedGroup, intent: GroupIntent, context: PlanContext
) -> Change | Blocked:
    """The line for a member whose every grant has ended."""
    if (doubt := _find_doubt(user, intent, context, is_ended=True)) is not None:
        return _block_removal(group, user, context, doubt)
    if user in group.unattributed:
        return _block_removal(group, user, context, UNATTRIBUTED, code=UNATTRIBUTED_CODE)
    grants = intent.ended[user]
    binding = group.bindings[0]
    person = cite_person(context.known.user(user))
    if context.record.problem:
        why = f"whether it held before is not known: {context.record.problem}"
        return _block_removal(
            group, user, context, RemovalDoubt(why=why, grants=()), code="ended-unproven"
        )
    return Change(
        action=Action.REMOVE,
        group=group.ref,
        tool=grants[0].tool,
        entitlement=grants[0].entitlement,
        risk=context.risk(binding.tool, binding.entitlement),
        reason=_explain_end(grants, group, context),
        person=person,
        member_class=MemberClass.ENDED,
        grants=cite_grants(grants),
        keeps=context.keeps(user, group),
        apps=context.apps_of(group),
    )


def _explain_end(grants: tuple[Grant, ...], group: ManagedGroup, context: PlanContext) -> str:
    leaving = explain_leaving(group.bindings, grants, context.now)
    return leaving or explain_end(grants, context.now)


def remove_unapproved(
    users: Members, group: ManagedGroup, intent: GroupIntent, context: PlanContext
) -> tuple[tuple[Change, ...], tuple[Blocked, ...]]:
    """The lines for members whom no grant ever named, where the group is authoritative."""
    if group.authority is not Authority.AUTHORITATIVE:
        return (), ()
    changes, blocked = [], []
    for user in users:
        if (doubt := _find_doubt(user, intent, context, is_ended=False)) is not None:
            blocked.append(_block_removal(group, user, context, doubt))
        else:
            changes.append(_remove_unapproved_member(user, group, context))
    return tuple(changes), tuple(blocked)


def report_drift(users: Members, group: ManagedGroup, context: PlanContext) -> tuple[Drift, ...]:
    """Present but unapproved, whatever the group's authority."""
    binding = group.bindings[0]
    return tuple(
        Drift(
            group=group.ref,
            tool=binding.tool,
            entitlement=binding.entitlement,
            person=cite_person(context.known.user(user)),
            authority=group.authority,
        )
        for user in users
    )


def block_unattributed(
    users: Members, group: ManagedGroup, context: PlanContext
) -> tuple[Blocked, ...]:
    """Members no grant named whom a rule may have put there: never removed as unapproved."""
    if group.authority is not Authority.AUTHORITATIVE:
        return ()
    return tuple(
        _block_removal(group, user, context, UNATTRIBUTED, code=UNATTRIBUTED_CODE) for user in users
    )


def _remove_unapproved_member(
    user: OktaUserId, group: ManagedGroup, context: PlanContext
) -> Change:
    binding = group.bindings[0]
    return Change(
        action=Action.REMOVE,
        group=group.ref,
        tool=binding.tool,
        entitlement=binding.entitlement,
        risk=context.risk(binding.tool, binding.entitlement),
        reason=explain_unapproved(group.authority),
        person=cite_person(context.known.user(user)),
        member_class=MemberClass.UNAPPROVED,
        keeps=context.keeps(user, group),
        apps=context.apps_of(group),
    )


def _find_doubt(
    user: OktaUserId, intent: GroupIntent, context: PlanContext, *, is_ended: bool
) -> RemovalDoubt | None:
    """Why the member may be a person who is to stay; None when they surely are not."""
    if context.holds_all:
        return RemovalDoubt(why=context.holds_all, grants=())
    if (anybody := find_removal_doubt(intent, is_ended=is_ended)) is not None:
        return anybody
    if user in intent.frozen:
        why = "another grant may mean them" if is_ended else "a grant may mean them"
        return RemovalDoubt(why=why, grants=())
    return None


def _named_people(doubt: RemovalDoubt, context: PlanContext) -> Iterator[str]:
    """The people whom the reason for holding a removal may name."""
    yield from (grant.subject for grant in doubt.grants)
    if context.holds_all:
        yield from (person.login for person in context.catalog.settings.protected)


def _explain_settling(doubt: RemovalDoubt) -> str:
    """What to do: the grants in doubt are cited beside the line, each with its place."""
    if not doubt.grants:
        return "settle the doubt, then plan again"
    return (
        "say in identities/ who is meant by the grant in doubt, or revoke it; the removal then "
        "follows by itself"
    )


def _block_removal(
    group: ManagedGroup,
    user: OktaUserId,
    context: PlanContext,
    doubt: RemovalDoubt,
    *,
    code: str = "removal-held-by-doubt",
) -> Blocked:
    binding = group.bindings[0]
    person = cite_person(context.known.user(user))
    return Blocked(
        code=code,
        summary=f"{person.login} would be removed, but {doubt.why}",
        hint=_explain_settling(doubt),
        group=group.ref,
        tool=binding.tool,
        entitlement=binding.entitlement,
        person=person,
        people=cite_names(_named_people(doubt, context)),
        grants=cite_grants(doubt.grants),
    )
