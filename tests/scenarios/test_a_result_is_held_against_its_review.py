"""A result is held against its review: whoever reviewed learns what was done otherwise."""

import pytest

from reconciler.cli.exit_codes import ExitCode
from tests.support.builders import Company, group_name
from tests.support.harness import Office, outcomes

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


def test_the_result_of_a_run_is_the_file_that_was_asked_for_and_no_other(tmp_path):
    """A result that a commit brought along is never taken for the run's."""
    office = Office(tmp_path, Company().tool().bind("kim").granted("kim", "amy"))
    planted = tmp_path / ".reconciler" / "results" / "00000000T000000Z-000000.json"
    planted.parent.mkdir()
    planted.write_text("{}")
    office.plan()
    ran = office.apply("--result", "mine.json")
    assert (ran.code, office.result(ran)) == (0, office.read("mine.json"))
    assert outcomes(office.read("mine.json")) == {"add amy claude/users": "verified"}


def test_a_run_that_came_to_no_result_leaves_none(tmp_path):
    """Whoever looks for the file learns that nothing was applied."""
    office = Office(tmp_path, Company().tool().bind("kim").granted("kim", "amy"))
    office.plan()
    (tmp_path / "plan.json").write_text("{}")
    assert office.apply("--result", "mine.json").code == 1
    assert not (tmp_path / "mine.json").exists()


@pytest.mark.parametrize("name", ["there.json", "link.json", "no/folder.json"])
def test_a_result_is_written_over_nothing(tmp_path, name):
    """Before anything is asked of the org."""
    office = Office(tmp_path, Company().tool().bind("kim").granted("kim", "amy"))
    office.plan()
    (tmp_path / "there.json").write_text("old")
    (tmp_path / "link.json").symlink_to("nowhere.json")
    ran = office.apply("--result", name)
    assert (ran.code, "result-exists" in ran.err, office.members()) == (64, True, {"kim"})
    assert (tmp_path / "there.json").read_text() == "old"
