"""What the System Log is asked about the memberships that a plan would add."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.live.follow_up import additions, fetch_history
from tests.support.fake_directory import FakeReader
from tests.support.nouns import (
    GROUP,
    MADE_GROUP,
    NEW_GROUP,
    change,
    creation,
    day,
    grant_ref,
    plan,
    removal,
)

pytestmark = pytest.mark.anyio
OLDER = replace(grant_ref("1a"), approved_at=day("2026-09-01"))


def added(name, *grants, group=GROUP):
    """One addition."""
    return change(name, group=group, grants=grants or (grant_ref(),))


async def test_a_plan_that_adds_nobody_asks_nothing():
    """The log has the smallest budget of all that is read."""
    reader = FakeReader()
    made = plan(removal("joe"), creation(), added("jane", group=NEW_GROUP))
    assert await fetch_history(reader, made) is None
    assert reader.asked == []
    assert additions(made) == ()


async def test_the_question_goes_back_to_the_earliest_approval_that_counts():
    """Of several grants of one person the latest counts, of several people the earliest."""
    reader = FakeReader()
    made = plan(added("jane", OLDER, grant_ref()), added("joe", group=MADE_GROUP))
    assert await fetch_history(reader, made) is reader.log
    first = datetime(2026, 11, 1, tzinfo=UTC)
    assert reader.asked == [("log", first, (GROUP.id, MADE_GROUP.id), ("00ujane", "00ujoe"))]
    await fetch_history(reader, plan(added("jane"), added("joe", OLDER)))
    assert reader.asked[1][1] == datetime(2026, 9, 1, tzinfo=UTC)


async def test_several_plans_are_one_question():
    """Whoever compares two plans finds the same people held in both."""
    reader = FakeReader()
    await fetch_history(reader, plan(removal("joe")), plan(added("jane")), plan(added("jane")))
    first = datetime(2026, 11, 1, tzinfo=UTC)
    assert reader.asked == [("log", first, (GROUP.id,), ("00ujane",))]
