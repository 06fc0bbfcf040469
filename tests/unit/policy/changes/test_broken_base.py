"""A change of a base with errors mends it, and does nothing else."""

import pytest

from tests.support.catalogs import BINDING, GRANT, SETTINGS, TOOL, judged

JANE, BINDINGS, TOOLS = "grants/claude/jane.yaml", "bindings/claude.yaml", "tools/claude.yaml"
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


def test_a_grant_beside_the_one_that_is_mended_is_refused(tmp_path):
    """It would be judged by rules of which nobody knows what they were."""
    joe = {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")}
    assert codes(tmp_path, BROKEN, joe) == ["change-beyond-mending"]


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
