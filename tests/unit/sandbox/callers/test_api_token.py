"""Who may ask."""

import pytest

from reconciler.sandbox import Sandbox, Token, User, World

SCHEMES = [{}, {"Authorization": "Basic x"}, {"Authorization": "00abc"}]


@pytest.mark.parametrize("headers", SCHEMES)
def test_another_scheme_is_no_session(ask, headers):
    """403, not 401: clients that look for 401 only are surprised."""
    response = ask("GET", "/api/v1/org", headers=headers)
    assert (response.status_code, response.json()["errorCode"]) == (403, "E0000005")


def test_a_wrong_token_is_challenged(ask):
    """401 with the scheme that is expected."""
    response = ask("GET", "/api/v1/org", headers={"Authorization": "SSWS wrong"})
    assert (response.status_code, response.json()["errorCode"]) == (401, "E0000011")
    assert response.headers["www-authenticate"] == "SSWS"
    assert "x-rate-limit-limit" in response.headers


def test_the_space_behind_the_scheme_may_be_missing(ask, sandbox):
    """Okta's own Python client sends none."""
    headers = {"Authorization": f"SSWS{sandbox.token()}"}
    assert ask("GET", "/api/v1/org", headers=headers).status_code == 200


@pytest.mark.parametrize("status", ["SUSPENDED", "DEPROVISIONED"])
def test_a_token_dies_with_its_owner(ask, sandbox, status):
    """A suspended service account stops everything."""
    sandbox.set_status("svc-access@acme.example", status)
    assert ask("GET", "/api/v1/org").status_code == 401


def test_a_revoked_token_is_wrong(ask):
    """The first active token is another one."""
    owner = User(login="a@x.example")
    tokens = (
        Token(name="old", owner=owner.login, status="REVOKED"),
        Token(name="new", owner=owner.login),
    )
    with Sandbox.open(None, world=World(users=(owner,), tokens=tokens)) as org:
        old = {"Authorization": f"SSWS {tokens[0].value}"}
        assert ask("GET", "/api/v1/org", org=org, headers=old).status_code == 401
        assert org.token() == tokens[1].value


def test_an_expired_token_is_wrong(ask):
    """A token that nobody used for thirty days; the world says which."""
    owner = User(login="a@x.example")
    tokens = (
        Token(name="old", owner=owner.login, status="EXPIRED"),
        Token(name="new", owner=owner.login),
    )
    with Sandbox.open(None, world=World(users=(owner,), tokens=tokens)) as org:
        old = {"Authorization": f"SSWS {tokens[0].value}"}
        assert ask("GET", "/api/v1/org", org=org, headers=old).status_code == 401
        assert org.token() == tokens[1].value
