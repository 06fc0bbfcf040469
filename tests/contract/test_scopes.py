"""Okta's OpenAPI document says which scope each call needs; so do the sandbox and the client."""

import pytest

from reconciler.connector_checks.oauth_scopes import USERS_MANAGE
from reconciler.model.accounts import LifecycleCall
from reconciler.okta.requests.account_calls import account_call
from reconciler.sandbox.oauth_scopes import KNOWN_SCOPES, scope_for


def test_every_call_needs_the_documented_scope(document, where):
    """Empty for the one call that only an API token may make."""
    documented = {
        endpoint: next((each["oauth2"][0] for each in security if "oauth2" in each), "")
        for endpoint, found in document.endpoints.items()
        if (security := found.get("security")) and where.is_present(endpoint)
    }
    told = {endpoint: scope_for(*_filled(endpoint)) for endpoint in documented}
    assert len(documented) > 30
    assert told == documented


def test_every_documented_scope_can_be_granted(document):
    """A client of a world may be granted it."""
    named = {
        scope
        for found in document.endpoints.values()
        for each in found.get("security", ())
        for scope in each.get("oauth2", ())
    }
    assert named <= KNOWN_SCOPES


@pytest.mark.parametrize(
    "call", [call for call in LifecycleCall if call is not LifecycleCall.CLEAR_SESSIONS]
)
def test_a_change_of_an_account_is_a_documented_request(document, call):
    """Its path, its scope, and its whole query; sessions are in a part that is not at hand."""
    asked = account_call(call, "00u1")
    found = document.endpoints[f"{asked.method} {asked.path.replace('00u1', '{id}')}"]
    assert {"oauth2": [USERS_MANAGE]} in found["security"]
    queried = {each["name"] for each in found.get("parameters", ()) if each.get("in") == "query"}
    assert queried - {"revokeSessions"} == set(asked.params)


def _filled(endpoint):
    method, _, path = endpoint.partition(" ")
    return method, "/".join("x" if part.startswith("{") else part for part in path.split("/"))
