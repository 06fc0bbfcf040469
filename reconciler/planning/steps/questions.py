"""What is worth asking once it is known where everybody stands.

One question per member who would be removed and of whom it is not known whether a rule put them
there, or whom the list of rules leaves out because it is empty: a credential without rights reads
empty lists, too. One per group that loses a member, for the apps that are assigned through it, and
one in all for what became of the memberships that would be added. The sources of approvals are
asked last, and only about additions to which the log has no objection.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from reconciler.model.catalog import Grant, Risk
from reconciler.model.directory import Answers
from reconciler.model.ids import Membership, OktaGroupId, OktaUserId
from reconciler.model.plan import AccountChange, Action, Blocked, Change, GroupRef
from reconciler.model.validity import ApprovalAtSource
from reconciler.planning.lines.account_lines import TAKES_ACCOUNT
from reconciler.planning.lines.accounts import AccountLines
from reconciler.planning.lines.additions import settle_addition
from reconciler.planning.lines.removals import UNATTRIBUTED_CODE
from reconciler.planning.manual_removals import effective_at
from reconciler.planning.refs import grant_hash
from reconciler.planning.steps.assess import Assessment
from reconciler.planning.steps.complete import blocked_order, change_order
from reconciler.planning.steps.draft import add_answers, draft

__all__ = ["AccountQuestion", "LogQuestion", "Questions", "find_grants_to_review", "questions"]

_EVER = datetime.min.replace(tzinfo=UTC)
_RETENTION = timedelta(days=90)
"""How long Okta keeps the System Log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuestion:
    """The memberships whose changes since then are looked up."""

    since: datetime
    groups: tuple[OktaGroupId, ...]
    users: tuple[OktaUserId, ...]
    sessions: bool = False
    """Whether it is asked, too, whose sessions were ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountQuestion:
    """The people of whose accounts it is looked up what happened since then."""

    since: datetime
    users: tuple[OktaUserId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What is asked of Okta before a plan is complete; a question that is not asked costs none."""

    fed: tuple[Membership, ...] = ()
    """Memberships of which it is asked whether a group rule made them."""
    apps: tuple[OktaGroupId, ...] = ()
    """Groups whose apps are asked for."""
    added: tuple[Change, ...] = ()
    """Additions to groups that are there: a new one has no past."""
    sessions: bool = False
    """Whether this tool may have ended sessions: only where it may change accounts."""
    accounts: AccountQuestion | None = None
    """The one question about what happened to accounts."""
    roles: tuple[OktaUserId, ...] = ()
    """People whose account would be changed, whose admin roles are asked for."""
    dashboards: tuple[OktaUserId, ...] = ()
    """People whose account would be taken away, whose apps are asked for."""
    kept_since: datetime = field(default=_EVER, compare=False)
    """As far back as Okta keeps its log: an approval of no known day may be older."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to ask."""
        return replace(self, sessions=False) == Questions()

    @property
    def log(self) -> LogQuestion | None:
        """The question to the log, since the earliest day that matters; None without additions."""
        if not self.added:
            return None
        groups = {line.group.id for line in self.added if line.group.id}
        users = {line.person.id for line in self.added if line.person and line.person.id}
        starts = (effective_at(line.grants, is_early=True) for line in self.added)
        return LogQuestion(
            since=min(self.kept_since if start == _EVER else start for start in starts),
            groups=tuple(sorted(groups)),
            users=tuple(sorted(users)),
            sessions=self.sessions,
        )

    def with_past_of(self, other: "Questions") -> "Questions":
        """These, and the past of what the other would add, and all that it asks of accounts.

        A reader who compares two plans must find the same people held in both.
        """
        return replace(
            self,
            added=(*self.added, *other.added),
            sessions=self.sessions or other.sessions,
            accounts=_join_questions(self.accounts, other.accounts),
            roles=tuple(dict.fromkeys((*self.roles, *other.roles))),
            dashboards=tuple(dict.fromkeys((*self.dashboards, *other.dashboards))),
        )


