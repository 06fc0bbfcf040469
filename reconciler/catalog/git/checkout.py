"""The checkout around a catalog folder: its commit, and the files that no commit holds."""

from pathlib import Path

from reconciler.catalog.file_rules import CATALOG_UNFETCHED
from reconciler.catalog.git.command import NO_COMMIT, NO_REPOSITORY
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import submodule_problem
from reconciler.model.diagnostics import Diagnostic, Span
from reconciler.model.errors import ReconcilerError

__all__ = ["explain_empty_folder", "list_uncommitted", "read_commit", "read_head"]


def explain_empty_folder(root: Path, display: str) -> Diagnostic | None:
    """What is missing from an empty folder, by its commit; None where git knows of nothing."""
    try:
        repository = Repository.around(root)
        sha = repository.commit("HEAD")
        if repository.is_submodule(sha):
            return submodule_problem(display)
        has_files = any(True for _ in repository.list_entries(sha))
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


def read_head(root: Path) -> str:
    """The commit checked out around `root`; empty where there is none, or git fails."""
    try:
        return read_commit(root)[0] or ""
    except ReconcilerError:
        return ""


def read_commit(root: Path) -> tuple[str | None, bool]:
    """The commit checked out around `root`, and whether anything below `root` differs from it.

    Outside a repository, and before its first commit, there is nothing to differ from. Where there
    is a repository and git fails, it raises why.
    """
    try:
        repository = Repository.around(root)
        sha = repository.commit("HEAD")
    except ReconcilerError as error:
        if error.code in {NO_REPOSITORY, NO_COMMIT}:
            return None, False
        raise
    return sha, repository.is_dirty()


def list_uncommitted(root: Path) -> tuple[str, ...]:
    """The YAML files below `root` that are not committed as they are, ignored ones too."""
    try:
        names = Repository.around(root).list_uncommitted()
    except ReconcilerError as error:
        if error.code == NO_REPOSITORY:
            return ()
        raise
    return tuple(name for name in names if name.endswith((".yaml", ".yml")))
