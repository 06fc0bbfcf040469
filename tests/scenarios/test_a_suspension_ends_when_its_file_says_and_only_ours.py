"""Weeks of runs: only a reviewed one changes accounts, and what an admin decided is asked about."""

import pytest

from tests.scenarios.passing_time import Weeks, account_codes, account_lines, approved, ends
from tests.support.builders import Company, group_name
from tests.support.harness import blocked, changes, outcomes

pytestmark = pytest.mark.slow

AGREED = approved("2026-11-22T08:00Z")
LEAVE = {"state": "suspended", "until": "2026-11-25", "reason": "leave", "approval": AGREED}
STOLEN = {"state": "suspended", "reason": "laptop stolen", "approval": AGREED}
ASKED = {"requested_at": "2026-11-22T08:30Z", "reason": "forgot it", "approval": AGREED}
COMPANY = (
    Company()
    .with_lifecycle()
    .tool()
    .bind("kim", "old", "eve")
    .granted("kim", "eve")
    .ended("old")
    .tool("cursor")
    .bind(tool="cursor")
)
OUR_TWO = [("suspend", "eve", "svc"), ("clear", "eve", "svc")]


@pytest.fixture
def office(tmp_path):
    """Eve is on leave until the 25th; her account is suspended by a reviewed run on the 22nd."""
    found = Weeks(tmp_path, COMPANY.account("eve", **LEAVE))
    assert ends(found.reviewed()) == dict.fromkeys(
        ("suspend eve", "clear-sessions eve"), "verified"
    )
    return found


def test_account_lines_wait_day_after_day_and_memberships_do_not(tmp_path):
    """Nobody looks at a scheduled run; a request that is not reviewed in time is never done."""
    company = COMPANY.person("amy").account("amy", password_reset=ASKED).account("eve", **STOLEN)
    office = Weeks(tmp_path, company)
    waiting = dict.fromkeys(("suspend eve", "clear-sessions eve"), "not run")
    code, first = office.scheduled()
    assert (code, ends(first)) == (4, {**waiting, "reset-password amy": "not run"})
    assert {line["detail"] for line in first["accounts"]} == {
        "waits: an account is changed by a reviewed plan"
    }
    assert outcomes(first) == {"remove old claude/users": "verified"}
    for day in range(1, 15):
        office.wait(days=1)
        code, result = office.scheduled()
        assert (code, ends(result)) == (4, waiting)
        told = {"amy": "account-request-lapsed"} if day < 7 else {}
        assert account_codes(result) == told, day
    assert office.happened() == []
    assert ends(office.reviewed()) == dict.fromkeys(waiting, "verified")
    assert office.happened() == OUR_TWO
    assert office.members() == {"kim", "eve"}


def test_it_lasts_through_its_last_day_and_is_ended_by_the_next_review(office):
    """Not a minute earlier, not by a scheduled run, and not twice."""
    office.wait(days=3, hours=14)  # 23:00 on the 25th
    assert office.plan()["accounts"] == []
    office.wait(hours=1)
    for _ in range(3):
        assert ends(office.scheduled()[1]) == {"unsuspend eve": "not run"}
        office.wait(days=1)
    assert ends(office.reviewed()) == {"unsuspend eve": "verified"}
    assert office.status("eve") == "ACTIVE"
    assert office.plan()["accounts"] == office.plan()["blocked_accounts"] == []
    assert office.happened() == [*OUR_TWO, ("unsuspend", "eve", "svc")]


def test_another_admins_suspension_is_not_ended(office):
    """It was given back and taken again by somebody who had a reason; they are named.

    While it is what the file wants, the sessions end that began in between.
    """
    office.wait(days=1)
    office.console("unsuspend", "eve")
    office.console("suspend", "eve")
    assert ends(office.reviewed()) == {"clear-sessions eve": "verified"}
    office.wait(days=5)
    made = office.plan()
    assert (made["accounts"], account_codes(made)) == ([], {"eve": "account-suspended-by-other"})
    assert "by Org Admin" in made["blocked_accounts"][0]["summary"]
    assert ends(office.reviewed()) == {}

    back = {"state": "active", "reason": "back", "approval": approved("2026-11-28T08:59Z")}
    office.write(COMPANY.account("eve", **back))
    assert ends(office.reviewed()) == {"unsuspend eve": "verified"}