def questions(
    assessment: Assessment, is_shown: Callable[[GroupRef], bool] = lambda _: True
) -> Questions:
    """What would explain or change a line of a shown group."""
    found = draft(assessment, Answers(), is_asking=True)
    changes = tuple(c for c in found.changes if is_shown(c.group))
    doubtful = tuple(b for b in found.blocked if b.code == UNATTRIBUTED_CODE and is_shown(b.group))
    removals = tuple(c for c in changes if c.action is Action.REMOVE)
    going: tuple[Change | Blocked, ...] = (
        *sorted(doubtful, key=blocked_order),
        *sorted(removals, key=change_order),
    )
    losing = {line.group.id for line in going}
    return Questions(
        fed=tuple(_select_unattributed(assessment, going)),
        apps=tuple(sorted(group for group in losing if group is not None)),
        added=tuple(c for c in changes if c.action is Action.ADD and c.group.id and c.person),
        sessions=_may_change_accounts(assessment),
        kept_since=assessment.inputs.as_of - _RETENTION,
        accounts=_ask_about_accounts(found.accounts),
        roles=tuple(dict.fromkeys((*_acting(found.accounts.changes), *_waiting(found.accounts)))),
        dashboards=tuple(
            dict.fromkeys(_acting(c for c in found.accounts.changes if c.action in TAKES_ACCOUNT))
        ),
    )


def _may_change_accounts(assessment: Assessment) -> bool:
    connector = assessment.context.catalog.connectors.get(assessment.connector)
    return connector is not None and connector.lifecycle


def _acting(lines: Iterable[AccountChange]) -> Iterable[OktaUserId]:
    return (line.person.id for line in lines if line.person.id)


def _waiting(lines: AccountLines) -> Iterable[OktaUserId]:
    return (user for user, _ in lines.needs)


def _ask_about_accounts(lines: AccountLines) -> AccountQuestion | None:
    if not lines.needs:
        return None
    return AccountQuestion(
        since=min(need.since for _, need in lines.needs),
        users=tuple(sorted(set(_waiting(lines)))),
    )


def _join_questions(
    one: AccountQuestion | None, other: AccountQuestion | None
) -> AccountQuestion | None:
    if one is None or other is None:
        return one or other
    return AccountQuestion(
        since=min(one.since, other.since), users=tuple(sorted({*one.users, *other.users}))
    )


def _select_unattributed(
    assessment: Assessment, lines: Iterable[Change | Blocked]
) -> Iterable[Membership]:
    """Everyone who is removed, or would be, and whose attribution is not known for sure."""
    live = assessment.live
    for line in lines:
        group, person = line.group.id, line.person.id if line.person else None
        if group is None or person is None:
            continue
        if not live.shows_rules or person in live.unattributed.get(group, ()):
            yield Membership(group, person)


def find_grants_to_review(assessment: Assessment, answers: Answers) -> tuple[Grant, ...]:
    """The grants that additions rest on, high risk first.

    Where no source is configured, those alone that name no approver themselves.
    """
    catalog = assessment.context.catalog
    context = replace(add_answers(assessment, answers), is_asking=True)
    lines = (settle_addition(each, context) for case in assessment.cases for each in case.additions)
    cited = {
        ref.hash: ref.subject for line in lines if isinstance(line, Change) for ref in line.grants
    }
    subjects = set(cited.values())
    by_hash = {grant_hash(g): g for g in catalog.grants if g.subject in subjects}
    found = [by_hash[key] for key in sorted(cited) if key in by_hash]
    if not catalog.doors.sources:
        found = [grant for grant in found if isinstance(grant.approval, ApprovalAtSource)]
    high = {entitled for entitled, risk in context.risks.items() if risk is Risk.HIGH}
    return tuple(sorted(found, key=lambda g: (g.tool, g.entitlement) not in high))
