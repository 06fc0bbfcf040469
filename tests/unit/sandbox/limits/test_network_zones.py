"""Network zones."""

import pytest

from reconciler.sandbox import Fault, Sandbox, Token, User, World
from reconciler.sandbox.limits.network_zones import allows, is_zone


@pytest.mark.parametrize(
    ("zones", "address", "is_admitted"),
    [
        ((), "203.0.113.7", True),
        ((), "nowhere", True),
        (("203.0.113.0/24",), "203.0.113.7", True),
        (("203.0.113.0/24", "10.0.0.1"), "10.0.0.1", True),
        (("203.0.113.0/24",), "198.51.100.1", False),
        (("203.0.113.0/24",), "::1", False),
        (("203.0.113.0/24",), "nowhere", False),
    ],
)
def test_an_address_lies_in_one_of_the_zones(zones, address, is_admitted):
    """Where there are none, every address does."""
    assert allows(zones, address) is is_admitted


def test_a_zone_is_an_address_or_a_range():
    """Names are none."""
    assert [is_zone(text) for text in ("10.0.0.1", "10.0.0.0/8", "office", "10.0.0.1/8")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(("zone", "status"), [("127.0.0.1", 200), ("203.0.113.0/24", 401)])
def test_an_api_token_with_zones_is_used_from_there(ask, zone, status):
    """Elsewhere it is as good as none, and the log says why."""
    owner = User(login="bot@x.example", roles=("SUPER_ADMIN",))
    tokens = (
        Token(name="free", owner=owner.login),
        Token(name="tied", owner=owner.login, zones=(zone,)),
    )
    with Sandbox.open(None, world=World(users=(owner,), tokens=tokens)) as org:
        headers = {"Authorization": f"SSWS {tokens[1].value}"}
        assert ask("GET", "/api/v1/groups", org=org, headers=headers).status_code == status
        shown = ask("GET", "/api/v1/api-tokens", org=org).json()[1]
        assert shown["network"] == {"connection": "ZONE", "include": [zone]}
        events = [event.event for event in org.log()]
        assert ("system.api_token.request_outside_allowed_range" in events) is (status == 401)


def test_any_request_can_come_from_outside(ask, sandbox):
    """A runner whose address changed in mid-run."""
    sandbox.faults.add(Fault(kind="outside-zone"))
    assert ask("GET", "/api/v1/groups").status_code == 401
    assert ask("GET", "/api/v1/groups").status_code == 200
