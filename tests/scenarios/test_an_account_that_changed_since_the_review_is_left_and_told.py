"""Between a plan and its apply an admin had a hand in it: the line is left, and the result says so.

All other lines go on.
"""

import pytest

from reconciler.sandbox import Operation
from tests.scenarios.passing_time import Weeks, account_codes, approved, ends
from tests.support.builders import Company, login
from tests.support.harness import Rehearsal, outcomes

pytestmark = pytest.mark.slow

AGREED = approved("2026-11-22T08:00Z")
REQUEST = {"requested_at": "2026-11-22T08:30Z", "reason": "cannot sign in", "approval": AGREED}
SUSPEND = {"state": "suspended", "reason": "stolen", "approval": AGREED}
RETURN = {"state": "active", "reason": "found", "approval": AGREED}
CLOSE = {"state": "deactivated", "reason": "left", "approval": AGREED}
UNLOCK, RESET = {"unlock": REQUEST}, {"password_reset": REQUEST}
BASE = Company().with_lifecycle().tool().bind("kim", "old").granted("kim").ended("old")


def company(words, status):
    """Eve, of whom a file says this, and one membership to end."""
    return BASE.person("eve", status=status).account("eve", **words)


SO_ALREADY = {
    "given back": ("SUSPENDED", RETURN, ("unsuspend",)),
    "closed": ("ACTIVE", CLOSE, ("deactivate",)),
    "unlocked": ("LOCKED_OUT", UNLOCK, ("unlock",)),
    "reset": ("ACTIVE", RESET, ("reset-password",)),
}
DECIDED = {
    "locked, so not to be suspended": ("ACTIVE", SUSPEND, ("lock",), "account-status-unsuitable"),
    "closed, which is more": ("ACTIVE", SUSPEND, ("deactivate",), "account-status-unsuitable"),
    "suspended and given back": (
        "ACTIVE",
        SUSPEND,
        ("suspend", "unsuspend"),
        "account-given-back",
    ),
    "given back and suspended": (
        "SUSPENDED",
        RETURN,
        ("unsuspend", "suspend"),
        "account-changed-later",
    ),
    "closed, and not to be opened": ("SUSPENDED", RETURN, ("deactivate",), "account-changed-later"),
    "closed and opened": ("ACTIVE", CLOSE, ("deactivate", "activate"), "account-given-back"),
    "locked again": ("LOCKED_OUT", UNLOCK, ("unlock", "lock"), "account-locked-again"),
    "locked, and not to be reset": ("ACTIVE", RESET, ("lock",), "account-request-unclear"),
    "suspended, and not to be reset": ("ACTIVE", RESET, ("suspend",), "account-request-unclear"),
}


def interfered(folder, status, words, hands):
    """The result of a plan's apply, before which an admin did all this; and the org."""
    office = Weeks(folder, company(words, status))
    planned = [line["action"] for line in office.plan()["accounts"]]
    for hand in hands:
        office.console(hand, "eve")
    before = office.status("eve"), office.happened()
    ran = office.apply()
    result = office.result(ran)
    assert (office.status("eve"), office.happened()) == before
    assert [line["change"]["action"] for line in result["left_accounts"]] == planned
    assert ends(result) == {}
    assert outcomes(result) == {"remove old claude/users": "verified"}
    assert office.plan()["accounts"] == []
    return ran.code, result


@pytest.mark.parametrize(("status", "words", "hands"), SO_ALREADY.values(), ids=SO_ALREADY)
def test_what_is_so_by_now_is_not_done_again(status, words, hands, tmp_path):
    """There is nothing left to do, and nothing to ask."""
    code, result = interfered(tmp_path, status, words, hands)
    assert (code, result["blocked_accounts"]) == (0, [])
    assert {line["why"] for line in result["left_accounts"]} == {"already so, or no longer planned"}


def test_of_a_suspension_that_an_admin_made_faster_the_sessions_still_end(tmp_path):
    """Suspending signs nobody out."""
    office = Weeks(tmp_path, company(SUSPEND, "ACTIVE"))
    office.plan()
    office.console("suspend", "eve")
    ran = office.apply()
    result = office.result(ran)
    assert (ran.code, ends(result)) == (0, {"clear-sessions eve": "verified"})
    assert [line["change"]["action"] for line in result["left_accounts"]] == ["suspend"]
    assert office.plan()["accounts"] == []


@pytest.mark.parametrize(("status", "words", "hands", "why"), DECIDED.values(), ids=DECIDED)
def test_what_was_decided_otherwise_is_asked_about(status, words, hands, why, tmp_path):
    """The run ends 4, and the reason stands beside each line that was reviewed."""
    code, result = interfered(tmp_path, status, words, hands)
    assert (code, account_codes(result)) == (4, {"eve": why})
    (summary,) = {line["why"] for line in result["left_accounts"]}
    assert summary == f"now blocked: {result['blocked_accounts'][0]['summary']}"


def test_what_is_left_is_told_in_the_words_of_a_plan_made_now(tmp_path):
    """Whatever somebody wrote into the file beside what its digest covers."""
    office = Weeks(tmp_path, company(SUSPEND, "ACTIVE"))
    lines = office.plan()["accounts"]
    for line in lines:
        line["person"] |= {"login": "kim@example.com", "name": "Kim", "status": "STAGED"}
    office.rewrite("plan.json", accounts=lines)
    office.console("lock", "eve")
    left = office.result(office.apply())["left_accounts"]
    told = {
        (line["change"]["person"]["login"], line["change"]["person"]["status"]) for line in left
    }
    assert told == {("eve@example.com", "LOCKED_OUT")}


def test_what_changed_after_the_last_look_of_the_plan_is_not_run(tmp_path):
    """Each account is read right before its call."""
    with Rehearsal(tmp_path, company(RESET, "ACTIVE")) as office:
        ready = office.prepare(office.plan())
        office.sandbox.change_account(Operation.LOCK, login("eve"))
        result = office.carry_out(ready)
        (line,) = result.accounts
        assert line.outcome.value == "not run"
        assert line.detail == "the account is LOCKED_OUT now; it was planned for ACTIVE"
        assert [path for _, path, _ in office.writes() if "lifecycle" in path] == []
        assert [n.outcome.value for n in result.lines] == ["verified"]
