"""What the fields of an issue mean in the words of the catalog."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reconciler.identity.issue_values import (
    find_entitlement,
    find_tool,
    read_moment,
    read_value,
)
from reconciler.model.approvals.doors import JiraField
from reconciler.model.catalog import Catalog
from tests.support.nouns import tool

CLAUDE = tool("claude", users={}, admins={})
CURSOR = replace(tool("cursor"), name="The Editor")
CATALOG = Catalog(tools={"claude": CLAUDE, "cursor": CURSOR})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("claude", "claude"),
        ("CLAUDE", "claude"),
        ("the editor", "cursor"),
        ("Editor", None),
        ("", None),
        ("claude\n", "claude"),
        ("../claude", None),
    ],
)
def test_a_tool_is_found_by_its_id_or_its_name(text, found):
    """A choice in Jira is whatever its admins called it."""
    assert find_tool(CATALOG, text) == found


def test_a_name_that_two_tools_have_finds_neither():
    """Nobody may get the one that was not meant."""
    twins = {each: replace(tool(each), name="The Editor") for each in ("one", "two")}
    assert find_tool(Catalog(tools=twins), "The Editor") is None


def test_an_id_comes_before_a_name():
    """Another tool's name takes nothing from it."""
    tools = {"claude": CLAUDE, "cursor": replace(CURSOR, name="Claude")}
    assert find_tool(Catalog(tools=tools), "Claude") == "claude"


@pytest.mark.parametrize(
    ("text", "of", "found"),
    [
        ("admins", CLAUDE, "admins"),
        ("Admins", CLAUDE, "admins"),
        ("owner", CLAUDE, None),
        ("", CLAUDE, None),
        ("", CURSOR, "users"),
    ],
)
def test_an_entitlement_may_be_left_out_where_there_is_one(text, of, found):
    """As in a file."""
    assert find_entitlement(of, text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2027-02-18", date(2027, 2, 18)),
        ("2027-02-18T10:00:00.000+0000", datetime(2027, 2, 18, 10, tzinfo=UTC)),
        ("2027-02-18T10:00:00.000+0530", datetime(2027, 2, 18, 4, 30, tzinfo=UTC)),
        ("2027-02-30", None),
        ("0001-01-01T00:00+23:59", None),
        ("2027-02-18T10:00", None),
        ("next week", None),
        ("２０２７-02-18", None),  # noqa: RUF001 - digits that only look so
        ("", None),
    ],
)
def test_a_day_or_an_instant_is_read_as_jira_writes_it(text, found):
    """An instant without an offset would be anybody's."""
    assert read_moment(text) == found


def test_a_value_is_read_without_the_blanks_around_it():
    """What is not mapped says nothing."""
    assert read_value({JiraField.TOOL: " claude\t"}, JiraField.TOOL) == "claude"
    assert read_value({}, JiraField.TOOL) == ""
