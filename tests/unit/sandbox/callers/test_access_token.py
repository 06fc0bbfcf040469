"""Calls with an access token: scopes, expiry, and the challenge of an empty answer."""

from dataclasses import replace

import pytest

from reconciler.sandbox import Fault
from reconciler.sandbox.oauth import errors
from tests.support import signing

HOST = "https://acme.okta.com"
URL = f"{HOST}/oauth2/v1/token"
ALL = ("okta.groups.manage", "okta.logs.read", "okta.roles.read", "okta.users.read")


@pytest.fixture
def token(ask, sandbox):
    """Gets a token with these scopes and these roles, and sends it with a request."""

    def get(*scopes, roles=("SUPER_ADMIN",)):
        app = sandbox.service_app(scopes=scopes, roles=roles)
        signed = signing.assertion(app, sandbox.now().timestamp(), URL)
        data = signing.form(signed, " ".join(scopes))
        response = ask("POST", "/oauth2/v1/token", headers={}, data=data)
        return {"Authorization": f"Bearer {response.json()['access_token']}"}

    return get


def challenge(status, error, text, scope, path):
    """The whole header of an empty answer."""
    header = (
        'Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize",'
        f' realm="http://acme.okta.com", scope="{scope}", error="{error}",'
        f' error_description="{text}", resource="{path}"'
    )
    return status, header


def told(response):
    """Status and challenge of an answer that has no body and no type."""
    assert (response.content, response.headers["content-length"]) == (b"", "0")
    assert "content-type" not in response.headers
    return response.status_code, response.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/api/v1/groups", "okta.groups.read"),
        ("POST", "/api/v1/groups", "okta.groups.manage"),
        ("GET", "/api/v1/groups/00g1/users", "okta.groups.read"),
        ("PUT", "/api/v1/groups/00g1/users/00u1", "okta.groups.manage"),
        ("DELETE", "/api/v1/groups/00g1/users/00u1", "okta.groups.manage"),
        ("GET", "/api/v1/groups/rules", "okta.groups.read"),
        ("GET", "/api/v1/users", "okta.users.read"),
        ("GET", "/api/v1/users/00u1/groups", "okta.users.read"),
        ("POST", "/api/v1/users/00u1/lifecycle/suspend", "okta.users.manage"),
        ("POST", "/api/v1/users/00u1/lifecycle/unlock", "okta.users.manage"),
        ("POST", "/api/v1/users/00u1/lifecycle/reset_password", "okta.users.manage"),
        ("DELETE", "/api/v1/users/00u1/sessions", "okta.users.manage"),
        ("GET", "/api/v1/users/00u1/appLinks", "okta.users.read"),
        ("GET", "/api/v1/logs", "okta.logs.read"),
        ("GET", "/api/v1/org", "okta.orgs.read"),
        ("GET", "/api/v1/apps", "okta.apps.read"),
        ("GET", "/api/v1/api-tokens", "okta.apiTokens.read"),
        ("GET", "/api/v1/users/00u1/roles", "okta.roles.read"),
        ("GET", "/oauth2/v1/clients/0oa1/roles", "okta.roles.read"),
    ],
)
def test_a_call_without_its_scope_is_told_which(ask, token, method, path, scope):
    """403 without a body: who parses it for an error object crashes."""
    response = ask(method, path, headers=token("okta.schemas.read"))
    assert told(response) == challenge(403, "insufficient_scope", errors.SCOPES, scope, path)


def test_managing_implies_reading(ask, token):
    """And nothing implies managing."""
    assert ask("GET", "/api/v1/groups", headers=token("okta.groups.manage")).status_code == 200


def test_a_token_lasts_an_hour_of_the_orgs_time(ask, token, wall):
    """Then it is expired, and not just unknown."""
    held = token(*ALL)
    wall.seconds += 3599
    assert ask("GET", "/api/v1/groups", headers=held).status_code == 200
    wall.seconds += 2
    expected = challenge(
        401, "invalid_token", errors.ACCESS_EXPIRED, "okta.groups.read", "/api/v1/groups"
    )
    assert expected == told(ask("GET", "/api/v1/groups", headers=held))


@pytest.mark.parametrize(
    ("text", "words"),
    [("x", errors.ACCESS_INVALID), ("e30.eyJhdWQiOiJ4In0.eA", errors.ACCESS_FOREIGN)],
)
def test_a_token_of_nobody_is_refused(ask, text, words):
    """Made up, or meant for somebody else."""
    response = ask("GET", "/api/v1/groups", headers={"Authorization": f"Bearer {text}"})
    assert told(response)[0] == 401
    assert words in told(response)[1]


