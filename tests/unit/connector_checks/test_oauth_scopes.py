"""What a credential needs, derived from the catalog, and nothing more."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connector_checks.oauth_scopes import (
    PermissionNeed,
    Purpose,
    ScopeNeed,
    is_covered,
    needed_permissions,
    needed_scopes,
)
from reconciler.model.catalog import BindGroup, Canary, Catalog, Connector, CreateGroup, Fulfilment
from tests.support.builders import CONNECTOR
from tests.support.nouns import binding, tool

CANARY = Canary(user="canary@example.com", group_id="00gcanary", group_name="Canary")
PROD = Connector(id=CONNECTOR, type="okta", name="Okta", canary=CANARY)
BOUND = Catalog(
    connectors={CONNECTOR: PROD},
    tools={"claude": tool(), "cursor": tool("cursor")},
    bindings=(binding(),),
)
CREATING = replace(
    BOUND, bindings=(binding(), binding("cursor", group=CreateGroup(name="Cursor users")))
)
EMPTY = Catalog(connectors={CONNECTOR: PROD})
READS = ["okta.groups.read", "okta.users.read"]


def scopes(purpose, catalog=BOUND, connector=PROD, *, is_required=True):
    """The names of the required, or of the optional scopes."""
    needs = needed_scopes(catalog, connector, purpose)
    return [need.scope for need in needs if need.is_required is is_required]


def permissions(purpose, catalog=BOUND, connector=PROD):
    """Each permission with the resources it is needed on."""
    return {n.permission: n.resources for n in needed_permissions(catalog, connector, purpose)}


@pytest.mark.parametrize(
    ("required", "optional", "purpose"),
    [
        (READS, ["okta.logs.read"], Purpose.PLAN),
        (["okta.groups.manage", *READS], ["okta.logs.read", "okta.roles.read"], Purpose.APPLY),
        (READS, ["okta.logs.read", "okta.roles.read"], Purpose.PROBE),
        (
            ["okta.groups.manage", *READS],
            ["okta.logs.read", "okta.roles.read"],
            Purpose.WRITE_PROBE,
        ),
    ],
)
def test_each_purpose_needs_just_these_scopes(required, optional, purpose):
    """Optional ones are told apart from those without which nothing works."""
    assert (required, optional) == (scopes(purpose), scopes(purpose, is_required=False))


@pytest.mark.parametrize("purpose", list(Purpose))
def test_accounts_are_changed_only_by_an_apply_that_may(purpose):
    """`lifecycle: true` is the only thing that asks for it."""
    lively = replace(PROD, lifecycle=True)
    is_apply = purpose is Purpose.APPLY
    assert ("okta.users.manage" in scopes(purpose, connector=lively)) is is_apply
    assert ("okta.users.lifecycle.suspend" in permissions(purpose, connector=lively)) is is_apply
    assert "okta.users.manage" not in scopes(purpose)


def test_a_connector_that_nothing_uses_asks_for_no_log():
    """There is nobody to add whose history would matter."""
    assert scopes(Purpose.PLAN, EMPTY, is_required=False) == []


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("catalog", [BOUND, CREATING, EMPTY])
def test_every_need_says_why_and_every_optional_one_what_is_lost(purpose, catalog):
    """In the order of their names, each once."""
    for needs in (
        needed_scopes(catalog, PROD, purpose),
        needed_permissions(catalog, PROD, purpose),
    ):
        names = [n.scope if isinstance(n, ScopeNeed) else n.permission for n in needs]
        assert names == sorted(set(names))
        for need in needs:
            assert need.because
            assert bool(need.loss) is not need.is_required


@pytest.mark.parametrize("purpose", [Purpose.PLAN, Purpose.PROBE])
def test_whatever_only_reads_is_given_nothing_that_writes(purpose):
    """Neither by a scope nor by a permission."""
    assert not [s for s in scopes(purpose, CREATING) if s.endswith(".manage")]
    named = permissions(purpose, CREATING)
    assert [p for p in named if not p.endswith(".read")] == []


def test_the_reasons_name_the_bindings_and_the_groups_to_be_made():
    """Whoever grants the scope sees what for."""
    (manage,) = (
        n for n in needed_scopes(CREATING, PROD, Purpose.APPLY) if n.scope == "okta.groups.manage"
    )
    assert manage.because == (
        "adds and removes members of claude/users@okta-prod, cursor/users@okta-prod; "
        'creates "Cursor users"'
    )


def test_a_role_is_for_the_bound_groups_by_id():
    """Both ends of a membership, and the canary only where it is read."""
    groups = ("00gcanary (Canary)", "00gclaude (Claude users)")
    assert permissions(Purpose.APPLY) == {
        "okta.groups.members.manage": ("00gclaude (Claude users)",),
        "okta.groups.read": groups,
        "okta.iam.read": ("all identity and access management resources",),
        "okta.users.groupMembership.manage": ("all users",),
        "okta.users.read": ("all users",),
    }
    assert permissions(Purpose.WRITE_PROBE)["okta.groups.members.manage"] == groups


def test_a_group_to_be_made_has_no_id_that_a_resource_set_could_hold():
    """The whole price of `create` is shown."""
    named = permissions(Purpose.APPLY, CREATING)
    assert named["okta.groups.create"] == ("all groups",)
    assert named["okta.groups.members.manage"] == named["okta.groups.read"] == ("all groups",)
    assert "okta.groups.create" not in permissions(Purpose.APPLY)


def test_a_tool_that_people_provision_by_hand_needs_nothing():
    """Its bindings are not Okta's business."""
    by_hand = replace(BOUND, tools={"claude": replace(tool(), fulfilment=Fulfilment.MANUAL)})
    assert list(permissions(Purpose.APPLY, by_hand)) == [
        "okta.groups.read",
        "okta.iam.read",
        "okta.users.read",
    ]


