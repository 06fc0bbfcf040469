"""A lost answer is settled by what Okta shows, and a limit that is used up leaves the rest."""

from dataclasses import replace

import pytest

from reconciler.sandbox import Fault, Operation, Options
from tests.support.builders import Company
from tests.support.harness import Rehearsal, without

pytestmark = pytest.mark.slow

APPROVAL = {"ticket": "HR-7", "requested_by": "hr@example.com", "approved_at": "2026-11-22T08:30Z"}
BY_DESK = {**APPROVAL, "approved_by": "it-desk@example.com"}
BY_TWO = {**APPROVAL, "approved_by": ["it-admins@example.com", "it-desk@example.com"]}
PARTED = {"state": "deactivated", "reason": "left the company", "approval": BY_TWO}
STOLEN = {"state": "suspended", "reason": "laptop stolen", "approval": BY_DESK}
BASE = Company().with_lifecycle().tool().bind("kim", "eve").granted("kim").ended("eve")
LEAVER = BASE.account("eve", **PARTED)
FOREVER = {"times": 0}
DEACTIVATE = "/api/v1/users/*/lifecycle/deactivate"
SUSPEND = "/api/v1/users/*/lifecycle/suspend"
SESSIONS = "/api/v1/users/*/sessions"


def rehearsed(folder, company, **options):
    """The company, in memory; the org may take its time."""
    return Rehearsal(folder, company, replace(company.world(), options=Options(**options)))


def ends(result):
    """How each line ended, by what it does and to whom."""
    lines = (*result.accounts, *result.lines)
    return {
        f"{n.change.action.value} {without(n.change.person.login)}": n.outcome.value for n in lines
    }


def sent(office, word):
    """How often a request of that kind was sent, apart from reads."""
    return sum(1 for _, path, _ in office.writes() if path.endswith(word))


ALL_DONE = dict.fromkeys(["deactivate eve", "clear-sessions eve", "remove eve"], "verified")


def test_a_deactivation_whose_answer_was_lost_is_read_back(tmp_path):
    """Okta closed the account; a second call would be answered with 404."""
    with rehearsed(tmp_path, LEAVER) as office:
        made = office.plan()
        office.sandbox.faults.add(Fault(kind="after-write", path=DEACTIVATE, **FOREVER))
        assert ends(office.apply(made)) == ALL_DONE
        assert sent(office, "/deactivate") == 1
        assert office.plan().accounts == ()


def test_sessions_whose_end_was_not_answered_are_looked_for_in_the_log(tmp_path):
    """The status does not show them."""
    with rehearsed(tmp_path, LEAVER) as office:
        made = office.plan()
        office.sandbox.faults.add(Fault(kind="after-write", path=SESSIONS, **FOREVER))
        assert ends(office.apply(made)) == ALL_DONE
        assert sent(office, "/sessions") == 1


@pytest.mark.parametrize(
    "fault", [{"kind": "cut"}, {"kind": "html", "status": 502}, {"kind": "status", "status": 500}]
)
def test_a_deactivation_that_never_arrived_is_left_to_the_next_plan(tmp_path, fault):
    """It failed, what is known is said, and the person loses the rest all the same."""
    with rehearsed(tmp_path, LEAVER) as office:
        made = office.plan()
        office.sandbox.faults.add(Fault(path=DEACTIVATE, **FOREVER, **fault))
        result = office.apply(made)
        assert ends(result) == ALL_DONE | {"deactivate eve": "failed"}
        (line,) = [n for n in result.accounts if n.change.action.value == "deactivate"]
        assert line.status == "ACTIVE"
        assert line.detail.endswith("it shows the account as ACTIVE")
        assert sum(1 for _, path, _ in office.writes() if path.endswith("/deactivate")) <= 1
        office.sandbox.faults.clear()
        assert "deactivate" in [n.action.value for n in office.plan().accounts]


def test_an_account_is_waited_for_until_okta_has_closed_it(tmp_path):
    """Deactivation goes on after its answer, for half a minute here."""
    with rehearsed(tmp_path, LEAVER, transition_lag=30.0) as office:
        result = office.apply(office.plan())
        assert ends(result) == ALL_DONE
        assert {line.status for line in result.accounts} == {"DEPROVISIONED", ""}
        assert 30 <= office.seconds <= 60


