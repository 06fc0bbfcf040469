"""Which catalog this is: a digest of what it declares, and the commit it was read from."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from reconciler.catalog.git import run
from reconciler.model.catalog import Catalog

__all__ = ["commit", "digest", "head"]


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


def head(root: Path) -> str | None:
    """The commit checked out around `root`, if it lies in a repository that has one."""
    sha = _git(root, "rev-parse", "--verify", "--quiet", "HEAD")
    return sha.strip() if sha else None


def commit(root: Path) -> tuple[str | None, bool]:
    """The commit checked out around `root`, and whether anything below `root` differs from it.

    Without git, or outside a checkout, there is no commit and nothing to differ from.
    """
    sha = head(root)
    if not sha:
        return None, False
    status = _git(
        root,
        "status",
        "--porcelain=v1",
        "--untracked-files=all",
        "--ignore-submodules=all",
        "--",
        ".",
    )
    return sha, status is None or bool(status.strip())


def _git(root: Path, *arguments: str) -> str | None:
    """What git prints, if it succeeds."""
    done = run(root, *arguments)
    if done is None or done.returncode != 0:
        return None
    return done.stdout.decode("utf-8", "replace")
