"""The difference between what git wants of a group and what Okta holds.

|               | granted, absent | ended, present | unapproved, present | protected or rule-fed |
|---------------|-----------------|----------------|---------------------|-----------------------|
| additive      | add             | remove         | report              | show                  |
| authoritative | add             | remove         | remove              | show                  |
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.identity.resolve import Ambiguous, Unknown
from reconciler.model.catalog import Authority
from reconciler.model.directory import Members
from reconciler.model.ids import OktaUserId
from reconciler.model.plan import Action, Blocked, Change, Drift, PlanWarning
from reconciler.model.stanzas import revocation_stanza
from reconciler.planning.classify import MemberClasses, classify_members
from reconciler.planning.context import PlanContext
from reconciler.planning.desired import GroupIntent
from reconciler.planning.lines.additions import (
    Addition,
    ask_about_account,
    propose_addition,
    settle_addition,
)
from reconciler.planning.lines.removals import (
    block_unattributed,
    remove_ended,
    remove_unapproved,
    report_drift,
)
from reconciler.planning.lines.unresolved import block_unresolved
from reconciler.planning.refs import cite_grants, cite_person
from reconciler.planning.scope import ManagedGroup

__all__ = ["RULE_KEEPS", "GroupCase", "GroupDiff", "assess_group", "diff"]

RULE_KEEPS = "rule-keeps-ended"
"""The warning that a rule keeps a person whose grant ended."""

HAS_ENDED, NOT_STARTED = "its grant has ended", "its grant has not started yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCase:
    """One group with what git wants of it and where its members stand."""

    group: ManagedGroup
    intent: GroupIntent
    classes: MemberClasses
    additions: tuple[Addition, ...] = ()

    @property
    def going(self) -> Members:
        """Members whom the plan does not keep."""
        unapproved = self.classes.unapproved
        is_authoritative = self.group.authority is Authority.AUTHORITATIVE
        return self.classes.ended_present | (unapproved if is_authoritative else frozenset())


def assess_group(group: ManagedGroup, intent: GroupIntent, context: PlanContext) -> GroupCase:
    """The group with its members classed, and with those who might be added."""
    classes = classify_members(group, intent, context.protected)
    absent = ((context.known.user(u), intent.live[u]) for u in classes.granted_absent)
    return GroupCase(
        group=group,
        intent=intent,
        classes=classes,
        additions=tuple(propose_addition(user, grants, group, context) for user, grants in absent),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDiff:
    """One group's lines, unordered and not yet judged by any guard."""

    changes: tuple[Change, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    missing: tuple[Drift, ...] = ()
    unapproved: tuple[Drift, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()


def diff(case: GroupCase, context: PlanContext) -> GroupDiff:
    """What would make the group what git wants, as far as nothing is in doubt."""
    group, intent, classes = case.group, case.intent, case.classes
    additions = [settle_addition(each, context) for each in case.additions]
    endings = [remove_ended(u, group, intent, context) for u in classes.ended_present]
    removals, held = remove_unapproved(classes.unapproved, group, intent, context)
    lines: list[Change | Blocked] = [*additions, *endings, *removals, *held]
    lines += block_unattributed(classes.unattributed, group, context)
    lines += _block_unresolved(group, intent)
    if any(isinstance(line, Blocked) for line in (*endings, *held)):
        lines += [block_unresolved(group, d, aside=NOT_STARTED) for d in intent.pending_doubts]
    lines += [_block_early(u, group, intent, context) for u in classes.pending_present]
    lines += _ask_about_accounts(group, intent, classes, context)
    if group.is_new:
        lines.append(_create_group(group, context))
    return GroupDiff(
        changes=tuple(line for line in lines if isinstance(line, Change)),
        blocked=tuple(line for line in lines if isinstance(line, Blocked)),
        missing=report_drift(frozenset(classes.granted_absent), group, context),
        unapproved=report_drift(classes.unapproved | classes.unattributed, group, context),
        warnings=(
            *_warn_of_leavers(group.members & frozenset(intent.live), group, context),
            *_warn_of_rule_fed(classes.rule_fed, group, intent, context),
            *_warn_of_missing_app(group),
            *_warn_of_unknown_role(group),
        ),
    )


def _block_unresolved(group: ManagedGroup, intent: GroupIntent) -> list[Change | Blocked]:
    """A blocked line for every live doubt, and for an ended one that may mean a member."""
    lines: list[Change | Blocked] = [block_unresolved(group, d) for d in intent.doubts]
    for doubt in intent.ended_doubts:
        match doubt.resolution:
            case Ambiguous(candidates=users) if any(u.id in group.members for u in users):
                lines.append(block_unresolved(group, doubt, aside=HAS_ENDED))
            case Unknown() if group.members:
                lines.append(block_unresolved(group, doubt, aside=HAS_ENDED))
            case _:
                continue
    return lines


def _create_group(group: ManagedGroup, context: PlanContext) -> Change:
    binding = group.bindings[0]
    wanted = getattr(binding.group, "description", "")
    return Change(
        action=Action.CREATE_GROUP,
        group=group.ref,
        tool=binding.tool,
        entitlement=binding.entitlement,
        risk=context.risk(binding.tool, binding.entitlement),
        reason=f"{binding.name} asks for a group of this name and there is none",
        description=f"{wanted} {binding.marker}".strip(),
    )


def _block_early(
    user: OktaUserId, group: ManagedGroup, intent: GroupIntent, context: PlanContext
) -> Blocked:
    grants = intent.pending[user]
    person = cite_person(context.known.user(user))
    start = min((g.starts for g in grants if g.starts is not None), key=lambda s: s.earliest)
    return Blocked(
        code="present-before-start",
        summary=f"{person.login} is a member already; the grant starts {start}",
        hint="bring `starts` forward, or remove them in Okta until then",
        group=group.ref,
        tool=grants[0].tool,
        entitlement=grants[0].entitlement,
        person=person,
        grants=cite_grants(grants),
    )


def _ask_about_accounts(
    group: ManagedGroup, intent: GroupIntent, classes: MemberClasses, context: PlanContext
) -> Iterable[Blocked]:
    """Members whose account may have passed to another person: asked about, and left alone."""
    known = context.known.directory.by_id
    questions = [(u, intent.asked[u]) for u in classes.granted_present & intent.asked.keys()]
    if group.authority is Authority.ADDITIVE:  # elsewhere they are removed as unapproved
        questions += [(u, intent.mistaken[u]) for u in classes.unapproved & intent.mistaken.keys()]
    for user_id, grants in questions:
        yield ask_about_account(known[user_id], grants, group)


def _warn_of_leavers(
    present: Iterable[OktaUserId], group: ManagedGroup, context: PlanContext
) -> Iterable[PlanWarning]:
    known = context.known.directory.by_id
    users = (user for user_id in present if (user := known.get(user_id)) is not None)
    for user in sorted((u for u in users if u.is_deprovisioned), key=lambda u: u.id):
        yield PlanWarning(
            code="leaver",
            summary=f'{user.login} ({user.id}) is deprovisioned, in "{group.ref.name}", '
            "and still has a live grant",
            hint=f"end the grant: {revocation_stanza(context.now, 'left the company')}",
            people=(cite_person(user),),
            groups=(group.ref,),
        )


def _warn_of_rule_fed(
    fed: Members, group: ManagedGroup, intent: GroupIntent, context: PlanContext
) -> Iterable[PlanWarning]:
    """A member whose grant ended stays, because removing them would edit the rule."""
    for user_id in sorted(fed & frozenset(intent.ended)):
        user = context.known.user(user_id)
        yield PlanWarning(
            code=RULE_KEEPS,
            summary=f"the grant of {user.login} ({user.id}) ended, but a group rule puts them "
            f'in "{group.ref.name}"',
            hint="change the rule in Okta; removing them here would add them to its exclusions",
            people=(cite_person(user),),
            groups=(group.ref,),
        )


def _warn_of_unknown_role(group: ManagedGroup) -> Iterable[PlanWarning]:
    if group.has_admin_role is None:
        yield PlanWarning(
            code="group-admin-role-unknown",
            summary=f'whether "{group.ref.name}" carries an Okta admin role could not be read',
            hint="plan again; Okta's counts can time out, and until then nobody is added",
            groups=(group.ref,),
        )


def _warn_of_missing_app(group: ManagedGroup) -> Iterable[PlanWarning]:
    if group.app_count == 0:
        yield PlanWarning(
            code="group-without-app",
            summary=f'no app is assigned to "{group.ref.name}", so its members gain nothing by it',
            hint="assign the app to the group in Okta",
            groups=(group.ref,),
        )
