"""Approved in Jira, proposed once, merged, seen in Okta; and the issue is told each step."""

from datetime import timedelta

import pytest

from reconciler.cli.clock import wall_clock
from tests.scenarios.pulling import LASTS, PATH, Helpdesk
from tests.support.harness import blocked, changes
from tests.support.jira_answers import DONE
from tests.support.jira_cloud import served
from tests.support.repository import committed, git

ADDED = ["add new claude/users"]


@pytest.fixture
def desk(tmp_path, github):
    """A company in which nobody has asked yet."""
    cloud = Helpdesk.cloud()
    with served(cloud) as url:
        yield Helpdesk(tmp_path, github, cloud, url)


@pytest.mark.slow
def test_an_approved_issue_becomes_access_and_is_told_so(desk):
    """Nobody typed who agreed: each program reads it in the issue."""
    key = desk.file()
    assert desk.pull() == (0, {})
    desk.cloud.approve(key)
    code, found = desk.pull()
    assert (code, found[key]["state"]) == (0, "proposed")
    (pull,) = desk.github.pulls.values()
    assert found[key]["pull_request"] == pull["html_url"]
    assert pull["title"] == "Grant claude/users to new@example.com"
    assert git(desk.folder, "show", f"{pull['head']['sha']}:{PATH}").splitlines()[4:] == [
        "approval:",
        "  by: jira",
        f'  ticket: "{key}"',
        '  requested_by: "asker@example.com"',
        f"starts: {desk.github.now.date()}",
        f"expires: {LASTS}",
    ]
    comment, state = desk.told(key)
    assert (state, pull["html_url"] in comment) == ("proposed", True)

    desk.merge()
    desk.pull()
    assert desk.told(key)[1] == "merged"
    made = desk.plan()
    assert changes(made) == ADDED
    (grant,) = made["changes"][0]["grants"]
    assert (grant["approval"], grant["approved_by"]) == ("verified", ["lead@example.com"])
    assert (grant["issue"]["key"], grant["review"]) == (key, None)
    desk.apply()
    assert desk.added == {"new"}

    for _ in range(2):
        code, found = desk.pull("--evidence", "evidence")
        assert (code, found[key]["state"]) == (0, "verified")
    comment, state = desk.told(key)
    assert (state, "Okta" in comment) == ("verified", True)
    assert desk.cloud.find(key).status == DONE
    assert desk.pull()[1][key]["told"] == "unchanged"
    assert desk.told(key)[1] == "verified"


SPOILT = {
    "approved by who asked": (
        lambda c, k: (c.reopen(k), c.approve(k, "asker")),
        ("refused", "approver-asked", "was asked for and approved by jira:asker"),
    ),
    "edited after its approval": (
        lambda c, k: (c.approve(k), c.edit(k, "expires", "2099-01-01")),
        ("refused", "edited", "had its expires changed by jira:asker with or after the approval"),
    ),
    "reopened": (
        lambda c, k: (c.approve(k), c.reopen(k)),
        ("not-approved", "left-approved", "was moved out of that status by jira:asker"),
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_what_is_no_approval_is_not_proposed(desk, name):
    """The issue is told why, if it calls itself approved."""
    act, (state, code, words) = SPOILT[name]
    key = desk.file()
    act(desk.cloud, key)
    ended, found = desk.pull()
    assert (desk.github.pulls, desk.branches()) == ({}, [])
    if state == "refused":
        assert (ended, found[key]["state"]) == (4, state)
        assert words in found[key]["why"]
        assert f"({code})" in desk.told(key)[0]
    else:
        assert (ended, found, desk.comments(key)) == (0, {}, [])


@pytest.mark.slow
@pytest.mark.parametrize("name", SPOILT)
def test_what_is_no_approval_any_more_adds_nobody_though_it_is_merged(desk, name):
    """The plan's line has the reason, and so has the issue."""
    act, (state, code, words) = SPOILT[name]
    key = desk.approved()
    desk.pull()
    desk.merge()
    act(desk.cloud, key)
    made = desk.plan()
    assert changes(made) == []
    assert blocked(made) == [("approval-unverified", "claude/users", "new")]
    assert words in made["blocked"][0]["summary"]
    desk.apply()
    assert desk.added == set()
    assert desk.pull()[1][key]["state"] == state
    assert f"({code})" in desk.told(key)[0]


@pytest.mark.slow
def test_what_was_revoked_is_not_proposed_again(desk):
    """Not by the next pull, and no later grant rests on the approval of before."""
    key = desk.approved()
    desk.pull()
    desk.merge()
    desk.apply()
    ran = desk.run("revoke", "new@example.com", "claude", "--reason", "left the project")
    assert ran.code == 0, ran
    committed(desk.folder, "revoked")
    desk.apply()
    assert desk.added == set()

    code, found = desk.pull("--evidence", "evidence")
    assert (code, found[key]["state"], len(desk.github.pulls)) == (0, "ended", 1)
    assert "has ended" in desk.told(key)[0]
    grant = (desk.folder / PATH).read_text()
    desk.write(PATH, grant.partition("revoked:")[0])
    made = desk.plan()
    assert changes(made) == []
    assert "before the access that it gave was revoked" in made["blocked"][0]["summary"]


@pytest.mark.slow
def test_what_was_revoked_is_asked_for_again_in_an_issue_of_its_own(desk):
    """The same issue, approved anew, would prolong what it was approved for."""
    desk.cloud.now -= timedelta(days=4)
    key = desk.approved()
    day = [(wall_clock() - timedelta(days=ago)).date() for ago in range(5)]
    desk.write(PATH, GRANT.format(key=key, starts=day[3], expires=LASTS, revoked=day[1]))
    assert desk.pull() == (0, {})
    desk.cloud.now = wall_clock() - timedelta(minutes=30)
    desk.cloud.reopen(key)
    desk.cloud.approve(key)
    code, found = desk.pull()
    assert (code, found[key]["state"], desk.github.pulls) == (4, "refused", {})
    assert "(approval-not-renewed)" in desk.told(key)[0]

    anew = desk.approved()
    assert desk.pull()[1][anew]["state"] == "proposed"
    desk.merge()
    assert changes(desk.plan()) == ADDED


GRANT = """\
tool: claude
entitlement: users
subject: new@example.com
purpose: Work
approval: {{by: jira, ticket: {key}}}
starts: {starts}
expires: {expires}
revoked: {{at: {revoked}, by: lead@example.com, reason: left}}
"""


@pytest.mark.slow
def test_an_issue_that_ended_has_the_end_of_its_access_proposed(desk):
    """It removes nobody by itself."""
    key = desk.approved()
    desk.pull()
    desk.merge()
    desk.apply()
    desk.pull("--evidence", "evidence")
    desk.cloud.end(key)
    for _ in range(2):
        code, found = desk.pull("--evidence", "evidence")
        assert (code, found[key]["state"]) == (0, "end-proposed")
    assert len(desk.github.pulls) == 2
    assert changes(desk.plan()) == []
    assert desk.added == {"new"}

    desk.merge()
    assert changes(desk.plan()) == ["remove new claude/users"]
    desk.apply()
    assert desk.added == set()
    assert desk.pull()[1][key]["state"] == "ended"
    assert desk.told(key)[1] == "ended"
    assert len(desk.github.pulls) == 2
