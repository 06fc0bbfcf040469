"""What one run's file shows of itself."""

import pytest

from reconciler.evidence.line_format import parse
from reconciler.evidence.run_file_checks import find_faults
from tests.support.chains import write_runs

PATH = "okta-prod/2026-11/run.jsonl"


@pytest.fixture
def lines(tmp_path):
    """The six lines of a run that ended."""
    (path,) = write_runs(tmp_path, 1)
    return path.read_bytes().splitlines(keepends=True), path.stem


def faults(lines, tamper=list):
    """Code, line and whether it is an error."""
    content, run = lines
    found = find_faults(parse(PATH, run, b"".join(tamper(content))))
    return [(f.code, f.line, f.is_error) for f in found]


def test_a_run_that_ended_is_whole(lines):
    """Nothing to say."""
    assert faults(lines) == []


@pytest.mark.parametrize(
    ("expected", "tamper"),
    [
        ([("file-empty", None, True)], lambda _: []),
        ([("line-altered", 3, True)], lambda n: [*n[:2], b"{}\n", *n[3:]]),
        ([("line-altered", 1, True)], lambda n: [b"{}\n", *n[1:]]),
        ([("line-altered", 6, True)], lambda n: [*n[:5], b"{}\n"]),
        (
            [("line-altered", 3, True), ("line-missing", 4, True)],
            lambda n: [*n[:2], n[2][:-1] + b" " + n[3], *n[4:]],
        ),
        ([("line-missing", 3, True)], lambda n: [*n[:2], *n[4:]]),
        ([("line-missing", 1, True)], lambda n: n[1:]),
        ([("line-repeated", 4, True)], lambda n: [*n[:3], n[0], *n[3:]]),
        ([("line-moved", 3, True)], lambda n: [n[0], n[2], n[1], *n[3:]]),
        ([("run-unended", None, False)], lambda n: n[:-1]),
        (
            [("end-torn", 6, False), ("run-unended", None, False)],
            lambda n: [*n[:-1], n[-1][:40]],
        ),
        (
            [("end-torn", 6, False), ("run-unended", None, False)],
            lambda n: [*n[:-1], n[-1][:-1]],
        ),
        (
            [("line-altered", 6, True), ("run-unended", None, False)],
            lambda n: [*n[:-1], n[-1][:-1] + b"x"],
        ),
        ([("line-altered", 7, True)], lambda n: [*n, b"x"]),
    ],
)
def test_each_way_of_being_damaged_has_its_name(expected, tamper, lines):
    """At its line, and without a train of others behind it."""
    assert expected == faults(lines, tamper)


def test_lines_of_two_runs_in_one_file_are_foreign_or_after_its_end(lines, tmp_path):
    """A whole other run appended: each of its lines is out of place."""
    _, other = write_runs(tmp_path / "more", 2)
    more = other.read_bytes().splitlines(keepends=True)
    found = faults(lines, lambda n: [*n, *more])
    assert {code for code, _, _ in found} == {"line-after-end", "line-foreign"}
    assert {line for _, line, _ in found} == set(range(7, 13))