def test_a_revoked_token_and_a_dead_client_are_refused(ask, token, sandbox):
    """A new token helps against the first only."""
    held = token(*ALL)
    sandbox.revoke_access(sandbox.clients()[0].client_id)
    assert errors.ACCESS_INVALID in told(ask("GET", "/api/v1/groups", headers=held))[1]
    held = token(*ALL)
    sandbox.change_client(replace(sandbox.clients()[0], status="INACTIVE"))
    assert told(ask("GET", "/api/v1/groups", headers=held))[0] == 401


def test_some_calls_take_no_access_token(ask, token):
    """Only an API token can give itself up."""
    response = ask("DELETE", "/api/v1/api-tokens/current", headers=token(*ALL))
    assert (response.status_code, response.json()["errorCode"]) == (403, "E0000005")


def test_nobody_is_behind_a_service_app(ask, token):
    """What Okta answers is not known."""
    assert ask("GET", "/api/v1/users/me", headers=token(*ALL)).status_code == 404


def test_without_a_role_every_list_is_empty_and_looks_like_an_answer(ask, token, ids):
    """The trap: scopes alone show an org in which nobody is in any group."""
    held = token(*ALL, roles=())
    group = f"/api/v1/groups/{ids['claude-enterprise']}"
    for path in ("/api/v1/groups", "/api/v1/users", f"{group}/users", "/api/v1/groups/rules"):
        response = ask("GET", path, headers=held)
        assert (response.status_code, response.json()) == (200, [])
    for method, path in (("GET", group), ("PUT", f"{group}/users/{ids['ravi.rao@acme.example']}")):
        response = ask(method, path, headers=held)
        assert (response.status_code, response.json()["errorCode"]) == (403, "E0000006")


def test_a_change_is_signed_by_the_app(ask, token, sandbox, ids):
    """The log names the client, and no API token."""
    held = token(*ALL)
    path = f"/api/v1/groups/{ids['empty']}/users/{ids['ravi.rao@acme.example']}"
    assert ask("PUT", path, headers=held).status_code == 204
    event = sandbox.log()[-1]
    client = sandbox.clients()[0].client_id
    assert (event.event, event.actor, event.actor_type, event.token_id) == (
        "group.user_membership.add",
        client,
        "PublicClientApp",
        "",
    )


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [
        ("revoked-token", 401, errors.ACCESS_INVALID),
        ("scope-revoked", 403, errors.SCOPES),
        ("expired-token", 401, errors.ACCESS_EXPIRED),
    ],
)
def test_something_can_be_lost_in_mid_run(ask, token, sandbox, kind, status, words):
    """The second request meets it; what is lost stays lost, but for a token that expired once."""
    held = token("okta.groups.read")
    sandbox.faults.add(Fault(kind=kind, skip=1))
    assert ask("GET", "/api/v1/groups", headers=held).status_code == 200
    response = ask("GET", "/api/v1/groups", headers=held)
    assert (told(response)[0], words in told(response)[1]) == (status, True)
    after = 200 if kind == "expired-token" else status
    assert ask("GET", "/api/v1/groups", headers=held).status_code == after


def test_a_role_can_be_lost_in_mid_run(ask, token, sandbox):
    """And no rehearsal gives it back by registering the app once more."""
    held = token(*ALL)
    sandbox.faults.add(Fault(kind="role-lost", skip=1))
    assert ask("GET", "/api/v1/groups", headers=held).json() != []
    assert ask("GET", "/api/v1/groups", headers=held).json() == []
    sandbox.service_app(scopes=ALL, roles=("SUPER_ADMIN",))
    assert ask("GET", "/api/v1/groups", headers=held).json() == []


def test_a_client_has_one_bucket_whatever_its_token(ask, token):
    """A new token brings no new requests."""
    first = ask("GET", "/api/v1/groups", headers=token(*ALL))
    second = ask("GET", "/api/v1/groups", headers=token(*ALL))
    left = [int(each.headers["x-rate-limit-remaining"]) for each in (first, second)]
    assert left == [249, 248]


def test_a_reset_forgets_what_was_registered(ask, token, sandbox):
    """The org is again as it was seeded."""
    held = token(*ALL)
    sandbox.reset()
    assert sandbox.clients() == ()
    assert told(ask("GET", "/api/v1/groups", headers=held))[0] == 401


@pytest.mark.parametrize(("roles", "count"), [(("USER_ADMIN",), 1), (("ORG_ADMIN",), 4)])
def test_the_role_of_a_service_app_can_be_limited_to_groups(ask, token, sandbox, roles, count):
    """A group admin sees its targets alone, as a user with that role does."""
    held = token(*ALL, roles=roles)
    sandbox.change_client(replace(sandbox.clients()[0], targets=("empty",)))
    assert len(ask("GET", "/api/v1/groups", headers=held).json()) == count