def test_an_account_that_another_admin_gave_back_is_asked_about(office):
    """Until somebody says again that it is to be suspended, a week of runs does nothing."""
    office.wait(days=1)
    office.console("unsuspend", "eve")
    for _ in range(7):
        assert account_codes(office.scheduled()[1]) == {"eve": "account-given-back"}
        assert office.plan()["accounts"] == []
        office.write(COMPANY.account("eve", **STOLEN))
        office.wait(days=1)
    assert office.status("eve") == "ACTIVE"

    later = {**STOLEN, "approval": approved("2026-11-30T08:59Z")}
    office.write(COMPANY.account("eve", **later))
    assert ends(office.reviewed()) == dict.fromkeys(
        ("suspend eve", "clear-sessions eve"), "verified"
    )


def test_who_returns_is_given_only_what_was_approved_since(office):
    """Their sessions were cleared after the old approvals: whoever agreed then did not know."""
    office.write(COMPANY.account("eve", **LEAVE).grant("eve", tool="cursor"))
    assert blocked(office.plan()) == [("person-declared-suspended", "cursor/users", "eve")]
    office.wait(days=4)
    assert ends(office.reviewed()) == {"unsuspend eve": "verified"}
    made = office.plan()
    assert (changes(made), blocked(made)) == ([], [("access-taken-since", "cursor/users", "eve")])
    assert blocked(office.scheduled()[1]) == blocked(made)

    anew = {"ticket": "AI-9", "approved_by": "lead@example.com", "approved_at": "2026-11-26T08:59Z"}
    office.write(COMPANY.account("eve", **LEAVE).grant("eve", tool="cursor", approval=anew))
    code, result = office.scheduled()
    assert (code, outcomes(result)) == (0, {"add eve cursor/users": "verified"})
    assert office.members(group_name("cursor")) == {"eve"}


def test_who_returns_is_added_only_after_okta_shows_it(office):
    """Okta refuses the end of the suspension: the addition of the same plan is not run."""
    anew = {"ticket": "AI-9", "approved_by": "lead@example.com", "approved_at": "2026-11-25"}
    office.write(COMPANY.account("eve", **LEAVE).grant("eve", tool="cursor", approval=anew))
    office.wait(days=4)
    made = office.plan()
    assert (account_lines(made), changes(made)) == (["unsuspend eve"], ["add eve cursor/users"])
    code, waits = office.scheduled()
    assert (code, outcomes(waits)) == (4, {"add eve cursor/users": "not run"})
    path = "/api/v1/users/*/lifecycle/unsuspend"
    fault = ("--kind", "status", "--status", "400", "--method", "POST", "--path", path)
    assert office.run("sandbox", "fault", "add", *fault).code == 0
    result = office.reviewed()
    assert ends(result) == {"unsuspend eve": "refused"}
    assert outcomes(result) == {"add eve cursor/users": "not run"}
    assert office.members(group_name("cursor")) == set()

    result = office.reviewed()
    assert ends(result) == {"unsuspend eve": "verified"}
    assert outcomes(result) == {"add eve cursor/users": "verified"}


def test_who_returns_and_forgot_the_password_gets_both_by_two_reviews(office):
    """A suspended account has no password to reset; that we gave it back makes nothing unclear."""
    back = {"state": "active", "reason": "back", "approval": approved("2026-11-23T08:30Z")}
    asked = {**ASKED, "requested_at": "2026-11-23T08:30Z", "approval": back["approval"]}
    office.wait(days=1)
    office.write(COMPANY.account("eve", **back, password_reset=asked))
    assert account_codes(office.plan()) == {"eve": "account-status-unsuitable"}
    assert ends(office.reviewed()) == {"unsuspend eve": "verified"}
    assert ends(office.reviewed()) == {"reset-password eve": "verified"}
    made = office.plan()
    assert (made["accounts"], account_codes(made)) == ([], {})


@pytest.mark.parametrize("hands", [("unsuspend",), ("unsuspend", "suspend", "unsuspend")])
def test_that_another_admin_gave_it_back_leaves_the_request_unclear(office, hands):
    """They may have helped the person, too."""
    back = {"state": "active", "reason": "back", "approval": approved("2026-11-23T08:30Z")}
    asked = {**ASKED, "requested_at": "2026-11-23T08:30Z", "approval": back["approval"]}
    office.wait(days=1)
    for hand in hands:
        office.console(hand, "eve")
    office.write(COMPANY.account("eve", **back, password_reset=asked))
    made = office.plan()
    assert (made["accounts"], account_codes(made)) == ([], {"eve": "account-request-unclear"})
