"""Whose access ends is told with what to type, and to programs by stable names."""

import json
import shlex
from datetime import UTC, datetime

import pytest

from reconciler.model.approvals.doors import Doors, GitHubDoor, JiraAccount, JiraDoor
from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Span
from reconciler.model.ids import SecretRef
from reconciler.proposals.expiring import find_ending
from reconciler.render.formats.text import render
from reconciler.render.people.ending import ending_document, ending_plain
from tests.support.nouns import grant

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


REVIEWS = Doors(github=GitHubDoor(repository="acme/access"))
JIRA = JiraDoor(
    site="https://acme.atlassian.net",
    cloud_id="c10d",
    project="10000",
    issue_types=frozenset({"10001"}),
    approved=frozenset({"10005"}),
    ended=frozenset(),
    fields={},
    reading=JiraAccount(email="bot@acme.com", token=SecretRef(kind="env", value="JIRA")),
)


def ending(*grants, doors=REVIEWS):
    """What ends within thirty days."""
    return find_ending(Catalog(grants=grants, doors=doors), 30, NOW)


def shown(*grants, doors=REVIEWS):
    """The lines on a terminal of any width."""
    found = ending(*grants, doors=doors)
    document = ending_document(found, 30, NOW, lambda words: f"reconciler {words}")
    return [line.text for line in render(document)]


def test_each_is_told_with_the_command_that_renews_it():
    """The soonest first."""
    lines = shown(grant("jane", expires="2026-12-01"), grant("joe", expires="2026-11-22"))
    assert lines[5:] == [
        "2 grants",
        "",
        "Ends (2)",
        "  · 2026-11-22 (today) · joe@example.com · claude/users",
        "        reconciler renew joe@example.com claude/users --until D",
        "  · 2026-12-01 (9 d) · jane@example.com · claude/users",
        "        reconciler renew jane@example.com claude/users --until D",
        "",
        "D is the new last day, as 2027-06-30",
    ]


@pytest.mark.parametrize(
    ("doors", "words", "meant"),
    [
        (Doors(), " --ticket T --approved-by WHO", "; T is the ticket in which WHO agreed"),
        (Doors(jira=JIRA), " --ticket T", "; T is the key of the approved issue"),
        (Doors(github=REVIEWS.github, jira=JIRA), "", ""),
    ],
    ids=["no door", "jira", "both"],
)
def test_the_command_has_all_that_a_renewal_takes(doors, words, meant):
    """Who agreed is typed, in an issue, or left to the review."""
    lines = shown(grant("jane", expires="2026-12-01"), doors=doors)
    assert lines[-3:] == [
        f"        reconciler renew jane@example.com claude/users --until D{words}",
        "",
        f"D is the new last day, as 2027-06-30{meant}",
    ]


def test_where_nothing_ends_it_is_said():
    """An empty list might be a list that failed."""
    assert "Nothing ends by then." in shown()


@pytest.mark.parametrize("name", ["a;rm@x.io", "$(id)@x.io", "'@x.io"])
def test_a_command_to_type_runs_nothing_else(name):
    """A name may be written by anybody."""
    (line,) = [
        text for text in shown(grant(name, expires="2026-12-01")) if "reconciler renew" in text
    ]
    assert shlex.split(line)[2] == name


def test_a_program_is_told_the_same():
    """Days are as files write them."""
    origin = Span("catalog/grants/claude/jane.yaml", 2)
    found = ending_plain(ending(grant("jane", expires="2026-12-01", origin=origin)), 30, NOW)
    assert json.loads(json.dumps(found)) == {
        "format": "reconciler.expiring/1",
        "as_of": "2026-11-22T09:00:00+00:00",
        "within_days": 30,
        "grants": [
            {
                "subject": "jane@example.com",
                "tool": "claude",
                "entitlement": "users",
                "purpose": "Daily work",
                "expires": "2026-12-01",
                "days_left": 9,
                "origin": "catalog/grants/claude/jane.yaml:2:1",
            }
        ],
    }
