"""The catalog's settings: how people are matched, how far a run may go, who is never removed."""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from reconciler.model.accounts import AccountAction
from reconciler.model.diagnostics import Span
from reconciler.model.validity import Duration

__all__ = [
    "Contact",
    "GuardLimits",
    "IdentityRule",
    "Limit",
    "Merging",
    "MovedReviews",
    "Operator",
    "ProposalRules",
    "ProtectedPerson",
    "RequiredApproval",
    "Settings",
]


class IdentityRule(Enum):
    """How a subject may be matched; the first rule with a candidate decides."""

    MAPPING = "mapping"
    LOGIN = "login"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A bound that is passed only when every figure it names is exceeded."""

    count: int | None = None
    percent: int | None = None

    def is_exceeded(self, number: int, of: int) -> bool:
        """Whether `number` out of `of` is more than this limit allows."""
        over_count = self.count is None or number > self.count
        over_percent = self.percent is None or number * 100 > of * self.percent
        return number > 0 and over_count and over_percent

    def __str__(self) -> str:
        parts = []
        if self.count is not None:
            parts.append(f"more than {self.count}")
        if self.percent is not None:
            parts.append(f"more than {self.percent} %")
        return " and ".join(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardLimits:
    """How far a run may go; a guard trips when any of its limits is exceeded."""

    group_removals: tuple[Limit, ...] = (Limit(count=5, percent=25),)
    run_removals: tuple[Limit, ...] = (Limit(count=20), Limit(count=5, percent=10))
    ended_removals: tuple[Limit, ...] = (Limit(count=50),)
    unresolved: tuple[Limit, ...] = (Limit(count=5, percent=10),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedPerson:
    """A person whom no run ever removes; `id` outlives a renamed login."""

    login: str
    reason: str
    id: str | None = None
    origin: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom to ask, and their name at GitHub (`@acme/team` or `@person`).

    `until` is an approver's last day as one: what they approved by then stays approved.
    """

    email: str
    github: str | None = None
    until: date | None = None

    def may_approve(self, day: date) -> bool:
        """Whether they are an approver on that day."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Whose own request is its approval, for the actions that `may` lists."""

    email: str
    may: frozenset[AccountAction]
    github: str | None = None


class RequiredApproval(Enum):
    """Which additions need an approval that its source bears out."""

    ALL = "all"
    HIGH = "high"
    """Those of risk high, by any of the groups that the entitlement fills."""
    NONE = "none"


class Merging(Enum):
    """Who merges a proposal."""

    MANUAL = "manual"
    WHEN_VERIFIED = "when-verified"
    """The workflow, once every line of it is verified at a source and none is held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalRules:
    """What becomes of proposals. `most_open` is how many one person may have open at once."""

    merge: Merging = Merging.MANUAL
    most_open: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedReviews:
    """What the file still says as `reviews`, which moved to `doors/github.yaml`."""

    repository: str
    origin: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`settings.yaml`, with the defaults where it is silent."""

    match: tuple[IdentityRule, ...] = (IdentityRule.MAPPING, IdentityRule.LOGIN)
    guards: GuardLimits = GuardLimits()
    protected: tuple[ProtectedPerson, ...] = ()
    naming_pattern: str | None = None
    admins: tuple[Contact, ...] = ()
    operators: tuple[Operator, ...] = ()
    required: RequiredApproval = RequiredApproval.HIGH
    proposals: ProposalRules = ProposalRules()
    applied_every: Duration | None = None
    """How often a scheduled apply runs; an end at an instant comes as late as that."""
    moved_reviews: MovedReviews | None = field(default=None, compare=False, repr=False)

    @property
    def account_approvers(self) -> tuple[Contact | Operator, ...]:
        """Who may agree to anything that is done with an account."""
        return (*self.admins, *self.operators)
