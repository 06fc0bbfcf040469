"""What an API token can lose in the middle of a run. Service apps: callers/test_access_token."""

import pytest

from reconciler.sandbox import CustomRole, Fault, Sandbox, Token, User, World

OWNER = User(
    login="bot@x.example",
    roles=("SUPER_ADMIN",),
    custom_roles=(CustomRole(name="r", permissions=("okta.groups.read",)),),
)
WORLD = World(
    users=(OWNER, User(login="ada@x.example", roles=("SUPER_ADMIN",))),
    tokens=(Token(name="bot", owner=OWNER.login), Token(name="spare", owner="ada@x.example")),
)


@pytest.fixture
def lost(ask):
    """The statuses of the requests around the fault, and of one with another token at last."""

    def statuses(kind):
        with Sandbox.open(None, world=WORLD) as org:
            org.faults.add(Fault(kind=kind, skip=1))
            headers = [{"Authorization": f"SSWS {token.value}"} for token in WORLD.tokens]
            order = [headers[0], headers[0], headers[0], headers[1]]
            return [
                ask("GET", "/api/v1/groups", org=org, headers=each).status_code for each in order
            ]

    return statuses


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [
        ("revoked-token", [200, 401, 401, 200]),
        ("role-lost", [200, 403, 403, 200]),
        ("scope-revoked", [200, 200, 200, 200]),
    ],
)
def test_what_is_lost_stays_lost(lost, kind, statuses):
    """Also the custom roles; an API token has no scopes."""
    assert lost(kind) == statuses


@pytest.mark.parametrize("kind", ["revoked-token", "role-lost", "scope-revoked"])
def test_only_a_call_can_lose_something(kind):
    """The token endpoint is asked by somebody who holds nothing yet."""
    fault = Fault(kind=kind)
    assert fault.matches("GET", "/api/v1/groups")
    assert not fault.matches("POST", "/oauth2/v1/token")
    assert not fault.matches("GET", "/.well-known/okta-organization")


def test_who_is_nobody_loses_nothing(ask, sandbox):
    """And is told so as ever."""
    sandbox.faults.add(Fault(kind="role-lost"))
    response = ask("GET", "/api/v1/groups", headers={"Authorization": "SSWS wrong"})
    assert response.json()["errorCode"] == "E0000011"
