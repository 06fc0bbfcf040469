"""What git says: connectors, tools, bindings, grants, identities, acknowledgements, accounts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from typing import Literal, Self

from reconciler.model.accounts import AccountDeclaration
from reconciler.model.approvals.doors import Doors
from reconciler.model.diagnostics import Span
from reconciler.model.directory import DirectoryGroup
from reconciler.model.ids import (
    ConnectorId,
    EntitlementId,
    OktaGroupId,
    OktaUserId,
    SecretRef,
    ToolId,
)
from reconciler.model.settings import Contact, Settings
from reconciler.model.validity import (
    AnyApproval,
    Approval,
    ApprovalSource,
    Duration,
    Moment,
    Validity,
    day_end,
    window,
)

__all__ = [
    "DIRECT",
    "DOMAIN",
    "HANDLE",
    "PERSON",
    "UNFILLED",
    "Acknowledgement",
    "Auth",
    "Authority",
    "BindGroup",
    "Binding",
    "Canary",
    "Catalog",
    "Connector",
    "CreateGroup",
    "Entitled",
    "Entitlement",
    "Fulfilment",
    "Grant",
    "Groups",
    "IdentityMapping",
    "Revocation",
    "Risk",
    "Route",
    "Tool",
    "accounts_of",
    "bindings_of",
    "candidates",
    "expand_moves",
    "marked_groups",
    "own_group",
    "risks",
]


class Risk(Enum):
    """How much harm the access can do, from the least on: its members compare in this order."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    def __lt__(self, other: Self) -> bool:
        """Whether it is less harm; what compares otherwise (`max`, `sorted`) comes to this."""
        ascending = tuple(type(self))
        return ascending.index(self) < ascending.index(other)


class Fulfilment(Enum):
    """Who carries a grant out: an Okta group, or a person by hand."""

    OKTA = "okta"
    MANUAL = "manual"


