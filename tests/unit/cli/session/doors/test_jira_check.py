"""Whether the door to Jira works: each failure by its own code, and what rests on it is not run."""

import asyncio
from dataclasses import replace

import httpx
import pytest
from starlette.responses import JSONResponse

from reconciler.cli.options import Settings
from reconciler.cli.session.doors.jira import (
    READING,
    WRITING,
    check_jira_door,
    require_jira_door,
)
from reconciler.connector_checks.check_result import CheckStatus
from reconciler.jira.client import JiraAccess, JiraClient
from reconciler.jira.inspection import INSPECTING, JiraInspector
from reconciler.model.catalog import Catalog
from reconciler.model.errors import UsageError
from tests.support.jira_answers import CLOUD_ID, FIELDS
from tests.support.jira_cloud import READER, WRITER, JiraCloud, door


def checked(cloud, given=None, *, writes=False):
    """Each check's status and code, by its name."""
    asked = given or door()

    async def run():
        account = WRITER if writes else READER
        access = JiraAccess(base_url=asked.site, email=account[0], token=account[1])
        transport = httpx.ASGITransport(app=cloud.app)
        async with JiraClient(access, INSPECTING, transport=transport) as client:
            use = WRITING if writes else READING
            return await check_jira_door(asked, JiraInspector(client, asked), use)

    return {check.name: check for check in asyncio.run(run())}


def codes(checks):
    """What is wrong, by the check's name."""
    return {name: check.code for name, check in checks.items() if check.code}


@pytest.mark.parametrize(
    ("where", "hint"), [("", "writes an example"), ("the newest commit of main", "push it")]
)
def test_a_door_that_is_not_there_is_missed_where_it_was_looked_for(tmp_path, where, hint):
    """A pull reads the default branch, whatever lies in the working tree."""
    settings = Settings(
        catalog=tmp_path,
        sandbox=False,
        sandbox_file=None,
        endpoints=(),
        verbose=0,
        no_color=True,
    )
    with pytest.raises(UsageError, match="which Jira is asked") as refused:
        require_jira_door(settings, Catalog(), where)
    assert refused.value.message.startswith(where or "the catalog")
    assert hint in refused.value.hint


def test_a_door_that_works_says_what_each_id_is_called():
    """Ids tell nobody whether they are the right ones."""
    found = checked(JiraCloud())
    assert {check.status for check in found.values()} == {CheckStatus.PASSED}
    assert found["project"].summary == "AI: Access"
    assert found["statuses"].summary == "10005 (Approved), 10006 (Done), 10007 (Ended)"
    assert found["issue types"].summary == "10001 (Request)"
    assert "customfield_10050 (tool)" in found["fields"].summary


def test_the_account_that_writes_is_asked_for_what_it_needs():
    """And for nothing else."""
    found = checked(JiraCloud(), writes=True)
    assert list(found) == ["site", "account", "permissions"]
    assert {check.status for check in found.values()} == {CheckStatus.PASSED}


@pytest.mark.parametrize(
    ("changed", "name", "code"),
    [
        ({"cloud_id": "0" * 8}, "site", "cloud-id-mismatch"),
        ({"project": "10099"}, "project", "project-unreadable"),
        ({"issue_types": frozenset({"10099"})}, "issue types", "issue-type-missing"),
        ({"approved": frozenset({"10099"})}, "statuses", "status-missing"),
        ({"ended": frozenset({"10099"})}, "statuses", "status-missing"),
        (
            {"fields": FIELDS | {next(iter(FIELDS)): "customfield_1"}},
            "fields",
            "field-missing",
        ),
    ],
)
def test_each_thing_that_is_not_there_is_a_failure_of_its_own(changed, name, code):
    """With what there is instead."""
    found = checked(JiraCloud(), door(**changed))
    assert found[name].code == code
    assert found[name].status is CheckStatus.FAILED
    assert found[name].hint


def test_what_rests_on_a_wrong_id_is_not_called_wrong_as_well():
    """Its own hint would lead to the wrong line."""
    found = checked(JiraCloud(), door(project="10099"))
    assert "`project`" in found["project"].hint
    assert found["issue types"].status is found["statuses"].status is CheckStatus.NOT_RUN
    found = checked(JiraCloud(), door(issue_types=frozenset({"10099"})))
    assert (found["project"].code, found["statuses"].status) == ("", CheckStatus.NOT_RUN)


