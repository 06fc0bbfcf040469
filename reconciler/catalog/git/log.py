"""Git's log of a folder, as edits: which question is asked, and what the answer says."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

__all__ = ["Edit", "date_edits", "log_arguments", "read_log"]

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a commit did to the files of a folder, against its first parent.

    `files` has the object before and after by the path below the catalog; None where there is none.
    """

    commit: str
    parent: str | None
    at: datetime
    files: dict[str, tuple[str | None, str | None]]


def log_arguments(head: str, path: str) -> tuple[str, ...]:
    """A `git log` that no configuration changes, as hash, second and parents, then raw lines."""
    return (
        "log",
        "--first-parent",
        "--diff-merges=first-parent",
        "--raw",
        "--no-abbrev",
        "--no-renames",
        "--no-show-signature",
        "--no-ext-diff",
        "--root",
        "-z",
        "--format=tformat:%H %ct %P",
        head,
        "--",
        path,
    )


def read_log(output: bytes, prefix: str) -> Iterator[Edit]:
    """The edits that git printed, in its order; paths lose the prefix."""
    tokens = iter(output.removesuffix(b"\0").split(b"\0") if output else ())
    found: Edit | None = None
    for token in tokens:
        if not token.lstrip(b"\n").startswith(b":"):
            if found is not None:
                yield found
            found = _parse_commit(token)
        elif found is not None:
            was, now, old, new, _ = token.lstrip(b"\n:").decode("ascii").split(" ")
            path = os.fsdecode(next(tokens)).removeprefix(prefix)
            found.files[path] = (_regular_file(was, old), _regular_file(now, new))
    if found is not None:
        yield found


def _parse_commit(header: bytes) -> Edit:
    commit, second, *parents = header.decode("ascii").split()
    at = datetime.fromtimestamp(int(second), tz=UTC)
    return Edit(commit=commit, parent=parents[0] if parents else None, at=at, files={})


def _regular_file(mode: str, object_id: str) -> str | None:
    """The object, where there is one and it is a regular file's."""
    return object_id if mode.startswith("100") else None


def date_edits(edits: Sequence[Edit], now: datetime) -> tuple[list[datetime], list[datetime]]:
    """When each edit was made at the earliest and at the latest; they are given newest first.

    A commit that claims to be older than what it grew from is no older. One that claims a time to
    come was made before the next that does not: a clock that was wrong once says nothing of what
    came later.
    """
    dated = [edit.at if edit.at <= now else _EVER for edit in edits]
    since = list(accumulate(reversed(dated), max))[::-1]
    until: list[datetime] = []
    for at, earliest in zip(dated, since, strict=True):
        newer = until[-1] if until else now
        until.append(newer if at is _EVER else earliest)
    return since, until
