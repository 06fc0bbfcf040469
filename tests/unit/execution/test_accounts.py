"""Account lines are carried out one after another, each once, and read before and after."""

from dataclasses import replace

import pytest

from reconciler.execution.account_readback import MOVING_WAITS_S, verify_by_log
from reconciler.execution.accounts import carry_out_accounts, find_not_active
from reconciler.execution.executor import Orders
from reconciler.execution.readback import WAITS_S
from reconciler.model.accounts import AccountAction, LifecycleCall
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import (
    ConnectorError,
    EndingError,
    GuardRefused,
    IncompleteReadError,
    StoreError,
)
from reconciler.model.outcome import AccountResult, AccountWrite, Outcome
from tests.support.account_lines import CALLS, account_change
from tests.support.fake_accounts import DOES, NO_ANSWER, FakeAccounts
from tests.support.fake_writer import FullRecord, refused
from tests.support.nouns import user

pytestmark = pytest.mark.anyio


def account_line(action=AccountAction.SUSPEND, name="jane", status="ACTIVE", **more):
    """One line about the account of jane, or of another person."""
    return account_change(action, name, status=status, **more)


SUSPEND = account_line()
CLEAR = account_line(AccountAction.CLEAR_SESSIONS)
STOPPED = [Outcome.NOT_RUN, Outcome.NOT_RUN]


async def run(okta, *changes, **more):
    """What became of the lines, after all reading."""
    done = await carry_out_accounts(Orders(changes=(), accounts=changes, **more), okta.tools)
    return await verify_by_log(done.lines, okta, okta.sleep), done


async def results(okta, *changes, **more):
    """The lines alone."""
    return (await run(okta, *changes, **more))[0]


def ends(lines):
    """Each line's outcome, in the order given."""
    return [line.outcome for line in lines]


@pytest.mark.parametrize("action", [a for a in AccountAction if DOES[CALLS[a]][0]])
async def test_a_change_is_read_sent_and_read_back(action):
    """Three requests, and *verified* is said of the status that Okta shows."""
    change = account_line(action, status="LOCKED_OUT")
    okta = FakeAccounts.of(user("jane", "LOCKED_OUT"))
    (line,) = await results(okta, change)
    assert okta.calls == ["read jane", f"{change.call.value} jane", "read jane"]
    assert line == AccountResult(
        change=change,
        outcome=Outcome.VERIFIED,
        request_id="req-2",
        status=change.expects[0],
    )


async def test_each_call_is_recorded_before_and_after():
    """With its number, and how it ended as far as its answer tells."""
    okta = FakeAccounts.of(user("jane"))
    await results(okta, SUSPEND, CLEAR)
    first, second = AccountWrite(number=1, change=SUSPEND), AccountWrite(number=2, change=CLEAR)
    accepted = AccountResult(change=SUSPEND, outcome=Outcome.ACCEPTED, request_id="req-2")
    ended = AccountResult(change=CLEAR, outcome=Outcome.ACCEPTED, request_id="req-4")
    assert okta.log == [
        "read jane",
        ("begun", first),
        "suspend jane",
        ("answered", first, accepted),
        "read jane",
        ("begun", second),
        "clear_sessions jane",
        ("answered", second, ended),
        "log",
    ]


async def test_what_no_status_shows_is_verified_by_the_log_in_one_question():
    """However many lines there are; sessions are ended without looking first."""
    okta = FakeAccounts.of(user("jane"), user("joe"))
    lines = await results(okta, CLEAR, account_line(AccountAction.CLEAR_SESSIONS, "joe"))
    assert ends(lines) == [Outcome.VERIFIED] * 2
    assert okta.calls == ["clear_sessions jane", "clear_sessions joe", "log"]


async def test_a_mail_sent_again_is_verified_by_the_log():
    """A reset that is asked for again in RECOVERY leaves the status as it is."""
    again = account_line(
        AccountAction.RESET_PASSWORD, status="RECOVERY", call=LifecycleCall.REACTIVATE
    )
    for change in (again, replace(again, expects=("RECOVERY",))):
        okta = FakeAccounts.of(user("jane", "RECOVERY"))
        assert ends(await results(okta, change)) == [Outcome.VERIFIED]
        assert okta.calls == ["read jane", "reactivate jane", "log"]


