"""A proposed change is a catalog of its own, which can be judged before a file is written."""

from reconciler.catalog.files import Folder
from reconciler.catalog.load import load_and_judge_from
from reconciler.catalog.rewrite import propose_files
from reconciler.model.diagnostics import Span
from reconciler.model.stanzas import KeyEdit
from reconciler.policy.sample import GRANT_FILE
from tests.support.catalogs import GRANT, NOW, SOUND, write

AT = Span(f"catalog/{GRANT_FILE}", 1, 1)
REVOKED = KeyEdit(
    at=AT, key="revoked", value="{at: 2026-11-29, by: mira@example.com, reason: left}"
)


def sound(root):
    """The sample catalog, named as messages do."""
    return Folder(write(root, SOUND), "catalog")


def test_a_change_is_read_as_it_would_be_and_nothing_is_written(tmp_path):
    """It has to be valid first."""
    folder = sound(tmp_path)
    new = GRANT.replace("jane@", "zoe@").replace("AI-1", "AI-2")
    made = propose_files(folder, [REVOKED], [("grants/claude/zoe.yaml", new)])

    loaded = load_and_judge_from(made, NOW)
    assert loaded.diagnostics == ()
    assert {g.subject: g.revoked is not None for g in loaded.catalog.grants} == {
        "jane@example.com": True,
        "zoe@example.com": False,
    }
    assert [(c.file.shown, c.before is None) for c in made.changes] == [
        (f"catalog/{GRANT_FILE}", False),
        ("catalog/grants/claude/zoe.yaml", True),
    ]
    assert load_and_judge_from(folder, NOW).catalog.grants[0].revoked is None
    assert not (folder.root / "grants/claude/zoe.yaml").exists()


def test_a_change_that_would_be_wrong_shows_why(tmp_path):
    """The diagnostics are of the files as they would be."""
    wrong = KeyEdit(at=AT, key="revoked", value="{at: never}")
    loaded = load_and_judge_from(propose_files(sound(tmp_path), [wrong]), NOW)
    assert {d.span.path for d in loaded.diagnostics} == {f"catalog/{GRANT_FILE}"}


def test_an_edit_that_changes_nothing_writes_no_file(tmp_path):
    """A file whose time alone is new would look like a change."""
    same = KeyEdit(at=AT, key="tool", value="claude")
    assert propose_files(sound(tmp_path), [same]).changes == ()


def test_one_edit_that_cannot_be_made_leaves_no_change_at_all(tmp_path):
    """Half of an offboarding looks done and is not."""
    nowhere = KeyEdit(at=Span("catalog/tools/claude.yaml", 99, 1), key="name", value="x")
    made = propose_files(sound(tmp_path), [REVOKED, nowhere])
    assert made.changes == ()
    assert [each.edit for each in made.refused] == [nowhere]
