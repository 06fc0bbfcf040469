"""GitHub's JSON, only the fields that are read; wrong types and missing fields fail the whole.

States and account types stay strings: GitHub may add one. An account that was deleted is null.
"""

from datetime import datetime
from typing import Annotated

import msgspec

__all__ = ["Account", "Blob", "Commit", "Comparison", "File", "Membership", "Pull", "Review"]

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Sha = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40,64}$")]


class Account(msgspec.Struct, gc=False):
    """A person (`User`), a bot or an organisation."""

    login: str
    type: str = ""


class Repository(msgspec.Struct, gc=False):
    """The repository of a branch."""

    full_name: str
    default_branch: str


class Base(msgspec.Struct, gc=False):
    """The branch that a pull request goes into."""

    ref: str
    sha: Sha
    repo: Repository


class Head(msgspec.Struct, gc=False):
    """The last commit of a pull request."""

    sha: Sha


class Pull(msgspec.Struct, gc=False):
    """A pull request as lists show it."""

    number: int
    html_url: str
    head: Head
    base: Base
    user: Account | None = None
    merged_at: Instant | None = None
    merge_commit_sha: str | None = None


class Review(msgspec.Struct, gc=False):
    """A review; a pending one has no `submitted_at`, one of a lost commit no `commit_id`."""

    id: int
    state: str
    html_url: str
    user: Account | None = None
    commit_id: str | None = None
    submitted_at: Instant | None = None


class Commit(msgspec.Struct, gc=False):
    """A commit; an author without an account is null, or an empty object."""

    sha: Sha
    author: dict[str, object] | None = None
    committer: dict[str, object] | None = None


class File(msgspec.Struct, gc=False):
    """A file that a pull request changes; `sha` is its content's at the head."""

    filename: str
    status: str
    sha: str | None = None
    previous_filename: str | None = None


class Comparison(msgspec.Struct, gc=False):
    """What a commit changes since it grew from a branch; GitHub lists 300 files of it at most."""

    merge_base_commit: Head
    files: list[File] | None = None


class Blob(msgspec.Struct, gc=False):
    """A content; GitHub breaks its base64 into lines."""

    content: str
    encoding: str


class Membership(msgspec.Struct, gc=False):
    """An account in a team: `active`, or `pending` until it accepts."""

    state: str
