"""A stranger finds any line from the listing: folders of a size, and no file that is a detour."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
MOST = 14
FEWEST = 3
SHORT = 60
"""A module of fewer lines belongs into the only one that imports it."""


def modules():
    """Every module but the door of a package and the program's start."""
    paths = sorted((ROOT / "reconciler").rglob("*.py"))
    return [path for path in paths if not path.stem.startswith("__")]


def name_of(path):
    """As an import names it."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def importers():
    """Which modules import each."""
    names = {name_of(path) for path in modules()}
    found = defaultdict(set)
    for path in (ROOT / "reconciler").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                for name in ({node.module} | whole) & names:
                    found[name].add(name_of(path))
    return found


def test_a_folder_holds_three_to_fourteen_entries():
    """Fewer are a file too many folders deep; more are two subjects."""
    sizes = {}
    for folder in {path.parent for path in modules()}:
        files = sum(1 for path in folder.glob("*.py") if not path.stem.startswith("__"))
        folders = sum(1 for path in folder.iterdir() if (path / "__init__.py").is_file())
        sizes[str(folder.relative_to(ROOT))] = (files, files + folders)

    assert {name: size for name, (size, _) in sizes.items() if size > MOST} == {}
    assert {name: size for name, (_, size) in sizes.items() if size < FEWEST} == {}


def test_a_short_module_has_more_than_one_reader():
    """What only one module needs, and says in a few lines, stands there."""
    lengths = {name_of(p): len(p.read_text(encoding="utf-8").splitlines()) for p in modules()}
    found = importers()

    assert found["reconciler.model.ids"], "no import is seen"
    assert {name for name, n in lengths.items() if n < SHORT and len(found[name]) == 1} == set()
