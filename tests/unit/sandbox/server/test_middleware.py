"""The common headers, and what each fault makes of an answer."""

import re

import httpx
import pytest

from reconciler.sandbox import Fault

GROUPS = "/api/v1/groups"


def test_every_answer_has_the_common_headers(ask, world):
    """Also an error, also on an unknown path."""
    seen = set()
    for method, path in (("GET", GROUPS), ("GET", "/api/v1/nope"), ("PATCH", GROUPS)):
        headers = ask(method, path).headers
        assert re.fullmatch("[0-9a-f]{32}", headers["x-okta-request-id"])
        seen.add(headers["x-okta-request-id"])
        assert headers["date"] == "Tue, 01 Sep 2026 09:00:00 GMT"
        assert headers["content-type"] == "application/json"
        assert headers["cache-control"] == "no-cache, no-store"
        assert (headers["pragma"], headers["expires"]) == ("no-cache", "0")
        assert headers["x-content-type-options"] == "nosniff"
        assert int(headers["x-rate-limit-reset"]) == int(world.now.timestamp()) + 60
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nope", 404, "E0000008"),
        ("GET", "/api/v1/groups/", 404, "E0000008"),
        ("PATCH", GROUPS, 405, "E0000022"),
        ("POST", "/api/v1/users/me/groups", 405, "E0000022"),
    ],
)
def test_what_no_endpoint_answers_is_an_error_object(ask, method, path, status, code):
    """Never plain text, never a redirect."""
    response = ask(method, path)
    assert (response.status_code, response.json()["errorCode"]) == (status, code)
    assert response.json()["errorLink"] == code
    assert re.fullmatch("oae.{22}", response.json()["errorId"])


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "E0000001"),
        (401, "E0000011"),
        (403, "E0000006"),
        (404, "E0000007"),
        (423, "E0000239"),
        (429, "E0000047"),
        (500, "E0000009"),
        (503, "E0000100"),
    ],
)
def test_a_scripted_status_has_its_usual_error(ask, sandbox, status, code):
    """Once; the next request is answered."""
    sandbox.faults.add(Fault(kind="status", status=status))
    response = ask("GET", GROUPS)
    assert (response.status_code, response.json()["errorCode"]) == (status, code)
    assert ask("GET", GROUPS).status_code == 200


def test_a_scripted_429_says_when_to_come_back(ask, sandbox, world):
    """Nothing remains, and the reset is as far away as the fault says."""
    sandbox.faults.add(Fault(kind="status", status=429, seconds=9))
    headers = ask("GET", GROUPS).headers
    assert (headers["x-rate-limit-limit"], headers["x-rate-limit-remaining"]) == ("250", "0")
    assert int(headers["x-rate-limit-reset"]) == int(world.now.timestamp()) + 9


def test_a_429_of_concurrency_has_a_limit_of_zero(ask, sandbox):
    """Which is how it is told from the other."""
    sandbox.faults.add(Fault(kind="concurrency"))
    response = ask("GET", GROUPS)
    assert response.status_code == 429
    assert response.headers["x-rate-limit-limit"] == "0"
    assert response.headers["x-rate-limit-remaining"] == "0"


def test_a_gateway_answers_in_html(ask, sandbox):
    """Without Okta's headers."""
    sandbox.faults.add(Fault(kind="html"))
    response = ask("GET", GROUPS)
    assert (response.status_code, response.headers["content-type"]) == (502, "text/html")
    assert "x-okta-request-id" not in response.headers


def test_a_malformed_body_is_no_json(ask, sandbox):
    """With a status of 200."""
    sandbox.faults.add(Fault(kind="malformed"))
    response = ask("GET", GROUPS)
    assert response.status_code == 200
    with pytest.raises(ValueError, match="Unterminated"):
        response.json()


def test_lists_can_lie(ask, sandbox, links):
    """Empty, of the wrong shape, or leading in circles or astray."""
    for kind in ("empty", "wrong-shape", "repeat", "foreign-next"):
        sandbox.faults.add(Fault(kind=kind))
    url = f"https://acme.okta.com{GROUPS}?limit=2"
    empty, shaped, repeated, foreign = (ask("GET", url) for _ in range(4))
    assert (empty.json(), list(links(empty))) == ([], ["self"])
    assert isinstance(shaped.json(), dict)
    assert links(repeated)["next"] == url
    assert links(foreign)["next"].startswith("https://evil.example.net/")
    assert len(foreign.json()) == 2


def test_a_delayed_answer_is_the_same_answer(ask, sandbox):
    """Only later."""
    sandbox.faults.add(Fault(kind="delay", seconds=0.001))
    assert ask("GET", GROUPS).status_code == 200


def test_a_write_can_happen_though_its_answer_is_lost(ask, sandbox, ids):
    """The client must look before it tries again."""
    sandbox.faults.add(Fault(kind="after-write"))
    path = f"{GROUPS}/{ids['empty']}/users/{ids['ravi.rao@acme.example']}"
    with pytest.raises(httpx.ReadError):
        ask("PUT", path)
    assert [user.login for user in sandbox.members("empty")] == ["ravi.rao@acme.example"]


def test_a_cut_request_did_nothing(ask, sandbox, ids):
    """The write did not happen; the record says 0."""
    sandbox.faults.add(Fault(kind="cut", method="PUT"))
    path = f"{GROUPS}/{ids['empty']}/users/{ids['ravi.rao@acme.example']}"
    with pytest.raises(httpx.ReadError):
        ask("PUT", path)
    assert sandbox.members("empty") == ()
    assert sandbox.requests()[-1] == ("PUT", path, "", 0)


def test_requests_are_recorded(ask, sandbox):
    """So that a test can count calls exactly."""
    ask("GET", GROUPS, params={"limit": "2"})
    assert sandbox.requests() == [("GET", GROUPS, "limit=2", 200)]
    sandbox.requests().clear()
    assert sandbox.requests() == []


def test_two_slashes_at_the_start_are_one(ask, ids):
    """A client whose base ends in a slash was answered."""
    path = f"{GROUPS}/{ids['empty']}/users/{ids['ravi.rao@acme.example']}"
    response = ask("PUT", f"https://acme.okta.com/{path}")
    assert response.status_code == 204
    assert "x-content-type-options" not in response.headers
    assert ask("GET", f"https://acme.okta.com/{GROUPS}").status_code == 200
