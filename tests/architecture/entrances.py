"""The entrances of packages, and whether any test runs them.

An entrance is a public function, or a class with methods, that a module of another folder imports;
the start of the program is none, since it runs in a process of its own.
After a run with coverage, `python -m tests.architecture.entrances` names those that no test ran.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Entrance", "entrances", "unreached"]

ROOT = Path(__file__).parents[2]
FEWEST = 200
"""Fewer than these, and it is the search that is broken."""
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Entrance:
    """Where it is, and the lines that run when it is used; a class is used by any method."""

    path: str
    name: str
    lines: frozenset[int]


def entrances(root: Path, package: str = "reconciler") -> list[Entrance]:
    """Every entrance below `root`."""
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((root / package).rglob("*.py"))
    }
    modules = {_module(path.relative_to(root)): path for path in trees}
    used = {
        (path, name)
        for user, tree in trees.items()
        for path, name in _imported(tree, modules)
        if path.parent != user.parent and user.stem != "__main__"
    }
    return sorted(
        Entrance(path=str(path.relative_to(root)), name=node.name, lines=lines)
        for path, tree in trees.items()
        for node in tree.body
        if isinstance(node, (*_FUNCTION, ast.ClassDef)) and (path, node.name) in used
        if (lines := frozenset(_lines(node))) and not node.name.startswith("_")
    )


def unreached(
    found: Iterable[Entrance], executed: Mapping[str, frozenset[int]]
) -> Iterator[Entrance]:
    """Those of which no line was executed; `executed` has the lines of each path."""
    return (each for each in found if not each.lines & executed.get(each.path, frozenset()))


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.Module, modules: Mapping[str, Path]) -> Iterator[tuple[Path, str]]:
    """What a module imports by name, or reads from a module it imports whole."""
    whole: dict[str, Path] = {}
    for module, alias in _aliases(tree):
        if (full := f"{module}.{alias.name}") in modules:
            whole[alias.asname or alias.name] = modules[full]
        elif module in modules:
            yield modules[module], alias.name
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in whole:
                yield whole[name], attribute


def _aliases(tree: ast.Module) -> Iterator[tuple[str, ast.alias]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias) for alias in node.names)


def _lines(node: ast.AST) -> Iterator[int]:
    """The first line of each statement that only a call executes."""
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            if isinstance(part, _FUNCTION):
                yield from _lines(part)
    elif isinstance(node, _FUNCTION):
        yield from (part.lineno for part in node.body if not _is_said(part))


def _is_said(statement: ast.stmt) -> bool:
    """A docstring, or the dots of a protocol."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def main() -> None:
    """Says how many there are; an exit code of 1 means that some were not run."""
    from coverage import CoverageData  # noqa: PLC0415 - the tests of this module need none

    data = CoverageData(str(ROOT / ".coverage"))
    data.read()
    found = entrances(ROOT)
    executed = {
        str(Path(path).relative_to(ROOT)): frozenset(data.lines(path) or ())
        for path in data.measured_files()
        if Path(path).is_relative_to(ROOT)
    }
    missed = list(unreached(found, executed))
    lines = [f"  {each.path}: {each.name}" for each in missed]
    print(f"{len(found)} entrances of packages, {len(missed)} that no test runs", *lines, sep="\n")  # noqa: T201
    sys.exit(1 if missed or len(found) < FEWEST else 0)


if __name__ == "__main__":
    main()
