"""Activating and deactivating go on after Okta's answer: nothing is decided or sent meanwhile."""

from dataclasses import replace

import pytest

from reconciler.sandbox import Operation, Options
from tests.scenarios.passing_time import Weeks, account_codes, account_lines, approved
from tests.support.builders import Company, login
from tests.support.harness import Rehearsal

pytestmark = pytest.mark.slow

AGREED = approved("2026-11-22T08:00Z")
REQUEST = {"requested_at": "2026-11-22T08:30Z", "reason": "cannot sign in", "approval": AGREED}
WORDS = {
    "suspended": {"state": "suspended", "reason": "stolen", "approval": AGREED},
    "active": {"state": "active", "reason": "found", "approval": AGREED},
    "deactivated": {"state": "deactivated", "reason": "left", "approval": AGREED},
    "password_reset": {"password_reset": REQUEST},
    "unlock": {"unlock": REQUEST},
}
BASE = Company().with_lifecycle().tool().bind("kim").granted("kim")
WHY = ("--reason", "stolen", "--ticket", "SEC-88", "--by", "it-admins@example.com", "--yes")


def slow_org(company, seconds):
    """The company's org, which takes so long."""
    return replace(company.world(), options=Options(transition_lag=seconds))


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize(
    ("status", "hand", "going"),
    [("ACTIVE", "deactivate", "DEPROVISIONED"), ("DEPROVISIONED", "activate", "PROVISIONED")],
)
def test_a_plan_says_so_and_decides_nothing(status, hand, going, words, tmp_path):
    """Whatever the file asks for; once Okta has finished, the next plan decides."""
    company = BASE.person("eve", status=status).account("eve", **words)
    office = Weeks(tmp_path, company, world=slow_org(company, 60.0))
    office.console(hand, "eve")
    made = office.plan()
    assert (account_lines(made), account_codes(made)) == ([], {"eve": "account-in-transition"})
    assert made["blocked_accounts"][0]["summary"].endswith(f"{login('eve')} {going}")
    assert (office.apply().code, office.status("eve")) == (4, status)
    ran = office.run("--sandbox", "user", "suspend", login("eve"), *WHY)
    assert (ran.code, "error: account-in-transition\n" in ran.err) == (3, True)

    office.wait(minutes=1)
    assert office.status("eve") == going
    assert "account-in-transition" not in account_codes(office.plan()).values()
    assert [event for event, _, _ in office.happened()] == [hand]


def test_an_apply_waits_before_it_sends(tmp_path):
    """An admin closes the account between the last look of the plan and its line."""
    company = BASE.person("eve").account("eve", **WORDS["deactivated"])
    with Rehearsal(tmp_path, company, slow_org(company, 20.0)) as office:
        ready = office.prepare(office.plan())
        office.sandbox.change_account(Operation.DEACTIVATE, login("eve"))
        result = office.carry_out(ready)
        assert [n.outcome.value for n in result.accounts] == ["verified", "already so"]
        assert office.seconds >= 20
        assert [path for _, path, _ in office.writes() if "lifecycle" in path] == []


def test_an_apply_that_cannot_wait_so_long_sends_nothing(tmp_path):
    """Okta would refuse it, and the next plan knows more."""
    company = BASE.person("eve").account("eve", **WORDS["password_reset"])
    with Rehearsal(tmp_path, company, slow_org(company, 3600.0)) as office:
        ready = office.prepare(office.plan())
        office.sandbox.change_account(Operation.DEACTIVATE, login("eve"))
        (line,) = office.carry_out(ready).accounts
        assert line.outcome.value == "not run"
        assert line.detail == "Okta is still moving the account to DEPROVISIONED"
        assert office.writes() == []


def test_who_is_still_being_activated_is_not_said_to_be_back(tmp_path):
    """It is verified once Okta shows it, and only accepted where that takes too long."""
    company = BASE.person("eve", status="DEPROVISIONED").account("eve", **WORDS["active"])
    for seconds, outcome, status in (
        (30.0, "verified", "PROVISIONED"),
        (3600.0, "accepted, not yet visible", "DEPROVISIONED"),
    ):
        with Rehearsal(tmp_path / outcome[:8], company, slow_org(company, seconds)) as office:
            (line,) = office.apply(office.plan()).accounts
            assert (line.outcome.value, line.status) == (outcome, status)
            codes = [blocked.code for blocked in office.plan().blocked_accounts]
            assert codes == ([] if outcome == "verified" else ["account-in-transition"])
            assert len(office.writes()) == 1
