"""Characters by which a diff shows something else than what YAML reads."""

import pytest
import yaml

from tests.support.catalogs import GRANT, loaded, said

FILE = "grants/claude/jane.yaml"


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085", "\r"])
def test_a_comment_that_hides_content_is_refused(tmp_path, mark):
    """It is read as a second line, and shown as the end of a comment."""
    text = GRANT.replace("triage\n", f"triage # kept{mark}starts: 2026-11-20\n")
    assert yaml.safe_load(text)["starts"], "YAML reads it as content"
    assert said(loaded(tmp_path, {FILE: text})) == [f"line-end-hidden {FILE}:4:31"]


@pytest.mark.parametrize(
    "text",
    [
        GRANT.replace("\n", "\r\n"),
        GRANT.replace("Support triage", '"a\\u2028b\\r\\N"'),
        "\ufeff" + GRANT,
    ],
)
def test_ordinary_line_ends_and_escapes_pass(tmp_path, text):
    """Windows ends lines with both characters, and an escape is plain to see."""
    assert said(loaded(tmp_path, {FILE: text})) == []


def test_a_file_full_of_them_is_told_in_a_few_lines(tmp_path):
    """A megabyte of them is one mistake."""
    result = loaded(tmp_path, {FILE: GRANT + "#\u2028" * 100_000})
    assert 0 < len([d for d in result.diagnostics if d.code == "line-end-hidden"]) <= 20


@pytest.mark.parametrize(
    "mark", [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))]
)
def test_what_shows_a_line_in_another_order_is_refused(tmp_path, mark):
    """A comment could be seen as content, and content as a comment."""
    text = GRANT.replace("triage\n", f"triage # {mark}kept\n")
    assert said(loaded(tmp_path, {FILE: text})) == [f"text-reordered {FILE}:4:27"]


@pytest.mark.parametrize("word", ["عربي", "עברית", "a\u200fb"])
def test_a_script_that_runs_the_other_way_passes(tmp_path, word):
    """Its letters turn the line by themselves, in sight of everybody."""
    assert said(loaded(tmp_path, {FILE: GRANT.replace("triage\n", f"{word}\n")})) == []