async def test_a_log_that_lags_is_asked_again_a_few_times():
    """Only accepted is said of what it does not show then."""
    for behind, outcome, slept in (
        (2, Outcome.VERIFIED, [2.0, 5.0]),
        (9, Outcome.ACCEPTED, [2.0, 5.0, 10.0]),
    ):
        okta = FakeAccounts.of(user("jane"), log_lag=behind)
        (line,) = await results(okta, CLEAR)
        assert (line.outcome, okta.slept) == (outcome, slept)
    assert line.detail == "Okta accepted it; its System Log does not show it yet"


@pytest.mark.parametrize(
    "unread", [ReadFailure(code="refused", detail="no scope"), ConnectorError("x", "no scope")]
)
async def test_a_log_that_cannot_be_read_verifies_nothing(unread):
    """And says so."""
    okta = FakeAccounts.of(user("jane"), unread={"log": unread})
    (line,) = await results(okta, CLEAR)
    assert line.outcome is Outcome.ACCEPTED
    assert line.detail == "Okta accepted it; its System Log could not be read: no scope"


async def test_an_earlier_event_proves_no_write():
    """Of the same kind, a minute before: another person's, or another run's."""
    okta = FakeAccounts.of(user("jane"))
    await results(okta, CLEAR)
    await okta.sleep(60)
    okta.refuses[LifecycleCall.CLEAR_SESSIONS] = NO_ANSWER
    (line,) = await results(okta, CLEAR)
    assert line.outcome is Outcome.FAILED
    assert line.detail == "no answer came; its System Log does not show it yet"


@pytest.mark.parametrize("lost", [NO_ANSWER, refused(502), IncompleteReadError("m", "no JSON")])
async def test_an_answer_that_was_lost_is_read_back_and_never_resent(lost):
    """What Okta shows decides; the same for what only the log can show."""
    deactivate = account_line(AccountAction.DEACTIVATE)
    lines, calls = (CLEAR, deactivate), (LifecycleCall.CLEAR_SESSIONS, LifecycleCall.DEACTIVATE)
    okta = FakeAccounts.of(user("jane"), loses=dict.fromkeys(calls, lost))
    assert ends(await results(okta, *lines)) == [Outcome.VERIFIED] * 2
    assert okta.calls == [
        "clear_sessions jane",
        "read jane",
        "deactivate jane",
        "read jane",
        "log",
    ]


async def test_a_call_that_never_arrived_failed_and_says_what_okta_shows():
    """It is not sent again either: the next plan has it."""
    okta = FakeAccounts.of(user("jane"), refuses={LifecycleCall.SUSPEND: NO_ANSWER})
    (line,) = await results(okta, SUSPEND)
    assert (line.outcome, line.status) == (Outcome.FAILED, "ACTIVE")
    assert line.detail == "no answer came; it shows the account as ACTIVE"
    assert okta.calls.count("suspend jane") == 1


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refusal_is_the_lines_answer_and_stops_no_other(status):
    """In Okta's words, with the status that was read all the same."""
    okta = FakeAccounts.of(
        user("jane"),
        user("joe"),
        refuses={("00ujane", LifecycleCall.SUSPEND): refused(status, "E0000001")},
    )
    first, second = await results(okta, SUSPEND, account_line(name="joe"))
    assert first == AccountResult(
        change=SUSPEND,
        outcome=Outcome.REFUSED,
        detail=f"Okta said {status}",
        request_id="req-no",
        status="ACTIVE",
    )
    assert second.outcome is Outcome.VERIFIED
    assert okta.calls[:3] == ["read jane", "suspend jane", "read jane"]


async def test_another_account_that_answers_for_the_id_changes_nothing():
    """Okta takes a login for an id; one that looks so is another person's."""
    okta = FakeAccounts.of(user("jane"))
    okta.users["00ujane"] = user("joe", "SUSPENDED")
    (line,) = await results(okta, SUSPEND)
    assert (line.outcome, okta.calls) == (Outcome.NOT_RUN, ["read jane"])


async def test_a_refusal_that_no_status_could_show_has_its_status_all_the_same():
    """A mail that is not sent again leaves the account as it was."""
    line = account_line(AccountAction.RESET_PASSWORD, status="RECOVERY")
    line = replace(line, call=LifecycleCall.REACTIVATE, expects=())
    okta = FakeAccounts.of(
        user("jane", "RECOVERY"),
        refuses={("00ujane", LifecycleCall.REACTIVATE): refused(403, "E0000038")},
    )
    (told,) = await results(okta, line)
    assert (told.outcome, told.status) == (Outcome.REFUSED, "RECOVERY")


