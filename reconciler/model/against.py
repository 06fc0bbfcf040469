"""What a plan was compared with: the catalog as it stands without the change under review."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from reconciler.model.ids import EntitlementId, ToolId
from reconciler.model.refs import GroupRef, PersonRef

__all__ = ["AccessChange", "Against", "CatalogChange", "Cause", "Effect", "Window", "Withheld"]


class Cause(Enum):
    """Why a line is in a plan that was compared with a base. First match wins, in this order."""

    CHANGE = "change"
    """Only the change under review brings it."""
    PENDING = "pending"
    """It waited already when the base was committed."""
    TIME = "time"
    """It came since then: an end was reached, a start arrived, somebody's account changed."""


class Effect(Enum):
    """What a change does to one person's access over time. First match wins, in this order."""

    EXPLAINS = "explains"
    """It gives access now to somebody who is in the group already, without a grant so far."""
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
class Withheld:
    """A group that the base does not bind: a pull request is no window into it.

    `granted` counts the people whom files grant it, whoever is in it. `members_from` is the least
    that the group may hold, rounded so that nobody's membership shows: 0 stands for fewer than
    five; None where it was not read. `group` is named as the files name it.
    """

    group: GroupRef
    granted: int
    members_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """The base, and what the change does to it besides its lines.

    `problem` says why nothing could be compared: then no line has a cause.
    """

    commit: str
    digest: str = ""
    catalog_changes: tuple[CatalogChange, ...] = ()
    """What changes of settings, connectors, tools, bindings and identities."""
    over_time: tuple[AccessChange, ...] = ()
    """Whose access differs at some day from now on, and new grants that give nothing."""
    withheld: tuple[Withheld, ...] = ()
    uncommitted: tuple[str, ...] = ()
    """Files of the catalog that are not committed as they lie, so no part of this plan."""
    is_disabled: bool = False
    """Whether the change disables the connector: no run carries anything out then."""
    problem: str = ""
