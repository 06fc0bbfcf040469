"""Who holds which role."""

import pytest

from reconciler.sandbox import Group, Sandbox, Token, User, World
from reconciler.sandbox.permissions.roles import LABELS, role_types_of_user
from reconciler.sandbox.world.model import ROLE_TYPES

ADA, BEN = "ada@x.example", "ben@x.example"


@pytest.fixture
def org():
    """Ada has a role of her own and one by a group; Ben has none."""
    world = World(
        users=(User(login=ADA, roles=("ORG_ADMIN",)), User(login=BEN)),
        groups=(Group(name="helpers", members=(ADA,), roles=("HELP_DESK_ADMIN",)),),
        tokens=(Token(name="t", owner=ADA),),
    )
    with Sandbox.open(None, world=world) as opened:
        yield opened


def test_roles_say_where_they_come_from(ask, org):
    """The user's own, and those of groups, by type; without pages."""
    response = ask("GET", "/api/v1/users/me/roles", org=org)
    assert "link" not in response.headers
    given, own = response.json()
    assert (own["type"], own["assignmentType"]) == ("ORG_ADMIN", "USER")
    assert own["id"] == "J5JEOX2BIRGUSTQ"
    assert own["_links"]["assignee"]["href"].endswith(User(login=ADA).id)
    group = Group(name="helpers").id
    assert given == {
        "id": "JBCUYUC7IRCVGS27IFCE2SKO",
        "label": "Help Desk Administrator",
        "type": "HELP_DESK_ADMIN",
        "status": "ACTIVE",
        "created": given["created"],
        "lastUpdated": given["created"],
        "assignmentType": "GROUP",
        "_links": {"assignee": {"href": f"https://acme.okta.com/api/v1/groups/{group}"}},
    }
    assert ask("GET", f"/api/v1/groups/{group}/roles", org=org).json() == [given]


def test_a_role_of_a_group_comes_and_goes_with_membership(ask, org):
    """At once, as the token's power does."""
    path = f"/api/v1/users/{BEN}/roles"
    assert ask("GET", path, org=org).json() == []
    org.add_member("helpers", BEN)
    assert [role["type"] for role in ask("GET", path, org=org).json()] == ["HELP_DESK_ADMIN"]
    org.remove_member("helpers", BEN)
    assert ask("GET", path, org=org).json() == []


def test_roles_of_nobody_are_not_found(ask, org):
    """Neither a user's nor a group's."""
    for path in ("users/nobody/roles", "groups/00gnone/roles"):
        assert ask("GET", f"/api/v1/{path}", org=org).status_code == 404


def test_every_type_has_a_name():
    """Those of Okta's OpenAPI."""
    assert set(LABELS) == ROLE_TYPES


def test_a_token_owner_is_an_admin_where_nobody_has_a_role(ask):
    """And only there: a world that speaks of roles means them."""
    users = (User(login=ADA), User(login=BEN, roles=("ORG_ADMIN",)))
    token = (Token(name="t", owner=ADA),)
    with Sandbox.open(None, world=World(users=users[:1], tokens=token)) as org:
        (role,) = ask("GET", "/api/v1/users/me/roles", org=org).json()
        assert role["type"] == "SUPER_ADMIN"
    with Sandbox.open(None, world=World(users=users, tokens=token)) as org:
        assert ask("GET", "/api/v1/users/me/roles", org=org).status_code == 403


def test_an_id_that_nobody_has_holds_nothing(org):
    """A caller may be deleted while asking."""
    assert role_types_of_user(org._core.database, "00unone") == frozenset()  # noqa: SLF001 -- the only way in