async def test_a_refusal_of_what_was_done_meanwhile_is_already_so():
    """A second deactivation is answered with 404; the status shows who was first."""
    okta = FakeAccounts.of(user("jane"), loses={LifecycleCall.DEACTIVATE: refused(404, "E0000007")})
    (line,) = await results(okta, account_line(AccountAction.DEACTIVATE))
    assert (line.outcome, line.detail) == (Outcome.ALREADY, "Okta said 404")
    assert line.status == "DEPROVISIONED"


async def test_a_status_that_lags_is_looked_for_again():
    """A bounded number of times."""
    for lag, outcome, slept in (
        (2, Outcome.VERIFIED, [1.0, 3.0]),
        (9, Outcome.ACCEPTED, [1.0, 3.0]),
    ):
        okta = FakeAccounts.of(user("jane"), lag=lag)
        (line,) = await results(okta, SUSPEND)
        assert (line.outcome, okta.slept) == (outcome, slept)
    assert line.detail == "Okta accepted it; it shows the account as ACTIVE"


async def test_an_account_on_its_way_is_waited_for_longer():
    """Deactivation takes Okta a while; until it has finished nothing is verified."""
    change = account_line(AccountAction.DEACTIVATE)
    okta = FakeAccounts.of(user("jane"), moves=5)
    (line,) = await results(okta, change)
    assert line.outcome is Outcome.VERIFIED
    assert okta.slept == [*WAITS_S[1:], *MOVING_WAITS_S[:3]]
    okta = FakeAccounts.of(user("jane"), moves=99)
    (line,) = await results(okta, change)
    assert line.outcome is Outcome.ACCEPTED
    assert line.detail == "Okta accepted it; it is still moving the account to DEPROVISIONED"
    assert okta.slept == [*WAITS_S[1:], *MOVING_WAITS_S]


@pytest.mark.parametrize(
    "unread", [ReadFailure(code="x", detail="503"), ConnectorError("x", "503")]
)
async def test_an_account_that_cannot_be_read_back_verifies_nothing(unread):
    """The call was accepted, and that is all that can be said."""
    okta = FakeAccounts.of(user("jane"), unread_after={"00ujane": unread})
    (line,) = await results(okta, SUSPEND)
    assert (line.outcome, line.status) == (Outcome.ACCEPTED, "")
    assert line.detail == "Okta accepted it; the account could not be read back: 503"


async def test_nothing_is_sent_while_okta_moves_the_account():
    """It is waited for, within a bound, and then left to the next plan."""
    change = account_line(AccountAction.UNLOCK, status="LOCKED_OUT")
    locked = user("jane", "LOCKED_OUT")
    moving = replace(locked, moving_to="DEPROVISIONED")
    okta = FakeAccounts.of(locked)
    okta.shown["00ujane"] = [moving] * 2
    assert ends(await results(okta, change)) == [Outcome.VERIFIED]
    assert okta.calls == [*["read jane"] * 3, "unlock jane", "read jane"]
    okta = FakeAccounts.of(moving)
    (line,) = await results(okta, change)
    assert (line.outcome, line.detail) == (
        Outcome.NOT_RUN,
        "Okta is still moving the account to DEPROVISIONED",
    )
    assert set(okta.calls) == {"read jane"}
    assert okta.slept == [*WAITS_S[1:], *MOVING_WAITS_S]


async def test_what_is_so_already_is_not_sent():
    """Another admin was faster."""
    okta = FakeAccounts.of(user("jane", "SUSPENDED"))
    (line,) = await results(okta, SUSPEND)
    assert (line.outcome, line.status) == (Outcome.ALREADY, "SUSPENDED")
    assert okta.calls == ["read jane"]


@pytest.mark.parametrize(
    ("people", "unread", "why"),
    [
        ((), {}, "Okta shows no such account"),
        ((user("jane", "RECOVERY"),), {}, "the account is RECOVERY now; it was planned for ACTIVE"),
        (
            (user("jane"),),
            {"00ujane": ReadFailure(code="unreachable", detail="503")},
            "the account could not be read: 503",
        ),
        (
            (user("jane"),),
            {"00ujane": ConnectorError("x", "503")},
            "the account could not be read: 503",
        ),
    ],
)
async def test_an_account_that_is_not_as_planned_is_left_to_the_next_plan(people, unread, why):
    """A call that is right in one status may harm in another."""
    okta = FakeAccounts.of(*people, unread=unread)
    (line,) = await results(okta, SUSPEND)
    assert (line.outcome, line.detail) == (Outcome.NOT_RUN, why)
    assert okta.calls == ["read jane"]


