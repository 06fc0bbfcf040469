"""What an object of the wrong form refers to is judged in the same run."""

import pytest

from tests.support.catalogs import ACKNOWLEDGEMENT, BINDING, GRANT, SOUND, TOOL, loaded, said

WRONG = {
    "grants/claude/jane.yaml": GRANT.replace("AI-1", "42"),
    "bindings/claude.yaml": BINDING + "unattended: 3\n",
    "acknowledgements/move.yaml": ACKNOWLEDGEMENT.replace("team moved", "1"),
}
GRANTS = "grants/claude/jane.yaml"


@pytest.mark.parametrize(
    ("path", "before", "after", "expected"),
    [
        (GRANTS, "entitlement: users", "entitlement: user", "reference-unknown 2:14"),
        (GRANTS, "approved_by: lead@", "approved_by: boss@", "approver-unknown 7:16"),
        (GRANTS, "lead@example.com", "[lead@example.com, 7, boss@x]", "approver-unknown 7:38"),
        (GRANTS, "subject: jane", "subject: lead", "approver-is-subject 7:16"),
        ("bindings/claude.yaml", "tool: claude", "tool: cloude", "reference-unknown 1:7"),
        ("bindings/claude.yaml", "okta-prod", "okta-prd", "reference-unknown 3:12"),
        ("acknowledgements/move.yaml", "okta-prod", "okta-prd", "reference-unknown 2:12"),
    ],
)
def test_a_second_mistake_is_reported_beside_one_of_form(tmp_path, path, before, after, expected):
    """Nobody corrects a type only to be told of the next mistake."""
    assert before in WRONG[path]
    found = said(loaded(tmp_path, {path: WRONG[path].replace(before, after, 1)}))
    code, _, where = expected.partition(" ")
    assert f"{code} {path}:{where}" in found
    assert any(line.startswith("value-wrong-type") for line in found)


def test_a_misspelt_tool_is_reported_beside_a_wrong_type(tmp_path):
    """With the folder that it does not fit."""
    found = said(loaded(tmp_path, {GRANTS: WRONG[GRANTS].replace("tool: claude", "tool: clade")}))
    assert found == [
        f"grant-outside-tool-folder {GRANTS}:1:7",
        f"reference-unknown {GRANTS}:1:7",
        f"value-wrong-type {GRANTS}:6:11",
    ]


@pytest.mark.parametrize("path", WRONG)
def test_what_is_right_in_such_an_object_is_not_blamed(tmp_path, path):
    """One mistake, one diagnostic."""
    (only,) = said(loaded(tmp_path, {path: WRONG[path]}))
    assert only.startswith("value-wrong-type ")


@pytest.mark.parametrize(
    ("before", "after", "codes"),
    [
        ("tool: claude", "tool: Claude!", ["value-wrong-form"]),
        ("tool: claude", "tool: [claude]", ["value-wrong-type"]),
        ("entitlement: users", "entitlment: users", ["key-unknown"]),
        ("entitlement: users", "entitlement: 3", ["value-wrong-type"]),
        ("approved_by: lead@example.com", "approved_by: {}", ["value-wrong-type"]),
        ("approved_by: lead@example.com", "approved_by: le ad", ["value-wrong-form"]),
        ("approval:\n", "approval: 3\nother:\n", ["key-unknown", "value-wrong-type"]),
        ("expires:", "revoked: 1\napproved_by: x\nexpires:", ["key-unknown", "value-wrong-type"]),
    ],
)
def test_a_name_that_cannot_be_read_is_only_a_matter_of_form(tmp_path, before, after, codes):
    """No reference is guessed from what is no name."""
    result = said(loaded(tmp_path, {GRANTS: GRANT.replace(before, after, 1)}))
    assert sorted(line.split()[0] for line in result) == codes


def test_a_reference_to_a_tool_that_could_not_be_read_is_left_unsaid(tmp_path):
    """It may be there after all."""
    files = {**WRONG, "tools/claude.yaml": TOOL.replace("risk: medium", "risk: 3")}
    assert {line.split()[0] for line in said(loaded(tmp_path, files))} == {
        "value-wrong-type",
        "value-not-allowed",
    }


def test_one_object_with_a_key_said_twice_leaves_the_others_of_its_list_judged(tmp_path):
    """A bulk file is not corrected one complaint at a time."""
    one = GRANT.replace("\n", "\n    ").rstrip()
    items = [
        one.replace("jane", "ann") + "\n    tool: claude",
        one.replace("jane", "bob").replace("lead@", "boss@"),
        one.replace("jane", "cat").replace("entitlement: users", "entitlement: &a user"),
        one.replace("jane", "dan").replace("2027-01-20", "2028-01-20"),
    ]
    path = "grants/claude/bulk.yaml"
    text = "grants:\n" + "".join(f"  - {item}\n" for item in items)
    assert said(loaded(tmp_path, {path: text})) == [
        f"duplicate-key {path}:11:5",
        f"approver-unknown {path}:18:20",
        f"yaml-anchor {path}:22:18",
        f"grant-window-too-long {path}:38:14",
    ]


def test_a_list_said_twice_is_not_judged_at_all(tmp_path):
    """Which of the two was meant is not known, nor what the lost one held."""
    one = TOOL.replace("\n", "\n    ").rstrip()
    text = f"tools:\n  - {one}\ntools:\n  - {one.replace('claude', 'cursor')}\n"
    found = said(loaded(tmp_path, {"tools/claude.yaml": text}))
    assert found == ["duplicate-key tools/claude.yaml:12:1"]
    assert "tools/claude.yaml" in SOUND
