"""An issue is read as data, told one thing, and closed."""

import pytest

from reconciler.github.credentials import TokenCredentials
from reconciler.github.issues import add_labels, close_issue, comment_once, read_issue
from reconciler.model.approvals.proposal import GitHubIssue
from tests.support.github import account, problem

pytestmark = pytest.mark.anyio
FIRST = "<!-- reconciler:form -->"


@pytest.fixture
def issue(github):
    """Somebody's request."""
    return github.issue(1000, "jane", "Access, please", "### Tool\n\ncursor", "access")


async def test_an_issue_is_what_people_wrote(writer, issue):
    """And who they are."""
    assert await read_issue(writer, 1000) == GitHubIssue(
        number=1000,
        url=issue["html_url"],
        title="Access, please",
        body="### Tool\n\ncursor",
        author="jane",
        is_person=True,
        is_open=True,
        labels=("access",),
    )
    issue |= {"user": account("other[bot]", "Bot"), "body": None, "labels": ["plain"]}
    found = await read_issue(writer, 1000)
    assert (found.is_person, found.body, found.labels) == (False, "", ("plain",))
    issue["user"] = None
    assert (await read_issue(writer, 1000)).author == ""
    assert (await read_issue(writer, 7)).is_pull_request
    assert (await read_issue(writer, 5)).code == "refused"


async def test_a_comment_is_written_once_and_kept_current(writer, github, issue):
    """The same words are not even sent."""
    del issue
    for words in ("proposed", "merged", "merged"):
        found = await comment_once(writer, 1000, "form", words)
        assert found.body == f"{FIRST}\n{words}"
    (comment,) = github.comments[1000]
    assert (comment["body"], comment["id"]) == (f"{FIRST}\nmerged", found.id)
    other = await comment_once(writer, 1000, "other", "words")
    assert other.id != found.id


async def test_a_comment_that_somebody_else_wrote_is_not_ours(writer, writing, github, issue):
    """Whatever it begins with: whoever wrote it could change what we say."""
    del issue
    github.comment(1000, account("mallory"), f"{FIRST}\nall is well")
    github.comment(1000, None, f"{FIRST}\ngone")
    await comment_once(writer, 1000, "form", "refused")
    assert [c["body"] for c in github.comments[1000]] == [
        f"{FIRST}\nall is well",
        f"{FIRST}\ngone",
        f"{FIRST}\nrefused",
    ]
    github.logins["pat"] = "robot"
    async with writing(TokenCredentials("pat")) as robot:
        await comment_once(robot, 1000, "form", "mine")
        await comment_once(robot, 1000, "form", "mine again")
    assert [c["user"]["login"] for c in github.comments[1000][3:]] == ["robot"]


async def test_the_marker_counts_at_the_beginning_alone(writer, github, issue):
    """Line ends that GitHub changed do not matter; words that quote it do not make it ours."""
    del issue
    github.comment(1000, account("bot[bot]", "Bot"), f"x\n{FIRST}\ny")
    mine = github.comment(1000, account("bot[bot]", "Bot"), f"{FIRST}\r\nsame")
    asked = len(github.requests)
    found = await comment_once(writer, 1000, "form", "same")
    assert (found.id, len(github.requests)) == (mine["id"], asked + 2)


async def test_an_issue_is_closed_and_labelled(writer, issue):
    """As done, or as one that nothing will be done about."""
    assert await add_labels(writer, 1000, "proposed") is None
    assert await close_issue(writer, 1000, is_done=True) is None
    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert issue["labels"][-1] == {"name": "proposed"}
    await close_issue(writer, 1000, is_done=False)
    assert issue["state_reason"] == "not_planned"


async def test_what_cannot_be_done_is_told(writer, github, issue):
    """Each by what was wanted."""
    del issue
    github.spoil = lambda _: problem(403, "no")
    failures = [
        await read_issue(writer, 1000),
        await comment_once(writer, 1000, "form", "x"),
        await close_issue(writer, 1000, is_done=True),
        await add_labels(writer, 1000, "x"),
    ]
    assert [f.detail.partition(":")[0] for f in failures] == [
        "could not read issue 1000",
        "could not comment on 1000",
        "could not close issue 1000",
        "could not label issue 1000",
    ]
