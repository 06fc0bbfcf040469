"""An apply changes accounts before memberships, and lets nobody in whom Okta does not show back."""

from dataclasses import replace

import pytest

from reconciler.execution.executor import Orders
from reconciler.model.accounts import AccountAction, LifecycleCall
from reconciler.model.outcome import LeftAccount, Outcome, Prepared
from reconciler.workflows.carry_out import Run, carry_out
from tests.support.account_lines import account_change, blocked_account
from tests.support.builders import CONNECTOR
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_writer import refused
from tests.support.memory_journal import MemoryJournal
from tests.support.nouns import change, plan, removal, user

pytestmark = pytest.mark.anyio
BACK = account_change(AccountAction.UNSUSPEND, "jane")
OUT = account_change(AccountAction.SUSPEND, "old")
LINES = (change("jane"), removal("old"))


def prepared(*accounts, **more):
    """The account lines, then the addition of jane and the removal of old."""
    made = plan(*LINES, accounts=accounts, blocked_accounts=(blocked_account(),))
    facts = {"changes": LINES, "accounts": accounts, **more}
    return Prepared(plan=made, reviewed_digest="d", **facts)


def org(**more):
    """Jane is suspended, old is active."""
    return FakeAccounts.of(user("jane", "SUSPENDED"), user("old"), **more)


async def applied(okta, what, journal=None, **orders):
    """What the run came to."""
    run = Run(
        id="r1",
        writer=okta,
        reader=okta,
        journal=journal or MemoryJournal(),
        clock=okta.clock,
        sleep=okta.sleep,
        orders=lambda lines: Orders(changes=lines, concurrency=1, **orders),
    )
    return await carry_out(what, run)


async def test_accounts_are_changed_and_read_before_any_membership():
    """In the order of the plan; the log is asked at the very end, because it lags."""
    okta, journal = org(), MemoryJournal()
    clear = account_change(AccountAction.CLEAR_SESSIONS, "old")
    result = await applied(okta, prepared(BACK, OUT, clear), journal)
    assert okta.calls == [
        *("read jane", "unsuspend jane", "read jane"),
        *("read old", "suspend old", "read old"),
        "clear_sessions old",
        *("add jane", "remove old", "members", "log"),
    ]
    assert {line.outcome for line in (*result.accounts, *result.lines)} == {Outcome.VERIFIED}
    assert [line.status for line in result.accounts] == ["ACTIVE", "SUSPENDED", ""]
    assert journal.events == [
        "run-started",
        *["account-intent", "account-outcome"] * 3,
        *["intent", "outcome"] * 2,
        "run-ended",
    ]
    assert (result.blocked_accounts, result.interrupted) == ((blocked_account(),), False)


async def test_nobody_is_added_whose_account_is_not_seen_to_be_active_again():
    """Whether the line was refused, held, or is only on its way; removals go on."""
    held = replace(BACK, held_by=("x",))
    for okta, line in (
        (org(refuses={LifecycleCall.UNSUSPEND: refused(400, "E0000001")}), BACK),
        (org(lag=99), BACK),
        (org(), held),
    ):
        result = await applied(okta, prepared(line))
        assert [n.outcome for n in result.lines] == [Outcome.NOT_RUN, Outcome.VERIFIED]
        assert result.lines[0].detail == "their account is not seen to be active again"
        assert "add jane" not in okta.calls


async def test_a_line_that_waits_is_told_as_not_run_and_its_person_is_not_added():
    """As a line about a membership is; what is left is named too."""
    waits = LeftAccount(change=BACK, why="an account is changed by a reviewed plan")
    left = LeftAccount(change=OUT, why="already so")
    what = prepared(waiting_accounts=(waits,), left_accounts=(left,))
    okta = org()
    result = await applied(okta, what)
    (line,) = result.accounts
    assert (line.outcome, line.detail) == (Outcome.NOT_RUN, f"waits: {waits.why}")
    assert result.left_accounts == (left,)
    assert [n.outcome for n in result.lines] == [Outcome.NOT_RUN, Outcome.VERIFIED]


async def test_a_person_whose_suspension_failed_is_removed_all_the_more():
    """Rights to accounts and to groups are given apart."""
    okta = org(refuses={LifecycleCall.SUSPEND: refused(403, "E0000006")})
    result = await applied(okta, prepared(OUT))
    assert (result.accounts[0].outcome, result.stopped_by) == (Outcome.REFUSED, "")
    assert "remove old" in okta.calls


async def test_a_credential_that_is_refused_at_an_account_ends_the_run():
    """No membership is tried after it."""
    okta = org(refuses={LifecycleCall.SUSPEND: refused(401)})
    result = await applied(okta, prepared(OUT))
    assert result.stopped_by == "Okta refused the credential (401)"
    assert {line.outcome for line in result.lines} == {Outcome.NOT_RUN}
    assert okta.calls == ["read old", "suspend old"]


async def test_a_run_that_was_asked_to_end_among_accounts_was_interrupted():
    """The line in flight was finished; everything else is left to the next run."""
    okta = org()
    done = prepared(OUT, account_change(AccountAction.CLEAR_SESSIONS, "old"), changes=())
    result = await applied(okta, done, should_stop=lambda: "suspend old" in okta.calls)
    assert [line.outcome for line in result.accounts] == [Outcome.VERIFIED, Outcome.NOT_RUN]
    assert (result.interrupted, result.connector) == (True, CONNECTOR)
