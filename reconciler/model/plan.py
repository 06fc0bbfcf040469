"""The plan: the complete, self-describing, digestible input of apply.

`changes` steer apply; everything else is for people and for proof. A line's `Intent` is what the
digest covers; reasons, places and purposes stand beside it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum

from reconciler.model.accounts import AccountAction, AccountPart, AccountState, LifecycleCall
from reconciler.model.approvals.review import BaseComparison, Cause, IssueRef, ReviewRef
from reconciler.model.catalog import Authority, Risk
from reconciler.model.diagnostics import Span
from reconciler.model.directory import Org, ReadCount
from reconciler.model.ids import ConnectorId, EntitlementId, GroupRef, Membership, PersonRef, ToolId
from reconciler.model.validity import ApprovalSource, Moment

__all__ = [
    "AccountChange",
    "AccountConsequences",
    "AccountDrift",
    "AccountRef",
    "Action",
    "BlockReason",
    "Blocked",
    "BlockedAccount",
    "CatalogRevision",
    "Change",
    "Drift",
    "Ending",
    "GrantRef",
    "GroupRef",
    "GroupSummary",
    "GuardVerdict",
    "Intent",
    "ManualLine",
    "MemberClass",
    "PersonRef",
    "Plan",
    "PlanWarning",
]


class Action(Enum):
    """What a line writes. The value is what plan files say."""

    CREATE_GROUP = "create-group"
    ADD = "add"
    REMOVE = "remove"


class MemberClass(Enum):
    """Why a person is, or is to be, in a group. First match wins, in this order."""

    PROTECTED = "protected"
    RULE_FED = "rule-fed"
    GRANTED = "granted"
    ENDED = "ended"
    UNAPPROVED = "unapproved"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRef:
    """A grant as a plan line cites it: enough to judge the line without opening the file.

    `approval` is `claimed`, with the reason in `why_claimed` where it was looked into, or
    `verified` by `review`; `other_reviews` are those of its further approvers.
    """

    hash: str
    subject: str
    ticket: str
    approved_by: tuple[str, ...]
    approved_at: date | None
    """None where only the approval's source knows, and it was not read."""
    source: ApprovalSource | None = None
    """Where the file says that people agreed; None where it says itself who did, and when."""
    approval: str = "claimed"
    why_claimed: str = ""
    names: tuple[str, ...] = ()
    """The other people whom `why_claimed` may name: approvers, reviewers, teams."""
    review: ReviewRef | None = None
    other_reviews: tuple[ReviewRef, ...] = ()
    issue: IssueRef | None = None
    """The approved issue that bears it out, where it was no review."""
    purpose: str = ""
    starts: date | None = None
    expires: date | None = None
    revoked_at: date | None = None
    revoked_by: str = ""
    revoked_because: str = ""
    """In their own words, which may name anybody."""
    origin: Span | None = field(default=None, compare=False)
    approved_time: time | None = None
    """The time of the day of the approval, where the file says it."""
    requested_by: str = ""
    """Who asked, where the file says it."""
    asked_by: str = ""
    """Who asked at the source that bears it out, by the name that they have there."""
    starts_time: time | None = None
    """The time of that day, UTC, from which it holds; a day alone holds from its 00:00."""
    expires_time: time | None = None
    """The time of that day, UTC, at which it no longer holds; a day alone holds to its end."""

    @property
    def begins(self) -> Moment | None:
        """From when the grant holds, where it says so."""
        return None if self.starts is None else Moment(self.starts, self.starts_time)

    @property
    def ends(self) -> Moment | None:
        """Until when, where it says so, unless it was revoked before."""
        return None if self.expires is None else Moment(self.expires, self.expires_time)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Intent:
    """What a line does, and what justifies it: the part that is reviewed and digested."""

    action: str
    group: str
    person: str
    member_class: str
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One intended write, and its explanation.

    `held_by` names the guards that hold it: such a line is planned but not carried out.
    `person` is None for the creation of a group.
    """

    action: Action
    group: GroupRef
    tool: ToolId
    entitlement: EntitlementId
    risk: Risk
    reason: str
    person: PersonRef | None = None
    member_class: MemberClass | None = None
    grants: tuple[GrantRef, ...] = ()
    keeps: tuple[str, ...] = ()
    """For a removal: names of other managed groups that still hold the person."""
    apps: tuple[str, ...] = ()
    """For a removal: names of the apps that are assigned through this group."""
    description: str = ""
    """For the creation of a group: its whole description, marker included."""
    held_by: tuple[str, ...] = ()
    cause: Cause | None = None

    @property
    def membership(self) -> Membership | None:
        """What the line writes; None for the creation of a group, and in one yet to be made."""
        if self.group.id is None or self.person is None or self.person.id is None:
            return None
        return Membership(self.group.id, self.person.id)

    @property
    def intent(self) -> Intent:
        """The part of the line that the digest covers."""
        return Intent(
            action=self.action.value,
            group=self.group.key,
            person=(self.person.id or "") if self.person else "",
            member_class=self.member_class.value if self.member_class else "",
            grants=tuple(sorted(g.hash for g in self.grants)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockReason:
    """Why a line is blocked, and what would settle it. `people` are those its words speak of."""

    code: str
    summary: str
    hint: str
    people: tuple[PersonRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Wanted, or asked about, but deliberately not planned. `hint` says what would settle it.

    `people` are those besides `person`, `candidates` and the grants' own of whom its words speak.
    """

    code: str
    summary: str
    hint: str
    group: GroupRef
    tool: ToolId
    entitlement: EntitlementId
    person: PersonRef | None = None
    candidates: tuple[PersonRef, ...] = ()
    people: tuple[PersonRef, ...] = ()
    grants: tuple[GrantRef, ...] = ()
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRef:
    """The part of a person's file that an account line rests on, or a request on call.

    `hash` covers what it permits and who agreed. `requested_at` is a request's, `until` a state's.
    """

    hash: str
    part: AccountPart | None
    """None for a request on call, which no file holds."""
    subject: str
    reason: str
    ticket: str
    approved_by: tuple[str, ...]
    approved_at: date
    approved_time: time | None = None
    requested_by: str = ""
    requested_at: datetime | None = None
    until: date | None = None
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountConsequences:
    """What a change of an account means for the person, as far as it was read."""

    keeps: tuple[str, ...] = ()
    """Names of the managed groups that they stay in."""
    apps: tuple[str, ...] = ()
    """Names of the apps that they can no longer reach."""
    grants: tuple[str, ...] = ()
    """Live grants that no run carries out while it is so, as `tool/entitlement`."""
    is_final: bool = False
    """Whether it cannot be undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChange:
    """One intended change of an account, and its explanation.

    `held_by` names the guards that hold it: such a line is planned but not carried out.
    """

    action: AccountAction
    call: LifecycleCall
    person: PersonRef
    """Their `status` is the one the line starts from."""
    expects: tuple[str, ...]
    """The statuses of which one shows that it was done; none where the status does not tell."""
    reason: str
    risk: Risk
    source: AccountRef
    consequences: AccountConsequences = AccountConsequences()
    held_by: tuple[str, ...] = ()
    cause: Cause | None = None

    @property
    def intent(self) -> Intent:
        """The part of the line that the digest covers."""
        return Intent(
            action=self.action.value,
            group="",
            person=self.person.id or "",
            member_class=self.call.value,
            grants=(self.source.hash,),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedAccount:
    """A change of an account that is wanted, or asked about, but deliberately not planned.

    `people` are those besides `person` and `candidates` of whom its words speak.
    """

    code: str
    summary: str
    hint: str
    source: AccountRef
    person: PersonRef | None = None
    wanted: AccountState | None = None
    """The state that git wants, where that is what Okta does not show."""
    candidates: tuple[PersonRef, ...] = ()
    people: tuple[PersonRef, ...] = ()
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDrift:
    """Where Okta and git disagree about an account: the state that git wants, and the status."""

    person: PersonRef
    wanted: AccountState
    origin: Span | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Where Okta and git disagree: one person, one group."""

    group: GroupRef
    tool: ToolId
    entitlement: EntitlementId
    person: PersonRef
    authority: Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardVerdict:
    """What a guard found. `held` is empty when it passed by itself.

    `figures` say the numbers against the limit, and may speak of `named` besides; `acknowledgement`
    is the exact file that would let the held lines pass; `acknowledged_by` says whose file did.
    `groups` are those of the lines that it judged.
    """

    guard: str
    figures: str
    group: GroupRef | None = None
    groups: tuple[GroupRef, ...] = ()
    people: tuple[PersonRef, ...] = ()
    named: tuple[PersonRef, ...] = ()
    acknowledged_by: str = ""
    acknowledgement: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether lines are held."""
        return not self.acknowledged_by


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualLine:
    """A live grant of a tool that a person provisions by hand."""

    tool: ToolId
    entitlement: EntitlementId
    subject: str
    grant: GrantRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Access that ends soon, with nothing to continue it.

    `within_minutes` is how long after an instant the next scheduled apply may come; None where the
    access ends with a day, or where nobody says how often that is.
    """

    group: GroupRef
    tool: ToolId
    entitlement: EntitlementId
    person: PersonRef
    ends_at: datetime
    grant: GrantRef
    within_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWarning:
    """Worth a reader's minute; changes nothing. `code` is kebab-case.

    `people`, `groups` and `origin` are everyone, every group and the place in a file that its words
    speak of, so that nothing has to look for names in a sentence.
    """

    code: str
    summary: str
    hint: str = ""
    origin: Span | None = None
    people: tuple[PersonRef, ...] = ()
    groups: tuple[GroupRef, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogRevision:
    """Which files the plan was made from. `digest` covers what they declare, not their layout."""

    commit: str | None = None
    dirty: bool = False
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSummary:
    """One managed group in the plan: its authority is printed on every one."""

    group: GroupRef
    bindings: tuple[str, ...]
    authority: Authority
    members: int | None
    """None where the group could not be read, or is yet to be made."""
    granted: int = 0
    protected: int = 0
    rule_fed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything apply needs, and everything a reviewer asks."""

    connector: ConnectorId
    org: Org
    sandbox: bool
    as_of: datetime
    created_at: datetime
    catalog: CatalogRevision
    reads: ReadCount
    groups: tuple[GroupSummary, ...] = ()
    changes: tuple[Change, ...] = ()
    blocked: tuple[Blocked, ...] = ()
    missing: tuple[Drift, ...] = ()
    unapproved: tuple[Drift, ...] = ()
    guards: tuple[GuardVerdict, ...] = ()
    manual: tuple[ManualLine, ...] = ()
    ending: tuple[Ending, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()
    accounts: tuple[AccountChange, ...] = ()
    """Changes of accounts, in the order in which they are carried out, before all others."""
    blocked_accounts: tuple[BlockedAccount, ...] = ()
    account_drift: tuple[AccountDrift, ...] = ()
    tool_version: str = ""
    against: BaseComparison | None = None
    withdrawn: tuple[Change, ...] = ()
    """Lines of the base that the change under review takes away."""
    released: tuple[Change, ...] = ()
    """Lines that a guard holds as things stand, and no more once the change is merged."""
    withdrawn_accounts: tuple[AccountChange, ...] = ()
    """As `withdrawn`, of accounts."""
    released_accounts: tuple[AccountChange, ...] = ()
    """As `released`, of accounts."""

    @property
    def is_refused(self) -> bool:
        """Whether any guard holds lines."""
        return any(verdict.is_refused for verdict in self.guards)
