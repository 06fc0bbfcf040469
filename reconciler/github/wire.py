"""GitHub's JSON, only the fields that are read; wrong types and missing fields fail the whole.

States and account types stay strings: GitHub may add one. An account that was deleted is null.
"""

from datetime import datetime
from typing import Annotated

import msgspec

__all__ = [
    "Account",
    "App",
    "Blob",
    "Comment",
    "Commit",
    "Comparison",
    "Content",
    "File",
    "InstallationToken",
    "Issue",
    "Membership",
    "Merge",
    "OpenPull",
    "Pull",
    "Ref",
    "Repository",
    "Review",
    "Tip",
]

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Sha = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40,64}$")]


class Account(msgspec.Struct, gc=False):
    """A person (`User`), a bot or an organisation."""

    login: str
    type: str = ""


class Repository(msgspec.Struct, gc=False):
    """The repository of a branch. How it may be merged into is told to who may push alone."""

    full_name: str
    default_branch: str
    allow_squash_merge: bool | None = None
    allow_merge_commit: bool | None = None
    allow_rebase_merge: bool | None = None


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


class App(msgspec.Struct, gc=False):
    """An App; its account's login is its slug with `[bot]` behind it."""

    slug: str


class InstallationToken(msgspec.Struct, gc=False):
    """A token of an App for what one account installed it on; it lasts for an hour."""

    token: str
    expires_at: Instant

    def __repr__(self) -> str:
        return f"InstallationToken({self.expires_at.isoformat()})"


class Object(msgspec.Struct, gc=False):
    """What a ref or a commit names."""

    sha: Sha


class Ref(msgspec.Struct, gc=False):
    """A branch."""

    object: Object


class Tip(msgspec.Struct, gc=False):
    """A commit of the git database, with its tree."""

    sha: Sha
    tree: Object


class Content(msgspec.Struct, gc=False):
    """What lies at a path; a folder would be a list."""

    type: str
    sha: Sha


class Label(msgspec.Struct, gc=False):
    """A label; an issue shows some as plain names."""

    name: str


class Branch(msgspec.Struct, gc=False):
    """Where a pull request comes from; a fork that is gone is null."""

    ref: str
    sha: Sha
    repo: Repository | None = None


class OpenPull(msgspec.Struct, gc=False):
    """A pull request of any state, as lists show it too."""

    number: int
    html_url: str
    state: str
    head: Branch
    base: Base
    user: Account | None = None
    body: str | None = None
    draft: bool = False
    merged_at: Instant | None = None
    merge_commit_sha: str | None = None
    labels: list[Label] = msgspec.field(default_factory=list)


class Issue(msgspec.Struct, gc=False):
    """An issue; `pull_request` is there where it is one."""

    number: int
    html_url: str
    title: str
    state: str
    body: str | None = None
    user: Account | None = None
    labels: list[Label | str] = msgspec.field(default_factory=list)
    pull_request: dict[str, object] | None = None


class Comment(msgspec.Struct, gc=False):
    """A comment of an issue or a pull request."""

    id: int
    html_url: str
    body: str | None = None
    user: Account | None = None


class Merge(msgspec.Struct, gc=False):
    """What merging answers."""

    merged: bool
    sha: str | None = None