class Authority(Enum):
    """Whether members that no grant ever named are reported or removed."""

    ADDITIVE = "additive"
    AUTHORITATIVE = "authoritative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """How a connector signs in. `secret` is the token or the private key, by reference."""

    method: Literal["ssws", "private_key_jwt"]
    secret: SecretRef
    client_id: str | SecretRef | None = None
    key_id: str | SecretRef | None = None
    dpop: Literal["auto", "required", "off"] = "auto"
    rotated_at: date | None = None
    max_age_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A member who must be visible before anything is written: proof that reading works."""

    user: str
    group_id: OktaGroupId
    group_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One Okta org. Either `domain` and auth, or everything in one secret (`config`)."""

    id: ConnectorId
    type: str
    name: str
    description: str = ""
    domain: str | None = None
    config: SecretRef | None = None
    plan_auth: Auth | None = None
    apply_auth: Auth | None = None
    canary: Canary | None = None
    lifecycle: bool = False
    disabled: bool = False
    origin: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """One kind of access to a tool."""

    id: EntitlementId
    description: str
    risk: Risk
    required_members: tuple[str, ...] = ()
    min_members: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """An AI tool and the rules for granting it."""

    id: ToolId
    name: str
    description: str
    owners: tuple[Contact, ...]
    risk: Risk
    fulfilment: Fulfilment
    entitlements: Mapping[EntitlementId, Entitlement]
    max_duration: Duration | None = None
    approvers: tuple[Contact, ...] = ()
    approvals: frozenset[ApprovalSource] | None = None
    """The sources that count for it; None: every one that is configured."""
    origin: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BindGroup:
    """A group that exists: found by id; the name is for people."""

    id: OktaGroupId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateGroup:
    """A group to make, once."""

    name: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """The Okta group that gives an entitlement."""

    tool: ToolId
    entitlement: EntitlementId
    connector: ConnectorId
    group: BindGroup | CreateGroup
    authority: Authority = Authority.ADDITIVE
    unattended: bool = False
    admin_role: bool = False
    """The group carries an Okta admin role, and that is meant."""
    shared: bool = False
    """Whether the group is meant to give other tools too; said on each of its bindings."""
    retired: bool = False
    replaces: OktaGroupId | None = None
    origin: Span | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """How people and files refer to it: `<tool>/<entitlement>@<connector>`."""
        return f"{self.tool}/{self.entitlement}@{self.connector}"

    @property
    def marker(self) -> str:
        """What a group made for this binding carries at the end of its description."""
        return f"[reconciler:{self.connector}/{self.tool}/{self.entitlement}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Who ended a grant before its time, and why."""

    at: date
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One person, one entitlement, one purpose, one window, one approval."""

    tool: ToolId
    entitlement: EntitlementId
    subject: str
    purpose: str
    approval: AnyApproval
    starts: Moment | None = None
    expires: Moment | None = None
    revoked: Revocation | None = None
    origin: Span | None = field(default=None, compare=False, repr=False)

    @property
    def counts_from(self) -> Moment | None:
        """From when its length counts; None where only the approval's source knows."""
        approval = self.approval
        if self.starts is not None or not isinstance(approval, Approval):
            return self.starts
        return Moment(approval.approved_at, approval.approved_time)

    @property
    def validity(self) -> Validity:
        """When the grant holds."""
        return window(self.starts, self.expires, self.revoked.at if self.revoked else None)

    def has_ended(self, now: datetime | None) -> bool:
        """Whether it has ended by `now`; not where nobody says when that is."""
        return now is not None and self.validity.has_ended(now)

    def uses_up(self, approved_at: datetime) -> bool:
        """Whether an approval that gave it is over with it; asked of one revoked or ended.

        A revocation is of a day: what was approved on it came before, for all that is known.
        """
        if self.revoked is not None:
            return approved_at < day_end(self.revoked.at)
        return self.expires is not None and approved_at < self.expires.end


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityMapping:
    """Who an outside account, or an address that two people share, is in Okta."""

    keys: tuple[str, ...]
    """Subjects this answers, each as a grant writes it: `jira:…`, `slack:…`, `github:…` or an
    e-mail address."""
    login: str | None = None
    id: OktaUserId | None = None
    origin: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """A dated exception to one guard, for the people it names and nobody else."""

    guard: str
    connector: ConnectorId
    people: frozenset[OktaUserId]
    reason: str
    by: str
    expires: date
    group: OktaGroupId | None = None
    origin: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything git declares."""

    settings: Settings = field(default_factory=Settings)
    connectors: Mapping[ConnectorId, Connector] = field(default_factory=dict)
    tools: Mapping[ToolId, Tool] = field(default_factory=dict)
    bindings: tuple[Binding, ...] = ()
    grants: tuple[Grant, ...] = ()
    identities: tuple[IdentityMapping, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    accounts: tuple[AccountDeclaration, ...] = ()
    doors: Doors = field(default_factory=Doors)

    def sources_of(self, tool: ToolId) -> frozenset[ApprovalSource]:
        """Where approvals of the tool's grants are read."""
        chosen = self.tools[tool].approvals if tool in self.tools else None
        return self.doors.sources if chosen is None else self.doors.sources & chosen


UNFILLED = ("REPLACE", "replace-with-")
"""What a value has in it that `init` could not know; a domain is written in lower case."""

DOMAIN = "https://replace-with-yours.okta.com"
PERSON = "REPLACE@example.com"
HANDLE = "@REPLACE/it-admins"


Entitled = tuple[ToolId, EntitlementId]


