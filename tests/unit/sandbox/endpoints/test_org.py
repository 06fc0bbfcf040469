"""Who the org is."""


def test_the_open_document_needs_no_token(ask, sandbox):
    """And has no rate limit headers."""
    response = ask("GET", "/.well-known/okta-organization", headers={})
    assert response.json()["id"] == sandbox.org_id
    assert response.json()["_links"] == {"organization": {"href": "https://acme.okta.com"}}
    assert "x-rate-limit-limit" not in response.headers


def test_admins_see_the_settings(ask, sandbox):
    """The id is the same."""
    body = ask("GET", "/api/v1/org").json()
    assert (body["id"], body["subdomain"]) == (sandbox.org_id, "acme")
