"""What the exit code says of an apply: accounts count as memberships do."""

import pytest

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.session.apply import judge_exit_code
from reconciler.model.accounts import AccountAction
from reconciler.model.outcome import LineResult, Outcome
from tests.support.account_lines import account_result, blocked_account
from tests.support.nouns import change, result

CODES = {
    Outcome.VERIFIED: ExitCode.OK,
    Outcome.ALREADY: ExitCode.OK,
    Outcome.ACCEPTED: ExitCode.PARTIAL,
    Outcome.REFUSED: ExitCode.PARTIAL,
    Outcome.FAILED: ExitCode.PARTIAL,
    Outcome.NOT_RUN: ExitCode.PARTIAL,
    Outcome.HELD: ExitCode.REFUSED,
}


@pytest.mark.parametrize("outcome", Outcome)
def test_one_line_that_is_not_done_decides_of_whichever_kind(outcome):
    """The other kind is all done."""
    done = LineResult(change=change(), outcome=Outcome.VERIFIED)
    account = account_result(AccountAction.SUSPEND, outcome)
    assert judge_exit_code(result(done, accounts=(account,))) == CODES[outcome]
    line = LineResult(change=change(), outcome=outcome)
    well = account_result(AccountAction.SUSPEND, Outcome.VERIFIED)
    assert judge_exit_code(result(line, accounts=(well,))) == CODES[outcome]


def test_a_blocked_account_is_left_for_a_person():
    """As a blocked membership is."""
    assert judge_exit_code(result(blocked_accounts=(blocked_account(),))) == ExitCode.PARTIAL
    assert judge_exit_code(result()) == ExitCode.OK


def test_a_run_that_was_stopped_or_interrupted_says_so_first():
    """Whatever became of its lines."""
    held = account_result(AccountAction.SUSPEND, Outcome.HELD)
    assert judge_exit_code(result(accounts=(held,), stopped_by="401")) == ExitCode.ERROR
    stopped = result(accounts=(held,), stopped_by="401", interrupted=True)
    assert judge_exit_code(stopped) == ExitCode.INTERRUPTED
