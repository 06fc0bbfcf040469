"""Issues as nouns: whole, in few requests, by the keys that were asked for."""

from datetime import UTC, datetime

import pytest
from starlette.responses import JSONResponse

from reconciler.jira.reader import JiraReader
from reconciler.jira.site import api_address
from reconciler.model.approvals.doors import JiraField
from reconciler.model.approvals.issue import ChangedField, JiraPerson
from tests.support.jira_answers import (
    APPROVED,
    AUTOMATION,
    CLOUD_ID,
    OPEN,
    PROJECT,
    TYPE,
    account_json,
    problem,
)
from tests.support.jira_cloud import door
from tests.unit.jira.conftest import API

pytestmark = pytest.mark.anyio

TENANT, SEARCH = "GET /_edge/tenant_info", "POST /rest/api/3/search/jql"
ISSUES, CHANGES = "POST /rest/api/3/issue/bulkfetch", "POST /rest/api/3/changelog/bulkfetch"


async def test_an_issue_is_read_with_its_history(cloud, reader):
    """What it says, who changed what, oldest first, and where it is shown."""
    key = cloud.file(expires="2027-02-18", entitlement=None, tool={"value": "cursor"})
    cloud.edit(key, "expires", "2027-03-01")
    cloud.approve(key)
    found = (await reader.fetch_issues([key]))[key]

    assert (found.key, found.project, found.issue_type) == (key, PROJECT, TYPE)
    assert (found.status, found.url) == (APPROVED, f"https://acme.atlassian.net/browse/{key}")
    assert found.reporter == found.creator == JiraPerson(account_id="asker")
    assert found.created_at == datetime(2026, 11, 20, 12, 1, tzinfo=UTC)
    assert found.values == {
        JiraField.TOOL: "cursor",
        JiraField.SUBJECT: "jira:jane",
        JiraField.PURPOSE: "Work",
        JiraField.EXPIRES: "2027-03-01",
    }
    edit, approval = found.changes
    assert edit.items == (
        ChangedField(field_id="customfield_10053", before="2027-02-18", after="2027-03-01"),
    )
    assert (approval.author, approval.at) == (JiraPerson(account_id="lead"), cloud.now)
    assert approval.items == (ChangedField(field_id="status", before=OPEN, after=APPROVED),)
    assert found.decisions is None


async def test_a_thousand_issues_take_three_requests(cloud, reader):
    """Which Jira it is, what they say, what changed in them."""
    keys = [cloud.file() for _ in range(1000)]
    for key in keys:
        cloud.approve(key)
    found = await reader.fetch_issues(keys)
    assert (len(found), cloud.requests) == (1000, [TENANT, ISSUES, CHANGES])

    again = await reader.fetch_issues(keys[:3])
    assert (len(again), cloud.requests[3:]) == (3, [ISSUES, CHANGES])


async def test_a_site_that_takes_a_hundred_is_asked_by_hundreds(cloud, reader):
    """After one request that it refuses."""
    cloud.takes_a_thousand = False
    keys = [cloud.file() for _ in range(250)]
    found = await reader.fetch_issues(keys)
    assert (len(found), cloud.requests) == (250, [TENANT, *[ISSUES] * 4, CHANGES])


async def test_more_than_a_thousand_are_asked_for_in_parts(cloud, reader):
    """No request names more."""
    found = await reader.fetch_issues([cloud.file() for _ in range(1001)])
    assert (len(found), len(cloud.requests)) == (1001, 5)


async def test_a_history_that_is_cut_over_pages_is_put_together(cloud, reader):
    """One issue goes on on the next page."""
    cloud.page = 2
    keys = [cloud.file() for _ in range(3)]
    for key in keys:
        cloud.approve(key)
        cloud.reopen(key)
        cloud.approve(key)
    found = await reader.fetch_issues(keys)
    assert [len(issue.changes) for issue in found.values()] == [3, 3, 3]
    assert all(list(i.changes) == sorted(i.changes, key=lambda c: c.at) for i in found.values())


async def test_what_is_not_there_is_not_among_the_answers(cloud, reader):
    """Deleted, hidden, never there, or no key at all: the others are read."""
    kept, deleted = cloud.file(), cloud.file()
    cloud.delete(deleted)
    strange = ['AI-1") OR project = SECRET', "", "10002", "AI-\u0661", "AI-1\n"]
    found = await reader.fetch_issues([kept, deleted, "AI-999", *strange])
    assert list(found) == [kept]


async def test_nothing_is_asked_without_a_key(cloud, reader):
    """Not even which Jira it is."""
    assert await reader.fetch_issues(["no key"]) == {}
    assert cloud.requests == []


async def test_a_moved_issue_is_found_by_its_former_keys(cloud, reader):
    """It says which key it has now; however often it was moved."""
    first = cloud.file()
    second = cloud.move(first)
    third = cloud.move(second, "AI")
    other = cloud.file()
    found = await reader.fetch_issues([first, second, other])
    assert {key: issue.key for key, issue in found.items()} == {
        first: third,
        second: third,
        other: other,
    }
    assert cloud.requests == [TENANT, ISSUES, CHANGES, CHANGES]