async def test_a_second_change_starts_from_what_the_first_one_made():
    """Its line was planned for the status before both."""
    okta = FakeAccounts.of(user("jane", "LOCKED_OUT"))
    lines = [
        account_line(action, status="LOCKED_OUT")
        for action in (AccountAction.UNLOCK, AccountAction.RESET_PASSWORD)
    ]
    assert ends(await results(okta, *lines)) == [Outcome.VERIFIED] * 2


async def test_sessions_are_ended_although_the_suspension_failed():
    """They are what a thief has; and nothing is lost by ending them."""
    okta = FakeAccounts.of(user("jane"), refuses={LifecycleCall.SUSPEND: refused(400, "E0000001")})
    assert ends(await results(okta, SUSPEND, CLEAR)) == [Outcome.REFUSED, Outcome.VERIFIED]


async def test_a_deactivation_takes_place_although_ending_the_sessions_failed():
    """Two people agreed that this account is closed; the failed line stays failed."""
    okta = FakeAccounts.of(
        user("jane"), refuses={LifecycleCall.CLEAR_SESSIONS: refused(403, "E0000006")}
    )
    lines = await results(okta, CLEAR, account_line(AccountAction.DEACTIVATE))
    assert ends(lines) == [Outcome.REFUSED, Outcome.VERIFIED]


async def test_a_held_line_is_not_sent():
    """It says which guards hold it."""
    okta = FakeAccounts.of(user("jane"))
    (line,) = await results(okta, replace(SUSPEND, held_by=("deactivations", "ourselves")))
    assert (line.outcome, line.detail) == (Outcome.HELD, "held by deactivations, ourselves")
    assert okta.calls == []


async def test_a_refused_credential_stops_the_whole_run():
    """By the call, or by the look before it."""
    for okta in (
        FakeAccounts.of(user("jane"), refuses={LifecycleCall.SUSPEND: refused(401)}),
        FakeAccounts.of(user("jane"), unread={"00ujane": refused(401)}),
    ):
        lines, done = await run(okta, SUSPEND, CLEAR)
        assert done.stopped_by == "Okta refused the credential (401)"
        assert lines[1].outcome is Outcome.NOT_RUN
        assert not lines[0].outcome.is_made
        assert "clear_sessions jane" not in okta.calls


@pytest.mark.parametrize("code", ["", "E0000005", "E0000006"])
async def test_a_missing_right_stops_calls_of_the_same_kind(code):
    """Okta gives the right to each kind apart; a second kind that is refused ends them all."""
    refusals = dict.fromkeys([LifecycleCall.SUSPEND, LifecycleCall.UNLOCK], refused(403, code))
    okta = FakeAccounts.of(
        user("jane"), user("joe"), user("kim", "LOCKED_OUT"), user("lou"), refuses=refusals
    )
    lines, done = await run(
        okta,
        SUSPEND,
        account_line(name="joe"),
        CLEAR,
        account_line(AccountAction.UNLOCK, "kim", "LOCKED_OUT"),
        account_line(AccountAction.RESET_PASSWORD, "lou"),
    )
    assert ends(lines) == [
        Outcome.REFUSED,
        Outcome.NOT_RUN,
        Outcome.VERIFIED,
        Outcome.REFUSED,
        Outcome.NOT_RUN,
    ]
    assert lines[1].detail == "Okta refused such a call before (403)"
    assert lines[4].detail == "Okta refused a second kind of call (403)"
    assert done.stopped_by == ""


async def test_a_run_that_is_asked_to_end_begins_nothing_more():
    """What was sent is read back; the rest is not run."""
    okta = FakeAccounts.of(user("jane"))
    lines = await results(okta, SUSPEND, CLEAR, should_stop=lambda: "suspend jane" in okta.calls)
    assert ends(lines) == [Outcome.VERIFIED, Outcome.NOT_RUN]
    assert lines[1].detail == "the run was asked to end"


