"""Changes of accounts are journaled as memberships are, with who asked for them and who agreed."""

import json

from reconciler.model.accounts import AccountAction
from reconciler.model.outcome import AccountResult, AccountWrite, Outcome, Prepared
from reconciler.store.journal import (
    InterruptedRun,
    Journal,
    find_interrupted_runs,
    read_recent_runs,
)
from tests.support.account_lines import account_change, account_ref
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import plan, result

RUN = "20261122T090000Z-abc123"
SOURCE = account_ref(requested_by="desk@example.com")
SUSPEND = AccountWrite(
    number=1, change=account_change(AccountAction.SUSPEND, "jane", source=SOURCE)
)
CLEAR = AccountWrite(number=2, change=account_change(AccountAction.CLEAR_SESSIONS, "jane"))
PREPARED = Prepared(
    plan=plan(), reviewed_digest="d", changes=(), accounts=(SUSPEND.change, CLEAR.change)
)
BEGUN = {
    "at": "2026-11-22T09:00:00+00:00",
    "event": "account-intent",
    "run": RUN,
    "action": "suspend",
    "call": "suspend",
    "person": "00ujane",
    "login": "jane@example.com",
    "status_before": "ACTIVE",
    "source": "5a",
    "reason": "laptop stolen",
    "ticket": "SEC-88",
    "requested_by": "desk@example.com",
    "approved_by": ["lead@example.com"],
}


def opened(folder, clean=str):
    """A journal whose clock stands still."""
    return Journal(folder / "journal", RUN, lambda: NOW, clean)


def entries(journal):
    """What the file says."""
    return [json.loads(line) for line in journal.path.read_text().splitlines()]


def test_a_change_is_announced_with_who_asked_and_who_approved(tmp_path):
    """And its end says the same again, with how it ended; or that nobody knows."""
    refused = AccountResult(
        change=SUSPEND.change, outcome=Outcome.REFUSED, detail="no", request_id="q"
    )
    with opened(tmp_path) as journal:
        journal.record_account_begun(SUSPEND)
        journal.record_account_answered(SUSPEND, refused)
        journal.record_account_answered(SUSPEND, None)
        begun, answered, broken_off = entries(journal)
    ended = BEGUN | {"event": "account-outcome"}
    assert begun == BEGUN
    assert answered == ended | {"outcome": "refused", "request_id": "q", "detail": "no"}
    assert broken_off == ended | {"outcome": "unknown"}


def test_no_text_of_a_line_keeps_a_secret(tmp_path):
    """A reason is anybody's words, and an approver is what a file says."""
    source = account_ref(reason="the key is S3CRET", approved_by=("S3CRET@example.com",))
    write = AccountWrite(number=1, change=account_change(source=source))
    with opened(tmp_path, lambda text: text.replace("S3CRET", "***")) as journal:
        journal.record_account_begun(write)
        text = journal.path.read_text()
    assert "S3CRET" not in text
    assert text.count("***") == 2


def test_the_end_names_what_okta_accepted_and_does_not_show(tmp_path):
    """And counts the outcomes of all lines."""
    late = AccountResult(change=CLEAR.change, outcome=Outcome.ACCEPTED, detail="not yet")
    done = AccountResult(change=SUSPEND.change, outcome=Outcome.VERIFIED)
    with opened(tmp_path) as journal:
        journal.record_started(PREPARED)
        journal.record_ended(result(accounts=(done, late)))
        first, unseen, last = entries(journal)
    assert (first["lines"], first["accounts"]) == (0, 2)
    assert (unseen["event"], unseen["action"], unseen["detail"]) == (
        "account-not-visible",
        "clear-sessions",
        "not yet",
    )
    assert last["outcomes"] == {"verified": 1, "accepted, not yet visible": 1}


def test_what_later_runs_look_for_are_memberships_alone(tmp_path):
    """The status of an account is read by every plan anyway."""
    accepted = AccountResult(change=SUSPEND.change, outcome=Outcome.ACCEPTED)
    with opened(tmp_path) as journal:
        journal.record_started(PREPARED)
        journal.record_account_begun(SUSPEND)
        journal.record_account_answered(SUSPEND, accepted)
        journal.record_ended(result(accounts=(accepted,)))
    (run,) = read_recent_runs(tmp_path / "journal", CONNECTOR, NOW, sandbox=False)
    assert run.lines == ()


def test_a_killed_run_tells_how_many_changes_it_began(tmp_path):
    """Between the suspension and the end of the sessions."""
    with opened(tmp_path) as journal:
        journal.record_account_begun(SUSPEND)
        journal.record_account_answered(
            SUSPEND, AccountResult(change=SUSPEND.change, outcome=Outcome.ACCEPTED)
        )
        journal.record_account_begun(CLEAR)
    found = find_interrupted_runs(tmp_path / "journal")
    assert found == (InterruptedRun(run=RUN, intents=2, outcomes=1),)
