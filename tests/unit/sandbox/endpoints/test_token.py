"""Getting an access token: one test for each of Okta's words, and what a success looks like."""

import base64
import json
from dataclasses import replace

import httpx
import pytest

from reconciler.sandbox import Fault, OAuthClient, Sandbox
from reconciler.sandbox.keys import new_key_pair
from reconciler.sandbox.oauth import errors
from tests.support import signing

URL = "https://acme.okta.com/oauth2/v1/token"
SCOPES = ("okta.groups.read", "okta.users.read")
HOUR = 3600


@pytest.fixture
def app(sandbox):
    """A service app with two scopes."""
    return sandbox.service_app(scopes=SCOPES)


@pytest.fixture
def post(ask, sandbox, app):
    """Asks for a token; what is given changes the form, the claims or the header."""

    def send(*, form=None, header=None, of=app, **claims):
        now = sandbox.now().timestamp()
        signed = signing.assertion(of, now, URL, headers=header, **claims)
        data = signing.form(signed, **(form or {}))
        return ask("POST", "/oauth2/v1/token", headers={}, data=data)

    return send


def refused(response):
    """Status, error and description, and nothing else."""
    body = response.json()
    assert body.keys() == {"error", "error_description"}
    return response.status_code, body["error"], body["error_description"]


def test_a_token_is_what_okta_gives(post, app, sandbox):
    """The body, the headers and the shape of the token, as recorded."""
    response = post(form={"scope": "okta.users.read okta.groups.read"})
    body = response.json()
    token = body.pop("access_token")
    assert body == {
        "token_type": "Bearer",
        "expires_in": HOUR,
        "scope": "okta.users.read okta.groups.read",
    }
    assert response.headers["x-rate-limit-limit"] == "1000"
    assert response.headers["cache-control"] == "no-cache, no-store"
    header, payload = (
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in token.split(".")[:2]
    )
    assert header["typ"] == "application/okta-internal-at+jwt"
    assert payload["cid"] == payload["sub"] == app.client_id
    assert payload["aud"] == payload["iss"] == "https://acme.okta.com"
    assert payload["exp"] - payload["iat"] == HOUR
    assert payload["scp"] == ["okta.users.read", "okta.groups.read"]
    assert sandbox.log()[-1].event == "app.oauth2.token.grant.access_token"


def test_scopes_that_were_not_granted_are_left_out_without_a_word(post):
    """The first sign of it would be a 403 in mid-run."""
    response = post(form={"scope": "okta.groups.manage okta.users.read"})
    assert response.json()["scope"] == "okta.users.read"


@pytest.mark.parametrize(
    ("claims", "text"),
    [
        ({"iss": "0oanobody"}, errors.ISSUER),
        ({"iss": None}, errors.ISSUER),
        ({"iss": "\ud800"}, errors.ISSUER),
        ({"jti": "\ud800"}, errors.UNREADABLE),
        ({"sub": "0oanobody"}, errors.SUBJECT),
        ({"aud": "https://acme.okta.com"}, errors.AUDIENCE),
        ({"aud": "https://id.acme.example/oauth2/v1/token"}, errors.AUDIENCE),
        ({"aud": None}, errors.AUDIENCE),
        ({"exp": None}, errors.NO_EXPIRY),
        ({"exp": "soon"}, errors.NO_EXPIRY),
        ({"header": {"kid": "another"}}, errors.KEY_ID),
    ],
)
def test_an_assertion_that_says_something_else_is_refused(post, claims, text):
    """Each with its own words."""
    assert refused(post(**claims)) == (401, "invalid_client", text)


@pytest.mark.parametrize(
    ("issued", "expires", "text"),
    [
        (-HOUR, -1, errors.EXPIRED),
        (-HOUR, 0, errors.EXPIRED),
        (0, HOUR + 60, errors.TOO_FAR),
        (60, HOUR, errors.NOT_YET),
    ],
)
def test_an_assertion_of_another_time_is_refused(post, sandbox, issued, expires, text):
    """By the clock of the org."""
    now = int(sandbox.now().timestamp())
    assert refused(post(iat=now + issued, exp=now + expires)) == (401, "invalid_client", text)


