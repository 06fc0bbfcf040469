"""What an apply takes from the evidence of earlier runs."""

import pytest

from reconciler.cli.commands.apply import RunOptions, _select_counted
from reconciler.model.evidence import RecentWrites

GIVEN = frozenset({("00gclaude", "00ubob")})
TAKEN = frozenset({("00gclaude", "00uold")})


@pytest.mark.parametrize(("given", "scheduled"), [(GIVEN, True), (frozenset(), False)])
def test_a_reviewed_plan_removes_nobody_more_because_of_evidence(given, scheduled):
    """It was made without: an extra removal would refuse every run of it."""
    asked = RunOptions(
        file=None if scheduled else "plan.json",
        digest=None,
        scheduled=scheduled,
        yes=True,
        no_removals=False,
        connector=None,
        evidence="evidence",
        result=None,
        max_minutes=None,
    )
    recent = RecentWrites(ended=TAKEN, given=GIVEN)
    assert _select_counted(asked, recent) == RecentWrites(ended=TAKEN, given=given)
