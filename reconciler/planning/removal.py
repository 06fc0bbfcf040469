"""A member whom git does not want: removed, held by doubt, or only reported."""

from collections.abc import Iterator

from reconciler.model.catalog import Authority, Grant
from reconciler.model.directory import Members
from reconciler.model.ids import OktaUserId
from reconciler.model.plan import Action, Blocked, Change, Drift, MemberClass, PersonRef
from reconciler.planning.citation import cite_grants, cite_names, cite_person
from reconciler.planning.context import Context
from reconciler.planning.desired import GroupIntent
from reconciler.planning.explanation import why_ended, why_unapproved
from reconciler.planning.scope import ManagedGroup
from reconciler.planning.sides import why_leaving

__all__ = ["hold_unattributed", "remove_ended", "remove_unapproved", "report"]


def remove_ended(
    user: OktaUserId, group: ManagedGroup, intent: GroupIntent, context: Context
) -> Change | Blocked:
    """The line for a member whose every grant has ended."""
    grants = intent.ended[user]
    binding = group.bindings[0]
    person = cite_person(context.known.user(user))
    if user in intent.frozen:
        return _held(group, user, context, "another grant may mean them")
    return Change(
        action=Action.REMOVE,
        group=group.ref,
        tool=grants[0].tool,
        entitlement=grants[0].entitlement,
        risk=context.risk(binding.tool, binding.entitlement),
        reason=_why(grants, group, context) + _attribution(user, group),
        person=person,
        member_class=MemberClass.ENDED,
        grants=cite_grants(grants),
        keeps=context.keeps(user, group),
        apps=context.apps_of(group),
    )


def _why(grants: tuple[Grant, ...], group: ManagedGroup, context: Context) -> str:
    leaving = why_leaving(group.bindings, grants, context.now)
    return leaving or why_ended(grants, context.now)


def remove_unapproved(
    users: Members, group: ManagedGroup, intent: GroupIntent, context: Context
) -> tuple[tuple[Change, ...], tuple[Blocked, ...]]:
    """The lines for members whom no grant ever named, where the group is authoritative."""
    if group.authority is not Authority.AUTHORITATIVE:
        return (), ()
    why = context.holds_all or _doubt(intent)
    named = cite_names(_named(intent, context)) if why else ()
    changes, blocked = [], []
    for user in users:
        if why or user in intent.frozen:
            why_held = why or "a grant may mean them"
            blocked.append(_held(group, user, context, why_held, people=named))
        else:
            changes.append(_unapproved(user, group, context))
    return tuple(changes), tuple(blocked)


def report(users: Members, group: ManagedGroup, context: Context) -> tuple[Drift, ...]:
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


def hold_unattributed(users: Members, group: ManagedGroup, context: Context) -> tuple[Blocked, ...]:
    """Members no grant named whom a rule may have put there: never removed as unapproved."""
    if group.authority is not Authority.AUTHORITATIVE:
        return ()
    why = "whether a group rule put them there could not be read"
    return tuple(
        _held(group, user, context, why, code="rule-attribution-unknown") for user in users
    )


def _attribution(user: OktaUserId, group: ManagedGroup) -> str:
    is_unknown = user in group.unattributed
    return "; whether a group rule feeds them is not known" if is_unknown else ""


def _unapproved(user: OktaUserId, group: ManagedGroup, context: Context) -> Change:
    binding = group.bindings[0]
    return Change(
        action=Action.REMOVE,
        group=group.ref,
        tool=binding.tool,
        entitlement=binding.entitlement,
        risk=context.risk(binding.tool, binding.entitlement),
        reason=why_unapproved(group.authority),
        person=cite_person(context.known.user(user)),
        member_class=MemberClass.UNAPPROVED,
        keeps=context.keeps(user, group),
        apps=context.apps_of(group),
    )


def _doubt(intent: GroupIntent) -> str:
    """Why any unapproved member may be somebody a grant means, or empty."""
    if not intent.doubts:
        return ""
    subjects = sorted({doubt.grant.subject for doubt in intent.doubts})
    return f"{', '.join(subjects)} may be one of the group's members under another name"


def _named(intent: GroupIntent, context: Context) -> Iterator[str]:
    """Whoever the reason for holding the unapproved removals may speak of."""
    yield from (doubt.grant.subject for doubt in intent.doubts)
    if context.holds_all:
        yield from (person.login for person in context.catalog.settings.protected)


def _held(
    group: ManagedGroup,
    user: OktaUserId,
    context: Context,
    why: str,
    *,
    code: str = "removal-held-by-doubt",
    people: tuple[PersonRef, ...] = (),
) -> Blocked:
    binding = group.bindings[0]
    person = cite_person(context.known.user(user))
    return Blocked(
        code=code,
        summary=f"{person.login} would be removed, but {why}",
        hint="settle the doubt, then plan again",
        group=group.ref,
        tool=binding.tool,
        entitlement=binding.entitlement,
        person=person,
        people=people,
    )
