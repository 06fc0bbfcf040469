"""What Okta accepted and does not show is not done: it is said, looked at again, and said again."""

import json

import pytest

from reconciler.execution import readback
from reconciler.sandbox import Fault
from tests.support.builders import Company
from tests.support.harness import Office, members_path, outcomes

ACCEPTED = "accepted, not yet visible"


@pytest.fixture
def office(tmp_path, monkeypatch):
    """One person's grant has ended, one is granted, and the group's list stands still."""
    monkeypatch.setattr(readback, "WAITS_S", (0.0, 0.01))
    company = Company().tool().bind("kim", "lee", "old").granted("kim", "lee", "amy").ended("old")
    office = Office(tmp_path, company)
    with office.org() as org:
        lag = Fault(kind="lag", method="GET", path=members_path(), seconds=3600, times=0)
        org.faults.add(lag)
    return office


def run(office, *options):
    """A scheduled run that nobody watches, with evidence."""
    return office.run("--sandbox", "apply", "--scheduled", "--yes", "--evidence", "ev", *options)


def catch_up(office):
    """The list shows what it holds again."""
    with office.org() as org:
        org.faults.clear()


def test_an_accepted_write_that_does_not_show_needs_a_person(office):
    """The exit code is that of a run with lines left, so the issue about it stays open."""
    ran = run(office)
    assert ran.code == 4
    assert outcomes(office.result(ran)) == {
        "add amy claude/users": ACCEPTED,
        "remove old claude/users": ACCEPTED,
    }
    assert "0 of 2 changes done" in ran.out
    assert "All" not in ran.out


def test_the_next_run_looks_again_and_names_what_it_finds(office):
    """It tries once more, and says since when Okta owes an answer."""
    first = run(office)
    name = office.result(first)["run"]
    second = run(office)
    assert second.code == 4
    for words in ("removal of old@example.com", "addition of amy@example.com"):
        assert f"Okta accepted the {words}" in second.out
    assert f"in run {name}" in second.out
    told = office.result(second)["warnings"]
    assert [w["code"] for w in told] == ["write-not-visible"] * 2
    assert {p["login"] for w in told for p in w["people"]} == {"amy@example.com", "old@example.com"}


def test_what_came_to_be_visible_is_not_named_any_more(office):
    """Then it is done, and the run that finds it so ends well."""
    run(office)
    catch_up(office)
    ran = run(office)
    assert (ran.code, office.result(ran)["warnings"]) == (0, [])
    assert "accepted" not in ran.out


def test_a_plan_names_it_too_by_the_journal_beside_the_catalog(office):
    """Whoever plans next on this machine sees it, with evidence or without."""
    assert office.run("--sandbox", "apply", "--scheduled", "--yes").code == 4
    (first, second) = office.plan()["warnings"]
    assert {first["code"], second["code"]} == {"write-not-visible"}
    catch_up(office)
    assert office.plan()["warnings"] == []


def test_status_counts_it_among_what_waits(office):
    """A heartbeat that looks at the last run sees the lines."""
    run(office)
    ran = office.run("--sandbox", "status", "--evidence", "ev", "--format", "json")
    (row,) = json.loads(ran.out)["connectors"]
    assert sorted(line.partition(":")[0] for line in row["waiting"]) == [ACCEPTED, ACCEPTED]


def test_a_review_is_told_that_the_line_is_not_done(office):
    """`show --reviewed` names it as reviewed and not done."""
    office.plan()
    ran = office.apply()
    (path,) = [line for line in ran.err.splitlines() if line.startswith("result: ")]
    shown = office.run("show", path.removeprefix("result: "), "--reviewed", "plan.json")
    assert shown.code == 10
    assert "Reviewed, and not done" in shown.out
