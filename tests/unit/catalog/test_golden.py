"""For every code an example, with the whole of what is said about it.

`BLESS=1 pytest` rewrites the texts, and CI never does.
"""

import os
from pathlib import Path

import pytest

from reconciler.catalog.files import SourceFile, read
from reconciler.catalog.load import load_and_judge
from reconciler.catalog.schema import BY_FOLDER
from reconciler.model.diagnostics import LEFT_OUT
from reconciler.policy.reference import REFERENCE
from reconciler.policy.tool_pin import judge_pin_file
from reconciler.render.formats.diagnostics import diagnostic_lines
from tests.support.catalogs import SOUND, judged, loaded, write
from tests.support.repository import unfetched
from tests.unit.catalog.examples import ADDED, CHANGED, REPLACED, changes

GOLDEN = Path(__file__).parents[2] / "golden" / "diagnostics"
IS_BLESSING = os.environ.get("BLESS") == "1" and not os.environ.get("GITHUB_ACTIONS")


def linked(root):
    """A link in the place of a file."""
    folder = write(root, SOUND)
    (folder / "grants/claude/joe.yaml").symlink_to("jane.yaml")
    return load_and_judge(folder, display="catalog").diagnostics


def gone(root):
    """A file that was listed, and is gone when it is opened."""
    parts = ("grants", "claude", "joe.yaml")
    path = "/".join(parts)
    return (read(SourceFile(str(root / path), f"catalog/{path}", parts, BY_FOLDER["grants"])),)


def bare(root):
    """A folder with nothing in it that any kind reads."""
    (root / "catalog").mkdir()
    (root / "catalog" / "README.md").write_text("moved\n", encoding="utf-8")
    return load_and_judge(root / "catalog", display="catalog").diagnostics


def orgless(root):
    """Rules, and no org that they are for."""
    path = root / "catalog" / "settings.yaml"
    path.parent.mkdir()
    path.write_text(SOUND["settings.yaml"], encoding="utf-8")
    return load_and_judge(root / "catalog", display="catalog").diagnostics


MADE = {
    "catalog-empty": bare,
    "catalog-missing": lambda root: load_and_judge(root / "nowhere", display="catalog").diagnostics,
    "catalog-unfetched": lambda root: (
        load_and_judge(unfetched(root), display="catalog").diagnostics
    ),
    "connector-missing": orgless,
    "file-symlink": linked,
    "file-unreadable": gone,
    # Not the catalog's, but what installs the tool beside it.
    "tool-unpinned": lambda _: judge_pin_file(
        "okta-grants-reconciler==0.1.0\n", ".github/reconciler.txt"
    ),
}
"""What no file's text earns."""


def example(code, root):
    """What is said of the example of a code."""
    if code in MADE:
        return MADE[code](root)
    if code in CHANGED:
        return judged(root, *CHANGED[code]).diagnostics
    found = loaded(root, changes(code)).diagnostics
    if code == LEFT_OUT:  # it is never said alone
        return tuple(each for each in found if each.code == code)
    return found


@pytest.mark.parametrize("code", REFERENCE)
def test_a_code_is_said_as_its_example_shows(tmp_path, code):
    """The whole text, so that a change of words is seen in review."""
    found = example(code, tmp_path)
    text = "".join(f"{line.text}\n" for line in diagnostic_lines(found))
    path = GOLDEN / f"{code}.txt"
    if IS_BLESSING:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
    assert {code} == {each.code for each in found}
    assert {REFERENCE[code].severity} == {each.severity for each in found}
    assert all(each.hint for each in found)


def test_every_code_has_one_example_and_every_example_a_code():
    """None is forgotten, and none outlives its code."""
    assert sorted([*ADDED, *REPLACED, *MADE, *CHANGED]) == list(REFERENCE)
    assert sorted(path.stem for path in GOLDEN.iterdir()) == list(REFERENCE)
