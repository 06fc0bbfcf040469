"""What an apply says before it asks, and what it takes from the evidence of earlier runs."""

import pytest

from reconciler.cli.commands.apply import RunOptions, _announce_accounts, _select_counted
from reconciler.cli.terminal.screen import Screen
from reconciler.model.accounts import AccountAction
from reconciler.model.evidence import RecentWrites
from reconciler.model.outcome import Prepared
from reconciler.model.plan import AccountConsequences
from tests.support.account_lines import account_change
from tests.support.nouns import plan

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


def test_what_cannot_be_undone_is_said_right_before_the_question(capsys):
    """The plan that was reviewed may be a day old, and long."""
    final = AccountConsequences(is_final=True)
    lines = (
        account_change(AccountAction.SUSPEND, "jane"),
        account_change(AccountAction.DEACTIVATE, "old", consequences=final),
    )
    prepared = Prepared(plan=plan(), reviewed_digest="d", changes=(), accounts=lines)
    _announce_accounts(prepared, Screen())
    told = [line.rpartition("ACTIVE)")[2] for line in capsys.readouterr().err.splitlines()]
    assert told == ["", ", which cannot be undone"]
