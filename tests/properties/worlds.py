"""Random small companies, as values: a catalog and an org without files or HTTP.

Small on purpose: seven people, three groups and every kind of trouble, so that collisions happen.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cache
from itertools import product

from hypothesis import strategies as st

from reconciler.model.catalog import (
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
from reconciler.model.validity import Approval, Moment
from reconciler.planning.steps.assess import PlanInputs, assess
from reconciler.planning.steps.complete import complete

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CONNECTOR = ConnectorId("okta-prod")
LOGINS = tuple(f"{name}@example.com" for name in ("ann", "bob", "cy", "dee", "eve", "fay", "gus"))
SUBJECTS = (*LOGINS, "shared@example.com", "nobody@example.com", "jira:1", "jira:2")
GROUPS = ("Alpha", "Beta", "Gamma")
TOOLS = tuple(ToolId(name.lower()) for name in GROUPS)
USERS = EntitlementId("users")
DAYS = (date(2026, 10, 1), date(2026, 11, 15), date(2026, 11, 22), date(2027, 2, 1))
NO_ANSWERS = Answers()
NO_LIMITS = GuardLimits(group_removals=(), run_removals=(), ended_removals=(), unresolved=())


def user_id(login: str) -> OktaUserId:
    """One fixed id for a login."""
    return OktaUserId("00u" + login.partition("@")[0].rjust(17, "0"))


def group_id(name: str) -> OktaGroupId:
    """One fixed id for a group."""
    return OktaGroupId("00g" + name.rjust(17, "0"))


# A strategy is made once: to make and check one costs more than to draw from it, and a draw of
# several things together costs what a draw of one does.
_TOOLS = st.sampled_from(TOOLS)
_PEOPLE = st.sampled_from(LOGINS)
_SOMETIMES = (*(None,) * len(DAYS), *DAYS)
_INSTANTS = (Moment(date(2026, 11, 22), time(8)), Moment(date(2026, 11, 23), time(15, 30)))
_MOMENTS = (*map(Moment, DAYS), *_INSTANTS)
_WHEN = (*(None,) * len(_MOMENTS), *_MOMENTS)
_WINDOWS = st.sampled_from(tuple(product(_WHEN, _WHEN, _SOMETIMES)))
"""When it starts, expires and is revoked; each half the time never."""
_APPROVALS = st.sampled_from(
    [
        Approval(ticket=f"AI-{number}", approved_by=("lead@example.com",), approved_at=day)
        for day in (date(2024, 1, 1), date(2026, 9, 1))
        for number in range(1, 10)
    ]
)
_PROTECTED = st.lists(_PEOPLE, max_size=2, unique=True)
_BINDINGS = st.sampled_from(tuple(product(Authority, (False, True))))
_ENTITLEMENTS = st.sampled_from(tuple(product(Risk, (0, 0, 1))))
_ACCOUNTS = st.sampled_from(
    tuple(
        product(
            ("ACTIVE", "ACTIVE", "SUSPENDED", "DEPROVISIONED"),
            (datetime(2023, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
        )
    )
)
_GROUPS = st.sampled_from(
    tuple(
        product(
            ("OKTA_GROUP", "OKTA_GROUP", "OKTA_GROUP", "APP_GROUP"),
            (None, False, False, True),
            (None, 0, 1),
        )
    )
)
_ANYBODY = st.frozensets(st.sampled_from([user_id(login) for login in LOGINS]))
_SOME = st.just(frozenset()) | _ANYBODY
"""Half the time nobody, else any of them."""


@st.composite
def grants(draw: st.DrawFn, subjects: st.SearchStrategy[str]) -> Grant:
    """Any grant, live or not."""
    starts, expires, revoked = draw(_WINDOWS)
    return Grant(
        tool=draw(_TOOLS),
        entitlement=USERS,
        subject=draw(subjects),
        purpose="work",
        approval=draw(_APPROVALS),
        starts=starts,
        expires=expires,
        revoked=Revocation(at=revoked, by="lead@example.com", reason="left") if revoked else None,
    )


@cache
def _many_grants(subjects: tuple[str, ...]) -> st.SearchStrategy[list[Grant]]:
    return st.lists(grants(st.sampled_from(subjects)), max_size=12)


@st.composite
def catalogs(draw: st.DrawFn, subjects: tuple[str, ...] = SUBJECTS) -> Catalog:
    """A catalog of three tools, each bound to one group."""
    creates = draw(st.booleans())
    protected = draw(_PROTECTED)
    mapped = draw(_PEOPLE)
    return Catalog(
        settings=Settings(
            match=(IdentityRule.MAPPING, IdentityRule.LOGIN, IdentityRule.EMAIL),
            protected=tuple(ProtectedPerson(login=p, reason="why") for p in protected),
        ),
        tools={tool: _tool(tool, *draw(_ENTITLEMENTS)) for tool in TOOLS},
        bindings=tuple(
            _binding(tool, name, *draw(_BINDINGS), is_made=creates and name == "Gamma")
            for tool, name in zip(TOOLS, GROUPS, strict=True)
        ),
        grants=tuple(draw(_many_grants(subjects))),
        identities=(IdentityMapping(keys=("jira:1",), login=mapped, id=user_id(mapped)),),
    )


def _binding(tool: ToolId, name: str, authority: Authority, meant: bool, *, is_made: bool):
    return Binding(
        tool=tool,
        entitlement=USERS,
        connector=CONNECTOR,
        group=CreateGroup(name=name) if is_made else BindGroup(id=group_id(name), name=name),
        authority=authority,
        admin_role=meant,
    )


def _tool(tool: ToolId, risk: Risk, min_members: int) -> Tool:
    return Tool(
        id=tool,
        name=tool,
        description="",
        owners=(),
        risk=Risk.LOW,
        fulfilment=Fulfilment.OKTA,
        entitlements={
            USERS: Entitlement(id=USERS, description="", risk=risk, min_members=min_members)
        },
    )


@st.composite
def orgs(draw: st.DrawFn) -> LiveState:
    """An org with those groups and people, some of whom share an address or are inactive.

    Rules put some of the members there, and of some Okta does not say.
    """
    users = {user_id(login): _account(login, *draw(_ACCOUNTS)) for login in LOGINS}
    groups = {group_id(name): _group(name, *draw(_GROUPS)) for name in GROUPS}
    members = {g: draw(_ANYBODY) for g in groups}
    fed = {g: draw(_SOME) & people for g, people in members.items()}
    return LiveState(
        org=Org(id=OktaOrgId("00oacme"), domain="acme.okta.com"),
        groups=groups,
        members=members,
        rule_fed=fed,
        unattributed={g: (draw(_SOME) & people) - fed[g] for g, people in members.items()},
        users=users,
    )


def _account(login: str, status: str, activated_at: datetime) -> DirectoryUser:
    return DirectoryUser(
        id=user_id(login),
        login=login,
        email="shared@example.com" if login < "c" else login,
        status=status,
        activated_at=activated_at,
    )


def _group(
    name: str, kind: str, has_admin_role: bool | None, app_count: int | None
) -> DirectoryGroup:
    return DirectoryGroup(
        id=group_id(name),
        name=name,
        type=kind,
        has_admin_role=has_admin_role,
        app_count=app_count,
    )


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
