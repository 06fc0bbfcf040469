"""What people do at Jira, as it is read there and judged."""

from datetime import timedelta

import pytest

from reconciler.jira.reader import JiraReader
from reconciler.planning.approvals.jira import IssueApproval, IssueProblem, judge_issue
from tests.support.jira_answers import APPROVED, account_json
from tests.support.jira_cloud import door

pytestmark = pytest.mark.anyio


@pytest.fixture
def judge(cloud, connect):
    """Reads one issue and judges it, a day later."""

    async def judged(key, **changed):
        stated = door(**changed)
        async with connect() as client:
            (issue,) = (await JiraReader(client, stated).fetch_issues([key])).values()
        found = judge_issue(issue, stated, cloud.now + timedelta(days=1))
        return found if isinstance(found, IssueApproval) else found.reason

    return judged


@pytest.fixture
def key(cloud):
    """An issue that somebody filed for jane, and corrected."""
    made = cloud.file()
    cloud.edit(made, "expires", "2027-02-18")
    return made


async def test_an_approver_approves(cloud, key, judge):
    """From the history alone."""
    cloud.approve(key, "lead")
    found = await judge(key)
    assert ([p.subject for p in found.approvers], found.at) == (["jira:lead"], cloud.now)


async def test_what_is_done_stays_approved_where_the_door_says_so(cloud, key, judge, writer):
    """The transition that tells so is no new approval then, and no end of the old one."""
    cloud.approve(key, "lead")
    at = cloud.now
    assert await writer.finish(cloud.find(key).id) is True
    found = await judge(key)
    assert ([p.subject for p in found.approvers], found.at) == (["jira:lead"], at)
    assert await judge(key, approved=frozenset({APPROVED})) is IssueProblem.LEFT_APPROVED


async def test_each_way_to_spoil_it_is_seen(cloud, judge):
    """Every one by its name."""

    def spoil(act, *, approver="lead"):
        made = cloud.file()
        cloud.approve(made, approver)
        act(made)
        return made

    spoilt = {
        spoil(lambda k: cloud.edit(k, "tool", {"value": "admin"})): IssueProblem.EDITED,
        spoil(lambda k: cloud.edit(k, "purpose", "Other work")): IssueProblem.EDITED,
        spoil(lambda k: cloud.edit(k, "subject", account_json("eve"))): IssueProblem.EDITED,
        spoil(lambda k: cloud.edit(k, "reporter", "eve")): IssueProblem.EDITED,
        spoil(cloud.reopen): IssueProblem.LEFT_APPROVED,
        spoil(cloud.end): IssueProblem.ENDED,
        spoil(cloud.move): IssueProblem.OTHER_PROJECT,
        spoil(lambda k: cloud.move(cloud.move(k), "AI")): IssueProblem.MOVED,
        spoil(lambda _: None, approver="asker"): IssueProblem.APPROVER_ASKED,
        spoil(lambda _: None, approver="jane"): IssueProblem.APPROVER_IS_SUBJECT,
        spoil(lambda k: (cloud.reopen(k), cloud.approve_by_automation(k))): (
            IssueProblem.APPROVED_BY_AUTOMATION
        ),
    }
    assert {made: await judge(made) for made in spoilt} == spoilt


async def test_accounts_that_go_take_their_part_with_them(cloud, key, judge):
    """An approver who is gone cannot be looked up, and a reporter who is gone may be anybody."""
    cloud.approve(key, "lead")
    cloud.gone = {"lead"}
    assert await judge(key) is IssueProblem.APPROVER_GONE
    cloud.gone = {"asker"}
    assert await judge(key) is IssueProblem.REPORTER_UNKNOWN


async def test_a_reopened_issue_needs_a_new_approval(cloud, key, judge):
    """Of what it says by then."""
    cloud.approve(key, "lead")
    cloud.reopen(key)
    cloud.edit(key, "tool", {"value": "admin"})
    cloud.approve(key, "boss")
    found = await judge(key)
    assert [p.subject for p in found.approvers] == ["jira:boss"]


async def test_decisions_say_who_agreed_where_a_rule_moves_the_issue(cloud, key, judge):
    """Two of them, and nothing before both are given; then an edit ends them."""
    cloud.ask_decision(key, "lead")
    cloud.ask_decision(key, "boss", name="Security")
    cloud.decide(key, "lead")
    cloud.approve(key, "eve")
    assert await judge(key, decisions=True) is IssueProblem.NOT_DECIDED

    cloud.decide(key, "boss")
    found = await judge(key, decisions=True)
    assert [p.subject for p in found.approvers] == ["jira:boss", "jira:lead"]

    cloud.edit(key, "tool", {"value": "admin"})
    assert await judge(key, decisions=True) is IssueProblem.EDITED


async def test_a_declined_decision_is_no_approval(cloud, key, judge):
    """Whoever moves the issue after it."""
    cloud.ask_decision(key, "lead")
    cloud.decide(key, "lead", "declined")
    cloud.approve(key, "eve")
    assert await judge(key, decisions=True) is IssueProblem.NOT_DECIDED