async def test_a_run_that_is_asked_to_end_no_longer_waits_for_okta():
    """Neither before a call nor after it."""
    asked = {"should_stop": lambda: bool(okta.slept)}
    okta = FakeAccounts.of(replace(user("jane"), moving_to="DEPROVISIONED"))
    assert ends(await results(okta, SUSPEND, **asked)) == [Outcome.NOT_RUN]
    assert okta.slept == [1.0]
    okta = FakeAccounts.of(user("jane"), moves=99)
    assert ends(await results(okta, SUSPEND, **asked)) == [Outcome.ACCEPTED]
    assert okta.slept == [1.0, 3.0]


async def test_nothing_is_taken_away_where_removals_are_switched_off():
    """An unlock gives, and is carried out."""
    okta = FakeAccounts.of(user("jane"), user("joe", "LOCKED_OUT"))
    unlock = account_line(AccountAction.UNLOCK, "joe", "LOCKED_OUT")
    lines = await results(okta, SUSPEND, CLEAR, unlock, allows_removals=False)
    assert ends(lines) == [*STOPPED, Outcome.VERIFIED]
    assert lines[0].detail == "removals are switched off (--no-removals)"


async def test_nothing_is_begun_when_the_minutes_are_over():
    """The reason is the run's own."""
    okta = FakeAccounts.of(user("jane"))
    lines = await results(okta, SUSPEND, CLEAR, why_end=lambda: "the minutes were over")
    assert (ends(lines), lines[0].detail) == (STOPPED, "the minutes were over")
    assert okta.calls == []


@pytest.mark.parametrize(
    ("error", "first", "why"),
    [
        (
            EndingError("run-ending", "the minutes were over"),
            Outcome.NOT_RUN,
            "the minutes were over",
        ),
        (
            ConnectorError("rate-limited", "429", status=429, request_id="q"),
            Outcome.FAILED,
            "a change of an account found Okta's rate limit used up",
        ),
    ],
)
async def test_what_found_no_room_leaves_the_rest_to_another_run(error, first, why):
    """Okta took neither up, so nothing is read back, and the run is not stopped."""
    okta = FakeAccounts.of(user("jane"), refuses={LifecycleCall.SUSPEND: error})
    lines, done = await run(okta, SUSPEND, CLEAR)
    assert ends(lines) == [first, Outcome.NOT_RUN]
    assert (lines[1].detail, done.stopped_by) == (why, "")
    assert okta.calls == ["read jane", "suspend jane"]


async def test_a_line_that_names_no_one_is_not_run():
    """Nothing is read or written for it."""
    nobody = replace(SUSPEND, person=replace(SUSPEND.person, id=None))
    okta = FakeAccounts.of(user("jane"))
    (line,) = await results(okta, nobody)
    assert (line.outcome, line.detail, okta.calls) == (
        Outcome.NOT_RUN,
        "the line names no one",
        [],
    )


async def test_a_change_that_no_record_has_is_not_sent():
    """And one that is broken off is recorded so."""
    okta = FakeAccounts.of(user("jane"))
    tools = replace(okta.tools, recorders=(FullRecord(0),))
    with pytest.raises(StoreError):
        await carry_out_accounts(Orders(changes=(), accounts=(SUSPEND,)), tools)
    assert okta.calls == ["read jane"]
    okta = FakeAccounts.of(
        user("jane"), refuses={LifecycleCall.SUSPEND: GuardRefused("stale", "it is")}
    )
    with pytest.raises(GuardRefused):
        await results(okta, SUSPEND)
    assert okta.log[-1] == ("answered", AccountWrite(number=1, change=SUSPEND), None)


async def test_each_line_is_told_as_it_ends():
    """For those who watch."""
    told, okta = [], FakeAccounts.of(user("jane"))
    lines = await results(okta, SUSPEND, on_line=told.append)
    assert tuple(told) == lines


def test_who_was_to_be_active_and_is_not_seen_to_be():
    """Unsuspended or reactivated, whatever became of the line; nobody else."""
    back = account_line(AccountAction.UNSUSPEND, "back", "SUSPENDED")
    gone = account_line(AccountAction.UNSUSPEND, "gone", "SUSPENDED")
    late = account_line(AccountAction.REACTIVATE, "late", "DEPROVISIONED")
    mail = account_line(AccountAction.REACTIVATE, "mail", "PROVISIONED")
    away = account_line(AccountAction.CLEAR_SESSIONS, "away", "SUSPENDED")
    seen = [
        AccountResult(change=back, outcome=Outcome.VERIFIED),
        AccountResult(change=gone, outcome=Outcome.ACCEPTED),
    ]
    found = find_not_active((back, gone, late, mail, away), seen)
    assert found == {"00ugone", "00ulate"}
