"""What Okta says: users, groups, and how completely they were read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Literal

from reconciler.model.approvals.review import Approvals
from reconciler.model.ids import Membership, OktaGroupId, OktaOrgId, OktaUserId

__all__ = [
    "AccountEvent",
    "AccountEventKind",
    "AccountLog",
    "AccountProfile",
    "Actor",
    "Answers",
    "AssignedApp",
    "AttributedMembers",
    "CanarySight",
    "CredentialFacts",
    "DirectoryGroup",
    "DirectoryUser",
    "LiveState",
    "Members",
    "MembershipEvent",
    "MembershipLog",
    "Org",
    "ReadCount",
    "ReadFailure",
]

SYSTEM = "SystemPrincipal"
UNNAMED = frozenset({"", "unknown"})
"""What stands in an event where Okta has no other name (Okta: LogEvent)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something. All of it is untrusted text; any of it may be empty."""

    id: str = ""
    kind: str = ""
    login: str = ""
    name: str = ""
    client_id: str = ""
    """The app through which it was done, when it was one."""
    has_token: bool = False
    """Whether it was done through an API token, and so not by hand; Okta does not always say so."""

    @property
    def is_system(self) -> bool:
        """Whether Okta did it by itself: a group rule, an import."""
        return self.kind == SYSTEM

    def __str__(self) -> str:
        """What people call them."""
        names = [text for text in (self.name, self.login) if text not in UNNAMED] or [self.id]
        kind = "" if self.kind in {"", "User"} else f" [{self.kind}]"
        if not names[0]:
            return f"an actor whom Okta does not name{kind}"
        return " ".join((names[0], *(f"({name})" for name in names[1:]))) + kind


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipEvent:
    """One change of one membership that took place; `at` is when Okta published it, UTC."""

    group: OktaGroupId
    user: OktaUserId
    at: datetime
    is_removal: bool
    actor: Actor

    @property
    def membership(self) -> Membership:
        """What was changed."""
        return Membership(self.group, self.user)


class AccountEventKind(Enum):
    """What happened to an account, by the name that Okta's log has for it (Okta: event types)."""

    ACTIVATED = "user.lifecycle.activate"
    REACTIVATED = "user.lifecycle.reactivate"
    DEACTIVATED = "user.lifecycle.deactivate"
    SUSPENDED = "user.lifecycle.suspend"
    UNSUSPENDED = "user.lifecycle.unsuspend"
    LOCKED = "user.account.lock"
    UNLOCKED = "user.account.unlock"
    UNLOCKED_BY_ADMIN = "user.account.unlock_by_admin"
    PASSWORD_RESET = "user.account.reset_password"  # noqa: S105 - a kind of event, no secret
    SESSIONS_CLEARED = "user.session.clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent:
    """One thing that happened to one account; `at` is when Okta published it, UTC."""

    user: OktaUserId
    kind: AccountEventKind
    at: datetime
    actor: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLog:
    """Every such event of the people asked about, from `since` until it was asked, in any order."""

    since: datetime
    events: tuple[AccountEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipLog:
    """Every such change from `since` until it was asked, in no particular order."""

    since: datetime
    events: tuple[MembershipEvent, ...] = ()
    cleared: tuple[AccountEvent, ...] = ()
    """Whose sessions were ended meanwhile; of very many, the newest."""


DEPROVISIONED = "DEPROVISIONED"
SUSPENDED = "SUSPENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryUser:
    """A person in Okta. `status` stays a string: Okta may add one."""

    id: OktaUserId
    login: str
    status: str
    email: str = ""
    name: str = ""
    created_at: datetime | None = None
    activated_at: datetime | None = None
    status_changed_at: datetime | None = None
    """When the status last changed; None where Okta does not say, as of one never activated."""
    provider: str = ""
    """Who keeps the password: `OKTA`, `FEDERATION`, `ACTIVE_DIRECTORY` and others; empty where
    Okta does not say."""
    moving_to: str = ""
    """The status that Okta is about to give it, empty mostly (Okta: `transitioningToStatus`)."""

    @property
    def is_deprovisioned(self) -> bool:
        """Whether the account is closed."""
        return self.status == DEPROVISIONED

    @property
    def is_inactive(self) -> bool:
        """Whether the account is suspended or closed, so that nobody is added to a group."""
        return self.status in {SUSPENDED, DEPROVISIONED}

    @property
    def began_at(self) -> datetime | None:
        """When this account was last activated, or made when it never was."""
        return self.activated_at or self.created_at


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountProfile:
    """A person with what tells them from another of the same name. Any of it may be empty."""

    user: DirectoryUser
    manager: str = ""
    department: str = ""
    title: str = ""
    last_login_at: datetime | None = None
    password_changed_at: datetime | None = None

    @property
    def id(self) -> OktaUserId:
        """Whose it is."""
        return self.user.id


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedApp:
    """An app that somebody has: assigned to them alone, or through a group.

    `is_direct` is None where Okta does not say.
    """

    label: str
    is_direct: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryGroup:
    """A group in Okta. Only `OKTA_GROUP` membership can be changed (Okta: management API).

    `has_admin_role` and `app_count` are None where Okta did not say.
    """

    id: OktaGroupId
    name: str
    type: str
    description: str = ""
    has_admin_role: bool | None = None
    app_count: int | None = None

    @property
    def is_writable(self) -> bool:
        """Whether Okta lets anyone change its members through the API."""
        return self.type == "OKTA_GROUP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """The org that answered."""

    id: OktaOrgId
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFailure:
    """A read that was short, refused or interrupted: unknown, and never compared.

    `code` is `refused`, `missing`, `malformed`, `unreachable`; `detail` is for people. `cause` is
    the code of the error behind it and `hint` its next step, where an error was behind it.
    """

    code: str
    detail: str
    cause: str = field(default="", compare=False)
    hint: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialFacts:
    """What signing in showed of a credential; of an API token, that it is one.

    `asked` are the OAuth scopes that were asked for and `granted` those of the token that came
    back: Okta leaves out silently what an app was never granted. `granted` is None for an API
    token, whose rights are its owner's roles.
    """

    method: Literal["ssws", "private_key_jwt"]
    asked: frozenset[str] = frozenset()
    granted: frozenset[str] | None = None
    client_id: str | None = None
    is_dpop: bool = False


Members = frozenset[OktaUserId]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributedMembers:
    """A group's members, and what Okta says of how each came to be one.

    `fed` were put there by a group rule; of `unknown` Okta did not say; the rest are manual.
    """

    users: tuple[DirectoryUser, ...]
    fed: Members = frozenset()
    unknown: Members = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCount:
    """What a read cost, as proof of completeness: requests sent, and list pages among them."""

    calls: int = 0
    pages: int = 0


class CanarySight(Enum):
    """Whether the member who must be visible was."""

    SEEN = "seen"
    ABSENT = "absent"
    UNREAD = "unread"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """What was observed. A group is either complete in `members` or explained in `unread`."""

    org: Org
    credential: CredentialFacts | None = None
    caller: OktaUserId | None = None
    groups: Mapping[OktaGroupId, DirectoryGroup] = field(default_factory=dict)
    groups_by_name: Mapping[str, tuple[DirectoryGroup, ...]] = field(default_factory=dict)
    """Every group whose name equals one we want to create, keyed by that name case-folded."""
    groups_by_marker: Mapping[str, tuple[DirectoryGroup, ...]] = field(default_factory=dict)
    """Every group whose description ends in the marker of one that we create, by marker."""
    unread_markers: Mapping[str, ReadFailure] = field(default_factory=dict)
    """Markers for which the look-up failed: whether a group carries one is unknown."""
    members: Mapping[OktaGroupId, Members] = field(default_factory=dict)
    unread: Mapping[OktaGroupId, ReadFailure] = field(default_factory=dict)
    rule_fed: Mapping[OktaGroupId, Members] = field(default_factory=dict)
    """Members whom a group rule put there: removing one would silently edit the rule."""
    unattributed: Mapping[OktaGroupId, Members] = field(default_factory=dict)
    """Members of whom it is not known whether a rule put them there."""
    shows_rules: bool = True
    """Whether Okta showed an active rule; a list without any may be one it does not let us see."""
    unread_names: Mapping[str, ReadFailure] = field(default_factory=dict)
    """Names to create for which the exact-name read failed, case-folded."""
    users: Mapping[OktaUserId, DirectoryUser] = field(default_factory=dict)
    unread_subjects: Mapping[str, ReadFailure] = field(default_factory=dict)
    """Subjects (case-folded) for which the look-up failed: who they are is unknown."""
    canary: CanarySight = CanarySight.NOT_ASKED
    reads: ReadCount = ReadCount()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was asked about a plan's lines, beyond the observation. By default nothing was."""

    fed: Mapping[Membership, bool | ReadFailure] = field(default_factory=dict)
    """Whether a group rule put the member there."""
    apps: Mapping[OktaGroupId, tuple[str, ...]] = field(default_factory=dict)
    """Names of the apps that are assigned through a group, for groups that lose a member."""
    log: MembershipLog | ReadFailure | None = None
    """Changes of the memberships that would be added; None where nobody would be."""
    accounts: AccountLog | ReadFailure | None = None
    """What happened to the accounts whose lines depend on it; None where none does."""
    roles: Mapping[OktaUserId, tuple[str, ...] | ReadFailure] = field(default_factory=dict)
    """The admin roles of each whose account would be changed."""
    dashboards: Mapping[OktaUserId, tuple[str, ...]] = field(default_factory=dict)
    """Names of the apps that each whose account would be taken away can reach."""
    approvals: Approvals | None = None
    """What GitHub says of the approvals that additions rest on; None when nobody asks it."""
    reads: ReadCount | None = None
    """What all reads cost with these; None where none was needed."""