def test_an_account_that_is_not_closed_in_time_is_not_called_closed(tmp_path):
    """It is accepted and no more; the run ends all the same."""
    with rehearsed(tmp_path, LEAVER, transition_lag=3600.0) as office:
        result = office.apply(office.plan())
        assert ends(result)["deactivate eve"] == "accepted, not yet visible"
        assert office.seconds < 120


def test_a_log_that_lags_longer_than_the_run_verifies_no_session(tmp_path):
    """The suspension is verified by the status, the sessions are only accepted."""
    stolen = BASE.account("eve", **STOLEN)
    with rehearsed(tmp_path, stolen, log_delay=60.0) as office:
        assert ends(office.apply(office.plan())) == {
            "suspend eve": "verified",
            "clear-sessions eve": "accepted, not yet visible",
            "remove eve": "verified",
        }


SEVERAL = BASE.person("ann").person("bob").account("eve", **STOLEN).account("ann", **STOLEN)


def test_a_storm_of_429s_leaves_the_accounts_to_another_run(tmp_path):
    """Nothing was changed, nothing is said to be, memberships go on, and the next run does it."""
    with rehearsed(tmp_path, SEVERAL) as office:
        made = office.plan()
        storm = Fault(kind="status", status=429, path=SUSPEND, seconds=30, **FOREVER)
        office.sandbox.faults.add(storm)
        result = office.apply(made)
        assert result.stopped_by == ""
        assert sorted(set(ends(result).values())) == ["failed", "not run", "verified"]
        assert ends(result)["remove eve"] == "verified"
        assert [n.outcome.value for n in result.accounts] == ["failed", *["not run"] * 3]
        office.sandbox.faults.clear()
        after = office.apply(office.plan())
        assert set(ends(after).values()) == {"verified"}
        assert len(after.accounts) == 4


def test_a_429_that_passes_is_waited_for(tmp_path):
    """It was refused unread, so the call is still sent once as far as Okta knows."""
    with rehearsed(tmp_path, LEAVER) as office:
        made = office.plan()
        office.sandbox.faults.add(Fault(kind="status", status=429, path=DEACTIVATE, seconds=30))
        assert ends(office.apply(made)) == ALL_DONE
        assert [s for _, path, s in office.writes() if path.endswith("/deactivate")] == [429, 200]


def test_what_another_admin_did_meanwhile_is_already_so(tmp_path):
    """Between the plan and its apply the account was closed in the console."""
    with rehearsed(tmp_path, LEAVER) as office:
        ready = office.prepare(office.plan())
        office.sandbox.change_account(Operation.DEACTIVATE, "eve@example.com")
        result = office.carry_out(ready)
        assert ends(result)["deactivate eve"] == "already so"
        assert sent(office, "/deactivate") == 0


def test_nobody_is_added_before_okta_shows_their_account_again(tmp_path):
    """The addition is not run where the account is not seen to be back."""
    back = (
        Company()
        .with_lifecycle()
        .tool()
        .bind("kim")
        .person("eve", status="SUSPENDED")
        .granted("kim", "eve")
        .account("eve", state="active", reason="found the laptop", approval=BY_TWO)
    )
    unsuspend = "/api/v1/users/*/lifecycle/unsuspend"
    with rehearsed(tmp_path, back) as office:
        made = office.plan()
        office.sandbox.faults.add(Fault(kind="cut", path=unsuspend, **FOREVER))
        assert ends(office.apply(made)) == {"unsuspend eve": "failed", "add eve": "not run"}
        assert office.members() == {"kim"}
        office.sandbox.faults.clear()
        assert ends(office.apply(office.plan())) == {
            "unsuspend eve": "verified",
            "add eve": "verified",
        }
        assert office.members() == {"kim", "eve"}


def test_who_is_locked_out_and_forgot_the_password_gets_both_by_one_run(tmp_path):
    """The lock is lifted before the reset, which would else end it and leave nothing to unlock."""
    asked = {"requested_at": "2026-11-22T08:30Z", "reason": "called in", "approval": BY_DESK}
    company = BASE.person("ann", status="LOCKED_OUT")
    company = company.account("ann", unlock=asked, password_reset=asked)
    with rehearsed(tmp_path, company) as office:
        result = office.apply(office.plan())
        assert ends(result) == dict.fromkeys(
            ["unlock ann", "reset-password ann", "remove eve"], "verified"
        )
        after = office.plan()
        assert (after.accounts, after.blocked_accounts) == ((), ())
