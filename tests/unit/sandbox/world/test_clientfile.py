"""Service apps and custom roles of a world file, and what may be wrong with them."""

import pytest

from reconciler.sandbox import CustomRole, WorldError, default_world, load_world

GOOD = """
groups: [{name: g}]
users:
  - {login: a@x.example, custom_roles: [{name: readers, permissions: [okta.groups.read]}]}
tokens: [{name: t, owner: a@x.example, zones: [10.0.0.0/8]}]
oauth_clients:
  - label: app
    client_id: 0oafromthecatalog
    scopes: [okta.groups.read]
    roles: [GROUP_MEMBERSHIP_ADMIN]
    targets: [g]
    custom_roles: [{name: r, id: cr0AAAAAAAAAAAAAAAAA, permissions: [okta.users.read], groups: [g]}]
    dpop_bound: true
    generate: true
    zones: [203.0.113.0/24]
"""
BAD = """
groups: [{name: g}]
oauth_clients:
  - {client_id: 0oanolabel}
  - {label: a, scopes: [okta.group.read], roles: [KING], zones: [office], targets: [h]}
  - {label: b, status: ASLEEP, application_type: robot, auth_method: secret}
  - {label: c, generate: true, jwks: [{kty: EC}], dpop_bound: perhaps}
  - {label: d, custom_roles: [{name: r, groups: [h]}, {permissions: [x]}]}
  - {label: e, client_id: x, jwks: [x]}
  - {label: f, client_id: x, custom_roles: no}
"""


def read(tmp_path, text):
    """The world of a file with this text."""
    path = tmp_path / "world.yaml"
    path.write_text(text)
    return load_world(path)


def test_every_field_of_a_client_is_read(tmp_path):
    """A client's id is whatever the catalog calls it."""
    world = read(tmp_path, GOOD)
    (client,) = world.oauth_clients
    assert (client.client_id, client.targets, client.zones) == (
        "0oafromthecatalog",
        ("g",),
        ("203.0.113.0/24",),
    )
    assert client.dpop_bound
    assert client.generate
    assert client.custom_roles == (
        CustomRole(
            name="r", id="cr0AAAAAAAAAAAAAAAAA", permissions=("okta.users.read",), groups=("g",)
        ),
    )
    assert world.users[0].custom_roles[0].id.startswith("cr0")
    assert world.tokens[0].zones == ("10.0.0.0/8",)


@pytest.mark.parametrize(
    "words",
    [
        "oauth_clients[0]: label is missing",
        'a: no such scope: okta.group.read; did you mean "okta.groups.read"?',
        "a: no such role: KING",
        "a: no such zone: office",
        'a: no such group: h; did you mean "g"?',
        "b: no such status: ASLEEP",
        "b: no such application_type: robot",
        "b: no such auth_method: secret",
        "c: jwks and generate exclude each other",
        "c: a key of jwks is no public key",
        "dpop_bound is neither true nor false: perhaps",
        "d: r: a role without a permission",
        "d: r: no such group: h",
        "custom_roles[1]: name is missing",
        "jwks[0]: not a mapping",
        "f: the id x is there more than once",
        "custom_roles is not a list",
    ],
)
def test_each_problem_of_a_client_is_named(tmp_path, words):
    """All of them at once, so that a file is repaired once."""
    with pytest.raises(WorldError) as caught:
        read(tmp_path, BAD)
    assert words.partition("; did")[0] in "\n".join(caught.value.messages)


def test_the_packaged_world_has_a_service_app():
    """With the scopes that an apply needs."""
    (client,) = default_world().oauth_clients
    assert {"okta.groups.read", "okta.groups.manage", "okta.users.read"} <= set(client.scopes)
