"""Looking at what a door names in Jira, without changing anything."""

import pytest

from reconciler.jira.inspection import INSPECTING, JiraInspector
from reconciler.model.approvals.issue import JiraType
from tests.support.jira_answers import (
    APPROVED,
    CLOUD_ID,
    DONE,
    ENDED,
    FIELDS,
    OPEN,
    PROJECT,
    TYPE,
    problem,
)
from tests.support.jira_cloud import READER, WRITER, door

pytestmark = pytest.mark.anyio


@pytest.fixture
async def look(connect):
    """Looks by the account that reads."""
    async with connect(READER, INSPECTING) as client:
        yield JiraInspector(client, door())


async def test_each_thing_that_a_door_names_has_a_name_in_jira(look):
    """By which people know it."""
    assert await look.fetch_cloud_id() == CLOUD_ID
    assert await look.fetch_account() == "bot-reader"
    assert await look.fetch_project() == "AI: Access"
    names = {OPEN: "Open", APPROVED: "Approved", DONE: "Done", ENDED: "Ended"}
    assert await look.fetch_types() == {TYPE: JiraType(name="Request", statuses=names)}
    assert (await look.fetch_fields()).keys() >= set(FIELDS.values())


async def test_an_account_is_told_apart_by_what_it_may_do(connect, look):
    """The one that reads has nothing else."""
    assert await look.fetch_permissions() == frozenset({"BROWSE_PROJECTS"})
    async with connect(WRITER, INSPECTING) as client:
        found = await JiraInspector(client, door()).fetch_permissions()
    assert found > {"BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_ISSUES", "TRANSITION_ISSUES"}


async def test_the_gateway_is_not_asked_which_jira_it_is(cloud, connect):
    """Its address says so."""
    async with connect(READER, INSPECTING) as client:
        assert await JiraInspector(client, door(api="gateway")).fetch_cloud_id() == ""
    assert cloud.requests == []


@pytest.mark.parametrize(
    "part", ["cloud_id", "account", "project", "types", "fields", "permissions"]
)
async def test_each_look_that_fails_says_why(cloud, look, part):
    """And the next is taken all the same."""
    cloud.spoil = lambda _: problem(404, "not here")
    assert (await getattr(look, f"fetch_{part}")()).code == "refused"


async def test_a_look_writes_nothing(look, cloud):
    """Whatever the account may do."""
    for part in ("cloud_id", "account", "project", "types", "fields", "permissions"):
        await getattr(look, f"fetch_{part}")()
    assert {asked.partition(" ")[0] for asked in cloud.requests} == {"GET"}
    assert PROJECT in "".join(cloud.requests)
