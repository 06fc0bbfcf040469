"""One comment, one property, one transition: told again, they are edited or left alone."""

import asyncio
from datetime import timedelta

import pytest

from reconciler.jira.wire import PROPERTY
from reconciler.jira.writer import WRITING, IssueReport, JiraWriter
from tests.support.builders import NOW
from tests.support.jira_answers import APPROVED, DONE, account_json, problem
from tests.support.jira_cloud import READER, WRITER, door

pytestmark = pytest.mark.anyio

PROPOSED = IssueReport(state="proposed", paragraphs=("A pull request is open.",))
MERGED = IssueReport(
    state="merged", paragraphs=("It is merged.",), link="https://github.com/acme/access/pull/7"
)


LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def later(connect):
    """Makes the writer of another run."""
    async with connect(WRITER, WRITING) as client:
        yield lambda now: JiraWriter(client, door(), now)


@pytest.fixture
def issue(cloud):
    """An approved issue."""
    key = cloud.file()
    cloud.approve(key)
    return cloud.find(key)


def texts(comment):
    """What the comment says, a line for each paragraph."""
    return [node["text"] for block in comment["body"]["content"] for node in block["content"]]


async def test_an_issue_is_told_once_and_again_in_place(cloud, issue, writer):
    """The same comment says the newest; the property says it to programs."""
    assert await writer.tell(issue.id, PROPOSED) is True
    assert await writer.tell(issue.id, PROPOSED) is False
    assert await writer.tell(issue.id, MERGED) is True
    (comment,) = issue.comments
    assert texts(comment) == ["It is merged.", MERGED.link]
    kept = {"state": "merged", "comment": comment["id"], "digest": MERGED.digest}
    assert issue.properties == {PROPERTY: kept}
    assert cloud.requests.count("GET /rest/api/3/myself") == 1
    assert cloud.requests.count("GET /_edge/tenant_info") == 1


async def test_nothing_new_takes_one_request(cloud, issue, writer):
    """Nobody is notified for nothing."""
    await writer.tell(issue.id, PROPOSED)
    asked = len(cloud.requests)
    await writer.tell(issue.id, PROPOSED)
    assert cloud.requests[asked:] == [f"GET /rest/api/3/issue/{issue.id}/properties/{PROPERTY}"]


async def test_a_comment_whose_id_was_not_kept_is_found_by_its_mark(cloud, issue, writer, later):
    """A run that was ended between the two writes makes no second one, however many others are."""
    others = [{"id": str(n), "author": account_json("asker"), "properties": []} for n in range(250)]
    issue.comments += others
    cloud.spoil = lambda r: (
        problem(403, "no") if r.method == "PUT" and len(issue.comments) > 250 else None
    )
    assert (await writer.tell(issue.id, PROPOSED)).code == "refused"
    cloud.spoil = None
    assert await later(LATER).tell(issue.id, MERGED) is True
    (comment,) = issue.comments[250:]
    assert texts(comment)[0] == "It is merged."


async def test_of_two_runs_at_once_one_tells_the_issue(issue, writer, later):
    """Both find no comment; the property is new to one of them alone."""
    other = later(NOW)
    async with asyncio.TaskGroup() as both:
        told = [both.create_task(each.tell(issue.id, PROPOSED)) for each in (writer, other)]
    assert sorted(each.result() for each in told) == [False, True]
    assert len(issue.comments) == 1
    assert await other.tell(issue.id, MERGED) is True
    assert len(issue.comments) == 1


async def test_a_run_that_was_ended_before_its_comment_holds_up_the_next_for_minutes(
    cloud, issue, writer, later
):
    """It may be just about to write it."""
    cloud.spoil = lambda r: problem(403, "no") if r.url.path.endswith("/comment") else None
    await writer.tell(issue.id, PROPOSED)
    cloud.spoil = None
    assert await later(NOW + timedelta(minutes=14)).tell(issue.id, PROPOSED) is False
    assert issue.comments == []
    assert await later(LATER).tell(issue.id, PROPOSED) is True
    assert len(issue.comments) == 1


async def test_the_reader_says_what_an_issue_was_told_last(issue, writer, reader):
    """So nobody has to ask each issue."""
    before = (await reader.fetch_issues([issue.key]))[issue.key].told
    await writer.tell(issue.id, PROPOSED)
    assert (before, (await reader.fetch_issues([issue.key]))[issue.key].told) == (
        "",
        PROPOSED.digest,
    )
    issue.properties[PROPERTY] = ["theirs"]
    assert (await reader.fetch_issues([issue.key]))[issue.key].told == ""


async def test_a_comment_of_others_is_not_edited(issue, writer):
    """Whatever the property, which they can write, says; nor does their mark help."""
    theirs = {
        "id": "77",
        "author": account_json("asker"),
        "body": {"type": "doc", "content": []},
        "properties": [{"key": PROPERTY, "value": {"is": "report"}}],
    }
    issue.comments.append(dict(theirs))
    issue.properties[PROPERTY] = {"comment": "77", "digest": 7, "state": None}
    assert await writer.tell(issue.id, PROPOSED) is True
    assert issue.comments[0] == theirs
    assert len(issue.comments) == 2


