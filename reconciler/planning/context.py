"""What every step of planning one connector needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.accounts.protection import Shield
from reconciler.model.approvals.review import Approvals
from reconciler.model.catalog import Catalog, Entitled, Risk
from reconciler.model.directory import Members
from reconciler.model.evidence import RecentWrites
from reconciler.model.ids import EntitlementId, OktaGroupId, OktaUserId, ToolId
from reconciler.model.plan import BlockReason
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.planning.manual_removals import MembershipHistory
from reconciler.planning.people import People
from reconciler.planning.scope import ManagedGroup

__all__ = ["PlanContext"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContext:
    """The catalog, the people it names, and the instant; the same for all groups of a plan."""

    catalog: Catalog
    known: People
    protected: Members
    holds_all: str
    """Why removals are held everywhere, or empty."""
    now: datetime
    names: frozenset[str] = frozenset()
    """The distinct subjects of live grants, and those of them that could not be resolved."""
    unresolved: frozenset[str] = frozenset()
    names_of: Mapping[OktaUserId, tuple[str, ...]] = field(default_factory=dict)
    """Names of the managed groups that hold a person, for those whom a group loses."""
    apps: Mapping[OktaGroupId, tuple[str, ...]] = field(default_factory=dict)
    """Names of the apps that are assigned through a group, for groups that lose a member."""
    recent: RecentWrites = field(default_factory=RecentWrites)
    """What earlier runs took away lately."""

    past: MembershipHistory = field(default_factory=MembershipHistory)
    """Who was put into a group, or taken out, as far as it matters to an addition."""
    approvals: Approvals | None = None
    """What became of the approvals that additions rest on; None when nobody asks."""
    is_asking: bool = False
    """Whether it is yet to be asked: what a source has to say objects to nothing so far."""
    record: GrantHistory = field(default_factory=GrantHistory)
    """What the files' past and their rules say of grants."""
    risks: Mapping[Entitled, Risk] = field(default_factory=dict)
    """How much harm all that an entitlement's groups give can do."""
    shield: Shield = field(default_factory=Shield)
    """Whose accounts are never touched."""
    merged_at: Mapping[str, datetime] = field(default_factory=dict)
    """When each request for an account was merged, by its hash, as far as git tells."""
    is_one_of_several: bool = False
    """Whether another connector carries out files about accounts, too."""
    stopped: Mapping[OktaUserId, BlockReason] = field(default_factory=dict)
    """Why people are added to nothing whom a file wants without their account."""
    returning: Members = frozenset()
    """The people whose suspension this plan ends."""

    def risk(self, tool: ToolId, entitlement: EntitlementId) -> Risk:
        """How much harm the access can do."""
        own = self.catalog.tools[tool].entitlements[entitlement].risk
        return self.risks.get((tool, entitlement), own)

    def keeps(self, user: OktaUserId, group: ManagedGroup) -> tuple[str, ...]:
        """The other managed groups the person stays in."""
        return tuple(name for name in self.names_of.get(user, ()) if name != group.ref.name)

    def apps_of(self, group: ManagedGroup) -> tuple[str, ...]:
        """The apps a person loses with this group, as far as they were read."""
        return self.apps.get(group.ref.id, ()) if group.ref.id else ()
