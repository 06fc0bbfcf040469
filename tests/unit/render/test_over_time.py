"""What a change does at a later day, in words."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.model.approvals.review import AccessChange, BaseComparison, Cause, Effect, Window
from reconciler.render.over_time import (
    describe_window_end,
    section,
    summarize_effects,
    summarize_ineffective_grants,
)
from tests.support.nouns import GROUP, change, plan, ref

END = datetime(2027, 2, 1, tzinfo=UTC)
NOW_ON = (Window(starts=None, ends=END),)


def ahead(effect, name="jane", **more):
    """One effect on one person."""
    facts = {"person": ref(name), "group": GROUP, "tool": "claude", "entitlement": "users"}
    return AccessChange(effect=effect, **{**facts, **more})


def against(*lines):
    """A comparison in which this differs over time."""
    return BaseComparison(commit="c", over_time=lines)


@pytest.mark.parametrize("effect", [e for e in Effect if e is not Effect.GIVES_NOTHING])
def test_each_effect_is_counted_by_its_own_word(effect):
    """One and many read well, and no two effects read the same."""
    one, two = (
        list(
            summarize_effects(
                plan(), against(*(ahead(effect, f"p{n}", after=NOW_ON) for n in range(number)))
            )
        )
        for number in (1, 2)
    )
    assert (
        one[0].replace("1 membership", "2 memberships").replace(" is there", " are there")
        == (two[0])
    )


def test_grants_that_give_nothing_are_counted_apart():
    """They change no day, and are worth a reader's minute."""
    made = against(ahead(Effect.GIVES_NOTHING, ended_at=END))
    assert list(summarize_effects(plan(), made)) == []
    assert summarize_ineffective_grants(made) == "1 new or edited grant changes no day"
    assert summarize_ineffective_grants(against()) == ""
    (row,) = section(plan(), made).rows
    assert "the grant gives nothing: it ended before, with 2027-01-31" in row.details


def test_what_a_line_of_the_change_says_is_left_to_the_line():
    """An addition now says its end; one that waited anyway is no line of the change."""
    made = against(ahead(Effect.BEGINS, after=NOW_ON))
    mine = replace(change("jane"), cause=Cause.CHANGE)
    assert section(plan(mine), made).rows == ()
    assert len(section(plan(replace(mine, cause=Cause.PENDING)), made).rows) == 1
    later = against(ahead(Effect.BEGINS, after=(Window(starts=END, ends=None),)))
    assert len(section(plan(mine), later).rows) == 1


def test_a_row_says_the_days_without_the_change_and_with_it():
    """By hand too, where there is no group."""
    line = ahead(Effect.ENDS_LATER, before=NOW_ON, after=(Window(starts=None, ends=None),))
    (row,) = section(plan(), against(replace(line, group=None))).rows
    assert row.head.endswith("jane@example.com (00ujane), carried out by hand, for claude/users")
    assert row.details == (
        "without this change: now, through 2027-01-31",
        "with it: now, with no end date",
    )


def test_an_end_at_a_midnight_is_that_of_the_day_before():
    """An end within a day is said to the minute, and to the second where that counts."""
    assert describe_window_end(END) == "through 2027-01-31"
    assert describe_window_end(END.replace(hour=9)) == "until 2027-02-01 09:00 UTC"
    assert describe_window_end(END.replace(second=9)) == "until 2027-02-01 00:00:09 UTC"


@pytest.mark.parametrize(
    ("words", "ended_at"),
    [("with 2027-01-31", END), ("at 2027-02-01 09:30 UTC", END.replace(hour=9, minute=30))],
)
def test_a_grant_that_gives_nothing_says_when_it_ended(words, ended_at):
    """With a day, or at an instant."""
    line = ahead(Effect.GIVES_NOTHING, after=NOW_ON, before=NOW_ON, ended_at=ended_at)
    (row,) = section(plan(), against(line)).rows
    assert row.details[0] == f"the grant gives nothing: it ended before, {words}"


def test_a_renewal_is_not_buried_under_edits_without_effect():
    """A comment is cut at its end, and a change may edit as many grants as it likes."""
    idle = (ahead(Effect.GIVES_NOTHING, f"p{n:04}") for n in range(2000))
    made = against(*idle, ahead(Effect.ENDS_LATER, "zoe", before=NOW_ON, after=NOW_ON))
    head, *rest = (row.head for row in section(plan(), made).rows)
    assert head.startswith("prolongs access: zoe@example.com")
    assert all(other.startswith("changes no day") for other in rest)


@pytest.mark.parametrize("effect", Effect)
def test_every_effect_has_a_row(effect):
    """Its place among the others is known too."""
    (row,) = section(plan(), against(ahead(effect, before=NOW_ON, after=NOW_ON))).rows
    assert "jane@example.com" in row.head
