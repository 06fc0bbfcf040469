"""Evidence of changed accounts: what is told, what past runs make of it, and that chains verify."""

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.evidence.folder import read_chain
from reconciler.evidence.history import judge_health, past_runs, recent_writes
from reconciler.evidence.recorder import EvidenceRecorder
from reconciler.evidence.verification import verify
from reconciler.model.accounts import AccountAction
from reconciler.model.evidence import PastAccount, RecentWrites
from reconciler.model.outcome import (
    AccountResult,
    AccountWrite,
    LeftAccount,
    Outcome,
    Prepared,
)
from reconciler.model.plan import BlockedAccount
from reconciler.planning.wording import describe_account
from tests.support.account_lines import account_change, account_ref
from tests.support.builders import CONNECTOR, NOW
from tests.support.chains import opened
from tests.support.nouns import plan, ref, result

SCHEMA = Path(__file__).parents[3] / "schemas" / "evidence.schema.json"
SOURCE = account_ref(requested_by="desk@example.com")
SUSPEND = AccountWrite(
    number=1, change=account_change(AccountAction.SUSPEND, "jane", source=SOURCE)
)
CLEAR = AccountWrite(
    number=2,
    change=account_change(
        AccountAction.CLEAR_SESSIONS, "jane", source=SOURCE, held_by=("deactivations",)
    ),
)
LEFT = account_change(AccountAction.UNLOCK, "joe")
BLOCKED = BlockedAccount(
    code="account-protected", summary="s", hint="h", source=account_ref(), person=ref("kim")
)
PREPARED = Prepared(
    plan=plan(blocked_accounts=(BLOCKED,)),
    reviewed_digest="d",
    changes=(),
    accounts=(SUSPEND.change, CLEAR.change),
    left_accounts=(LeftAccount(change=LEFT, why="already so"),),
)
ACCEPTED = AccountResult(change=SUSPEND.change, outcome=Outcome.ACCEPTED, request_id="q")


@pytest.fixture
def recorder(tmp_path):
    """Evidence of a run that was prepared, and has begun its first change."""
    appender = opened(tmp_path)
    found = EvidenceRecorder(run=appender.run, append=appender.append, clock=lambda: NOW)
    found.record_prepared(PREPARED)
    found.record_account_begun(SUSPEND)
    return found


def told(folder):
    """The lines as they stand on disk, after the first; each fits its schema."""
    check = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    (path,) = folder.rglob("*.jsonl")
    _, *lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [e.message for line in lines for e in check.iter_errors(line)] == []
    return lines


def past(folder):
    """The one run, of a chain in which nothing is wrong but that runs may be killed."""
    chain = read_chain(folder, CONNECTOR, sandbox=False)
    assert [fault for fault in verify(chain).faults if fault.is_error] == []
    (run,) = past_runs(chain.files)
    return run


def test_a_whole_run_tells_who_asked_who_approved_and_what_came_of_it(recorder, tmp_path):
    """In every line about a change; the run that carried it out is named by each line anyway."""
    recorder.record_account_answered(SUSPEND, ACCEPTED)
    verified = AccountResult(
        change=SUSPEND.change, outcome=Outcome.VERIFIED, request_id="q", status="SUSPENDED"
    )
    held = AccountResult(change=CLEAR.change, outcome=Outcome.HELD, detail="held")
    recorder.record_ended(result(accounts=(verified, held)), 3)
    prepared, begun, answered, first, second, last = told(tmp_path)
    for line in (begun, answered, first, second):
        source = line["change"]["source"]
        assert (source["requested_by"], source["approved_by"]) == (
            "desk@example.com",
            ["lead@example.com"],
        )
        assert line["run"] == recorder.run
    assert [line["event"] for line in (begun, answered, first)] == [
        "account-begun",
        "account-answered",
        "account-ended",
    ]
    assert (answered["outcome"], answered["request_id"]) == ("accepted, not yet visible", "q")
    assert (first["status"], first["read_back"], first["begun_at"]) == (
        "SUSPENDED",
        "shown",
        NOW.isoformat(),
    )
    assert (second["read_back"], second["begun_at"]) == ("not read", None)
    assert last["account_outcomes"] == {"verified": 1, "held": 1}
    assert (prepared["accounts"], prepared["held_accounts"]) == (2, 1)
    assert prepared["left_accounts"] == [f"{describe_account(LEFT)}: already so"]
    assert prepared["blocked_accounts"][0]["code"] == "account-protected"


def test_a_past_run_tells_how_its_account_lines_ended(recorder, tmp_path):
    """What is not done waits for a person, before what is not done of memberships."""
    late = AccountResult(change=CLEAR.change, outcome=Outcome.ACCEPTED)
    verified = AccountResult(change=SUSPEND.change, outcome=Outcome.VERIFIED)
    recorder.record_ended(result(accounts=(verified, late)), 4)
    run = past(tmp_path)
    assert run.accounts[0].outcome == "verified"
    waiting = PastAccount(
        action="clear-sessions",
        person="00ujane",
        login="jane@example.com",
        outcome="accepted, not yet visible",
        at=NOW,
    )
    health = judge_health(CONNECTOR, (run,), NOW, sandbox=False, max_age=None)
    assert health.waiting == (waiting,)
    assert run.blocked == 1


def test_a_change_that_was_begun_in_a_killed_run_is_unknown_and_no_fault(recorder, tmp_path):
    """Killed between the call and its answer, or right after it."""
    assert [line.outcome for line in past(tmp_path).accounts] == ["unknown"]
    recorder.record_account_answered(SUSPEND, ACCEPTED)
    assert [line.outcome for line in past(tmp_path).accounts] == ["accepted, not yet visible"]
    recorder.record_account_begun(CLEAR)
    recorder.record_account_answered(CLEAR, None)
    assert [line.outcome for line in past(tmp_path).accounts][1:] == ["unknown"]


def test_account_lines_are_no_membership(recorder, tmp_path):
    """They count towards no limit of removals, and are looked for by no later run."""
    recorder.record_account_answered(SUSPEND, ACCEPTED)
    run = past(tmp_path)
    assert (run.lines, recent_writes((run,), NOW)) == ((), RecentWrites())
