"""However wrong a file is, what is said of it and the time that takes stay within bounds."""

import time

import pytest

from reconciler.catalog.yaml import positions
from reconciler.model.diagnostics import MOST, MOST_PER_FILE, PROBLEMS_LEFT_OUT, Severity
from reconciler.render.formats.diagnostics import diagnostic_lines
from tests.support.catalogs import ACKNOWLEDGEMENT, SETTINGS, TOKEN, TOOL, USER, loaded

GRANTS = "grants/claude/joe.yaml"
KEYS = "".join(f"k{number}: 1\n" for number in range(3000))
HOSTILE = {
    "objects of no form": (GRANTS, "grants: [" + "1," * 20_000 + "1]\n"),
    "empty objects": (GRANTS, "grants: [" + "{}," * 20_000 + "{}]\n"),
    "unknown keys": (GRANTS, KEYS),
    "keys beside the list": (GRANTS, "grants: []\n" + KEYS),
    "one key again and again": (GRANTS, "a: 1\n" * 10_000),
    "anchors": (GRANTS, "grants: [" + "&a 1," * 10_000 + "1]\n"),
    "aliases": (GRANTS, "grants: [" + "*a ," * 10_000 + "1]\n"),
    "secrets": (GRANTS, "grants:\n" + f"- {TOKEN}\n" * 2_000),
    "errors in one object": ("settings.yaml", "protected: [" + "1," * 20_000 + "1]\n"),
    "entitlements": (
        "tools/claude.yaml",
        TOOL.replace("  users:", "".join(f"  A{n}: 1\n" for n in range(3000)) + "  users:"),
    ),
    "tools of one name": ("tools/more.yaml", "tools:\n" + f"- {{{'id: x, name: y'}}}\n" * 5_000),
    "bindings to nothing": (
        "bindings/more.yaml",
        "bindings:\n"
        + "- {tool: t, entitlement: u, connector: c, group: {create: {name: AI - a - b}}}\n" * 500,
    ),
}


def left_out(found):
    """What is said of the problems that are not listed."""
    return [each.summary for each in found.diagnostics if each.code == PROBLEMS_LEFT_OUT.code]


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_said_of_one_file_is_bounded_and_the_rest_counted(tmp_path, case):
    """5 MB of YAML earned 295 MB of messages. The catalog stays invalid, of course."""
    name, text = HOSTILE[case]
    found = loaded(tmp_path, {name: text})
    here = [d for d in found.diagnostics if d.span.path == f"catalog/{name}"]
    assert len([d for d in here if d.code != PROBLEMS_LEFT_OUT.code]) == MOST_PER_FILE
    assert any(d.severity is Severity.ERROR for d in here)
    assert len(left_out(found)) == 1
    assert sum(len(line.text) for line in diagnostic_lines(found.diagnostics)) < 100_000


def test_what_is_left_out_is_counted(tmp_path):
    """Exactly where everything was looked at; at least, where it was not."""
    twice = loaded(tmp_path, {GRANTS: "a: 1\n" * 1_101})
    assert left_out(twice) == ["at least 1,003 more problems are not listed, of this file"]
    warned = {f"grants/claude/a{n}.yaml": "grants: [" + "1," * 150 + "1]\n" for n in range(12)}
    many = loaded(tmp_path, warned)
    assert len([d for d in many.diagnostics if d.code != PROBLEMS_LEFT_OUT.code]) == MOST
    assert "of 3 more files" in left_out(many)[0]
    assert len(left_out(many)) == 1 + MOST // MOST_PER_FILE


def test_what_was_not_said_is_not_taken_for_sound(tmp_path):
    """Objects behind the last complaint that was kept may hold another: none of them counts."""
    grant = (
        "- {tool: claude, tool: claude, entitlement: users, subject: p%d@example.com, purpose: x,"
        " approval: {ticket: AI-1, approved_by: lead@example.com, approved_at: 2026-11-20},"
        " expires: 2027-01-20}\n"
    )
    found = loaded(tmp_path, {GRANTS: "grants:\n" + "".join(grant % n for n in range(150))})
    assert [g.subject for g in found.catalog.grants] == ["jane@example.com"]


def test_where_values_stand_is_looked_up_once_per_file(tmp_path, monkeypatch):
    """A sound file with 1,000 protected people took 40 seconds: it was walked for each of them."""
    walks = []
    locate = positions.locate_values
    monkeypatch.setattr(positions, "locate_values", lambda c: walks.append(len(c)) or locate(c))
    people = "".join(f"- {{login: p{n}@example.com, reason: emergency}}\n" for n in range(200))
    text = SETTINGS.replace(
        "protected: [{login: break.glass@example.com, reason: emergency access}]\n",
        f"protected:\n{people}",
    )
    found = loaded(tmp_path, {"settings.yaml": text})
    assert (found.diagnostics, len(found.catalog.settings.protected)) == ((), 200)
    assert len(walks) == 1


def test_a_list_that_says_the_same_twice_is_found_in_one_pass(tmp_path):
    """The library compares each with each where the values cannot be sorted."""
    mixed = "[" + ", ".join(f"a{n}, {n}, {{b: {n}}}" for n in range(4_000)) + ", a1]"
    text = ACKNOWLEDGEMENT.replace(f"[{USER}]", mixed)
    started = time.monotonic()
    found = loaded(tmp_path, {"acknowledgements/move.yaml": text})
    assert time.monotonic() - started < 20
    assert left_out(found)


@pytest.mark.slow
def test_one_vast_object_is_not_given_to_the_slow_judge(tmp_path):
    """Its errors are told in the fast judge's words."""
    limits = "{count: 1, percent: 2}, " * 30_000
    text = f"guards: {{run_removals: [{limits}{{count: x}}]}}\n"
    found = loaded(tmp_path, {"settings.yaml": text})
    assert {d.code for d in found.diagnostics} == {"value-wrong-form"}
    assert "does not fit the schema" in found.diagnostics[0].summary