def risks(catalog: Catalog) -> Mapping[Entitled, Risk]:
    """The risk of each entitlement: the highest of all that the groups it is bound to give."""
    own = {
        (tool.id, entitlement.id): entitlement.risk
        for tool in catalog.tools.values()
        for entitlement in tool.entitlements.values()
    }
    together: defaultdict[tuple[str, str], set[Entitled]] = defaultdict(set)
    for binding in catalog.bindings:
        entitled = (binding.tool, binding.entitlement)
        if isinstance(binding.group, BindGroup) and entitled in own:
            together[binding.connector, binding.group.id].add(entitled)
    found = dict(own)
    for entitlements in together.values():
        risk = max(own[each] for each in entitlements)
        for each in entitlements:
            found[each] = max(found[each], risk)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How requests leave this machine. `proxy` is a URL, and may hold a password."""

    proxy: str = field(default="", repr=False)
    straight: tuple[str, ...] = ()
    """Hosts that are reached without the proxy, and with each those below it."""
    ca_file: str = ""
    """Certificates that are trusted besides the usual ones."""
    unused: str = ""
    """A variable of the system that names a proxy which is not used."""

    def proxy_for(self, host: str) -> str:
        """The proxy by which a host is reached; empty where it is reached straight."""
        asked = host.lower()
        is_straight = any(asked == each or asked.endswith(f".{each}") for each in self.straight)
        return "" if is_straight else self.proxy

    @property
    def proxy_name(self) -> str:
        """The proxy's host and port, to be shown: without user and password."""
        return self.proxy.partition("://")[2].rpartition("@")[2].rstrip("/")


DIRECT = Route()


def accounts_of(catalog: Catalog, connector: ConnectorId) -> tuple[AccountDeclaration, ...]:
    """The people's files that the connector carries out: none without `lifecycle: true`."""
    found = catalog.connectors.get(connector)
    is_used = found is not None and found.lifecycle and not found.disabled
    return catalog.accounts if is_used else ()


def bindings_of(catalog: Catalog, connector: ConnectorId) -> tuple[Binding, ...]:
    """The connector's bindings whose tools are provisioned through Okta, by name.

    One that moved stands there twice: with the group it keeps, and retired with the one it leaves.
    """
    chosen = (
        b
        for b in catalog.bindings
        if b.connector == connector
        and (tool := catalog.tools.get(b.tool)) is not None
        and tool.fulfilment is Fulfilment.OKTA
    )
    return tuple(expand_moves(sorted(chosen, key=lambda b: b.name)))


Groups = Mapping[str, tuple[DirectoryGroup, ...]]


def candidates(binding: Binding, by_name: Groups, by_marker: Groups) -> tuple[DirectoryGroup, ...]:
    """The groups that have the name that the binding would create, or its marker; each once."""
    named = by_name.get(binding.group.name.casefold(), ())
    marked = by_marker.get(binding.marker, ())
    return tuple({group.id: group for group in (*named, *marked)}.values())


def marked_groups(binding: Binding, groups: Iterable[DirectoryGroup]) -> tuple[DirectoryGroup, ...]:
    """Those that were made for this binding. One of an app or a directory only looks like it."""
    marked = tuple(g for g in groups if g.description.endswith(binding.marker))
    return tuple(g for g in marked if g.is_writable) or marked


def own_group(binding: Binding, groups: Iterable[DirectoryGroup]) -> DirectoryGroup | None:
    """The group that was made for this binding, if it is the only one with its marker."""
    marked = marked_groups(binding, groups)
    return marked[0] if len(marked) == 1 else None


def expand_moves(bindings: Iterable[Binding]) -> Iterator[Binding]:
    """Every binding, and beside one that moved its retired side.

    Members whom no grant named stay: the group is no longer this binding's to rule.
    """
    for binding in bindings:
        ending = replace(binding, retired=True, authority=Authority.ADDITIVE, unattended=False)
        yield ending if binding.retired else binding
        if binding.replaces is not None:
            old = BindGroup(id=binding.replaces, name=binding.replaces)
            # Who leaves a binding that is retired itself waits for no other group.
            towards = None if binding.retired else binding.replaces
            yield replace(ending, group=old, replaces=towards)
