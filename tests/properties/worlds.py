"""Random small companies, as values: a catalog and an org without files or HTTP.

Small on purpose: seven people, three groups and every kind of trouble, so that collisions happen.
"""

from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import strategies as st

from reconciler.model.catalog import (
    Approval,
    Authority,
    BindGroup,
    Binding,
    Catalog,
    CreateGroup,
    Entitlement,
    Fulfilment,
    Grant,
    IdentityMapping,
    Revocation,
    Risk,
    Tool,
)
from reconciler.model.directory import (
    Answers,
    DirectoryGroup,
    DirectoryUser,
    LiveState,
    Org,
    ReadFailure,
)
from reconciler.model.ids import (
    ConnectorId,
    EntitlementId,
    OktaGroupId,
    OktaOrgId,
    OktaUserId,
    ToolId,
)
from reconciler.model.plan import Action, CatalogRevision, Plan
from reconciler.model.settings import GuardLimits, IdentityRule, ProtectedPerson, Settings
from reconciler.planning.build.assess import PlanInputs, assess
from reconciler.planning.build.complete import complete

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CONNECTOR = ConnectorId("okta-prod")
LOGINS = tuple(f"{name}@example.com" for name in ("ann", "bob", "cy", "dee", "eve", "fay", "gus"))
SUBJECTS = (*LOGINS, "shared@example.com", "nobody@example.com", "jira:1", "jira:2")
GROUPS = ("Alpha", "Beta", "Gamma")
TOOLS = tuple(ToolId(name.lower()) for name in GROUPS)
USERS = EntitlementId("users")
DAYS = st.sampled_from(
    [date(2026, 10, 1), date(2026, 11, 15), date(2026, 11, 22), date(2027, 2, 1)]
)
NO_ANSWERS = Answers()
NO_LIMITS = GuardLimits(group_removals=(), run_removals=(), ended_removals=(), unresolved=())


def user_id(login: str) -> OktaUserId:
    """One fixed id for a login."""
    return OktaUserId("00u" + login.partition("@")[0].rjust(17, "0"))


def group_id(name: str) -> OktaGroupId:
    """One fixed id for a group."""
    return OktaGroupId("00g" + name.rjust(17, "0"))


@st.composite
def grants(draw: st.DrawFn, subjects: tuple[str, ...] = SUBJECTS) -> Grant:
    """Any grant, live or not."""
    tool = draw(st.sampled_from(TOOLS))
    revoked = draw(st.none() | DAYS)
    return Grant(
        tool=tool,
        entitlement=USERS,
        subject=draw(st.sampled_from(subjects)),
        purpose="work",
        approval=Approval(
            ticket=f"AI-{draw(st.integers(1, 9))}",
            approved_by=("lead@example.com",),
            approved_at=draw(st.sampled_from([date(2024, 1, 1), date(2026, 9, 1)])),
        ),
        starts=draw(st.none() | DAYS),
        expires=draw(st.none() | DAYS),
        revoked=Revocation(at=revoked, by="lead@example.com", reason="left") if revoked else None,
    )


@st.composite
def catalogs(draw: st.DrawFn, subjects: tuple[str, ...] = SUBJECTS) -> Catalog:
    """A catalog of three tools, each bound to one group."""
    creates = draw(st.booleans())
    bindings = [
        Binding(
            tool=tool,
            entitlement=USERS,
            connector=CONNECTOR,
            group=CreateGroup(name=name)
            if creates and name == "Gamma"
            else BindGroup(id=group_id(name), name=name),
            authority=draw(st.sampled_from(Authority)),
            admin_role=draw(st.booleans()),
        )
        for tool, name in zip(TOOLS, GROUPS, strict=True)
    ]
    mapped = draw(st.sampled_from(LOGINS))
    protected = draw(st.lists(st.sampled_from(LOGINS), max_size=2, unique=True))
    return Catalog(
        settings=Settings(
            match=(IdentityRule.MAPPING, IdentityRule.LOGIN, IdentityRule.EMAIL),
            protected=tuple(ProtectedPerson(login=p, reason="why") for p in protected),
        ),
        tools={
            tool: Tool(
                id=tool,
                name=tool,
                description="",
                owners=(),
                risk=Risk.LOW,
                fulfilment=Fulfilment.OKTA,
                entitlements={
                    USERS: Entitlement(
                        id=USERS,
                        description="",
                        risk=draw(st.sampled_from(Risk)),
                        min_members=draw(st.sampled_from([0, 0, 1])),
                    )
                },
            )
            for tool in TOOLS
        },
        bindings=tuple(bindings),
        grants=tuple(draw(st.lists(grants(subjects), max_size=12))),
        identities=(IdentityMapping(keys=("jira:1",), login=mapped, id=user_id(mapped)),),
    )


