"""Apply: ask the reviewed question again, carry out what still holds, read it back.

`prepare` decides and writes nothing; its caller shows the outcome and may stop:

1. A reviewed plan is refused when it is older than a day.
2. A plan is made now, from one observation and one follow-up read (`workflows.plan`). It has to be
   of the reviewed org, and the canary has to be visible.
3. The plan is completed once more, for the reviewed instant: no request is sent.
4. A line that stands in all three plans is carried out; a reviewed line that does not is left, with
   the reason. A removal that nobody reviewed refuses the whole run, and so does an addition where
   the files changed; what time alone brought is left to another run.
   By digest, the plan made now has to have exactly that digest; on a schedule, the lines that a
   merged file explains are chosen, and the others wait.
5. Where anything is left to write, the credential's scopes and roles have to allow it.

`workflows.carry_out` writes, and reads back.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from reconciler.connector_checks.check_result import CheckResult, CheckStatus
from reconciler.connector_checks.granted_scopes import judge_scopes
from reconciler.connector_checks.oauth_scopes import Purpose, needed_scopes
from reconciler.connector_checks.org_checks import judge_canary
from reconciler.connector_checks.roles import Written, holder_of, judge_writing
from reconciler.live.credential import roles_of
from reconciler.live.ports import ApprovalReader, DirectoryReader
from reconciler.model.accounts import AccountAction
from reconciler.model.catalog import Catalog
from reconciler.model.directory import SUSPENDED, LiveState
from reconciler.model.errors import GuardRefused, StalePlanError
from reconciler.model.ids import ConnectorId, OktaUserId
from reconciler.model.outcome import (
    LeftAccount,
    LeftLine,
    Prepared,
)
from reconciler.model.plan import AccountChange, Action, Change, PersonRef, Plan
from reconciler.planning.field_diff import explain_account_differences, explain_differences
from reconciler.planning.plan_codec import digest
from reconciler.planning.refs import cite_names, cite_person
from reconciler.planning.selection.reviewed import (
    Comparison,
    compare,
    compare_accounts,
    find_blocked_line,
)
from reconciler.planning.selection.scheduled import select_scheduled
from reconciler.planning.steps.assess import PlanInputs
from reconciler.planning.steps.complete import complete
from reconciler.planning.wording import describe, describe_account
from reconciler.workflows.plan import Planned, plan

__all__ = [
    "MAX_AGE",
    "check_canary",
    "check_rights",
    "prepare",
    "prepare_digest",
    "prepare_scheduled",
]

MAX_AGE = timedelta(hours=24)
"""A plan older than this describes another day."""

MOST_SHOWN = 10
"""Lines of a stale plan that the error names."""


async def prepare(
    reviewed: Plan,
    catalog: Catalog,
    reader: DirectoryReader,
    inputs: PlanInputs,
    approvals: ApprovalReader | None = None,
) -> Prepared:
    """The reviewed lines that still hold; raises when the review no longer covers what would be.

    One observation answers both questions: what the plan would be at the reviewed instant, and
    what it is now.
    """
    _check_age(reviewed, inputs.created_at)
    planned = await plan(catalog, reviewed.connector, reader, inputs, approvals)
    _check_org(reviewed, planned.plan)
    check_canary(catalog, reviewed.connector, planned.live)
    again = complete(planned.assessment, planned.answers, as_of=reviewed.as_of)
    compared = compare(reviewed, again, planned.plan)
    accounts = compare_accounts(reviewed, again, planned.plan)
    if compared.refused or accounts.refused:
        raise _stale_error(reviewed, compared.refused, accounts.refused)
    changes, early = _split_early(compared.agreed, accounts.agreed)
    await check_rights(catalog, reviewed.connector, reader, planned.live, changes, accounts.agreed)
    return Prepared(
        plan=planned.plan,
        reviewed_digest=digest(reviewed),
        changes=changes,
        left=(*_explain_left(compared, planned, again), *early),
        accounts=accounts.agreed,
        left_accounts=_explain_left_accounts(accounts, planned, again),
    )


async def prepare_digest(
    wanted: str,
    catalog: Catalog,
    connector: ConnectorId,
    reader: DirectoryReader,
    inputs: PlanInputs,
    approvals: ApprovalReader | None = None,
) -> Prepared:
    """The lines of a plan made now, which must have exactly the reviewed digest."""
    planned = await plan(catalog, connector, reader, inputs, approvals)
    check_canary(catalog, connector, planned.live)
    found = digest(planned.plan)
    if found != wanted:
        raise StalePlanError(
            "digest-differs",
            f"a plan made now has the digest {found}, not the reviewed {wanted}",
            "look at the new plan: `reconciler plan`; then apply its digest, or its file",
        )
    made = planned.plan
    await check_rights(catalog, connector, reader, planned.live, made.changes, made.accounts)
    return Prepared(plan=made, reviewed_digest=found, changes=made.changes, accounts=made.accounts)


async def prepare_scheduled(
    catalog: Catalog,
    connector: ConnectorId,
    reader: DirectoryReader,
    inputs: PlanInputs,
    approvals: ApprovalReader | None = None,
) -> Prepared:
    """The lines of a plan made now that a merged file explains; the others wait for a review."""
    planned = await plan(catalog, connector, reader, inputs, approvals)
    check_canary(catalog, connector, planned.live)
    chosen = select_scheduled(planned.plan, catalog)
    await check_rights(catalog, connector, reader, planned.live, chosen.changes)
    return Prepared(
        plan=planned.plan,
        reviewed_digest=digest(planned.plan),
        changes=chosen.changes,
        waiting=chosen.waiting,
        waiting_accounts=chosen.accounts,
    )


def _check_age(reviewed: Plan, now: datetime) -> None:
    age = now - reviewed.created_at
    if age > MAX_AGE or age < -MAX_AGE:
        raise StalePlanError(
            "plan-too-old",
            f"the plan was made {reviewed.created_at.isoformat()}, more than 24 hours from now",
            "plan again, and have the new plan reviewed",
        )


def _check_org(reviewed: Plan, newest: Plan) -> None:
    if reviewed.org.id != newest.org.id or reviewed.sandbox != newest.sandbox:
        raise GuardRefused(
            "org-differs",
            f"the plan was made for org {reviewed.org.id}, and {newest.org.id} answers",
            "apply the plan to the org it was made for (with or without --sandbox)",
        )


def _split_early(
    changes: tuple[Change, ...], accounts: tuple[AccountChange, ...]
) -> tuple[tuple[Change, ...], tuple[LeftLine, ...]]:
    """The changes, without additions of suspended people whom this run does not bring back."""
    returning = {a.person.id for a in accounts if a.action is AccountAction.UNSUSPEND}
    early = tuple(
        c
        for c in changes
        if c.action is Action.ADD
        and c.person is not None
        and c.person.status == SUSPENDED
        and c.person.id not in returning
    )
    why = "their suspension is not ended by this run"
    return (
        tuple(c for c in changes if c not in early),
        tuple(LeftLine(change=change, why=why) for change in early),
    )


def _explain_left_accounts(
    compared: Comparison[AccountChange], planned: Planned, again: Plan
) -> tuple[LeftAccount, ...]:
    now = planned.plan
    known = {c.intent: c for c in (*now.accounts, *again.accounts)}
    news = {(c.action, c.person.id): c for c in compared.extra}
    blocked = {b.person.id: b for b in now.blocked_accounts if b.person}
    lines = []
    people: tuple[PersonRef, ...]
    for change in compared.left:
        newest = news.pop((change.action, change.person.id), None)
        why, people = "already so, or no longer planned", ()
        if newest is not None:
            words = explain_account_differences(change, newest)
            why = f"what justifies it changed since the review ({'; '.join(words)})"
            people = cite_names(newest.source.approved_by)
        elif (held := blocked.get(change.person.id)) is not None:
            why = f"now blocked: {held.summary}"
            people = (*held.people, *held.candidates, *cite_names(held.source.approved_by))
        named = replace(change, person=_name_person(change.person, planned.live))
        lines.append(LeftAccount(change=known.get(change.intent, named), why=why, people=people))
    new = "new since the review, so not carried out"
    return (*lines, *(LeftAccount(change=change, why=new) for change in news.values()))


def _stale_error(
    reviewed: Plan, refused: tuple[Change, ...], accounts: tuple[AccountChange, ...]
) -> StalePlanError:
    known = {_place(c): c for c in reviewed.changes}
    lines = [describe_account(change) for change in accounts[:MOST_SHOWN]]
    for change in refused[: MOST_SHOWN - len(lines)]:
        before = known.get(_place(change))
        why = f" ({_explain_change(before, change)})" if before else ""
        lines.append(f"{describe(change)}{why}")
    unsaid = len(refused) + len(accounts) - len(lines)
    more = f"; and {unsaid} more" if unsaid else ""
    return StalePlanError(
        "plan-stale",
        f"a plan made now has lines nobody reviewed: {'; '.join(lines)}{more}",
        "plan again, and have the new plan reviewed; nothing was written",
    )


def _place(change: Change) -> tuple[Action, str, OktaUserId | None]:
    """What a line does to whom and where, whatever justifies it."""
    return change.action, change.group.key, change.person.id if change.person else None


def _explain_left(
    compared: Comparison[Change], planned: Planned, again: Plan
) -> tuple[LeftLine, ...]:
    """In the words of a plan made now: those of the file are beside what its digest covers."""
    known = {c.intent: c for c in (*planned.plan.changes, *again.changes)}
    news = {_place(c): c for c in compared.extra}
    lines = []
    for change in compared.left:
        newest = news.pop(_place(change), None)
        if newest is not None:
            why, people = _explain_change(change, newest), _approvers(newest)
            line = LeftLine(change=change, why=why, people=people)
        else:
            line = _explain_left_line(change, planned)
        said = known.get(change.intent) or _name_line(change, planned.live)
        lines.append(replace(line, change=said))
    new = "new since the review, so not carried out"
    return (*lines, *(LeftLine(change=change, why=new) for change in news.values()))


def _approvers(change: Change) -> tuple[PersonRef, ...]:
    return cite_names(name for ref in change.grants for name in ref.approved_by)


def _name_line(change: Change, live: LiveState) -> Change:
    """The line with the names that Okta has for its person and group; ids where it shows none."""
    group, person = change.group, change.person
    if group.id is not None and not group.is_made:
        found = live.groups.get(group.id)
        group = replace(group, name=found.name if found else group.id)
    return replace(change, group=group, person=person and _name_person(person, live))


def _name_person(person: PersonRef, live: LiveState) -> PersonRef:
    user = live.users.get(person.id) if person.id is not None else None
    return cite_person(user) if user else replace(person, login=person.id or person.login, name="")


def _explain_change(reviewed: Change, newest: Change) -> str:
    words = explain_differences(reviewed, newest) or ("its class changed",)
    return f"what justifies it changed since the review ({'; '.join(words)})"


def _explain_left_line(change: Change, planned: Planned) -> LeftLine:
    if change.action is Action.CREATE_GROUP:
        return LeftLine(change=change, why="no longer planned: the group is there")
    members = planned.live.members.get(change.group.id) if change.group.id else None
    person = change.person.id if change.person else None
    if members is not None and (person in members) is (change.action is Action.ADD):
        return LeftLine(change=change, why="already so")
    blocked = find_blocked_line(change, planned.plan)
    if blocked is None:
        return LeftLine(change=change, why="no longer planned")
    people = tuple(p for p in (blocked.person, *blocked.candidates, *blocked.people) if p)
    return LeftLine(change=change, why=f"now blocked: {blocked.summary}", people=people)


def check_canary(catalog: Catalog, connector: ConnectorId, live: LiveState) -> None:
    """Before anything is written, something that must be visible has to be visible."""
    _require([judge_canary(catalog.connectors[connector], live.canary)])


async def check_rights(
    catalog: Catalog,
    connector: ConnectorId,
    reader: DirectoryReader,
    live: LiveState,
    changes: tuple[Change, ...],
    accounts: tuple[AccountChange, ...] = (),
) -> None:
    """What is known to be missing is told before the first write, not by it."""
    if not changes and not accounts:
        return
    needs = needed_scopes(catalog, catalog.connectors[connector], Purpose.APPLY)
    owner = live.users.get(live.caller) if live.caller else None
    roles = await roles_of(reader, live.credential, live.caller)
    creates = any(c.action is Action.CREATE_GROUP for c in changes)
    holder = holder_of(live.credential, owner)
    _require(judge_scopes(needs, live.credential))
    calls = frozenset(change.call for change in accounts)
    written = Written(members=bool(changes), groups=creates, accounts=calls)
    _require(judge_writing(holder, roles, live, written))


def _require(checks: Iterable[CheckResult]) -> None:
    """None of the checks failed: what a connector's test would tell refuses the run."""
    for check in checks:
        if check.status is CheckStatus.FAILED:
            raise GuardRefused(check.code, check.summary, check.hint)
