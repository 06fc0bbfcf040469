"""Access ends on its day only while somebody runs apply: `status` says when nobody does."""

import json
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import CANARY, NOW, Company
from tests.support.harness import Office

COMPANY = Company().tool().bind("kim").granted("kim", "amy")
STATUS = ("--sandbox", "status", "--evidence", "ev")


@pytest.fixture
def office(tmp_path):
    """One good run, at the org's first moment."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    assert office.apply("--evidence", "ev").code == 0
    return office


def later(office, after):
    """The same evidence, looked at when so much time has passed."""
    folder = office.folder / f"{after.total_seconds()}"
    folder.mkdir()
    found = Office(folder, COMPANY, world=replace(COMPANY, now=NOW + after).world())
    shutil.copytree(office.folder / "ev", folder / "ev")
    return found


def status(office, *options):
    """The exit code, and what is known of the one connector."""
    ran = office.run(*STATUS, "--format", "json", *options)
    (one,) = json.loads(ran.out)["connectors"]
    return ran.code, one


@pytest.mark.parametrize(("code", "hours"), [(0, 25), (1, 27), (0, -25), (1, -27)])
def test_a_good_run_is_good_for_so_long(code, hours, office):
    """Twenty-six hours let a daily run be late; a clock that is a day off proves nothing."""
    found = later(office, timedelta(hours=hours))
    ran, one = status(found, "--max-age", "26h")
    assert (ran, one["is_current"]) == (code, code == 0)
    assert abs(one["age_s"] - hours * 3600) < 60
    text = found.run(*STATUS, "--max-age", "26h").out
    assert ("No good run at most 26 h old: okta-prod." in text) is (code == 1)
    assert status(found)[0] == 0


def test_no_run_at_all_is_noticed(tmp_path):
    """A workflow that was never switched on has no age."""
    office = Office(tmp_path, COMPANY)
    ran = office.run(*STATUS)
    assert (ran.code, "no good run is recorded" in ran.out) == (1, True)
    assert status(office) == (
        1,
        {
            "connector": "okta-prod",
            "sandbox": True,
            "is_current": False,
            "age_s": None,
            "last_run": None,
            "last_good_run": None,
            "since": [],
            "held": [],
            "waiting": [],
            "blocked": 0,
        },
    )


def test_runs_that_fail_do_not_hide_the_silence(office):
    """The schedule goes on and every run is refused: the last good one still ages."""
    with office.org() as org:
        org.remove_member("Canary", CANARY)
    office.plan()
    assert office.apply("--evidence", "ev").code == 3
    code, one = status(office)
    assert (code, one["last_run"]["exit_code"], one["last_good_run"]["exit_code"]) == (0, 3, 0)
    assert [run["refusal"].partition(":")[0] for run in one["since"]] == ["canary-not-seen"]
    assert status(later(office, timedelta(hours=27)), "--max-age", "26h")[0] == 1
    assert "ended with exit code 3" in office.run(*STATUS).out


def test_a_run_with_blocked_lines_is_good_and_says_so(tmp_path):
    """It did all it could; what waits is for a person."""
    office = Office(tmp_path, COMPANY.grant("nobody"))
    office.plan()
    assert office.apply("--evidence", "ev").code == 4
    code, one = status(office)
    assert (code, one["blocked"], one["since"]) == (0, 1, [])
    assert "1 line blocked in the last run" in office.run(*STATUS).out


def test_what_was_held_or_failed_in_the_last_run_is_named(tmp_path):
    """Guards by their figures, lines by person and group."""
    strangers = tuple(f"s{n}" for n in range(6))
    company = Company().tool().bind("kim", *strangers, authority="authoritative")
    office = Office(tmp_path, company.granted("kim", "amy"))
    office.plan()
    with office.org() as org:
        org.faults.add(Fault(kind="status", status=403, method="PUT", times=1))
    assert office.apply("--evidence", "ev").code == 3
    code, one = status(office)
    assert (code, [held.partition(":")[0] for held in one["held"]]) == (
        1,
        ["group-removals", "run-removals"],
    )
    assert len(one["waiting"]) == 7
    assert 'refused: add amy@example.com in "AI Clearance - claude - users"' in one["waiting"]


def test_evidence_that_was_tampered_with_is_no_heartbeat(office):
    """A forged good run must not keep the alarm quiet."""
    (path,) = (office.folder / "ev").rglob("*.jsonl")
    path.write_text(path.read_text().replace('"exit_code":0', '"exit_code":4'))
    ran = office.run(*STATUS)
    assert (ran.code, "evidence-broken" in ran.err) == (1, True)


def test_a_heartbeat_needs_no_catalog(office):
    """A job that has checked out the evidence alone judges the connector that it names."""
    shutil.rmtree(office.folder / "catalog")
    (rehearsed,) = (office.folder / "ev").iterdir()
    rehearsed.rename(rehearsed.with_name("okta-prod"))
    named = ("--connector", "okta-prod")
    ran = office.run("status", "--evidence", "ev", "--max-age", "26h", *named)
    assert (ran.code, "there is no catalog" in ran.err) == (1, True)
    assert "run-foreign" in ran.err


@pytest.mark.parametrize("text", ["", "26", "h", "0h", "-1h", "1.5h", "26 h", "1w", "999999d"])
def test_an_age_is_written_in_one_way(text, office):
    """A heartbeat that misreads its limit is none."""
    ran = office.run(*STATUS, f"--max-age={text}")
    assert (ran.code, "duration-invalid" in ran.err) == (64, True)