async def test_a_key_is_asked_for_as_jira_writes_it(cloud, reader):
    """And answered as it was asked for."""
    key = cloud.file()
    assert (await reader.fetch_issues([key.lower()]))[key.lower()].key == key


async def test_accounts_that_are_gone_are_nobody(cloud, reader):
    """And programs are no people."""
    key = cloud.file("asker", creator="lead")
    cloud.approve(key, "lead")
    cloud.reopen(key)
    cloud.approve_by_automation(key)
    cloud.delete_account("lead")
    cloud.delete_account("asker")
    found = (await reader.fetch_issues([key]))[key]
    assert (found.reporter, found.creator) == (None, None)
    program = JiraPerson(account_id=AUTOMATION, is_person=False)
    assert [change.author for change in found.changes] == [None, None, program]


async def test_approved_and_ended_issues_are_found(cloud, reader):
    """Of the door's project and types, from every page."""
    cloud.page = 2
    keys = [cloud.file() for _ in range(7)]
    for key in keys[:4]:
        cloud.approve(key)
    cloud.end(keys[4])
    moved = cloud.file()
    cloud.approve(moved)
    cloud.move(moved)
    found = await reader.fetch_approved_and_ended()
    assert [issue.key for issue in found] == keys[:5]
    assert cloud.requests.count(SEARCH) == 3


async def test_nothing_found_is_nothing_and_no_failure(cloud, reader):
    """One search says so."""
    assert await reader.fetch_approved_and_ended() == ()
    assert cloud.requests == [TENANT, SEARCH]


async def test_decisions_are_read_of_approved_issues_alone(cloud, connect):
    """Who agreed, who is gone, since when it was asked for; an issue without any has none."""
    keys = [cloud.file() for _ in range(3)]
    cloud.ask_decision(keys[0], "lead", "boss")
    opened = cloud.now
    cloud.decide(keys[0], "lead")
    cloud.decide(keys[0], "boss")
    completed = cloud.find(keys[0]).decisions[0]["completed"]
    cloud.approve(keys[1])
    cloud.delete_account("boss")
    async with connect() as client:
        found = await JiraReader(client, door(decisions=True)).fetch_issues(keys)
    (decision,) = found[keys[0]].decisions
    assert (decision.is_approved, decision.opened_at) == (True, opened)
    assert decision.approved_by == (JiraPerson(account_id="lead"), None)
    assert decision.completed_at == completed
    assert (found[keys[1]].decisions, found[keys[2]].decisions) == ((), None)
    assert sum("servicedeskapi" in request for request in cloud.requests) == 2


async def test_decisions_come_from_all_pages(cloud, connect):
    """An open one on the last page counts as well."""
    cloud.page = 1
    key = cloud.file()
    cloud.approve(key)
    cloud.ask_decision(key, "lead", name="Manager")
    cloud.decide(key, "lead")
    cloud.ask_decision(key, "boss", name="Security")
    async with connect() as client:
        found = await JiraReader(client, door(decisions=True)).fetch_issues([key])
    assert [(d.name, d.is_approved) for d in found[key].decisions] == [
        ("Manager", True),
        ("Security", False),
    ]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (problem(403, "no"), "refused"),
        (JSONResponse({"values": [], "isLastPage": False}), "malformed"),
        (JSONResponse({"values": [{}], "isLastPage": True}), "malformed"),
    ],
)
async def test_decisions_that_are_not_read_fail_the_whole(cloud, connect, answer, code):
    """None may be missing."""
    key = cloud.file()
    cloud.approve(key)
    cloud.spoil = lambda r: answer if "servicedeskapi" in r.url.path else None
    async with connect() as client:
        found = await JiraReader(client, door(decisions=True)).fetch_issues([key])
    assert found.code == code


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"value": "cursor", "id": "10037"}, "cursor"),
        ({"value": "cursor", "child": {"value": "admin"}}, "cursor/admin"),
        ([{"value": "cursor"}], "cursor"),
        ([{"value": "cursor"}, {"value": "admin"}], "cursor, admin"),
        ([account_json("jane")], "jira:jane"),
        ({"accountId": "unknown"}, None),
        (" 2027-02-18 ", "2027-02-18"),
        (12, "12"),
        ([], None),
        (
            "=cmd|' /C calc'!A0 {macro} [~accountid:boss] \u202e",
            "=cmd|' /C calc'!A0 {macro} [~accountid:boss] \u202e",
        ),
        (
            {
                "type": "doc",
                "version": 1,
                "content": [
                    {
                        "type": "paragraph",
                        "content": [
                            {"type": "text", "text": "To "},
                            {"type": "text", "text": "write"},
                        ],
                    },
                    {"type": "rule"},
                    {"type": "paragraph", "content": [{"type": "text", "text": "tests"}]},
                ],
            },
            "To write\ntests",
        ),
    ],
)
async def test_values_are_text(cloud, reader, value, text):
    """Whatever a field holds; what is hostile in it stays data."""
    key = cloud.file(tool=value)
    assert (await reader.fetch_issues([key]))[key].values.get(JiraField.TOOL) == text


