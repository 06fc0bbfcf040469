"""Access that ends within fourteen days with nothing to continue it."""

from datetime import datetime

import pytest

from reconciler.model.catalog import Catalog
from reconciler.model.plan import Ending
from reconciler.model.settings import Settings
from reconciler.model.validity import Duration, DurationUnit
from reconciler.planning.desired import GroupIntent
from reconciler.planning.refs import cite_grant
from reconciler.planning.warnings import find_endings
from tests.support.nouns import GROUP, approval, context, grant, managed, ref, tool, user

MIDNIGHT = datetime.fromisoformat("2026-11-22T00:00:00+00:00")


def endings(*grants, now=MIDNIGHT, every=None):
    """What is said of a member with these live grants, applied as often as that."""
    intent = GroupIntent(live={"00ujane": grants})
    catalog = Catalog(tools={"claude": tool()}, settings=Settings(applied_every=every))
    return find_endings(managed("jane"), intent, context(user("jane"), now=now, catalog=catalog))


@pytest.mark.parametrize(
    ("is_said", "grants"),
    [
        (True, (grant(expires="2026-11-22"),)),
        (True, (grant(expires="2026-12-05"),)),
        (False, (grant(expires="2026-12-06"),)),
        (True, (grant(expires="2026-11-22T14:00Z"),)),
        (True, (grant(expires="2026-12-06T00:00Z"),)),
        (False, (grant(expires="2026-12-06T00:01Z"),)),
        (True, (grant(revoked="2026-12-06"),)),
        (False, (grant(revoked="2026-12-07"),)),
        (False, (grant(),)),
        (False, (grant(expires="2026-11-22"), grant())),
        (False, (grant(expires="2026-11-22"), grant(expires="2026-12-06"))),
        (True, (grant(expires="2026-11-22"), grant(expires="2026-12-05"))),
    ],
)
def test_access_is_ending_when_its_last_grant_ends_within_fourteen_days(is_said, grants):
    """An overlapping or endless grant continues it; exactly fourteen days are within."""
    assert bool(endings(*grants)) is is_said


def test_an_ending_cites_the_grant_that_ends_last():
    """That is the one to extend."""
    last = grant(expires="2026-11-30", approval=approval(ticket="AI-2"))
    assert endings(grant(expires="2026-11-25"), last) == (
        Ending(
            group=GROUP,
            tool="claude",
            entitlement="users",
            person=ref("jane"),
            ends_at=datetime.fromisoformat("2026-12-01T00:00:00+00:00"),
            grant=cite_grant(last),
        ),
    )


@pytest.mark.parametrize(
    ("within", "ending", "every"),
    [
        (240, grant(expires="2026-11-28T14:00Z"), Duration(4, DurationUnit.HOURS)),
        (30, grant(expires="2026-11-28T14:00Z"), Duration(30, DurationUnit.MINUTES)),
        (None, grant(expires="2026-11-28T14:00Z"), None),
        (None, grant(expires="2026-11-28"), Duration(4, DurationUnit.HOURS)),
        (
            None,
            grant(expires="2026-11-28T14:00Z", revoked="2026-11-28"),
            Duration(4, DurationUnit.HOURS),
        ),
    ],
)
def test_an_end_at_an_instant_says_how_late_the_next_apply_may_come(within, ending, every):
    """Of a day nobody asks to the minute; without a schedule nobody knows."""
    (line,) = endings(ending, every=every)
    assert (line.ends_at, line.within_minutes) == (ending.validity.ends_at, within)


def test_two_grants_that_end_together_cite_the_same_one_in_either_order():
    """The plan's bytes may not depend on which file was read first."""
    one = grant(expires="2026-11-30")
    two = grant(expires="2026-11-30", approval=approval(ticket="AI-2"))
    assert endings(one, two) == endings(two, one)


def test_a_plan_for_the_end_of_the_calendar_is_still_made():
    """`--as-of 9999-12-31` is an odd question, not a fault of ours."""
    far = datetime.fromisoformat("9999-12-31T00:00:00+00:00")
    assert endings(grant(), now=far) == ()
    assert len(endings(grant(expires="9999-12-30"), now=far)) == 1
