"""Validity never changes because a day passed: only what is planned does."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.catalog.packaged import packaged_catalog
from tests.support.builders import NOW, Company, group_id, group_name, user_id
from tests.support.harness import Office, changes

pytestmark = pytest.mark.slow

DAYS = (-400, -1, 0, 1, 8, 30, 180, 366, 3650)
COMPANY = (
    Company()
    .tool(policy={"max_duration": "180d", "approvers": [{"email": "lead@example.com"}]})
    .bind("amy", "old", authority="authoritative")
    .granted("amy", expires="2026-12-31")
    .ended("old")
    .granted("bob", starts="2026-12-01", expires="2027-02-28")
    .granted(
        "cid",
        expires="2026-11-30",
        revoked={"at": "2026-11-25", "by": "lead@example.com", "reason": "left the project"},
    )
    .file(
        "acknowledgements/one.yaml",
        {
            "guard": "group-removals",
            "connector": "okta-prod",
            "group": group_id(group_name()),
            "people": [user_id("old")],
            "reason": "moved to another tool",
            "by": "lead@example.com",
            "expires": "2026-11-27",
        },
    )
    .file(
        "connectors/okta-old.yaml",
        {
            "id": "okta-old",
            "type": "okta",
            "name": "Okta old",
            "domain": "https://acme-old.okta.com",
            "disabled": True,
            "auth": {
                "method": "ssws",
                "token": {"env": "OKTA_OLD_TOKEN"},
                "rotated_at": "2024-01-01",
                "max_age": "90d",
            },
        },
    )
)
"""A grant of each age, an exception about to lapse, and a credential that is overdue."""


def at(days):
    """So many days from the builder's now."""
    return NOW + timedelta(days=days)


def named(days):
    """A test's name: the date."""
    return at(days).date().isoformat()


@pytest.fixture
def today(tmp_path):
    """What validation says today."""
    ran = Office(tmp_path / "today", COMPANY).run("validate", "--format", "json")
    assert ran.code == 0, ran
    return ran.out


@pytest.mark.parametrize("days", DAYS, ids=named)
def test_validation_says_the_same_on_every_day(days, today, tmp_path):
    """In an org whose clock shows that day, with nothing else changed."""
    office = Office(tmp_path, replace(COMPANY, now=at(days)))
    assert office.run("validate", "--format", "json").out == today
    assert office.run("--sandbox", "plan").code == 0
    assert office.run("validate", "--format", "json").out == today


@pytest.mark.parametrize("days", DAYS, ids=named)
def test_a_plan_can_be_asked_for_on_every_day(days, tmp_path):
    """From today's org: neither an error nor a complaint about the files."""
    office = Office(tmp_path, COMPANY)
    ran = office.run("--sandbox", "plan", "--as-of", at(days).isoformat())
    assert ran.code == 0, ran
    assert f"as of: {at(days):%Y-%m-%d %H:%M} UTC" in ran.out


@pytest.mark.parametrize(
    ("as_of", "lines"),
    [
        ("2026-11-22", ["remove old claude/users", "add cid claude/users"]),
        ("2026-11-24", ["remove old claude/users", "add cid claude/users"]),
        ("2026-11-26", ["remove old claude/users"]),
        ("2026-12-01", ["remove old claude/users", "add bob claude/users"]),
        ("2026-12-31", ["remove old claude/users", "add bob claude/users"]),
        (
            "2027-01-01",
            ["remove amy claude/users", "remove old claude/users", "add bob claude/users"],
        ),
        ("2027-03-01", ["remove amy claude/users", "remove old claude/users"]),
    ],
)
def test_what_the_days_bring_is_in_the_plan(as_of, lines, tmp_path):
    """The files say when; nobody edits them for it."""
    assert changes(Office(tmp_path, COMPANY).plan("--as-of", as_of)) == lines


def test_the_example_company_never_ages(tmp_path):
    """Ten years from now it is as valid as on the day it was written."""
    shutil.copytree(packaged_catalog(), tmp_path / "catalog")
    office = Office(tmp_path / "run", Company())
    shutil.rmtree(office.folder / "catalog")
    shutil.copytree(packaged_catalog(), office.folder / "catalog")
    first = office.run("validate", "--format", "json")
    assert first.code == 0
    for year in (2026, 2027, 2036):
        day = datetime(year, 12, 31, tzinfo=UTC).date().isoformat()
        ran = office.run("--sandbox-file", "own/org.db", "plan", "--as-of", day)
        assert ran.code == 0, ran
    assert office.run("validate", "--format", "json") == first


def test_a_grant_that_ended_long_ago_is_still_the_record(tmp_path):
    """Its file may lie there for years: the person is ended, not unapproved."""
    company = Company().tool().bind("old").ended("old")
    office = Office(tmp_path, company)
    made = office.plan("--as-of", "2036-01-01")
    assert changes(made) == ["remove old claude/users"]
    assert made["changes"][0]["reason"] == "the grant ended with 2026-11-15"


def test_an_end_and_a_drift_are_told_apart_in_one_run(tmp_path):
    """The ended member goes by their grant, the stray by the group's authority, each counted so."""
    company = Company().tool().bind("amy", "old", "stray", authority="authoritative")
    company = company.granted("amy").ended("old")
    office = Office(tmp_path, company)
    made = office.plan()
    classes = {c["person"]["login"].partition("@")[0]: c["member_class"] for c in made["changes"]}
    assert classes == {"old": "ended", "stray": "unapproved"}
    assert office.apply().code == 0
    assert changes(office.plan()) == []
    assert office.events() == [("remove", "old"), ("remove", "stray")]


def test_a_person_whose_grant_ended_is_not_brought_back_by_the_next_run(tmp_path):
    """An expired grant is no wish, however often the files are read."""
    office = Office(tmp_path, Company().tool().bind("old").ended("old"))
    for _ in range(3):
        office.plan()
        assert office.apply().code == 0
    assert office.members() == set()
    assert office.events() == [("remove", "old")]
