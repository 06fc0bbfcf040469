"""A mock of Jira Data Center that others wrote: what of its answers Jira Cloud has too is read.

`jira820` has issues, changelogs and transitions in Jira's shapes, with users by name, and none of
what Cloud alone has. It is no dependency: it brings ten packages, a tracing API among them.
"""

import json
from datetime import UTC, datetime
from typing import Any

import httpx
import msgspec
import pytest

from reconciler.jira import wire
from reconciler.jira.client import JiraAccess, JiraClient
from reconciler.jira.nouns import to_changes, to_issue
from reconciler.jira.reader import READING, JiraReader
from reconciler.model.approvals.doors import JiraField
from reconciler.planning.approvals.jira import IssueApproval, IssueProblem, judge_issue
from tests.support.jira_cloud import READER, door

jira820 = pytest.importorskip("jira820", reason="jira820 is not installed: pip install jira820")
pytestmark = [pytest.mark.anyio, pytest.mark.slow]

API = "http://127.0.0.1"
NOW = datetime(2100, 1, 1, tzinfo=UTC)
DONE = "10002"


@pytest.fixture
def app():
    """A new one: what is changed in it is changed for one test."""
    return jira820.make_app()


@pytest.fixture
async def http(app):
    """Speaks to it as people do."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=API) as client:
        yield client


def as_cloud(value: Any) -> Any:
    """The same answer with users as Cloud has them: by an id, and with a kind."""
    if isinstance(value, list):
        return [as_cloud(each) for each in value]
    if not isinstance(value, dict):
        return value
    shown = {name: as_cloud(each) for name, each in value.items()}
    if {"name", "emailAddress"} <= value.keys():
        shown |= {"accountId": value["name"], "accountType": "atlassian"}
    return shown


async def find(http):
    """The key of an issue that somebody else than the administrator filed, and that is open."""
    query = {"jql": "project = JIRA820 AND status = Open", "maxResults": 100}
    found = (await http.get("/rest/api/2/search", params=query)).json()["issues"]
    return next(i["key"] for i in found if i["fields"]["reporter"]["name"] != "admin")


async def judge(http, key, translate=as_cloud):
    """What is said of the issue as the reader would give it, by a door that fits it."""
    answer = await http.get(f"/rest/api/2/issue/{key}", params={"expand": "changelog"})
    body = translate(answer.json())
    raw = msgspec.convert(body, wire.Issue)
    changes = msgspec.convert(body["changelog"]["histories"], list[wire.Change])
    fitting = door(
        project=raw.fields["project"]["id"],
        issue_types=frozenset({raw.fields["issuetype"]["id"]}),
        approved=frozenset({DONE}),
        fields={JiraField.TOOL: "summary", JiraField.SUBJECT: "summary"},
    )
    return judge_issue(to_issue(raw, fitting, to_changes(changes), None), fitting, NOW)


async def move(http, key, name):
    """The administrator moves the issue."""
    path = f"/rest/api/2/issue/{key}/transitions"
    offered = (await http.get(path)).json()["transitions"]
    wanted = next(each["id"] for each in offered if each["to"]["name"] == name)
    assert (await http.post(path, json={"transition": {"id": wanted}})).is_success


async def test_its_issues_and_changelogs_are_of_the_shapes_that_are_read(http):
    """Each of them; and every instant and id is understood."""
    query = {"jql": "project = JIRA820", "maxResults": 1000, "expand": "changelog"}
    body = (await http.get("/rest/api/2/search", params=query)).json()
    assert len(body["issues"]) > 300
    for raw in msgspec.json.decode(json.dumps(body["issues"]), type=list[wire.Issue]):
        assert to_issue(raw, door(fields={JiraField.TOOL: "summary"}), (), None).key == raw.key


async def test_users_by_name_are_nobody(http):
    """Data Center has no account ids: nothing there is an approval."""
    key = await find(http)
    await move(http, key, "Done")
    found = await judge(http, key, translate=lambda body: body)
    assert found.reason is IssueProblem.APPROVER_GONE


async def test_its_history_is_judged(http):
    """Not approved, approved by who moved it, and reopened."""
    key = await find(http)
    assert (await judge(http, key)).reason is IssueProblem.NOT_APPROVED

    await move(http, key, "Done")
    found = await judge(http, key)
    assert isinstance(found, IssueApproval)
    assert [person.account_id for person in found.approvers] == ["admin"]

    await move(http, key, "Open")
    assert (await judge(http, key)).reason is IssueProblem.LEFT_APPROVED


async def test_its_clock_stands_still_and_that_is_seen(http):
    """What is done there in one run is all of one instant: what came last is not known."""
    key = await find(http)
    for name in ("Done", "Open", "Done"):
        await move(http, key, name)
    assert (await judge(http, key)).reason is IssueProblem.UNCLEAR_HISTORY


async def test_what_cloud_alone_has_is_refused_in_words(app):
    """Another product at the address of a site."""
    access = JiraAccess(base_url=API, email=READER[0], token=READER[1])
    async with JiraClient(access, READING, transport=httpx.ASGITransport(app=app)) as client:
        found = await JiraReader(client, door()).fetch_issues(["JIRA820-1"])
    assert (found.code, "cloud_id" in found.hint) == ("refused", True)
