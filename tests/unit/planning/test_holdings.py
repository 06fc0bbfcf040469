"""What a person has is explained by the files, or said to be unexplained."""

import pytest

from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Catalog, CreateGroup, IdentityMapping
from reconciler.model.directory import AssignedApp, DirectoryGroup
from reconciler.model.settings import IdentityRule, ProtectedPerson, Settings
from reconciler.planning.holdings import (
    HeldApp,
    HeldGroup,
    Named,
    explain_apps,
    explain_groups,
    find_named,
)
from tests.support.builders import CONNECTOR
from tests.support.nouns import GROUP, binding, grant, tool, user

JANE = user("jane", email="j.doe@example.com")
MAPPINGS = (
    IdentityMapping(keys=("slack:U1",), login="JANE@example.com"),
    IdentityMapping(keys=("jira:7",), id=JANE.id),
    IdentityMapping(keys=("slack:U2",), login="joe@example.com"),
)
FILE = AccountDeclaration(subject="jira:7")
CATALOG = Catalog(
    identities=MAPPINGS,
    grants=tuple(
        map(grant, ["jane", "slack:U1", "slack:U2", "jira:7", "joe", "j.doe@example.com"])
    ),
    accounts=(AccountDeclaration(subject="joe@example.com"), FILE),
    tools={"claude": tool()},
)
CLAUDE = DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP")
EVERYONE = DirectoryGroup(id="00gall", name="Everyone", type="BUILT_IN")


def named(**settings):
    """The subjects of the grants that are Jane's."""
    catalog = Catalog(identities=MAPPINGS, grants=CATALOG.grants, settings=Settings(**settings))
    return [each.subject for each in find_named(catalog, JANE).grants]


def test_grants_and_files_are_found_under_each_of_a_persons_names():
    """As plans find them: by mapping and by login."""
    assert named() == ["jane@example.com", "slack:U1", "jira:7"]
    found = find_named(CATALOG, JANE)
    assert isinstance(found, Named)
    assert found.declarations == (FILE,)


@pytest.mark.parametrize(
    ("reason", "person"),
    [
        ("console", ProtectedPerson(login="JANE@example.com", reason="console")),
        ("console", ProtectedPerson(login="renamed@example.com", reason="console", id=JANE.id)),
        ("", ProtectedPerson(login="joe@example.com", reason="console")),
        ("", ProtectedPerson(login="jane@example.com", reason="console", id="00uother")),
    ],
)
def test_whoever_is_protected_is_known_by_the_id_or_else_by_the_login(reason, person):
    """As every plan knows them."""
    catalog = Catalog(settings=Settings(protected=(person,)))
    assert find_named(catalog, JANE).protected == reason


def test_an_address_counts_only_where_the_catalog_matches_by_it():
    """It is opted into."""
    every = tuple(IdentityRule)
    assert named(match=every) == ["jane@example.com", "slack:U1", "jira:7", "j.doe@example.com"]


def explained(*bindings, groups=(CLAUDE, EVERYONE), live=()):
    """Jane's groups, with these bindings."""
    catalog = Catalog(tools={"claude": tool(users={}, admins={})}, bindings=bindings)
    return explain_groups(catalog, CONNECTOR, groups, live)


def test_a_group_has_its_bindings_and_the_grants_that_ask_for_them():
    """In the order of the groups' names."""
    bound, mine = binding(), grant("jane")
    assert explained(bound, live=(mine, grant("jane", entitlement="admins"))) == (
        HeldGroup(group=CLAUDE, bindings=(bound,), grants=(mine,)),
        HeldGroup(group=EVERYONE),
    )


@pytest.mark.parametrize(("bindings", "is_explained"), [((), True), ((binding(),), False)])
def test_a_bound_group_without_a_grant_is_unexplained_and_any_other_is_not_ours(
    bindings, is_explained
):
    """Okta's own groups need no grant."""
    assert explained(*bindings, groups=(CLAUDE,))[0].is_explained is is_explained


def test_a_group_that_a_binding_made_is_known_by_its_marker():
    """Whatever it is called by now; another of that name is not it."""
    made = binding(group=CreateGroup(name="Claude users"))
    own = DirectoryGroup(
        id="00gmade", name="Renamed", type="OKTA_GROUP", description=f"x {made.marker}"
    )
    twin = DirectoryGroup(id="00gtwin", name="Claude users", type="OKTA_GROUP")
    assert explained(made, groups=(own, twin)) == (
        HeldGroup(group=twin),
        HeldGroup(group=own, bindings=(made,)),
    )


def test_an_app_names_the_groups_that_give_it():
    """One assigned alone, one through a bound group, one through a group of others."""
    held = HeldGroup(group=CLAUDE, bindings=(binding(),))
    apps = [
        AssignedApp(label="Claude", is_direct=False),
        AssignedApp(label="Mail", is_direct=True),
        AssignedApp(label="Wiki", is_direct=False),
    ]
    assert explain_apps(apps, [held], {CLAUDE.id: ("Chat", "Claude")}) == (
        HeldApp(label="Claude", is_direct=False, groups=(held,)),
        HeldApp(label="Mail", is_direct=True),
        HeldApp(label="Wiki", is_direct=False),
    )
