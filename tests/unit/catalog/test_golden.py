"""For every rule its example, with the whole of what is said about it.

`BLESS=1 pytest` rewrites the texts, and CI never does.
"""

import os
from pathlib import Path

import pytest

from reconciler.catalog.examples import judge_example
from reconciler.catalog.files import MAX_BYTES, SourceFile, read_file
from reconciler.catalog.load import load_and_judge
from reconciler.catalog.rules import RULES
from reconciler.catalog.schema.kinds import BY_FOLDER
from reconciler.model.diagnostics import PROBLEMS_LEFT_OUT
from reconciler.policy.tool_pin import judge_pin_file
from reconciler.render.formats.diagnostics import diagnostic_lines
from tests.support.catalogs import SOUND, judged, loaded, write
from tests.support.repository import unfetched

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
    return (read_file(SourceFile(str(root / path), f"catalog/{path}", parts, BY_FOLDER["grants"])),)


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
    "file-too-large": lambda root: (
        loaded(root, {"grants/claude/all.yaml": b"#" * (MAX_BYTES + 1)}).diagnostics
    ),
    "file-unreadable": gone,
    # Not the catalog's, but what installs the tool beside it.
    "tool-unpinned": lambda _: judge_pin_file(
        "okta-grants-reconciler==0.1.0\n", ".github/reconciler.txt"
    ),
}
"""What no file's text earns: the rule's example says it in words."""


def said_of(rule, root):
    """Everything that is said of the files of a rule's example, as they lie in folders."""
    if rule.code in MADE:
        return MADE[rule.code](root)
    example = rule.example
    if example.base is not None:
        return judged(root, example.base, example.files).diagnostics
    found = loaded(root, example.files).diagnostics
    if rule is PROBLEMS_LEFT_OUT:  # it is never said alone
        return tuple(each for each in found if each.code == rule.code)
    return found


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_a_rule_is_told_as_its_example_shows(tmp_path, rule):
    """The whole text, so that a change of words is seen in review."""
    found = said_of(rule, tmp_path)
    text = "".join(f"{line.text}\n" for line in diagnostic_lines(found))
    path = GOLDEN / f"{rule.code}.txt"
    if IS_BLESSING:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text
    assert {rule.code} == {each.code for each in found}
    assert {rule.severity} == {each.severity for each in found}
    assert all(each.hint for each in found)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_an_example_is_judged_alike_in_memory_and_in_folders(tmp_path, rule):
    """What `explain` shows is what `validate` says."""
    shown = judge_example(rule)
    assert shown.diagnostics == (() if rule.code in MADE else said_of(rule, tmp_path))
    assert bool(rule.example.words) == (rule.code in MADE)
    assert all(shown.text(each.span.path) for each in shown.diagnostics if each.span.line > 1)


def test_every_rule_has_its_text_and_every_text_its_rule():
    """None is forgotten, and none outlives its rule."""
    assert sorted(path.stem for path in GOLDEN.iterdir()) == list(RULES)
    assert MADE.keys() <= RULES.keys()
