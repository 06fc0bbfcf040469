"""A change of the catalog as a pull request: what is to be opened, and what GitHub says of it.

The branch is the key: what has the same key is the same proposal, whoever opens it, and how often.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import Enum

from reconciler.model.ids import fold

__all__ = [
    "BRANCHES",
    "GitHubComment",
    "GitHubIssue",
    "Merged",
    "NotMerged",
    "NotPublished",
    "ProposalPull",
    "ProposedFile",
    "PublishProblem",
    "Published",
    "PublishedChange",
    "PublishedState",
    "PulledFile",
    "requester_marker",
]

BRANCHES = "reconciler/"
"""How the branches of proposals begin."""

_KEY = re.compile(r"[0-9a-z][0-9a-z-]{0,63}")


def requester_marker(requester: str) -> str:
    """The last line of a proposal's description, by which one person's are counted.

    It is hidden, and holds nothing that they wrote: a hash of who they are.
    """
    digest = hashlib.sha256(fold(requester).encode()).hexdigest()[:20]
    return f"<!-- reconciler:requester {digest} -->"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedFile:
    """A file as the change leaves it. `path` begins at the repository's root.

    `before` is what the change was made from, None for a new file.
    """

    path: str
    content: str
    before: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedChange:
    """What is to become one branch and one pull request into `base`.

    `title` and `body` are Markdown that is escaped already. `requester` is whoever asked, by any
    name that stays theirs; None where it counts among nobody's.
    """

    key: str
    title: str
    body: str
    files: tuple[ProposedFile, ...]
    requester: str | None
    base: str = "main"
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key) or not self.files:
            raise ValueError("a proposal has a key that a branch can be named by, and files")

    @property
    def branch(self) -> str:
        """The name of its branch."""
        return BRANCHES + self.key


class PublishedState(Enum):
    """What became of a proposal. None of these is ever opened again."""

    OPENED = "opened"
    """Just now."""
    ALREADY = "already"
    """It is open, and was before."""
    DECLINED = "declined"
    """Somebody closed it."""
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The one pull request of a proposal."""

    number: int
    url: str
    state: PublishedState
    head_sha: str


class PublishProblem(Enum):
    """Why no pull request was opened."""

    STALE = "stale"
    """A file is not what the change was made from any more."""
    TOO_MANY_OPEN = "too-many-open"
    NOTHING_NEW = "nothing-new"
    """The base says so already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPublished:
    """A change that was not proposed, and what to do."""

    problem: PublishProblem
    summary: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubIssue:
    """An issue, or a pull request looked at as one. Its texts are whatever people wrote.

    `author` is empty where the account is gone; `is_person` is False for bots and apps.
    """

    number: int
    url: str
    title: str
    body: str
    author: str
    is_person: bool
    is_open: bool
    is_pull_request: bool = False
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubComment:
    """A comment of our own."""

    id: int
    url: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledFile:
    """A file that a pull request changes. `status` stays a string: GitHub may add one."""

    path: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalPull:
    """A pull request as it stands, for whoever is to decide whether it is merged.

    `base_sha` is the tip of its base now, `is_into_default` whether that is the default branch.
    `is_ours`: this very credential's account opened it, and its branch is in the repository itself.
    `is_complete`: no file is left out of `files`.
    """

    number: int
    url: str
    branch: str
    head_sha: str
    base: str
    base_sha: str
    is_into_default: bool
    is_ours: bool
    is_open: bool
    is_merged: bool
    is_draft: bool
    is_complete: bool
    files: tuple[PulledFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """It is merged; `sha` is the commit on the base that has it."""

    sha: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMerged:
    """GitHub does not merge it as it stands."""

    summary: str
