"""Okta's limit is used up for a minute: whoever ends the run does not wait for it."""

import os
import signal
import time
from datetime import timedelta

import pytest

from reconciler.cli.session import apply, session
from reconciler.cli.session.deadline import Deadline
from reconciler.sandbox import Fault
from tests.support.builders import Company
from tests.support.harness import Office, outcomes, until

pytestmark = pytest.mark.slow

TEN = tuple(f"p{number}" for number in range(10))
COMPANY = Company().tool().bind().granted(*TEN)
APPLY = ("--sandbox", "apply", "plan.json", "--yes")
SOON_S = 30


@pytest.fixture
def office(tmp_path):
    """A reviewed plan of ten additions, and an org that has no room for writes."""
    found = Office(tmp_path, COMPANY)
    found.plan()
    with found.org() as org:
        org.faults.add(Fault(kind="status", status=429, method="PUT", seconds=80, times=0))
    return found


def carries_on(office):
    """The next run does the rest, each line once."""
    with office.org() as org:
        org.faults.clear()
    ran = office.apply()
    assert ran.code == 0
    assert "was cut short" not in ran.err
    assert sorted(office.events()) == sorted(("add", name) for name in TEN)


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_sigterm_ends_the_wait_at_once(office):
    """Every line was turned away unread or never sent, so every line is *not run*."""
    began = time.monotonic()
    process = office.start(*APPLY)
    until(lambda: sum(e["event"] == "intent" for e in office.journal()) >= 4, process)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate()
    assert time.monotonic() - began < SOON_S, err
    assert process.returncode == 130

    (path,) = [line.removeprefix("result: ") for line in err.splitlines() if "result: " in line]
    result = office.read(path)
    assert result["interrupted"] is True
    assert set(outcomes(result).values()) == {"not run"}
    journal = [e["event"] for e in office.journal()]
    assert journal.count("intent") == journal.count("outcome")
    carries_on(office)


def test_a_wait_beyond_the_minutes_is_not_begun(office):
    """Finished, but some lines are not run: exit code 4, and why is said of each."""
    began = time.monotonic()
    ran = office.apply("--max-minutes", "1")
    assert time.monotonic() - began < SOON_S
    assert ran.code == 4
    result = office.result(ran)
    assert set(outcomes(result).values()) == {"not run"}
    assert (result["interrupted"], result["stopped_by"]) == (False, "")
    assert all("--max-minutes" in line["detail"] for line in result["lines"])
    carries_on(office)


def test_minutes_that_are_enough_change_nothing(office):
    """The option is only a bound."""
    with office.org() as org:
        org.faults.clear()
    assert office.apply("--max-minutes", "5").code == 0
    assert {"verified"} == {
        outcome
        for run in (office.folder / ".reconciler" / "results").glob("*.json")
        for outcome in outcomes(office.read(str(run))).values()
    }


@pytest.mark.parametrize("minutes", ["0", "-1", "soon"])
def test_minutes_that_are_none_are_a_usage_error(minutes, office):
    """Before anything is asked."""
    assert office.apply("--max-minutes", minutes).code == 64


@pytest.fixture
def short(monkeypatch):
    """A run whose one minute is over after two seconds, and its grace after two more."""

    def hurried(**more):
        began_at = more.pop("began_at") - timedelta(seconds=58)
        return Deadline(began_at=began_at, **more)

    monkeypatch.setattr(session, "Deadline", hurried)
    monkeypatch.setattr(apply, "GRACE_S", 2.0)


def slow(office, method):
    """Memberships are answered in an hour; how the run ended, soon after its minute was over."""
    with office.org() as org:
        org.faults.clear()
        path = "*/groups/*/users*"
        org.faults.add(Fault(kind="delay", method=method, path=path, seconds=3600, times=0))
    began = time.monotonic()
    ran = office.apply("--max-minutes", "1")
    assert time.monotonic() - began < SOON_S
    return ran


@pytest.mark.usefixtures("short")
def test_an_answer_to_a_write_is_not_waited_for_beyond_the_minutes(office):
    """Finished in time, with its lines told: some may have been done, and nobody knows yet."""
    ran = slow(office, "PUT")
    lines = office.result(ran)["lines"]
    assert (ran.code, {n["outcome"] for n in lines}) == (4, {"failed", "not run"})
    told = {n["detail"] for n in lines if n["outcome"] == "failed"}
    assert all("before the time of this run was over" in detail for detail in told)
    carries_on(office)


@pytest.mark.usefixtures("short")
def test_an_answer_to_a_read_is_not_waited_for_either(office):
    """That the time was over is said, and not that somebody is missing."""
    ran = slow(office, "GET")
    assert ran.code == 1
    assert "error: run-ending\n  the 1 minute of --max-minutes were over" in ran.err
    carries_on(office)
