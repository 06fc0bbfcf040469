"""Which catalog this is: a digest of what it declares, and the commit it was read from."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from reconciler.catalog.file_rules import CATALOG_UNFETCHED
from reconciler.catalog.git.command import NO_COMMIT, NO_REPOSITORY
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import unfetched
from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Diagnostic, Span
from reconciler.model.errors import ReconcilerError

__all__ = ["commit", "digest", "emptied", "head", "uncommitted"]


def digest(catalog: Catalog) -> str:
    """The sha256 of what the catalog declares, wherever it is written and in whatever order."""
    settings = replace(catalog.settings, protected=_placeless(catalog.settings.protected))
    hashed = hashlib.sha256()
    for name, nouns in (
        ("settings", [settings]),
        ("connectors", _placeless(catalog.connectors.values())),
        ("tools", _placeless(catalog.tools.values())),
        ("bindings", _placeless(catalog.bindings)),
        ("grants", _placeless(catalog.grants)),
        ("identities", _placeless(catalog.identities)),
        ("acknowledgements", _placeless(catalog.acknowledgements)),
    ):
        lines = sorted(msgspec.json.encode(noun, order="deterministic") for noun in nouns)
        hashed.update(b"\n".join([name.encode(), *lines, b""]))
    return hashed.hexdigest()


def _placeless(nouns: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(replace(noun, origin=None) for noun in nouns)


def emptied(root: Path, display: str) -> Diagnostic | None:
    """What is missing from an empty folder, by its commit; None where git knows of nothing."""
    try:
        repository = Repository.around(root)
        sha = repository.commit("HEAD")
        if repository.is_submodule(sha):
            return unfetched(display)
        has_files = any(True for _ in repository.entries(sha))
    except ReconcilerError:
        return None
    if not has_files:
        return None
    return Diagnostic.at(
        Span(display),
        CATALOG_UNFETCHED,
        "the catalog folder is empty, and its commit has files in it",
        "check it out again; files that a sparse checkout leaves out are missing here",
    )


def head(root: Path) -> str:
    """The commit checked out around `root`; empty where there is none, or git cannot tell."""
    try:
        return commit(root)[0] or ""
    except ReconcilerError:
        return ""


def commit(root: Path) -> tuple[str | None, bool]:
    """The commit checked out around `root`, and whether anything below `root` differs from it.

    Outside a repository, and before its first commit, there is nothing to differ from. Where there
    is a repository and git cannot tell, it raises why.
    """
    try:
        repository = Repository.around(root)
        sha = repository.commit("HEAD")
    except ReconcilerError as error:
        if error.code in {NO_REPOSITORY, NO_COMMIT}:
            return None, False
        raise
    return sha, repository.is_dirty()


def uncommitted(root: Path) -> tuple[str, ...]:
    """The YAML files below `root` that are not committed as they lie, ignored ones too."""
    try:
        names = Repository.around(root).uncommitted()
    except ReconcilerError as error:
        if error.code == NO_REPOSITORY:
            return ()
        raise
    return tuple(name for name in names if name.endswith((".yaml", ".yml")))
