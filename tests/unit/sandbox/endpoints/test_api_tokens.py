"""The endpoints of API tokens."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.sandbox import Sandbox, Token

TOKENS = "/api/v1/api-tokens"


@pytest.fixture
def org(world, wall):
    """An org with a second, older token, and one that is no more."""
    more = (
        Token(name="old", owner="jane.doe@acme.example", created=datetime(2026, 8, 1, tzinfo=UTC)),
        Token(name="gone", owner="jane.doe@acme.example", status="REVOKED"),
    )
    world = replace(world, tokens=(*world.tokens, *more))
    with Sandbox.open(None, world=world, wall=lambda: wall.seconds) as opened:
        yield opened


def test_a_token_shows_everything_but_its_value(ask, org, world, ids):
    """In the shape that was recorded; only active ones are there."""
    response = ask("GET", TOKENS, org=org)
    own, old = response.json()
    assert world.tokens[0].value not in response.text
    assert "link" not in response.headers
    assert own == {
        "id": world.tokens[0].id,
        "name": "reconciler",
        "userId": ids["svc-access@acme.example"],
        "clientName": "Okta API",
        "tokenWindow": "P30D",
        "network": {"connection": "ANYWHERE"},
        "expiresAt": "2026-10-01T09:00:00.000Z",
        "created": "2025-09-01T09:00:00.000Z",
        "lastUpdated": "2026-09-01T09:00:00.000Z",
        "_links": own["_links"],
    }
    assert own["_links"]["self"]["hints"] == {"allow": ["GET", "DELETE"]}
    assert old["expiresAt"] == "2026-08-31T00:00:00.000Z"
    assert ask("GET", f"{TOKENS}/", org=org).json() == [own, old]
    assert ask("GET", own["_links"]["self"]["href"], org=org).json() == own


def test_an_unknown_token_is_not_found(ask, org):
    """By its own name for the kind; a revoked one is unknown too."""
    gone = Token(name="gone", owner="x").id
    for method in ("GET", "DELETE"):
        for each in ("00Tnone", gone):
            response = ask(method, f"{TOKENS}/{each}", org=org)
            summary = f"Not found: Resource not found: {each} (Token)"
            assert (response.status_code, response.json()["errorSummary"]) == (404, summary)


def test_a_revoked_token_is_of_no_use(ask, org):
    """From the next request on."""
    old = Token(name="old", owner="x")
    headers = {"Authorization": f"SSWS {old.value}"}
    assert ask("GET", "/api/v1/org", org=org, headers=headers).status_code == 200
    assert ask("DELETE", f"{TOKENS}/{old.id}", org=org).status_code == 204
    assert ask("GET", "/api/v1/org", org=org, headers=headers).status_code == 401
    assert org.log()[-1].event == "system.api_token.revoke"


def test_a_caller_can_give_up_their_own_token(ask, org, world):
    """That is all that `current` is for."""
    headers = {"Authorization": f"SSWS {world.tokens[0].value}"}
    response = ask("GET", f"{TOKENS}/current", org=org, headers=headers)
    assert (response.status_code, response.json()["errorCode"]) == (405, "E0000022")
    assert ask("DELETE", f"{TOKENS}/current", org=org, headers=headers).status_code == 204
    assert ask("GET", "/api/v1/org", org=org, headers=headers).status_code == 401
