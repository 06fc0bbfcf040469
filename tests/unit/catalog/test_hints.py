"""Common mistakes have a hint of their own, at the place where the person has to look."""

import pytest

from tests.support.catalogs import loaded, planted
from tests.unit.catalog.test_mistakes import BINDING, CONNECTOR, GRANT, TOOL

LEFT = """<<<<<<< HEAD
expires: 2027-01-20
=======
expires: 2027-02-20
>>>>>>> theirs
"""
SYNTAX = [
    ("a tab", "  ticket: AI-1", "\tticket: AI-1", "6:1", "indent with blanks"),
    ("a tab later", "  approved_by", "\tapproved_by", "7:1", "indent with blanks"),
    ("a colon in the text", "Support triage", "Support: triage", "4:17", "in quotes"),
    ("a dedented key", "  approved_by", " approved_by", "7:2", "the lines that it belongs with"),
    ("an indented key", "purpose:", "  purpose:", "4:3", "the keys beside it"),
    ("no colon", "purpose: Support triage", "purpose", "4:1", "write it as `key: value`"),
    ("an open quote", "Support triage", '"Support triage', "4:10", 'close it with the same "'),
    ("an open list", "lead@example.com", "[lead@example.com", "7:16", "close it with a ]"),
    ("an at sign", "lead@example.com", "@lead", "7:16", "text cannot begin with @"),
    ("a conflict", "expires: 2027-01-20\n", LEFT, "9:1", "keep one side"),
    ("a conflict that is YAML", "Support triage", '"a\n<<<<<<< HEAD\nb"', "5:1", "keep one side"),
    ("the end of a conflict", "expires:", ">>>>>>> theirs\nexpires:", "9:1", "keep one side"),
]


def problems(tmp_path, *change):
    """What is said: place and hint."""
    found = planted(tmp_path, *change).diagnostics
    return [(f"{d.span.line}:{d.span.column}", d.code, d.hint) for d in found]


@pytest.mark.parametrize(
    ("before", "after", "place", "hint"), [s[1:] for s in SYNTAX], ids=[s[0] for s in SYNTAX]
)
def test_what_is_wrong_with_the_yaml_is_told_where_it_is(tmp_path, before, after, place, hint):
    """YAML's own words are of its grammar, and its place is often a line or two too far."""
    ((at, code, said),) = problems(tmp_path, GRANT, before, after)
    assert (at, code) == (place, "yaml-syntax")
    assert hint in said


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *[('"false"', "false"), ("no", "false"), ("No", "false"), ("off", "false")],
        *[('"true"', "true"), ("yes", "true"), ("True", "true"), ("y", "true")],
    ],
)
def test_what_looks_like_a_boolean_is_told_as_one(tmp_path, written, meant):
    """YAML of another version, or of another tool, reads it as one."""
    change = (BINDING, "connector:", f"unattended: {written}\nconnector:")
    ((at, _, hint),) = problems(tmp_path, *change)
    assert (at, hint) == ("3:13", f"write {meant}, without quotes")


def test_other_text_where_a_boolean_is_wanted(tmp_path):
    """Nobody guesses."""
    ((_, _, hint),) = problems(tmp_path, BINDING, "connector:", "unattended: maybe\nconnector:")
    assert hint == "write true or false, without quotes"


@pytest.mark.parametrize(
    ("change", "hint"),
    [
        ((TOOL, "90d", "180"), "write it with its unit, 180d"),
        ((CONNECTOR, "  token:", "  max_age: 90\n  token:"), "write it with its unit, 90d"),
        ((TOOL, "name: Claude", "name: 42"), "put it in quotes"),
        ((TOOL, "90d", "-1"), 'for example "90d"'),
    ],
)
def test_a_duration_without_its_unit_is_given_one(tmp_path, change, hint):
    """Quotes would not help there."""
    assert hint in {said for _, _, said in problems(tmp_path, *change)}


_APP = (
    "type: github\nrepository: acme/access\napp: {id: %s, installation: 1, private_key: {env: K}}\n"
)


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("doors/github.yaml", _APP % '"12345"', "write it without quotes"),
        ("doors/github.yaml", _APP % "Iv1.8a", "write a number"),
        ("settings.yaml", "approvals: all\n", 'write keys below it: there is "required"'),
        ("settings.yaml", "admins: lead@example.com\n", "write a list, in square brackets"),
        ("settings.yaml", "admins: 3\n", ""),
    ],
)
def test_a_text_in_place_of_another_form_is_told_which(tmp_path, name, content, hint):
    """Of what else was written nobody guesses what was meant."""
    found = loaded(tmp_path, {name: content}).diagnostics
    assert [each.hint for each in found if each.code == "value-wrong-type"] == [hint]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ((GRANT, "purpose:", "porpose:"), "purpose"),
        ((GRANT, "  ticket:", "  tiket:"), "ticket"),
        ((GRANT, "approval:", "aproval:"), "approval"),
        ((GRANT, "  approved_at:", "  approvedat:"), "approved_at"),
        ((TOOL, "entitlements:", "entitlments:"), "entitlements"),
    ],
)
def test_a_mistyped_key_is_not_called_missing_too(tmp_path, change, key):
    """One mistake, one problem: the other would send the person to the wrong line."""
    found = problems(tmp_path, *change)
    own = [hint for _, code, hint in found if code == "key-unknown"]
    assert own == [f'did you mean "{key}"?']
    assert not {code for _, code, _ in found} & {"key-missing", "approval-missing"}


def test_a_key_that_moved_away_is_not_offered(tmp_path):
    """Whoever took it would be told that it means nothing here."""
    (found,) = loaded(tmp_path, {"settings.yaml": "door: {}\n"}).diagnostics
    assert '"approvals"' in found.hint
    assert "reviews" not in found.hint


@pytest.mark.parametrize(
    ("change", "letter"),
    [
        ((GRANT, "tool:", "t\u043eol:"), "CYRILLIC SMALL LETTER O"),
        ((GRANT, "entitlement: users", "entitlement: us\u0435rs"), "CYRILLIC SMALL LETTER IE"),
        ((TOOL, "risk: medium", "risk: m\u0435dium"), "CYRILLIC SMALL LETTER IE"),
        ((TOOL, "id: claude", "id: cl\u0430ude"), "CYRILLIC SMALL LETTER A"),
        ((BINDING, "okta-prod", "\u03bfkta-prod"), "GREEK SMALL LETTER OMICRON"),
        ((TOOL, "  users:", "  us\u200bers:"), "ZERO WIDTH SPACE"),
        ((GRANT, "purpose:", "\u00a0purpose:"), "NO-BREAK SPACE"),
    ],
)
def test_a_letter_that_only_looks_right_is_named(tmp_path, change, letter):
    """Nobody can see it."""
    hints = [hint for _, _, hint in problems(tmp_path, *change)]
    assert any(letter in hint for hint in hints), hints


def test_a_letter_that_looks_like_itself_is_left_alone(tmp_path):
    """The blank is the mistake here."""
    hints = [h for _, _, h in problems(tmp_path, GRANT, "jane@example.com", "j\u00f6rg doe")]
    assert not any("LATIN" in hint for hint in hints)