@pytest.mark.parametrize("lasting", [60, 50 * 60, HOUR])
def test_an_assertion_may_last_up_to_an_hour(post, sandbox, lasting):
    """Okta's own client makes them fifty minutes long, and `iat` may be missing."""
    assert post(exp=int(sandbox.now().timestamp()) + lasting, iat=None).status_code == 200


def test_an_assertion_by_the_clock_of_the_machine_is_judged_by_that(post, wall):
    """A program of somebody else does not know that the org's time is made up."""
    assert post(iat=int(wall.seconds), exp=int(wall.seconds) + 300).status_code == 200
    late = post(iat=int(wall.seconds) - HOUR, exp=int(wall.seconds) - 10)
    assert refused(late)[2] == errors.EXPIRED


def test_another_key_is_no_signature_of_the_client(post, app):
    """The name of the key is right, the key is not."""
    private, _ = new_key_pair("EC")
    assert refused(post(of=replace(app, private_key=private)))[2] == errors.SIGNATURE


def test_one_key_needs_no_name_and_two_do(post, sandbox):
    """A client is given a second key when the first is to be replaced."""
    assert post(header={}).status_code == 200
    client = sandbox.clients()[0]
    _, other = new_key_pair("EC")
    sandbox.change_client(replace(client, jwks=(*client.jwks, other)))
    assert refused(post(header={}))[2] == errors.KEY_ID
    assert post().status_code == 200


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"status": "INACTIVE"}, errors.UNKNOWN_CLIENT),
        ({"application_type": "web"}, errors.NOT_SERVICE),
        ({"auth_method": "client_secret_basic"}, errors.AUTH_METHOD),
        ({"jwks": ()}, errors.NO_KEYS),
    ],
)
def test_a_client_that_may_not_ask_is_refused(post, sandbox, changes, text):
    """Whatever it signs."""
    sandbox.change_client(replace(sandbox.clients()[0], **changes))
    assert refused(post()) == (401, "invalid_client", text)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"grant_type": None}, (400, "invalid_request", "The 'grant_type' parameter is missing.")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type", errors.GRANT_TYPE)),
        ({"client_assertion": None}, (401, "invalid_client", errors.NO_CREDENTIALS)),
        ({"client_assertion": "x"}, (401, "invalid_client", errors.UNREADABLE)),
        ({"client_assertion_type": "jwt"}, (400, "invalid_request", errors.ASSERTION_TYPE)),
        ({"client_secret": "x"}, (401, "invalid_client", errors.AUTH_METHOD)),
        ({"client_id": "0oaother"}, (401, "invalid_client", errors.UNKNOWN_CLIENT)),
        ({"scope": None}, (400, "invalid_scope", errors.NO_SCOPES)),
        ({"scope": "openid"}, (400, "invalid_scope", errors.OPENID)),
        ({"scope": "okta.boats.read"}, (400, "invalid_scope", errors.UNKNOWN_SCOPE)),
        ({"scope": "okta.logs.read"}, (400, "invalid_scope", errors.NOT_GRANTED)),
    ],
)
def test_a_form_that_asks_for_something_else_is_refused(post, form, told):
    """Each with its own error and words."""
    assert refused(post(form=form)) == told


def test_a_parameter_is_given_once(ask):
    """Nobody guesses which of two is meant."""
    response = ask("POST", "/oauth2/v1/token", headers={}, content=b"scope=a&scope=b")
    assert refused(response)[:2] == (400, "invalid_request")


def test_a_client_secret_in_the_header_is_no_way_in(ask):
    """Only a signed assertion is."""
    data = {"grant_type": "client_credentials"}
    response = ask("POST", "/oauth2/v1/token", headers={"Authorization": "Basic eDp5"}, data=data)
    assert refused(response)[2] == errors.AUTH_METHOD


