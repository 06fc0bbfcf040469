"""A change of a base with errors mends it, and does nothing else."""

import pytest

from reconciler.policy.sample import GITHUB_DOOR
from tests.support.catalogs import BINDING, CONNECTOR, GRANT, SETTINGS, TOOL, judged

JANE, BINDINGS, TOOLS = "grants/claude/jane.yaml", "bindings/claude.yaml", "tools/claude.yaml"
CONNECTORS = "connectors/okta-prod.yaml"
JOE = {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")}
GONE = {JANE: None}
DOOR = {"doors/github.yaml": GITHUB_DOOR}
BROKEN = {JANE: GRANT.replace("expires", "expiers")}


def codes(root, base, head):
    """The codes of the change."""
    return sorted({d.code for d in judged(root, base, head).diagnostics})


def test_the_file_with_the_error_may_be_mended(tmp_path):
    """Else nobody ever could."""
    assert codes(tmp_path, BROKEN, {}) == ["base-invalid"]


def test_what_is_missing_may_be_brought_back(tmp_path):
    """A tool that somebody deleted, and just that tool."""
    assert codes(tmp_path, {TOOLS: None}, {}) == ["base-invalid"]
    (tmp_path / "2").mkdir()
    more = {"tools/cursor.yaml": TOOL.replace("claude", "cursor").replace("Claude", "Cursor")}
    assert codes(tmp_path / "2", {TOOLS: None}, more) == ["change-beyond-mending"]


def test_the_settings_of_another_file_stay_as_they_are(tmp_path):
    """They have no object's place, and are policy all the same."""
    changed = {"settings.yaml": SETTINGS.replace("emergency", "some")}
    (found,) = judged(tmp_path, BROKEN, changed).diagnostics
    assert (found.code, found.span.path) == ("change-beyond-mending", "catalog/settings.yaml")


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({}, DOOR),
        (DOOR, dict.fromkeys(DOOR)),
        (DOOR, {"doors/github.yaml": GITHUB_DOOR.replace("acme", "evil")}),
    ],
)
def test_doors_stay_as_they_are_beside_it(tmp_path, base, head):
    """They decide what is verified."""
    assert "change-beyond-mending" in codes(tmp_path, {**BROKEN, **base}, head)


def test_a_broken_door_may_be_mended(tmp_path):
    """As any other file."""
    broken = {"doors/github.yaml": GITHUB_DOOR.replace("repository", "repo")}
    assert codes(tmp_path, broken, DOOR) == ["base-invalid"]


def test_a_grant_beside_the_one_that_is_mended_is_refused(tmp_path):
    """It would be judged by rules of which nobody knows what they were."""
    assert codes(tmp_path, BROKEN, JOE) == ["change-beyond-mending"]


def test_a_binding_that_is_altered_beside_it_is_refused(tmp_path):
    """Whoever it names."""
    other = {BINDINGS: BINDING + "authority: authoritative\n"}
    assert codes(tmp_path, BROKEN, other) == ["change-beyond-mending"]


@pytest.mark.parametrize(
    "broken",
    [
        GRANT.replace("expires", "expiers"),
        GRANT.replace("purpose: S", "purpose: ["),
        GRANT + "subject: joe@example.com\n",
        GRANT.encode().replace(b"Support", b"B\xfcro"),
    ],
)
@pytest.mark.parametrize("head", [None, "grants: []\n"])
def test_what_a_broken_file_says_does_not_go_with_its_error(tmp_path, broken, head):
    """Else whoever finds one could take everything away that stands in it."""
    assert codes(tmp_path, {JANE: broken}, {JANE: head}) == ["change-beyond-mending"]


def test_a_file_that_nothing_reads_may_go(tmp_path):
    """It said nothing."""
    stray = {"grants/claude/jane.bak": GRANT}
    assert codes(tmp_path, stray, {}) == ["base-invalid"]


@pytest.mark.parametrize(
    ("expected", "head"),
    [
        (["base-invalid"], {}),
        (["base-invalid", "grant-deleted"], GONE),
        (["base-invalid", "binding-deleted"], {BINDINGS: None, JANE: GRANT}),
        (["change-beyond-mending"], JOE),
        (["change-beyond-mending"], {"settings.yaml": SETTINGS.replace("20", "30")}),
        (["change-beyond-mending"], {CONNECTORS: CONNECTOR.replace("acme", "other")}),
        (["change-beyond-mending"], {"identities/joe.yaml": "jira: x\nokta: {login: j@x.io}\n"}),
    ],
)
def test_a_change_of_a_base_with_errors_mends_it_and_does_nothing_else(tmp_path, expected, head):
    """What can be compared is; the rest of the change waits until the base can be read."""
    found = [c for c in codes(tmp_path, {TOOLS: "id: ["}, head) if c != "grant-unbound"]
    assert expected == found


def test_a_base_that_waits_for_a_value_judges_all_the_same(tmp_path):
    """What nobody has replaced yet hides nothing of the rest."""
    waiting = {CONNECTORS: CONNECTOR.replace("canary@", "REPLACE@")}
    assert codes(tmp_path, waiting, waiting | GONE) == ["grant-deleted", "placeholder-unfilled"]


def test_a_change_that_replaces_what_the_base_left_open_is_fine(tmp_path):
    """What it mends is not held against it."""
    waiting = {CONNECTORS: CONNECTOR.replace("canary@", "REPLACE@")}
    assert codes(tmp_path, waiting, {CONNECTORS: CONNECTOR}) == []