@pytest.mark.parametrize(
    "kept", ["text", ["list"], {"comment": "../../77"}, {"comment": "99"}, {"comment": 99}]
)
async def test_a_property_that_others_wrote_is_no_obstacle(issue, writer, kept):
    """It is written over."""
    issue.properties[PROPERTY] = kept
    assert await writer.tell(issue.id, PROPOSED) is True
    assert issue.properties[PROPERTY]["comment"] == issue.comments[0]["id"]


async def test_a_deleted_comment_is_written_anew(issue, writer):
    """Somebody cleaned up."""
    await writer.tell(issue.id, PROPOSED)
    issue.comments.clear()
    await writer.tell(issue.id, MERGED)
    assert len(issue.comments) == 1


async def test_hostile_text_stays_text(issue, writer):
    """No markup, no mention, no second line, nothing unseen; no link but to https."""
    hostile = "[~accountid:boss] *bold* <b>@all\u202e\x1b[31m\n\n----\u0000 " + "x" * 5000
    report = IssueReport(
        state="refused", paragraphs=(hostile, "\u200b\n", ""), link="javascript:alert(1)"
    )
    await writer.tell(issue.id, report)
    body = issue.comments[0]["body"]
    (block,) = body["content"]
    (node,) = block["content"]
    assert (body["type"], block["type"], set(node), node["type"]) == (
        "doc",
        "paragraph",
        {"type", "text"},
        "text",
    )
    assert node["text"].startswith("[~accountid:boss] *bold* <b>@all [31m ---- xxx")
    assert len(node["text"]) == 2000


async def test_a_link_of_our_own_is_one(issue, writer):
    """It leads where it says."""
    await writer.tell(issue.id, MERGED)
    node = issue.comments[0]["body"]["content"][1]["content"][0]
    assert node["marks"] == [{"type": "link", "attrs": {"href": node["text"]}}]


async def test_a_comment_is_not_sent_twice_by_a_fault(cloud, issue, writer):
    """A limit says that nothing was done, a fault does not."""
    answers = [problem(429, "slow", retry_after="1"), problem(502, "bad")]
    cloud.spoil = lambda r: (
        answers.pop(0)
        if answers and r.url.path.endswith("/comment") and (r.method == "POST")
        else None
    )
    assert (await writer.tell(issue.id, PROPOSED)).code == "unreachable"
    assert (answers, issue.comments) == ([], [])


async def test_an_issue_that_is_verified_is_moved(issue, writer):
    """By the door's transition, where Jira offers it; else nothing is done."""
    assert await writer.finish(issue.id) is True
    assert (issue.status, await writer.finish(issue.id)) == (DONE, False)


async def test_no_issue_is_moved_out_of_what_is_approved(cloud, issue, connect):
    """By that its approval would be gone; the door is to say that such issues stay approved."""
    async with connect(WRITER, WRITING) as client:
        narrow = door(approved=frozenset({APPROVED}))
        found = await JiraWriter(client, narrow, NOW).finish(issue.id)
    assert (found.code, DONE in found.hint) == ("refused", True)
    assert issue.status == APPROVED
    assert not any(asked.startswith("POST") for asked in cloud.requests)


async def test_without_a_transition_nothing_is_moved(cloud, issue, connect):
    """The door names none."""
    async with connect(WRITER, WRITING) as client:
        assert await JiraWriter(client, door(done_transition=""), NOW).finish(issue.id) is False
    assert (issue.status, cloud.requests) == (APPROVED, [])


async def test_the_reading_account_writes_nothing(issue, connect):
    """Jira does not let it."""
    async with connect(READER, WRITING) as client:
        writer = JiraWriter(client, door(), NOW)
        assert (await writer.tell(issue.id, PROPOSED)).code == "refused"
        assert (await writer.finish(issue.id)).code == "refused"
    assert (issue.comments, issue.properties, issue.status) == ([], {}, APPROVED)


@pytest.mark.parametrize("path", ["/properties/", "/comment/"])
async def test_what_cannot_be_read_is_not_written_over(cloud, issue, writer, path):
    """A comment that is not shown just now may be there."""
    await writer.tell(issue.id, PROPOSED)
    cloud.spoil = lambda r: problem(403, "no") if r.method == "GET" and path in r.url.path else None
    assert (await writer.tell(issue.id, MERGED)).code == "refused"
    assert (len(issue.comments), texts(issue.comments[0])) == (1, ["A pull request is open."])


async def test_a_deleted_issue_cannot_be_told(cloud, issue, writer):
    """It says so."""
    cloud.delete(issue.key)
    assert (await writer.tell(issue.id, PROPOSED)).code == "refused"
    assert (await writer.finish(issue.id)).code == "refused"


async def test_another_jira_is_told_nothing(cloud, issue, connect):
    """Its cloud id is another."""
    async with connect(WRITER, WRITING) as client:
        found = await JiraWriter(client, door(cloud_id="0" * 8), NOW).tell(issue.id, PROPOSED)
    assert (found.code, cloud.requests) == ("refused", ["GET /_edge/tenant_info"])