@st.composite
def orgs(draw: st.DrawFn) -> LiveState:
    """An org with those groups and people, some of whom share an address or are inactive.

    Rules put some of the members there, and of some Okta does not say.
    """
    users = {
        user_id(login): DirectoryUser(
            id=user_id(login),
            login=login,
            email="shared@example.com" if login < "c" else login,
            status=draw(st.sampled_from(["ACTIVE", "ACTIVE", "SUSPENDED", "DEPROVISIONED"])),
            activated_at=draw(
                st.sampled_from(
                    [datetime(2023, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)]
                )
            ),
        )
        for login in LOGINS
    }
    groups = {
        group_id(name): DirectoryGroup(
            id=group_id(name),
            name=name,
            type=draw(st.sampled_from(["OKTA_GROUP", "OKTA_GROUP", "OKTA_GROUP", "APP_GROUP"])),
            has_admin_role=draw(st.sampled_from([None, False, False, True])),
            app_count=draw(st.sampled_from([None, 0, 1])),
        )
        for name in GROUPS
    }
    members = {g: draw(st.frozensets(st.sampled_from(sorted(users)))) for g in groups}
    fed = {g: draw(_some_of(people)) for g, people in members.items()}
    return LiveState(
        org=Org(id=OktaOrgId("00oacme"), domain="acme.okta.com"),
        groups=groups,
        members=members,
        rule_fed=fed,
        unattributed={g: draw(_some_of(people - fed[g])) for g, people in members.items()},
        users=users,
    )


def _some_of(people: frozenset[OktaUserId]) -> st.SearchStrategy[frozenset[OktaUserId]]:
    """Half the time nobody, else any of them."""
    if not people:
        return st.just(frozenset())
    return st.just(frozenset()) | st.frozensets(st.sampled_from(sorted(people)))


def plan(
    catalog: Catalog, live: LiveState, now: datetime = NOW, answers: Answers = NO_ANSWERS
) -> Plan:
    """The plan of this catalog against this org."""
    beside = PlanInputs(as_of=now, created_at=now, revision=CatalogRevision())
    return complete(assess(catalog, CONNECTOR, live, beside), answers)


def without_limits(catalog: Catalog) -> Catalog:
    """The same catalog with no guard that counts."""
    return replace(catalog, settings=replace(catalog.settings, guards=NO_LIMITS))


def uncover(live: LiveState, group: OktaGroupId) -> LiveState:
    """The same org with one group that could not be read."""
    members = {g: m for g, m in live.members.items() if g != group}
    return replace(
        live,
        members=members,
        unread={**live.unread, group: ReadFailure(code="refused", detail="403")},
    )


def unattribute(live: LiveState, group: OktaGroupId) -> LiveState:
    """The same org with one group of which Okta does not say who was put there by a rule."""
    return replace(
        live,
        rule_fed={**live.rule_fed, group: frozenset()},
        unattributed={**live.unattributed, group: live.members[group]},
    )


def carried_out(made: Plan, live: LiveState) -> LiveState:
    """The org after every line of the plan that no guard holds."""
    members = dict(live.members)
    groups = dict(live.groups)
    named = dict(live.groups_by_name)
    for change in made.changes:
        if change.held_by:
            continue
        group = change.group.id or group_id(change.group.name)
        if change.action is Action.CREATE_GROUP:
            new = DirectoryGroup(
                id=group,
                name=change.group.name,
                type="OKTA_GROUP",
                description=change.description,
            )
            groups[group] = new
            named[change.group.name.casefold()] = (new,)
            members[group] = frozenset()
        elif change.action is Action.ADD:
            members[group] = members[group] | {change.person.id}
        else:
            members[group] = members[group] - {change.person.id}
    return replace(live, members=members, groups=groups, groups_by_name=named)
