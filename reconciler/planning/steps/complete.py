"""Assembles the plan of one connector from an assessment and the answers that came back.

Lines in their order, the guards' word on them, and everything that a reviewer is told besides.
"""

from datetime import datetime

from reconciler.model.catalog import Catalog, Fulfilment, Risk
from reconciler.model.directory import Answers
from reconciler.model.plan import (
    Action,
    Blocked,
    Change,
    Drift,
    GroupSummary,
    ManualLine,
    PersonRef,
    Plan,
)
from reconciler.planning.approvals.effect import warn_of_unread_sources
from reconciler.planning.guards.account_guards import judge_accounts
from reconciler.planning.guards.group_guards import collect_facts
from reconciler.planning.guards.run_guards import judge
from reconciler.planning.lines.diff import GroupCase
from reconciler.planning.manual_removals import warn_of_unread_log
from reconciler.planning.refs import cite_grant
from reconciler.planning.selection.unconfirmed import warn_of_invisible_writes
from reconciler.planning.steps.assess import Assessment, assess_at
from reconciler.planning.steps.draft import draft
from reconciler.planning.warnings import collect_warnings, find_endings

__all__ = ["blocked_order", "change_order", "complete", "drift_order"]

_NO_ANSWERS = Answers()


def complete(
    assessment: Assessment, answers: Answers = _NO_ANSWERS, as_of: datetime | None = None
) -> Plan:
    """The plan that would make the connector's groups what git wants.

    With another `as_of` it is the same observation's plan for that instant: nothing is asked again.
    """
    if as_of is not None:
        assessment = assess_at(assessment, as_of)
    live, inputs = assessment.live, assessment.inputs
    found = draft(assessment, answers)
    context, diffs = found.context, found.diffs
    group_facts = [collect_facts(case.group, case.intent, context) for case in found.cases]
    changes = sorted(found.changes, key=change_order)
    judged = judge(changes, group_facts, context, assessment.connector, live.caller)
    accounts, verdicts = judge_accounts(found.accounts.changes, context, assessment.connector)
    endings = (e for case in found.cases for e in find_endings(case.group, case.intent, context))
    told = collect_warnings(
        context.catalog,
        context.catalog.connectors.get(assessment.connector),
        live.canary,
        group_facts,
        judged.changes,
        inputs.as_of,
    )
    return Plan(
        connector=assessment.connector,
        org=live.org,
        sandbox=inputs.sandbox,
        as_of=inputs.as_of,
        created_at=inputs.created_at,
        catalog=inputs.revision,
        reads=answers.reads or live.reads,
        groups=tuple(_summarize(case) for case in found.cases),
        changes=judged.changes,
        blocked=tuple(sorted(found.blocked, key=blocked_order)),
        missing=tuple(sorted((m for d in diffs for m in d.missing), key=drift_order)),
        unapproved=tuple(sorted((u for d in diffs for u in d.unapproved), key=drift_order)),
        guards=(*verdicts, *judged.verdicts),
        accounts=accounts,
        blocked_accounts=found.accounts.blocked,
        account_drift=found.accounts.drift,
        manual=_list_manual(context.catalog, inputs.as_of),
        ending=tuple(sorted(endings, key=lambda e: (e.ends_at, e.tool, e.person.login))),
        warnings=(
            *assessment.warnings,
            *(w for d in diffs for w in d.warnings),
            *found.accounts.warnings,
            *told,
            *warn_of_unread_log(answers.log, judged.changes),
            *warn_of_unread_sources(answers.approvals, judged.changes, found.blocked),
            *warn_of_invisible_writes(context.recent.unconfirmed, live.members, judged.changes),
        ),
        tool_version=inputs.tool_version,
    )


def _summarize(case: GroupCase) -> GroupSummary:
    group = case.group
    return GroupSummary(
        group=group.ref,
        bindings=tuple(b.name for b in group.bindings),
        authority=group.authority,
        members=None if group.is_new else len(group.members),
        granted=len(case.intent.live),
        protected=len(case.classes.protected),
        rule_fed=len(case.classes.rule_fed),
    )


def _list_manual(catalog: Catalog, now: datetime) -> tuple[ManualLine, ...]:
    """Live grants of tools that a person provisions by hand."""
    lines = [
        ManualLine(
            tool=grant.tool,
            entitlement=grant.entitlement,
            subject=grant.subject,
            grant=cite_grant(grant),
        )
        for grant in catalog.grants
        if catalog.tools[grant.tool].fulfilment is Fulfilment.MANUAL and grant.validity.is_live(now)
    ]
    return tuple(sorted(lines, key=lambda m: (m.tool, m.entitlement, m.subject, m.grant.hash)))


_ACTIONS = {Action.REMOVE: 0, Action.CREATE_GROUP: 1, Action.ADD: 2}


def change_order(change: Change) -> tuple[object, ...]:
    """Where a change stands in the plan."""
    return (
        change.action is not Action.REMOVE,
        change.risk is not Risk.HIGH,
        change.tool,
        change.entitlement,
        change.group.name,
        change.group.key,
        _ACTIONS[change.action],
        *_person(change.person),
    )


def blocked_order(line: Blocked) -> tuple[object, ...]:
    """Where a blocked line stands in the plan."""
    return (
        line.tool,
        line.entitlement,
        line.group.name,
        line.group.key,
        line.person is not None,
        line.code,
        *_person(line.person),
        tuple(g.hash for g in line.grants),
        line.summary,
    )


def drift_order(line: Drift) -> tuple[object, ...]:
    """Where a drift line stands in the plan."""
    return (line.tool, line.entitlement, line.group.name, line.group.key, *_person(line.person))


def _person(person: PersonRef | None) -> tuple[str, str]:
    return (person.login.casefold(), person.id or "") if person else ("", "")
