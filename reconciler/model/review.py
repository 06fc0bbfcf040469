"""What a forge knows of a merged change: its pull request, and who reviewed which commit of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

__all__ = [
    "Approvals",
    "Earlier",
    "Introduction",
    "PullRequest",
    "Review",
    "ReviewRef",
    "Verdict",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One review as it stands now. `state` stays a string: GitHub may add one.

    `reviewer` is empty where the account is gone; `is_person` is False for bots and apps.
    """

    id: int
    reviewer: str
    state: str
    commit: str
    submitted_at: datetime | None
    url: str = ""
    is_person: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier head of a pull request, at which it changed the catalog as it did in the end.

    `grew_from` is the commit of the default branch that it had in it. `committers` are those of the
    commits until then; what came later changed nothing that counts.
    """

    grew_from: str
    committers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request that was merged into the default branch, with all of its reviews.

    `committers` are the accounts, in lower case, that wrote or committed its commits;
    `has_unknown_committer` says that there may be others. `files` are the paths of its files with
    git's names of their contents at its head. `earlier` are heads by commit, as far as reviewed.
    """

    number: int
    url: str
    author: str
    head_sha: str
    base_sha: str
    merged_at: datetime
    reviews: tuple[Review, ...] = ()
    committers: frozenset[str] = frozenset()
    has_unknown_committer: bool = False
    files: frozenset[tuple[str, str]] = frozenset()
    earlier: Mapping[str, Earlier] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """The newest commit of the branch after which a grant says what it says now.

    `parent` is what the branch was before it; None for its first commit. `files` are the paths
    since then, with their contents, that hold the grant in these words.
    """

    commit: str
    parent: str | None
    at: datetime
    files: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRef:
    """A review that makes an approval verified, as a plan line cites it.

    `head_sha` is the commit that was reviewed.
    """

    id: int
    reviewer: str
    head_sha: str
    url: str
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a grant's approval is more than a claim.

    `reviews` has one for each approver, and is empty unless all of them are there; `why_not` says
    what is missing, and may speak of whoever is in `names`. A void approval is none: the grant was
    edited after it.
    """

    reviews: tuple[ReviewRef, ...] = ()
    why_not: str = ""
    names: tuple[str, ...] = ()
    is_void: bool = False

    @property
    def is_verified(self) -> bool:
        """Whether every approver reviewed what was merged."""
        return bool(self.reviews)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """What became of the approvals that additions rest on, by the hash of their grant.

    `is_required`: high risk needs a verified one. `problem` says why some could not be looked at.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    is_required: bool = True
    problem: str = ""