@pytest.mark.parametrize("value", [True, {"name": "High"}, {"progress": 0}, [[{}]]])
async def test_a_value_that_is_no_text_fails_the_whole(cloud, reader, value):
    """A door that maps such a field reads nothing."""
    found = await reader.fetch_issues([cloud.file(tool=value), cloud.file()])
    assert (found.code, "customfield_10050" in found.detail) == ("malformed", True)
    assert "doors/jira.yaml" in found.hint


async def test_another_jira_is_asked_nothing(cloud, connect):
    """Its address is right, its cloud id is not; no account was shown to it."""
    async with connect() as client:
        reader = JiraReader(client, door(cloud_id="0" * 8))
        found = await reader.fetch_issues([cloud.file()])
    assert (found.code, cloud.requests) == ("refused", [TENANT])
    assert "cloud_id" in found.hint


async def test_the_gateway_has_the_cloud_id_in_its_address(cloud, connect):
    """So nothing more is asked of the site."""
    behind = door(api="gateway")
    assert api_address(behind) == f"https://api.atlassian.com/ex/jira/{CLOUD_ID}"
    assert api_address(door()) == "https://acme.atlassian.net"
    key = cloud.file()
    async with connect(url=f"{API}/ex/jira/{CLOUD_ID}") as client:
        found = await JiraReader(client, behind).fetch_issues([key])
    assert list(found) == [key]
    assert not any("tenant_info" in request for request in cloud.requests)


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("/issue/bulkfetch", {"issues": [{"id": "1"}]}, "malformed"),
        ("/issue/bulkfetch", {"issues": [{"id": "1", "key": "AI-1", "fields": {}}]}, "malformed"),
        ("/issue/bulkfetch", {"issues": [], "issueErrors": [{"id": "1"}]}, "unreachable"),
        ("/changelog/bulkfetch", {"issueChangeLogs": None}, "malformed"),
        ("/changelog/bulkfetch", {"issueChangeLogs": [], "nextPageToken": "7"}, "malformed"),
        ("/tenant_info", {"cloudId": 7}, "malformed"),
    ],
)
async def test_an_answer_of_another_shape_fails_the_whole(cloud, reader, path, body, code):
    """Half of it is nothing."""
    key = cloud.file()
    cloud.spoil = lambda r: JSONResponse(body) if r.url.path.endswith(path) else None
    assert (await reader.fetch_issues([key])).code == code


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("created", "yesterday"),
        ("created", "2026-11-20T12:00:00"),
        ("created", 10**15),
        ("id", "x"),
        ("items", [{"field": "Subject", "fieldtype": "custom", "from": "1", "to": "2"}]),
    ],
)
async def test_a_change_that_is_not_understood_fails_the_whole(cloud, reader, name, value):
    """An edit that is not seen could be the one that counts."""
    key = cloud.file()
    change = {"id": "1", "created": 1, "items": []} | {name: value}
    log = {"issueId": cloud.find(key).id, "changeHistories": [change]}
    body = {"issueChangeLogs": [log]}
    cloud.spoil = lambda r: JSONResponse(body) if "changelog" in r.url.path else None
    assert (await reader.fetch_issues([key])).code == "malformed"


async def test_an_instant_may_be_a_text(cloud, reader):
    """With its zone, as other questions are answered."""
    key = cloud.file()
    change = {"id": "1", "created": "2026-11-20T13:00:00.500+0100", "items": []}
    log = {"issueId": cloud.find(key).id, "changeHistories": [change]}
    cloud.spoil = lambda r: (
        JSONResponse({"issueChangeLogs": [log]}) if "changelog" in r.url.path else None
    )
    (found,) = (await reader.fetch_issues([key]))[key].changes
    assert found.at == datetime(2026, 11, 20, 12, 0, 0, 500_000, tzinfo=UTC)


async def test_a_search_is_made_of_numbers_alone(cloud, connect):
    """A door's id that is none is not sent."""
    async with connect() as client:
        found = await JiraReader(client, door(project="1 OR 1")).fetch_approved_and_ended()
    assert (found.code, SEARCH in cloud.requests) == ("refused", False)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 302])
async def test_a_refusal_says_what_to_do(cloud, reader, status):
    """In words of our own: a body may quote anything."""
    key = cloud.file()
    cloud.spoil = lambda r: problem(status, "SECRET") if "bulkfetch" in r.url.path else None
    found = await reader.fetch_issues([key])
    assert (found.code, "SECRET" in found.detail + found.hint) == ("refused", False)
    assert found.hint


async def test_a_value_without_an_end_fails_the_whole(cloud, reader):
    """Nested deeper than anything that a person wrote."""
    value = "x"
    for _ in range(400):
        value = [value]
    nodes = {"text": "x"}
    for _ in range(400):
        nodes = {"content": [nodes]}
    key = cloud.file(tool=value, purpose={"type": "doc", "content": [nodes]})
    assert (await reader.fetch_issues([key])).code == "malformed"
