"""What GitHub does with a repository when it is asked by its API: objects, branches and merges.

Each function takes the folder of a repository, bare or not, and git does the work.
"""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = [
    "blob_at",
    "content_of",
    "create_branch",
    "find_changes",
    "find_tip",
    "merge_trees",
    "move_branch",
    "tree_of",
    "write_commit",
    "write_tree",
]

_NOBODY = "0" * 40


def _run(folder: Path, *words: str, given: bytes = b"", **env: str) -> bytes | None:
    """What git says; None where it refuses."""
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        check=False,
        input=given,
        capture_output=True,
        env={**os.environ, **env},
    )
    return done.stdout if done.returncode == 0 else None


def _word(folder: Path, *words: str, given: bytes = b"", **env: str) -> str:
    found = _run(folder, *words, given=given, **env)
    assert found is not None, words
    return found.decode().strip()


def find_tip(folder: Path, branch: str) -> str | None:
    """The commit of a branch; None where there is no such branch."""
    found = _run(folder, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")
    return found.decode().strip() if found else None


def tree_of(folder: Path, commit: str) -> str | None:
    """The tree of a commit; None where there is no such commit."""
    found = _run(folder, "rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}")
    return found.decode().strip() if found else None


def blob_at(folder: Path, commit: str, path: str) -> tuple[str, str] | None:
    """The type and the name of what lies at a path in a commit."""
    line = _word(folder, "ls-tree", commit, "--", path)
    return (line.split()[1], line.split()[2]) if line else None


def content_of(folder: Path, blob: str) -> bytes | None:
    """A blob's content."""
    return _run(folder, "cat-file", "blob", blob)


def write_tree(folder: Path, base_tree: str, files: list[tuple[str, str]]) -> str:
    """The base's tree with these files over it: paths with contents."""
    with TemporaryDirectory() as place:
        index = str(Path(place) / "index")
        _word(folder, "read-tree", base_tree, GIT_INDEX_FILE=index)
        for path, content in files:
            blob = _word(folder, "hash-object", "-w", "--stdin", given=content.encode())
            entry = f"100644,{blob},{path}"
            _word(folder, "update-index", "--add", "--cacheinfo", entry, GIT_INDEX_FILE=index)
        return _word(folder, "write-tree", GIT_INDEX_FILE=index)


def write_commit(folder: Path, message: str, tree: str, parents: list[str], at: str) -> str:
    """A commit of the App's, at an instant."""
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in (
        ("NAME", "app"), ("EMAIL", "app@example.com"), ("DATE", at)
    )}  # fmt: skip
    above = [word for parent in parents for word in ("-p", parent)]
    return _word(folder, "commit-tree", tree, *above, given=message.encode(), **who)


def create_branch(folder: Path, ref: str, commit: str) -> bool:
    """Whether the branch is made; not where there is one."""
    return _run(folder, "update-ref", ref, commit, _NOBODY) is not None


def move_branch(folder: Path, ref: str, commit: str) -> bool:
    """Whether the branch is moved; not to a commit that does not follow."""
    if _run(folder, "merge-base", "--is-ancestor", ref, commit) is None:
        return False
    return _run(folder, "update-ref", ref, commit) is not None


def find_changes(folder: Path, base: str, head: str) -> tuple[str, list[dict[str, str]]] | None:
    """Where the head grew from the base, and what it changed since."""
    fork = _run(folder, "merge-base", base, head)
    if fork is None:
        return None
    grew_from = fork.decode().strip()
    how = ("--raw", "--no-abbrev", "--no-renames", "-z")
    shown = _word(folder, "diff", *how, grew_from, head).split("\0")
    names = {"A": "added", "M": "modified", "D": "removed"}
    pairs = [(line.split(), path) for line, path in zip(shown[::2], shown[1::2], strict=False)]
    return grew_from, [{"filename": p, "sha": w[3], "status": names[w[4]]} for w, p in pairs]


def merge_trees(folder: Path, base: str, head: str) -> str | None:
    """The tree of both; None where they conflict."""
    found = _run(folder, "merge-tree", "--write-tree", base, head)
    return found.decode().strip() if found else None
