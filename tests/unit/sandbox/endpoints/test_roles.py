"""Which roles a service app holds, and what a custom role allows."""

from dataclasses import replace

import pytest

from reconciler.sandbox import CustomRole, Group, OAuthClient, Sandbox

ROLE = CustomRole(name="members", permissions=("okta.groups.read", "okta.users.read"))
APP = OAuthClient(label="app", roles=("READ_ONLY_ADMIN",), custom_roles=(ROLE,))


@pytest.fixture
def org(world):
    """An org with a service app and a user who hold the same custom role."""
    jane, *others = world.users
    users = (replace(jane, custom_roles=(ROLE,)), *others)
    with Sandbox.open(None, world=replace(world, users=users, oauth_clients=(APP,))) as opened:
        yield opened


def test_the_roles_of_a_client_are_standard_and_custom(ask, org):
    """A custom one names its role and its resource set."""
    response = ask("GET", f"/oauth2/v1/clients/{APP.client_id}/roles", org=org)
    standard, custom = response.json()
    assert response.headers["x-rate-limit-limit"] == "50"
    assert (standard["type"], standard["label"], standard["assignmentType"]) == (
        "READ_ONLY_ADMIN",
        "Read-only Administrator",
        "CLIENT",
    )
    assert (custom["type"], custom["label"], custom["role"]) == ("CUSTOM", "members", ROLE.id)
    assert custom["resource-set"].startswith("iam")
    assert all(each["status"] == "ACTIVE" for each in (standard, custom))


def test_a_user_may_hold_a_custom_role_too(ask, org):
    """Behind the standard ones."""
    found = ask("GET", "/api/v1/users/jane.doe@acme.example/roles", org=org).json()
    assert [(each["type"], each["assignmentType"]) for each in found] == [
        ("SUPER_ADMIN", "USER"),
        ("CUSTOM", "USER"),
    ]


def test_standard_roles_stand_by_type_before_custom_ones(ask, world):
    """Not in the order in which they were given; only a super admin's assignment has an id."""
    jane, *others = world.users
    given = ("USER_ADMIN", "SUPER_ADMIN", "APP_ADMIN")
    users = (replace(jane, roles=given, custom_roles=(ROLE,)), *others)
    with Sandbox.open(None, world=replace(world, users=users)) as opened:
        found = ask("GET", f"/api/v1/users/{jane.id}/roles", org=opened).json()
    assert [(each["type"], each["id"]) for each in found[::2]] == [
        ("APP_ADMIN", "IFIFAX2BIRGUSTQ"),
        ("USER_ADMIN", "KVJUKUS7IFCE2SKO"),
    ]
    assert [each["type"] for each in found[1::2]] == ["SUPER_ADMIN", "CUSTOM"]
    assert found[1]["id"].startswith("ra1")
    assert found[2]["label"] == "Group Administrator"


def test_a_group_of_super_admins_has_an_assignment_of_its_own(ask, world):
    """Its id starts in another way than a user's; other types are base 32 here too."""
    group = Group(name="rulers", roles=("SUPER_ADMIN", "HELP_DESK_ADMIN"))
    with Sandbox.open(None, world=replace(world, groups=(*world.groups, group))) as opened:
        helper, ruler = ask("GET", f"/api/v1/groups/{group.id}/roles", org=opened).json()
    assert (helper["id"], ruler["type"]) == ("JBCUYUC7IRCVGS27IFCE2SKO", "SUPER_ADMIN")
    assert ruler["id"].startswith("gra")


def test_a_permission_says_that_it_has_no_conditions(ask, org):
    """The key is there even so."""
    found = ask("GET", f"/api/v1/iam/roles/{ROLE.id}/permissions", org=org).json()["permissions"]
    assert [each["conditions"] for each in found] == [None, None]


@pytest.mark.parametrize("name", [ROLE.id, ROLE.name])
def test_the_permissions_of_a_role_are_found_by_id_and_by_label(ask, org, name):
    """Each with a link to itself."""
    found = ask("GET", f"/api/v1/iam/roles/{name}/permissions", org=org).json()["permissions"]
    assert [each["label"] for each in found] == list(ROLE.permissions)
    assert found[0]["_links"]["self"]["href"].endswith(f"/{ROLE.id}/permissions/okta.groups.read")


@pytest.mark.parametrize(
    "path", ["/oauth2/v1/clients/0oanobody/roles", "/api/v1/iam/roles/none/permissions"]
)
def test_what_is_not_there_is_not_found(ask, org, path):
    """404 with an error object."""
    response = ask("GET", path, org=org)
    assert (response.status_code, response.json()["errorCode"]) == (404, "E0000007")
