"""A result is held against its review: whoever reviewed learns what was done otherwise."""

import pytest

from reconciler.cli.exit_codes import ExitCode
from tests.builders import Company, group_name
from tests.harness import Office

COMPANY = Company().tool().bind().granted("jane", "amy").ended("old")


@pytest.fixture
def office(tmp_path):
    """Two to add and one to remove, planned."""
    found = Office(tmp_path, COMPANY.group(group_name(), "old").person("joe"))
    found.plan()
    return found


def compare(office, ran, *options):
    """The result of the apply against the plan."""
    (path,) = [line for line in ran.err.splitlines() if line.startswith("result: ")]
    result = path.removeprefix("result: ")
    return office.run("show", result, "--reviewed", "plan.json", *options)


def test_an_apply_of_the_reviewed_plan_did_what_it_said(office):
    """One sentence, and exit code 0: no note is needed."""
    told = compare(office, office.apply())

    assert told.code == ExitCode.OK
    assert "The run did what the reviewed plan said." in told.out


def test_a_removal_that_was_left_out_is_told(office):
    """Exit code 10 asks for the note."""
    told = compare(office, office.apply("--no-removals"), "--format", "markdown")

    assert told.code == ExitCode.CHANGES
    assert told.out.startswith("<!-- reconciler:reviewed:okta-prod -->\n")
    assert "Reviewed, and not done (1)" in told.out
    assert "old@example.com" in told.out


def test_a_line_that_was_in_no_review_is_told(office):
    """Reviewed was a plan for two; somebody applied a newer one."""
    reviewed = (office.folder / "plan.json").read_bytes()
    office.write(COMPANY.granted("joe"))
    office.plan()
    ran = office.apply()
    (office.folder / "plan.json").write_bytes(reviewed)
    told = compare(office, ran)

    assert told.code == ExitCode.CHANGES
    assert "Done, and not in the reviewed plan (1)" in told.out


def test_people_can_be_left_out(office):
    """The note stands where the plan's comment stood, and may say no more than that."""
    told = compare(office, office.apply("--no-removals"), "--redact", "ids")

    assert "old@example.com" not in told.out


@pytest.mark.parametrize("options", [("plan.json",), ("plan.json", "--format", "json")])
def test_a_plan_is_no_result(office, options):
    """Said as a usage error, with where results lie."""
    ran = office.run("show", *options, "--reviewed", "plan.json")

    assert ran.code == ExitCode.USAGE
    assert ".reconciler/results/" in ran.err
