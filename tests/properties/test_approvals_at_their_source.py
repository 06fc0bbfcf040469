"""Approvals that only a source can tell, over random companies: as good as typed ones, once read.

A grant that names its approver, and one of which Jira or GitHub says the same, are the same access
at every instant. Until it is said nobody is added for it, and everybody else goes and stays alike.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.approvals.review import Approvals, Verdict
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.directory import Actor, Answers, LiveState, MembershipEvent, MembershipLog
from reconciler.model.plan import Action, CatalogRevision, Plan
from reconciler.model.validity import Approval, ApprovalAtSource, ApprovalSource
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.planning.refs import grant_hash
from reconciler.planning.steps.assess import PlanInputs, assess
from reconciler.planning.steps.complete import complete
from reconciler.planning.steps.questions import find_grants_to_review, questions
from tests.properties.worlds import (
    CONNECTOR,
    GROUPS,
    LOGINS,
    NOW,
    catalogs,
    group_id,
    orgs,
    user_id,
)
from tests.support.nouns import review_ref

INSTANTS = (
    datetime(2022, 6, 1, 12, tzinfo=UTC),
    datetime(2024, 1, 1, 8, tzinfo=UTC),
    datetime(2026, 9, 1, 12, tzinfo=UTC),
    datetime(2026, 9, 1, 12, 0, 1, tzinfo=UTC),
    datetime(2026, 11, 22, 8, 59, tzinfo=UTC),
    datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
)
"""Before any account, between two ages of accounts, beside an event of the log, and ahead."""
FIRST = frozenset({"group-has-admin-role", "group-admin-role-unknown", "approval-in-future"})
"""Reasons that are told before who approved is looked at, where that is only known by then."""
APPROVERS = ("lead@example.com", *LOGINS[:2])
EVENTS = st.lists(
    st.builds(
        MembershipEvent,
        at=st.sampled_from((INSTANTS[2], datetime(2026, 9, 15, tzinfo=UTC))),
        group=st.sampled_from([group_id(name) for name in GROUPS]),
        user=st.sampled_from([user_id(login) for login in LOGINS]),
        is_removal=st.booleans(),
        actor=st.just(Actor(id="00uhand", kind="User")),
    ),
    max_size=8,
)


def typed_as(grant: Grant, approver: str, at: datetime) -> Grant:
    """The grant as its file states who agreed, and when."""
    stated = Approval(
        ticket=grant.approval.ticket,
        approved_by=(approver,),
        approved_at=at.date(),
        approved_time=time(at.hour, at.minute, at.second),
    )
    return replace(grant, approval=stated)


def pointing(grant: Grant, source: ApprovalSource) -> Grant:
    """The grant whose approval is read there."""
    return replace(grant, approval=ApprovalAtSource(by=source, ticket=grant.approval.ticket))


def unique(grants: list[Grant]) -> list[Grant]:
    """Without those that say the same once nobody is named: policy refuses them."""
    return list({grant_hash(pointing(g, ApprovalSource.JIRA)): g for g in grants}.values())


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Catalog, Catalog, Approvals, GrantHistory, Answers]:
    """One company twice: as its files state the approvals, and as their sources do."""
    catalog = draw(catalogs())
    source = draw(st.sampled_from(ApprovalSource))
    stated, asked, verdicts, introduced = [], [], {}, {}
    for grant in unique(list(catalog.grants)):
        at, approver = draw(st.sampled_from(INSTANTS)), draw(st.sampled_from(APPROVERS))
        one, other = typed_as(grant, approver, at), pointing(grant, source)
        verdict = Verdict(reviews=(review_ref(),), approved_by=(approver,), approved_at=at)
        verdicts |= {grant_hash(one): verdict, grant_hash(other): verdict}
        introduced[grant_hash(other)] = at.replace(microsecond=999_999)
        stated.append(one)
        asked.append(other)
    log = MembershipLog(since=datetime(2020, 1, 1, tzinfo=UTC), events=tuple(draw(EVENTS)))
    return (
        replace(catalog, grants=tuple(stated)),
        replace(catalog, grants=tuple(asked)),
        Approvals(verdicts=verdicts),
        GrantHistory(introduced=introduced),
        Answers(log=log),
    )


def planned(catalog: Catalog, live: LiveState, record: GrantHistory, answers: Answers) -> Plan:
    """The plan, told of the past."""
    beside = PlanInputs(as_of=NOW, created_at=NOW, revision=CatalogRevision(), record=record)
    return complete(assess(catalog, CONNECTOR, live, beside), answers)


def lines(made: Plan, *actions: Action):
    """What is done to whom where."""
    wanted = actions or tuple(Action)
    return {
        (c.action, c.group.key, c.person.id if c.person else "", c.member_class)
        for c in made.changes
        if c.action in wanted
    }


def blocks(made: Plan):
    """What is held back, and why: each place with the reasons there."""
    found = defaultdict(set)
    for line in made.blocked:
        found[line.group.key, line.person.id if line.person else ""].add(line.code)
    return found


@given(worlds(), orgs())
def test_what_a_source_says_is_worth_what_a_file_states(world, live):
    """The same lines, and the same reasons against others; of several, perhaps another first."""
    stated, asked, approvals, record, answers = world
    heard = replace(answers, approvals=approvals)
    one = planned(stated, live, GrantHistory(), heard)
    other = planned(asked, live, record, heard)
    assert lines(other) == lines(one)
    assert blocks(other).keys() == blocks(one).keys()
    for place, codes in blocks(other).items():
        assert codes == blocks(one)[place] or codes <= FIRST


@given(worlds(), orgs(), st.booleans())
def test_until_it_is_said_nobody_is_added_and_nothing_else_differs(world, live, is_refused):
    """Removals never wait for an approval."""
    _, asked, approvals, record, answers = world
    refused = {key: Verdict(why_not="reopened") for key in approvals.verdicts}
    told = Approvals(verdicts=refused if is_refused else {}, problem="" if is_refused else "down")
    heard = planned(asked, live, record, replace(answers, approvals=approvals))
    silent = planned(asked, live, record, replace(answers, approvals=told))
    unasked = planned(asked, live, record, answers)
    for made in (silent, unasked):
        assert lines(made, Action.ADD) == set()
        assert lines(made) == lines(heard, Action.REMOVE, Action.CREATE_GROUP)


@given(worlds(), orgs())
def test_whoever_would_be_added_is_asked_about(world, live):
    """Before anything is read, what it might say objects to nothing."""
    _, asked, approvals, record, answers = world
    beside = PlanInputs(as_of=NOW, created_at=NOW, revision=CatalogRevision(), record=record)
    assessment = assess(asked, CONNECTOR, live, beside)
    wanted = {grant_hash(g) for g in find_grants_to_review(assessment, answers)}
    added = {c.person.id for c in questions(assessment).added if c.person}
    made = complete(assessment, replace(answers, approvals=approvals))
    for change in made.changes:
        if change.action is Action.ADD and change.group.id:
            assert {ref.hash for ref in change.grants} <= wanted
            assert change.person.id in added
    log = questions(assessment).log
    assert log is None or log.since >= NOW - timedelta(days=90)
