"""Git's objects in the repository: nothing is checked out, nothing of it is run.

Every command is plumbing with fixed words: no hooks, no filters, no replaced objects, no paging,
no prompt. A ref comes from outside, so it is resolved to a commit before anything else sees it.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reconciler.catalog.git.command import (
    NO_COMMIT,
    NO_REPOSITORY,
    explain_unusable,
    quote_output,
    run_git,
)
from reconciler.catalog.git.log import Edit, log_arguments, read_log
from reconciler.model.errors import GuardRefused, ReconcilerError, StoreError, UsageError

__all__ = ["ChangedEntry", "Entry", "Merge", "Repository"]

_NO, _CONFLICT = 1, 1


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a tree: its mode, its object, its size in bytes, its path below the folder."""

    mode: str
    object_id: str
    size: int
    parts: tuple[str, ...]

    @property
    def is_link(self) -> bool:
        """Whether it is a symbolic link."""
        return self.mode == "120000"

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return self.mode in {"100644", "100755"}


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """A path from the repository's root, and its modes in two trees: `000000` where it is not."""

    path: str
    was: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """What merging a commit into another would give: a tree, and whether it is a clean one."""

    tree: str
    is_clean: bool


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository around a catalog folder; `prefix` is the folder's path inside it."""

    top: Path
    prefix: str

    @classmethod
    def around(cls, folder: Path) -> "Repository":
        """The repository around `folder`; raises the cause where there is none.

        The code `NO_REPOSITORY` says that there is none; every other, that git failed.
        """
        whole = folder.absolute()
        above = whole
        while not above.is_dir() and above != above.parent:
            above = above.parent
        top = _find_top(above)
        # What is not there has no links that could lead elsewhere, so its `..` are words.
        real = Path(os.path.normpath(above.resolve() / whole.relative_to(above)))
        return cls(top=top, prefix=real.relative_to(top).as_posix())

    def commit(self, ref: str) -> str:
        """The commit a ref names; raises `UsageError` for one that names none."""
        # A ref that starts like an option would be one.
        sha = "" if ref.startswith("-") else self._rev_parse(f"{ref}^{{commit}}")
        if not sha:
            raise (
                self._no_head_error()
                if ref == "HEAD"
                else UsageError(
                    "ref-unknown",
                    f"{ref!r} names no commit here",
                    "fetch it first; in CI, check out with the whole history (fetch-depth: 0)",
                )
            )
        return sha

    def has_commit(self, sha: str) -> bool:
        """Whether the commit is here, and not only known to be elsewhere."""
        return bool(self._rev_parse(f"{sha}^{{commit}}"))

    def _rev_parse(self, name: str) -> str:
        done = run_git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", name)
        return done.stdout.decode("ascii", "replace").strip() if done.returncode == 0 else ""

    def _no_head_error(self) -> ReconcilerError:
        """Why nothing is checked out: nothing is committed yet, or the commit is gone."""
        if self._rev_parse("HEAD"):
            return StoreError(
                "git-damaged",
                f"the commit that is checked out in {self.top} is not in its repository",
                "run `git fsck` there, or clone it anew",
            )
        return UsageError(
            NO_COMMIT, f"nothing is committed in {self.top} yet", "commit the catalog first"
        )

    def is_dirty(self) -> bool:
        """Whether git sees anything in the folder that differs from the commit checked out."""
        words = ("--porcelain=v1", "--untracked-files=all", "--ignore-submodules=all")
        return bool(self._run_checked("status", *words, "--", self.prefix).strip())

    def list_uncommitted(self) -> tuple[str, ...]:
        """The files of the folder that no commit holds as they are, ignored ones too, in order."""
        listed = self._run_checked(
            "status",
            "--porcelain=v1",
            "-z",
            "--no-renames",
            "--untracked-files=all",
            "--ignored=traditional",
            "--",
            self.prefix,
        )
        records = os.fsdecode(listed).split("\0")
        return tuple(sorted(record[len("XY ") :] for record in records if record))

    def fetch_tip(self) -> tuple[str, str]:
        """The remote's default branch and its newest commit, as the remote says now.

        Raises `GuardRefused` when there is no remote or it does not answer: what cannot be checked
        is not assumed.
        """
        done = run_git(self.top, "ls-remote", "--symref", "origin", "HEAD", asks_a_remote=True)
        text = done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""
        lines = text.splitlines()
        branch = next((t[len("ref: ") :].partition("\t")[0] for t in lines if t[:5] == "ref: "), "")
        commit = next(
            (t.partition("\t")[0] for t in lines if t.endswith("\tHEAD") and t[0] != "r"), ""
        )
        if not branch or not commit:
            raise GuardRefused(
                "tip-unknown",
                "the newest commit of the default branch could not be read from `origin`"
                + quote_output(done.stderr),
                "check out with a remote named origin, and let git reach it without asking: in "
                "GitHub Actions by `gh auth setup-git`, with GH_TOKEN in the environment",
            )
        return branch.removeprefix("refs/heads/"), commit

    def committed_at(self, commit: str) -> datetime:
        """When the commit was made, as it says itself."""
        done = self._run_checked("show", "--no-patch", "--format=%ct", commit)
        return datetime.fromtimestamp(int(done.decode("ascii").strip() or "0"), tz=UTC)

    def contains(self, commit: str, other: str) -> bool:
        """Whether `other` is the commit itself or among what it is known to have grown from."""
        done = run_git(self.top, "merge-base", "--is-ancestor", other, commit)
        if done.returncode not in {0, _NO}:
            raise self._failure("merge-base")
        return done.returncode == 0

    def find_merge_base(self, one: str, other: str) -> str:
        """The newest commit that both grew from; raises `StoreError` where that is not known."""
        if self.contains(one, other):
            return other
        if self.contains(other, one):
            return one
        self._require_whole()
        return self._run_checked("merge-base", one, other).decode("ascii").split()[0]

    def merge_trees(self, base: str, head: str) -> Merge:
        """The tree that merging `head` into `base` would give; nothing is checked out.

        Raises `StoreError` in a shallow clone: where the two forked may be beyond its end, and an
        older commit that it does have would be taken for that place.
        """
        self._require_whole()
        done = run_git(self.top, "merge-tree", "--write-tree", "--no-messages", base, head)
        tree = (done.stdout.decode("ascii", "replace").split() or [""])[0]
        if done.returncode not in {0, _CONFLICT} or not tree:
            raise self._failure(
                f"merge-tree {base[:12]} {head[:12]}", "git 2.38 or newer is needed for it"
            )
        return Merge(tree=tree, is_clean=done.returncode == 0)

    def list_changes(self, before: str, after: str) -> tuple[ChangedEntry, ...]:
        """Every path of the whole repository that differs between two commits or trees."""
        how = ("-r", "-z", "--raw", "--no-renames", "--ignore-submodules=none")
        words = self._run_checked("diff-tree", *how, before, after).split(b"\0")
        pairs = zip(words[::2], words[1::2], strict=False)  # the last word is empty
        modes = ((os.fsdecode(path), head.decode("ascii").lstrip(":")) for head, path in pairs)
        return tuple(ChangedEntry(path, *line.split(" ")[:2]) for path, line in modes)

    def list_entries(self, tree: str) -> Iterator[Entry]:
        """Every entry below the folder in a commit or tree, in git's order; none where it lacks."""
        path = () if self.prefix == "." else ("--", f"{self.prefix}/")
        listed = self._run_checked("ls-tree", "-r", "-z", "--long", "--full-tree", tree, *path)
        skipped = 0 if self.prefix == "." else self.prefix.count("/") + 1
        for record in listed.split(b"\0"):
            head, _, name = record.partition(b"\t")
            if name:
                mode, _, object_id, size = head.decode("ascii").split()
                parts = tuple(os.fsdecode(name).split("/"))[skipped:]
                if not parts:  # the folder itself, where it is a submodule
                    continue
                yield Entry(mode, object_id, int(size) if size.isdigit() else 0, parts)

    def is_submodule(self, tree: str) -> bool:
        """Whether the folder is in another repository, of which the commit has the name alone."""
        parts = self.prefix.split("/")
        above = ["/".join(parts[: number + 1]) for number in range(len(parts))]
        listed = self._run_checked("ls-tree", "-z", "--full-tree", tree, "--", *above)
        return any(record.startswith(b"160000 ") for record in listed.split(b"\0"))

    def is_shallow(self) -> bool:
        """Whether the clone lacks history, so that its first commit is not the first there was."""
        return self._run_checked("rev-parse", "--is-shallow-repository").strip() != b"false"

    def read_edits(self, head: str, folder: str) -> Iterator[Edit]:
        """The first-parent commits that changed something in the catalog's folder, newest first.

        A moved file is one that is gone and one that is new.
        """
        prefix = "" if self.prefix == "." else f"{self.prefix}/"
        return read_log(self._run_checked(*log_arguments(head, f"{prefix}{folder}/")), prefix)

    def read_contents(self, object_ids: Iterable[str]) -> dict[str, bytes]:
        """The bytes of each object."""
        wanted = sorted(set(object_ids))
        raw = self._run_checked(
            "cat-file", "--batch", stdin="".join(f"{o}\n" for o in wanted).encode()
        )
        found, at = {}, 0
        for object_id in wanted:
            end = raw.index(b"\n", at)
            size = raw[at:end].rsplit(b" ", 1)[-1]
            if not size.isdigit():
                raise _missing_object_error(object_id)
            start = end + 1
            found[object_id] = raw[start : start + int(size)]
            at = start + int(size) + 1
        return found

    def _run_checked(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        done = run_git(self.top, *arguments, stdin=stdin)
        if done.returncode != 0:
            raise self._failure(arguments[0])
        return done.stdout

    def _require_whole(self) -> None:
        if self.is_shallow():
            raise _shallow_error(self.top)

    def _failure(self, what: str, hint: str = "") -> StoreError:
        """Why a command that needs the history did not succeed."""
        if run_git(self.top, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true":
            return _shallow_error(self.top)
        return StoreError(
            "git-failed",
            f"git {what} did not succeed in {self.top}",
            hint or "is the history complete? in CI, check out with fetch-depth: 0",
        )


def _find_top(above: Path) -> Path:
    """The top folder of the repository that git finds around a folder that exists."""
    try:
        done = run_git(above, "rev-parse", "--show-toplevel")
    except StoreError as error:
        seen = explain_unusable(above, b"")
        if seen.code == NO_REPOSITORY:  # that much can be seen without git
            raise seen from error
        raise
    if done.returncode != 0:
        raise explain_unusable(above, done.stderr)
    return Path(os.fsdecode(done.stdout.removesuffix(b"\n"))).resolve()


def _shallow_error(top: Path) -> StoreError:
    return StoreError(
        "history-short",
        f"the clone in {top} is shallow, and the answer may be beyond its end",
        "fetch the whole history: `git fetch --unshallow`; in CI, check out with fetch-depth: 0",
    )


def _missing_object_error(object_id: str) -> StoreError:
    return StoreError(
        "git-failed",
        f"git has no object {object_id[:12]}",
        "the clone is partial or damaged: fetch the whole history",
    )