def test_of_many_fields_the_newest_are_offered_first():
    """Jira has hundreds, and those that were made for the door are the last."""
    cloud = JiraCloud()
    many = [{"id": f"customfield_{number}", "name": "f"} for number in range(10000, 10090)]
    spoilt = [{"id": "summary", "name": "Summary"}, *many]
    cloud.spoil = lambda asked: JSONResponse(spoilt) if asked.url.path.endswith("/field") else None
    hint = checked(cloud, door(fields=dict.fromkeys(FIELDS, "customfield_9")))["fields"].hint
    assert "there is customfield_10089 (f), customfield_10088 (f)," in hint
    assert hint.endswith(" and 71 more")


@pytest.mark.parametrize(
    ("path", "name", "code"),
    [
        ("/tenant_info", "site", "site-unreadable"),
        ("/myself", "account", "account-refused"),
        ("/statuses", "issue types", "issue-types-unreadable"),
        ("/field", "fields", "fields-unreadable"),
        ("/mypermissions", "permissions", "permissions-unreadable"),
    ],
)
def test_what_jira_does_not_answer_is_told_apart_from_what_is_missing(path, name, code):
    """Each with Jira's own answer."""
    cloud = JiraCloud()
    cloud.spoil = lambda asked: JSONResponse({}, 403) if asked.url.path.endswith(path) else None
    found = checked(cloud)
    assert found[name].code == code
    assert found[name].hint


def test_another_jira_is_not_signed_in_to():
    """Its token is none of that site's business."""
    cloud = JiraCloud()
    found = checked(cloud, door(cloud_id="0" * 8))
    assert set(codes(found).values()) == {"cloud-id-mismatch", "rests-on-failure"}
    assert CLOUD_ID in found["site"].summary
    assert cloud.requests == ["GET /_edge/tenant_info"]


def test_a_reading_account_that_may_write_is_warned_of():
    """Plan and apply are given it."""
    cloud = JiraCloud(reader_may={"EDIT_ISSUES"})
    found = checked(cloud)["permissions"]
    assert (found.status, found.code) == (CheckStatus.WARNED, "reading-account-writes")
    assert "EDIT_ISSUES" in found.summary


@pytest.mark.parametrize(
    ("may", "writes", "code"),
    [
        (set(), False, "browse-missing"),
        ({"BROWSE_PROJECTS", "ADD_COMMENTS"}, True, "writing-permission-missing"),
    ],
)
def test_an_account_that_may_not_do_its_work_is_a_failure(may, writes, code):
    """An issue that nobody shows it would look absent."""
    cloud = JiraCloud()

    def refuse(asked):
        if not asked.url.path.endswith("/mypermissions"):
            return None
        names = asked.query_params["permissions"].split(",")
        shown = {name: {"havePermission": name in may} for name in names}
        return JSONResponse({"permissions": shown})

    cloud.spoil = refuse
    assert checked(cloud, writes=writes)["permissions"].code == code


def test_a_door_without_a_transition_needs_no_right_to_it():
    """The least that works."""
    cloud = JiraCloud()
    cloud.spoil = lambda asked: (
        JSONResponse(
            {
                "permissions": {
                    name: {"havePermission": name != "TRANSITION_ISSUES"}
                    for name in asked.query_params["permissions"].split(",")
                }
            }
        )
        if asked.url.path.endswith("/mypermissions")
        else None
    )
    assert codes(checked(cloud, door(done_transition=""), writes=True)) == {}
    assert codes(checked(cloud, writes=True)) == {"permissions": "writing-permission-missing"}


def test_the_gateway_says_by_its_address_which_jira_it_is():
    """So the site is not asked, and nothing is claimed of it."""
    gateway = replace(door(api="gateway"), site="https://acme.atlassian.net")
    found = checked(JiraCloud(), gateway)
    assert found["site"].status is CheckStatus.UNPROVEN
    assert found["project"].status is CheckStatus.PASSED
