"""The event of a request that found no place."""

from dataclasses import replace

from reconciler.sandbox import Sandbox
from reconciler.sandbox.world.options import Options


def test_the_log_says_who_was_turned_away(ask, world):
    """With the token, when there was a good one."""
    with Sandbox.open(None, world=replace(world, options=Options(concurrency=1))) as org:
        with org._core.in_flight.place(1):  # noqa: SLF001 -- stands for another request
            turned = ask("GET", "/api/v1/groups", org=org)
            assert turned.status_code == 429
            assert ask("GET", "/api/v1/groups", org=org, headers={}).status_code == 429
        known, unknown = org.log()
        (event, _) = ask("GET", "/api/v1/logs", org=org).json()
    assert event["transaction"]["id"] == turned.headers["x-okta-request-id"]
    assert event["debugContext"]["debugData"]["requestUri"] == "/api/v1/groups"
    assert known.event == unknown.event == "core.concurrency.org.limit.violation"
    assert (known.actor, known.token_id) == ("svc-access@acme.example", world.tokens[0].id)
    assert (unknown.actor, unknown.token_id) == ("unknown", "")


def test_only_the_api_is_crowded(ask, world):
    """What anyone may read is answered."""
    with Sandbox.open(None, world=replace(world, options=Options(concurrency=1))) as org:
        with org._core.in_flight.place(1):  # noqa: SLF001 -- stands for another request
            response = ask("GET", "/.well-known/okta-organization", org=org)
        assert response.status_code == 200