def test_without_a_canary_only_the_bound_groups_are_read():
    """Apply refuses then, and says why itself."""
    bare = replace(PROD, canary=None)
    assert permissions(Purpose.PLAN, connector=bare)["okta.groups.read"] == (
        "00gclaude (Claude users)",
    )


@pytest.mark.parametrize(
    ("is_held", "scope", "granted"),
    [
        (True, "okta.groups.read", {"okta.groups.read"}),
        (True, "okta.groups.read", {"okta.groups.manage"}),
        (False, "okta.groups.manage", {"okta.groups.read"}),
        (False, "okta.groups.read", {"okta.users.manage"}),
        (False, "okta.groups.read", set()),
    ],
)
def test_manage_includes_read_and_nothing_else(is_held, scope, granted):
    """(Okta: OAuth scopes)."""
    assert is_covered(scope, granted) is is_held


GROUPS = st.one_of(
    st.builds(
        BindGroup,
        id=st.from_regex(r"00g[a-z0-9]{4}", fullmatch=True),
        name=st.text(min_size=1, max_size=9),
    ),
    st.builds(CreateGroup, name=st.text(min_size=1, max_size=9)),
)


@given(st.lists(GROUPS, max_size=5), st.booleans())
def test_an_apply_needs_whatever_a_plan_needs(groups, lifecycle):
    """Every apply plans first."""
    prod = replace(PROD, lifecycle=lifecycle)
    tools = {f"tool{n}": tool(f"tool{n}") for n in range(len(groups))}
    bindings = tuple(binding(f"tool{n}", group=group) for n, group in enumerate(groups))
    catalog = replace(BOUND, tools=tools, bindings=bindings)
    planning = {n.scope for n in needed_scopes(catalog, prod, Purpose.PLAN)}
    assert planning <= {n.scope for n in needed_scopes(catalog, prod, Purpose.APPLY)}
    reads = {n.permission for n in needed_permissions(catalog, prod, Purpose.PLAN)}
    assert reads <= set(permissions(Purpose.APPLY, catalog, prod))
    for need in needed_permissions(catalog, prod, Purpose.APPLY):
        assert isinstance(need, PermissionNeed)
