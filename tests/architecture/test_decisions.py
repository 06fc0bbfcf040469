"""Decisions are found by number, dated, and told in one form on one screen."""

import re
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / ".github" / "decisions"
DECISIONS = sorted(FOLDER.iterdir())
HEAD = re.compile(
    r"# (?P<number>\d+)\. \S.+\n\n"
    r"- Date: (?P<date>\d{4}-\d{2}-\d{2})\n"
    r"- Status: (?P<status>accepted|superseded by (?P<by>\d+))\n\n"
)
HEADINGS = ["Context", "Choice", "Alternatives", "Consequences"]
MOST_LINES = 40


def head(path):
    """The number, the date and the status of a decision."""
    found = HEAD.match(path.read_text(encoding="utf-8"))
    assert found, f"{path.name} begins with no number, date and status"
    return found


def test_decisions_are_numbered_without_a_gap_and_in_the_order_of_their_days():
    """A number that is cited stays that decision's."""
    names = [path.name for path in DECISIONS]
    days = [date.fromisoformat(head(path)["date"]) for path in DECISIONS]

    assert len(DECISIONS) > 10
    assert [name[:5] for name in names] == [f"{n:04d}-" for n in range(1, len(names) + 1)]
    assert [int(head(path)["number"]) for path in DECISIONS] == list(range(1, len(names) + 1))
    assert days == sorted(days)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name[:4])
def test_a_decision_says_why_what_what_else_and_what_follows(path):
    """In this order, each with something to say, on one screen."""
    text = path.read_text(encoding="utf-8")
    said = re.findall(r"^\*\*(\w+)\.\*\* \S", text, re.MULTILINE)

    assert said == HEADINGS
    assert len(text.splitlines()) <= MOST_LINES
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name[:4])
def test_a_decision_that_was_superseded_names_a_later_one(path):
    """Whoever finds the old one is led on."""
    found = head(path)

    if found["by"]:
        assert int(found["number"]) < int(found["by"]) <= len(DECISIONS)
