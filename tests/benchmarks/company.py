"""A company of any size: a generated org, and the catalog that grants what its groups hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from reconciler.catalog.decode import parse_moment
from reconciler.model.catalog import (
    BindGroup,
    Binding,
    Catalog,
    Connector,
    Entitlement,
    Fulfilment,
    Grant,
    Risk,
    Tool,
)
from reconciler.model.diagnostics import Span
from reconciler.model.ids import ConnectorId, EntitlementId, OktaGroupId, ToolId
from reconciler.model.plan import CatalogRevision
from reconciler.model.validity import Approval
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.planning.steps.assess import PlanInputs
from reconciler.sandbox import World, generate_world
from reconciler.workflows.plan import plan

__all__ = ["CONNECTOR", "NOW", "Size", "catalog_of", "plan_of", "world_of"]

CONNECTOR = ConnectorId("okta-prod")
NOW = datetime(2026, 11, 20, tzinfo=UTC)
_USERS = EntitlementId("users")


@dataclass(frozen=True, slots=True)
class Size:
    """So many groups, the members of each, and the people whom they are drawn from."""

    groups: int
    members: int
    users: int

    @property
    def memberships(self):
        """All groups' members together."""
        return self.groups * self.members


def world_of(size: Size) -> World:
    """The org of that size, the same every time."""
    return generate_world(users=size.users, groups=size.groups, members=size.members)


def catalog_of(world: World, newcomers: Iterable[str] = ()) -> Catalog:
    """One tool per group, a grant per member; `newcomers` are granted the first tool as well.

    Each grant has its own approval, dates and place, as grants read from files have: sharing them
    would flatter the memory.
    """
    tools = {ToolId(group.name): _tool(ToolId(group.name)) for group in world.groups}
    wanted = [(group, (*group.members, *newcomers)) for group in world.groups[:1]]
    wanted += [(group, group.members) for group in world.groups[1:]]
    return Catalog(
        connectors={CONNECTOR: Connector(id=CONNECTOR, type="okta", name="Okta")},
        tools=tools,
        bindings=tuple(
            Binding(
                tool=ToolId(group.name),
                entitlement=_USERS,
                connector=CONNECTOR,
                group=BindGroup(id=OktaGroupId(group.id), name=group.name),
            )
            for group in world.groups
        ),
        grants=tuple(
            _grant(ToolId(group.name), login) for group, logins in wanted for login in logins
        ),
    )


def _tool(name: ToolId) -> Tool:
    users = Entitlement(id=_USERS, description="", risk=Risk.LOW)
    return Tool(
        id=name,
        name=name,
        description="",
        owners=(),
        risk=Risk.LOW,
        fulfilment=Fulfilment.OKTA,
        entitlements={_USERS: users},
    )


def _grant(tool: ToolId, login: str) -> Grant:
    return Grant(
        tool=tool,
        entitlement=_USERS,
        subject=login,
        purpose=f"Work of {login}",
        approval=Approval(
            ticket=f"AI-{login[7:13]}",
            approved_by=("lead@acme.example",),
            approved_at=date.fromisoformat("2026-10-12"),
        ),
        expires=parse_moment("2027-06-30"),
        origin=Span(f"catalog/grants/{tool}/{login}.yaml", 1, 1),
    )


async def plan_of(catalog: Catalog, base: str, token: str, transport=None):
    """The plan of that catalog, from the org at this address or behind this transport."""
    origin = OrgUrl.parse(base, pinned_host=None, allow_loopback=True)
    options = SenderOptions(clock=lambda: NOW)
    beside = PlanInputs(as_of=NOW, created_at=NOW, revision=CatalogRevision())
    async with Sender(origin, SswsAuth(token), options, transport=transport) as sender:
        return (await plan(catalog, CONNECTOR, OktaReader(sender), beside)).plan