def test_an_assertion_is_used_once(post):
    """Also when the answer refused what it asked for."""
    assert post(jti="1").status_code == 200
    assert refused(post(jti="1"))[2] == errors.REPLAYED
    assert refused(post(jti="2", form={"scope": "openid"}))[2] == errors.OPENID
    assert refused(post(jti="2"))[2] == errors.REPLAYED
    assert [post(jti=None).status_code for _ in range(2)] == [200, 200]


def test_another_process_knows_what_was_used(ask, world, wall, tmp_path):
    """The ids lie in the file."""
    file = tmp_path / "org.db"
    with (
        Sandbox.open(file, world=world, wall=lambda: wall.seconds) as one,
        Sandbox.open(file, wall=lambda: wall.seconds) as two,
    ):
        app = one.service_app(scopes=SCOPES)
        assert two.service_app(app.client_id, scopes=()) == app
        data = signing.form(signing.assertion(app, one.now().timestamp(), URL))
        first = ask("POST", "/oauth2/v1/token", org=one, headers={}, data=data)
        second = ask("POST", "/oauth2/v1/token", org=two, headers={}, data=data)
        token = {"Authorization": f"Bearer {first.json()['access_token']}"}
        assert ask("GET", "/api/v1/groups", org=two, headers=token).status_code == 200
    assert refused(second)[2] == errors.REPLAYED


@pytest.mark.parametrize(("zone", "status"), [("127.0.0.0/8", 200), ("203.0.113.0/24", 403)])
def test_a_client_with_zones_asks_from_there(post, sandbox, zone, status):
    """A runner whose address changed."""
    sandbox.change_client(replace(sandbox.clients()[0], zones=(zone,)))
    response = post()
    assert response.status_code == status
    assert status == 200 or refused(response) == (403, "access_denied", errors.OUTSIDE)


@pytest.mark.parametrize(("seconds", "text"), [(600, errors.EXPIRED), (-600, errors.NOT_YET)])
def test_a_clock_that_is_wrong_shows_in_the_date(post, sandbox, seconds, text):
    """The client's clock is behind the org's, or ahead of it; the Date header tells which."""
    sandbox.faults.add(Fault(kind="clock-skew", seconds=seconds))
    wrong = post()
    assert refused(wrong)[2] == text
    after = post()
    assert after.status_code == 200
    assert wrong.headers["date"] != after.headers["date"]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault(kind="status", status=429), 429),
        (Fault(kind="status", status=503), 503),
        (Fault(kind="status", status=401), 401),
        (Fault(kind="outside-zone"), 403),
        (Fault(kind="malformed"), 200),
        (Fault(kind="html"), 502),
    ],
)
def test_faults_meet_the_token_endpoint_too(post, sandbox, fault, status):
    """Once; the next request gets its token."""
    sandbox.faults.add(replace(fault, path="/oauth2/v1/token", method="POST"))
    assert post().status_code == status
    assert post().json()["token_type"] == "Bearer"


def test_a_client_of_a_world_keeps_what_the_world_gave_it(world):
    """A rehearsal with too few scopes stays one; a registered client gets what is new."""
    few = OAuthClient(label="few", scopes=("okta.groups.read",), generate=True)
    with Sandbox.open(None, world=replace(world, oauth_clients=(few,))) as org:
        app = org.service_app(few.client_id, scopes=SCOPES, dpop=True)
        assert (org.clients()[0].scopes, org.clients()[0].dpop_bound) == (few.scopes, False)
        assert app.key_id == org.clients()[0].jwks[0]["kid"]
        made = org.service_app(scopes=SCOPES[:1])
        assert org.service_app(scopes=SCOPES[1:], dpop=True) == made
        assert (org.clients()[1].scopes, org.clients()[1].dpop_bound) == (SCOPES, True)
        assert "PRIVATE" not in repr(made)


def test_an_answer_that_is_lost_has_used_up_its_assertion(post, sandbox):
    """The token was given, and nobody got it: a retry needs a new assertion."""
    sandbox.faults.add(Fault(kind="after-write"))
    with pytest.raises(httpx.ReadError):
        post(jti="1")
    assert refused(post(jti="1"))[2] == errors.REPLAYED
    assert post(jti="2").status_code == 200
