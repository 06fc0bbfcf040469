"""Okta's OpenAPI document says which scope each call needs; so does the sandbox."""

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


def _filled(endpoint):
    method, _, path = endpoint.partition(" ")
    return method, "/".join("x" if part.startswith("{") else part for part in path.split("/"))
