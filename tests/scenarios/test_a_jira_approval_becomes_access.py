"""Approved in Jira, proposed once, merged, seen in Okta; and the issue is told each step."""

import pytest

from tests.scenarios.pulling import LASTS, PATH, Helpdesk
from tests.support.harness import changes
from tests.support.jira_answers import DONE
from tests.support.jira_cloud import served
from tests.support.repository import git

ADDED = ["add new claude/users"]


@pytest.fixture
def desk(tmp_path, github):
    """A company in which nobody has asked yet."""
    cloud = Helpdesk.cloud()
    with served(cloud) as url:
        yield Helpdesk(tmp_path, github, cloud, url)


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
