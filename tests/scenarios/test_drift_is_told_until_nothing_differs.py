"""Drift is told until nothing differs, and doubt is never taken for the absence of drift."""

import json

import pytest

from reconciler.cli.exit_codes import ExitCode
from tests.support.builders import Company, group_name
from tests.support.harness import Office

COMPANY = Company().tool().bind().granted("jane").group(group_name(), "jane", "joe")
MARKER = "<!-- reconciler:drift:okta-prod -->\n"


@pytest.fixture
def office(tmp_path):
    """A company in which nobody granted joe anything, and he is in the group."""
    return Office(tmp_path, COMPANY.person("joe").person("amy"))


def drift(office, *options):
    """The report of the one connector."""
    return office.run("--sandbox", "drift", *options)


def test_a_member_nobody_approved_is_told_and_nothing_is_changed(office):
    """The report names the class, and leaves Okta as it is."""
    ran = drift(office)

    assert ran.code == ExitCode.CHANGES
    assert "Present, but unapproved (1)" in ran.out
    assert "joe@example.com" in ran.out
    assert office.members() == {"jane", "joe"}


def test_the_report_is_clean_once_somebody_settled_it(office):
    """The same marker over both, so that one issue is opened and closed."""
    before = drift(office, "--format", "markdown")
    office.run("--sandbox", "sandbox", "member", "remove", group_name(), "joe@example.com")
    after = drift(office, "--format", "markdown")

    assert (before.code, after.code) == (ExitCode.CHANGES, ExitCode.OK)
    assert before.out.startswith(MARKER)
    assert after.out.startswith(MARKER)
    assert "No drift" in after.out


def test_a_grant_that_is_not_applied_yet_is_drift_too(office):
    """Git says so, and Okta does not."""
    office.write(COMPANY.granted("joe", "amy"))
    content = json.loads(drift(office, "--format", "json").out)

    assert [row["person"]["login"] for row in content["missing"]] == ["amy@example.com"]
    assert content["unapproved"] == content["uncompared"] == []


def test_a_grant_of_nobody_is_drift(office):
    """It is blocked, and access that git promises is not there."""
    office.write(COMPANY.granted("joe").grant("ghost"))
    ran = drift(office)
    assert ran.code == ExitCode.CHANGES
    assert "subject-missing" in ran.out
    assert "No drift" not in ran.out


def test_access_past_its_end_is_drift_until_it_is_removed(office):
    """Until the next run it is there, and git says it should not be."""
    office.write(COMPANY.ended("joe"))
    ran = drift(office)
    assert ran.code == ExitCode.CHANGES
    assert "Ended, but present (1)" in ran.out


def test_a_group_that_cannot_be_read_is_not_clean(office):
    """An issue that closed on a refused read would hide what it is for."""
    office.run("--sandbox", "sandbox", "member", "remove", group_name(), "joe@example.com")
    office.run(
        *("--sandbox", "sandbox", "fault", "add", "--status", "403", "--path", "*/users"),
        *("--times", "9"),
    )
    ran = drift(office)

    assert ran.code == ExitCode.PARTIAL
    assert "this is not clean" in ran.out


def test_people_can_be_left_out_of_an_issue_that_many_read(office):
    """As in a plan: by id alone, or by a hash."""
    assert "joe@example.com" not in drift(office, "--redact", "ids").out
