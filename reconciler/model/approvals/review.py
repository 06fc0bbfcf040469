"""What GitHub knows of a merged change: its pull request, and who reviewed which commit of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from reconciler.model.ids import EntitlementId, GroupRef, PersonRef, ToolId

__all__ = [
    "AccessChange",
    "Approvals",
    "BaseComparison",
    "CatalogChange",
    "Cause",
    "EarlierHead",
    "Effect",
    "Introduction",
    "IssueRef",
    "PullRequest",
    "Review",
    "ReviewRef",
    "Verdict",
    "Window",
    "WithheldGroup",
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
class EarlierHead:
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
    earlier: Mapping[str, EarlierHead] = field(default_factory=dict)
    author_is_bot: bool = False
    """Whether a program opened it: then its author says nothing of who asked."""


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
class IssueRef:
    """An issue that makes an approval verified, as a plan line cites it."""

    key: str
    url: str
    approvers: tuple[str, ...]
    """As identities write them: `jira:ID`."""
    approved_at: datetime
    unbound: tuple[str, ...] = ()
    """What the grant says and the issue has no field for, so that nobody agreed to it there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a grant's approval is more than a claim.

    `reviews` has one for each approver, and is empty unless all of them are there; `issue` is set
    where Jira bears it out. `approved_by` and `approved_at` say who agreed, and when, by the source
    that bore it out. `why_not` says what is missing, and may name the people in `names`; `hint`
    says what helps where it is not just one more approval. A void approval is none: the grant was
    edited after it. One that is awaited comes with the merge, if it comes.
    """

    reviews: tuple[ReviewRef, ...] = ()
    issue: IssueRef | None = None
    approved_by: tuple[str, ...] = ()
    approved_at: datetime | None = None
    asked_by: str = ""
    """Who asked there: the issue's reporter, or the pull request's author; empty for a program."""
    why_not: str = ""
    hint: str = ""
    names: tuple[str, ...] = ()
    is_void: bool = False
    is_awaited: bool = False

    @property
    def is_verified(self) -> bool:
        """Whether a source bears out all that the grant says of its approval."""
        return bool(self.reviews) or self.issue is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approvals:
    """What became of the approvals that additions rest on, by the hash of their grant.

    `is_required`: what the settings ask for is asked; not of a change that is not merged.
    `problem` says why some reviews could not be looked at, `issues_problem` why issues could not.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    is_required: bool = True
    problem: str = ""
    issues_problem: str = ""


class Cause(Enum):
    """Why a line is in a plan that was compared with a base. First match wins, in this order."""

    CHANGE = "change"
    """Only the change under review brings it."""
    PENDING = "pending"
    """It waited already when the base was committed."""
    TIME = "time"
    """It came since then: an end was reached, a start arrived, an account changed."""


class Effect(Enum):
    """What a change does to one person's access over time. First match wins, in this order."""

    EXPLAINS = "explains"
    """It grants what a member of the group already has, without a grant so far."""
    BEGINS = "begins"
    """They get access, now or later, that they would not have had."""
    ENDS = "ends"
    """They have access no more, from now on and at any later day."""
    ENDS_LATER = "ends-later"
    ENDS_EARLIER = "ends-earlier"
    MOVES = "moves"
    """Other days are covered than before, in some other way."""
    GIVES_NOTHING = "gives-nothing"
    """A new or edited grant that covers no day from now on which is not covered without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of access, half-open; `starts` is None where it is open now, `ends` if never."""

    starts: datetime | None
    ends: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChange:
    """One person's access by one group, from now on, without the change and with it.

    `group` is None where a person carries the grant out by hand. `is_member` says whether they are
    in the group now. `revoked_at` is the day ahead on which a revocation takes it, where one does;
    `ended_at` is when the window of a grant that gives nothing closed, where it has closed.
    """

    effect: Effect
    person: PersonRef
    group: GroupRef | None
    tool: ToolId
    entitlement: EntitlementId
    before: tuple[Window, ...] = ()
    after: tuple[Window, ...] = ()
    is_member: bool = False
    revoked_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogChange:
    """A difference of settings, connectors, tools, bindings or identities, in a sentence.

    `people` and `groups` are everyone and every group of whom it speaks.
    """

    summary: str
    people: tuple[PersonRef, ...] = ()
    groups: tuple[GroupRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WithheldGroup:
    """A group that the base does not bind: a pull request is no window into it.

    `granted` counts the people whom files grant it, members or not. `members_from` is the least
    that the group may hold, rounded so that nobody's membership shows: 0 stands for fewer than
    five; None where it was not read. `group` is named as the files name it.
    """

    group: GroupRef
    granted: int
    members_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseComparison:
    """The base, and what the change does to it besides its lines.

    `problem` says why nothing could be compared: then no line has a cause.
    """

    commit: str
    digest: str = ""
    catalog_changes: tuple[CatalogChange, ...] = ()
    """What changes of settings, connectors, tools, bindings and identities."""
    over_time: tuple[AccessChange, ...] = ()
    """Whose access differs at some day from now on, and new grants that give nothing."""
    withheld: tuple[WithheldGroup, ...] = ()
    uncommitted: tuple[str, ...] = ()
    """Files of the catalog that are not committed as they are, so no part of this plan."""
    is_disabled: bool = False
    """Whether the change disables the connector: no run carries anything out then."""
    problem: str = ""
