"""Catalogs for tests: a small sound one, and the mistakes planted into it."""

from pathlib import Path

from reconciler.catalog.files import Folder
from reconciler.catalog.load import Loaded, load_and_judge, load_and_judge_change
from reconciler.policy.sample import (
    ACKNOWLEDGEMENT,
    BINDING,
    CONNECTOR,
    FILES,
    GRANT,
    GROUP,
    IDENTITY,
    NOW,
    SETTINGS,
    TOOL,
    USER,
)

__all__ = [
    "ACKNOWLEDGEMENT",
    "BINDING",
    "CONNECTOR",
    "GRANT",
    "GROUP",
    "IDENTITY",
    "NOW",
    "SETTINGS",
    "SOUND",
    "TODAY",
    "TOKEN",
    "TOOL",
    "USER",
    "judged",
    "loaded",
    "planted",
    "said",
    "write",
]

Files = dict[str, str | bytes | None]
TODAY = NOW.date()
TOKEN = "00" + "abcdefghij" * 4  # shaped like an API token, and nobody's
SOUND = dict(FILES)


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """The files below `root/catalog`."""
    folder = root / "catalog"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def loaded(root: Path, changed: dict[str, str | bytes] | None = None) -> Loaded:
    """The sound catalog with some files changed or added, loaded as `catalog`."""
    return load_and_judge(write(root, {**SOUND, **(changed or {})}), display="catalog")


def judged(
    root: Path, base: Files, head: Files, emptied: tuple[tuple[str, str], ...] = ()
) -> Loaded:
    """The change from one sound catalog to another, on a day; None takes a file away."""
    sources = []
    for name, changed in (("base", base), ("head", head)):
        files = {k: v for k, v in {**SOUND, **changed}.items() if v is not None}
        (root / name).mkdir()
        sources.append(Folder(write(root / name, files), "catalog"))
    return load_and_judge_change(sources[1], sources[0], NOW, frozenset(emptied))


def said(result: Loaded) -> list[str]:
    """Each diagnostic as `code path:line:column`, below the catalog."""
    return [f"{each.code} {str(each.span).removeprefix('catalog/')}" for each in result.diagnostics]


def planted(root: Path, name: str, before: str, after: str) -> Loaded:
    """The sound catalog with one passage of one file replaced."""
    text = SOUND[name]
    assert before in text, f"{before!r} is not in {name}"
    return loaded(root, {name: text.replace(before, after, 1)})
