"""Data goes to stdout and talk to stderr; the same input prints the same."""

import json
import re

import pytest

from tests.support.builders import Company
from tests.support.harness import CLEAN, Office

ESC = "\x1b"
COMPANY = (
    Company()
    .tool()
    .bind("amy", "eve", "old", authority="authoritative")
    .granted("amy", "bob")
    .grant("nobody")
    .ended("old")
    .tool("cursor")
    .create(tool="cursor")
    .granted("zoe", tool="cursor")
)


@pytest.fixture
def office(tmp_path):
    """A company with lines of every kind."""
    return Office(tmp_path, COMPANY)


def test_json_on_stdout_is_the_plan_file_to_the_byte(office):
    """What is piped is what would be applied."""
    ran = office.run(
        "--sandbox", "plan", "--as-of", "2026-11-22", "--format", "json", "--out", "plan.json"
    )
    assert ran.out.encode() == (office.folder / "plan.json").read_bytes()
    assert ran.err.startswith("wrote plan.json")


def test_show_prints_the_same_bytes_as_the_file(office):
    """For a plan and for a result."""
    office.plan()
    ran = office.apply()
    (result,) = re.findall(r"^result: (.+)$", ran.err, re.MULTILINE)
    for file in ("plan.json", result):
        shown = office.run("show", file, "--format", "json")
        assert shown.out.encode() == (office.folder / file).read_bytes()
        assert shown.err == ""


def test_show_says_what_plan_and_apply_said(office):
    """A saved plan reads as it did when it was made; a result as when it ended."""
    made = office.run("--sandbox", "plan", "--out", "plan.json")
    assert office.run("show", "plan.json").out == made.out
    ran = office.apply()
    (result,) = re.findall(r"^result: (.+)$", ran.err, re.MULTILINE)
    assert office.run("show", result).out == ran.out


def test_a_plan_talks_to_nobody_where_no_terminal_is(office):
    """No progress bar in a log."""
    ran = office.run("--sandbox", "plan")
    assert ran.err == ""
    assert "\r" not in ran.out


def test_errors_leave_stdout_empty(office):
    """A program that reads stdout reads no excuse for data."""
    for arguments in (("apply",), ("show", "missing.json"), ("plan", "--nonsense"), ("plan",)):
        ran = office.run(*arguments)
        assert ran.out == ""
        assert ran.err


@pytest.mark.parametrize("extra", [(), ("--no-color",), ("-v",)])
def test_nothing_is_painted_where_no_terminal_is(extra, office):
    """With or without being asked."""
    office.plan()
    for arguments in (
        ("validate",),
        ("--sandbox", "plan"),
        ("--sandbox", "apply", "plan.json", "--yes"),
        ("show", "plan.json"),
        ("show", "missing.json"),
        ("sandbox", "show", "users"),
        ("nonsense",),
        ("--help",),
    ):
        ran = office.run(*arguments, *extra)
        assert ESC not in ran.out + ran.err, arguments


def test_the_same_input_prints_the_same(office):
    """Two plans of one instant: the same bytes, whatever the order of the files."""
    first = office.run("--sandbox", "plan", "--as-of", "2026-11-22", "--out", "a.json")
    reversed_files = type(COMPANY)(
        people=COMPANY.people, files=tuple(reversed(COMPANY.files)), members=COMPANY.members
    )
    office.write(reversed_files)
    second = office.run("--sandbox", "plan", "--as-of", "2026-11-22", "--out", "b.json")
    assert first.out == second.out
    a, b = office.read("a.json"), office.read("b.json")
    a.pop("created_at")
    b.pop("created_at")
    assert a == b


def test_the_digest_does_not_depend_on_time_or_place(office):
    """The same intent on another day has the same digest."""
    first = office.plan("--as-of", "2026-11-22")
    second = office.plan("--as-of", "2026-11-23", file="b.json")
    assert first["as_of"] != second["as_of"]
    assert first["digest"] == second["digest"]


def test_the_plan_file_has_the_documented_top_level(office):
    """Programs read these names; each of them is a promise."""
    made = office.plan()
    documented = {
        "format", "digest", "sandbox", "connector", "org", "as_of", "created_at", "catalog",
        "reads", "changes", "blocked", "drift", "guards", "manual", "ending", "warnings",
    }  # fmt: skip
    assert documented <= set(made)
    assert made["format"] == "reconciler.plan/1"
    assert set(made["org"]) == {"id", "domain"}
    assert set(made["reads"]) == {"calls", "pages"}
    assert set(made["drift"]) == {"missing", "unapproved"}
    assert made["reads"]["calls"] > 0


def test_validate_json_has_one_object_for_each_problem(tmp_path):
    """With its place, so that an editor or a pipeline can point there."""
    company = COMPANY.file("grants/claude/bad.yaml", "tool: claude\nsubjekt: x@example.com")
    ran = Office(tmp_path, company).run("validate", "--format", "json")
    found = json.loads(ran.out)
    assert (ran.code, ran.err) == (1, "")
    assert (found["format"], set(found)) == (
        "reconciler.diagnostics/1",
        {"format", "files", "diagnostics"},
    )
    keys = {"code", "severity", "summary", "hint", "path", "line", "column", "related"}
    assert all(set(d) == keys for d in found["diagnostics"])
    assert {d["path"] for d in found["diagnostics"]} == {"catalog/grants/claude/bad.yaml"}


def test_validate_of_a_valid_catalog_says_so(office):
    """One sentence as text, an empty list as JSON."""
    assert re.fullmatch(
        r"The catalog is valid \(\d+ files, 5 grants\)\.\n", office.run("validate").out
    )
    ran = office.run("validate", "--format", "json")
    assert (ran.code, json.loads(ran.out)["diagnostics"]) == (0, [])


def test_a_pipe_whose_reader_is_gone_ends_without_a_traceback(office):
    """`reconciler plan | head` is what people do."""
    process = office.start("--sandbox", "plan")
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert "Traceback" not in err
    assert "Exception ignored" not in err


def test_run_files_are_their_owners_only(office):
    """Journal, results and the sandbox say who has which access."""
    office.plan()
    office.apply()
    files = [path for path in (office.folder / ".reconciler").rglob("*") if path.is_file()]
    folders = [path for path in (office.folder / ".reconciler").rglob("*") if path.is_dir()]
    assert {path.parent.name for path in files} >= {"journal", "results"}
    assert {oct(path.stat().st_mode & 0o777) for path in folders} == {"0o700"}
    assert {
        oct(path.stat().st_mode & 0o777)
        for path in files
        if not path.name.startswith("sandbox.db-")
    } == {"0o600"}


def test_the_environment_of_these_tests_holds_no_switch():
    """A variable that a command reads is unset, so that the tests say what they say."""
    assert set(CLEAN.values()) == {None}
