"""Proofs of possession: the nonce, the binding, and one test for each of Okta's words."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm

from reconciler.sandbox.oauth import errors
from tests.support import signing
from tests.support.signing import ProofKey

HOST = "https://acme.okta.com"
URL = f"{HOST}/oauth2/v1/token"
GROUPS = "/api/v1/groups"
DAY = 24 * 3600


@pytest.fixture
def key():
    """The key that proves."""
    return ProofKey()


@pytest.fixture
def sign_in(ask, sandbox, key):
    """Asks for a token with a proof; what is given changes the proof."""
    app = sandbox.service_app(scopes=("okta.groups.read",), dpop=True)

    def send(*, proofs=None, **changed):
        now = sandbox.now().timestamp()
        made = proofs if proofs is not None else [key.proof("POST", URL, now, **changed)]
        data = signing.form(signing.assertion(app, now, URL))
        headers = [("DPoP", each) for each in made]
        return ask("POST", "/oauth2/v1/token", headers=headers, data=data)

    return send


@pytest.fixture
def token(sign_in):
    """A bound token, after the dance with the nonce."""
    nonce = sign_in().headers["dpop-nonce"]
    return sign_in(nonce=nonce).json()["access_token"]


@pytest.fixture
def call(ask, sandbox, key, token):
    """Lists the groups with the token and a proof; what is given changes either."""

    def send(*, scheme="DPoP", proofs=None, path=GROUPS, by=key, **changed):
        now = sandbox.now().timestamp()
        url = HOST + path.partition("?")[0]
        made = proofs if proofs is not None else [by.proof("GET", url, now, token, **changed)]
        headers = [("Authorization", f"{scheme} {token}"), *(("DPoP", each) for each in made)]
        return ask("GET", path, headers=headers)

    return send


def refused(response):
    """Status and description, wherever the answer has it."""
    if response.content:
        return response.status_code, response.json()["error_description"]
    challenge = response.headers["www-authenticate"]
    assert challenge.startswith('DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", authorization')
    return response.status_code, challenge.partition('error_description="')[2].partition('"')[0]


def test_the_first_proof_is_answered_with_a_nonce(sign_in):
    """400 with the nonce; with it, a token that is bound."""
    first = sign_in()
    assert (first.status_code, first.json()["error"]) == (400, "use_dpop_nonce")
    assert refused(first)[1] == errors.USE_NONCE
    second = sign_in(nonce=first.headers["dpop-nonce"])
    assert second.json()["token_type"] == "DPoP"
    assert second.headers["dpop-nonce"] == first.headers["dpop-nonce"]
    assert refused(sign_in(nonce="another")) == (400, errors.USE_NONCE)


def test_a_nonce_is_new_each_day_and_known_for_three_days_more(sign_in, wall):
    """A client may keep it, and has to be ready for a new one."""
    nonce = sign_in().headers["dpop-nonce"]
    wall.seconds += DAY + 1
    response = sign_in(nonce=nonce)
    assert response.status_code == 200
    assert response.headers["dpop-nonce"] != nonce
    wall.seconds += 3 * DAY
    assert refused(sign_in(nonce=nonce))[1] == errors.USE_NONCE


def test_a_bound_token_opens_with_its_proof(call):
    """The query is no part of what is proved."""
    assert call().status_code == 200
    assert call(path=f"{GROUPS}?limit=1").status_code == 200


def test_a_missing_scope_is_challenged_in_the_way_of_dpop(call):
    """403, with the algorithms in front."""
    assert refused(call(path="/api/v1/users")) == (403, errors.SCOPES)


def test_a_bound_token_is_worth_nothing_without_its_proof(call):
    """As Bearer, without a proof, and with a proof by another key."""
    response = call(scheme="Bearer")
    assert response.status_code == 400
    assert errors.SCHEME_NEEDED in response.headers["www-authenticate"]
    assert refused(call(proofs=[])) == (400, errors.PROOF_NEEDED)
    assert refused(call(by=ProofKey())) == (400, errors.PROOF_BINDING)


def test_a_token_that_is_not_bound_has_nothing_to_prove(ask, sandbox, key):
    """Not even with a proof that holds."""
    app = sandbox.service_app("0oabearer", scopes=("okta.groups.read",))
    now = sandbox.now().timestamp()
    data = signing.form(signing.assertion(app, now, URL))
    token = ask("POST", "/oauth2/v1/token", headers={}, data=data).json()["access_token"]
    proof = key.proof("GET", HOST + GROUPS, now, token)
    response = ask("GET", GROUPS, headers={"Authorization": f"DPoP {token}", "DPoP": proof})
    assert refused(response) == (401, errors.ACCESS_UNBOUND)


def test_an_app_that_must_use_dpop_gets_nothing_without(sign_in):
    """As recorded."""
    assert refused(sign_in(proofs=[])) == (400, errors.NO_PROOF)


CLAIM = errors.PROOF_CLAIM


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"headers": {"typ": "JWT"}}, errors.PROOF_TYPE),
        ({"headers": {"jwk": None}}, errors.PROOF),
        ({"headers": {"jwk": {"kty": "EC"}}}, errors.PROOF_SIGNATURE),
        ({"htm": "PUT"}, CLAIM.format("htm")),
        ({"htu": f"{HOST}/api/v1/users"}, CLAIM.format("htu")),
        ({"htu": f"{HOST}//api/v1/groups"}, CLAIM.format("htu")),
        ({"htu": f"{HOST}/api/v1/groups?limit=1"}, CLAIM.format("htu")),
        ({"iat": None}, CLAIM.format("iat")),
        ({"iat": "now"}, CLAIM.format("iat")),
        ({"jti": None}, CLAIM.format("jti")),
        ({"exp": 1}, errors.PROOF_EXPIRED),
    ],
)
def test_a_proof_of_something_else_is_refused(call, sign_in, changed, text):
    """On calls and at the token endpoint, with the same words."""
    assert refused(call(**changed)) == (400, text)
    assert refused(sign_in(**changed)) == (400, text)


def test_a_proof_is_refused_as_a_whole(call, sign_in, key):
    """What is no JWT, a second one, and one that shows the private half."""
    assert refused(call(proofs=["x"])) == (400, errors.PROOF_UNREADABLE)
    assert refused(sign_in(proofs=["x", "y"])) == (400, errors.TWO_PROOFS)
    private = ECAlgorithm.to_jwk(key.private, as_dict=True)
    shown = {name: private[name] for name in ("crv", "kty", "x", "y", "d")}
    assert refused(call(headers={"jwk": shown})) == (400, errors.PROOF)
    other = ProofKey()
    assert refused(call(headers={"jwk": other.public})) == (400, errors.PROOF_SIGNATURE)


def test_a_proof_has_its_time(call, sandbox, wall):
    """Five minutes old at most, and not of the future."""
    now = int(sandbox.now().timestamp())
    assert call(iat=now - 299).status_code == 200
    assert refused(call(iat=now - 301)) == (400, errors.PROOF_OLD)
    assert refused(call(iat=now + 60)) == (400, errors.PROOF_NOT_YET)
    assert call(iat=int(wall.seconds)).status_code == 200


def test_a_proof_is_used_once(call, key, sandbox, token):
    """A retry that sends the very same request again is refused."""
    proof = key.proof("GET", HOST + GROUPS, sandbox.now().timestamp(), token)
    assert call(proofs=[proof]).status_code == 200
    assert refused(call(proofs=[proof])) == (400, errors.PROOF_REPLAYED)


def test_a_proof_is_of_this_token(call):
    """By its hash."""
    assert refused(call(ath="x")) == (400, errors.PROOF_ATH)
    assert refused(call(ath=None)) == (400, errors.PROOF_ATH)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    claim=st.sampled_from(["htm", "htu", "iat", "jti", "ath"]),
    value=st.one_of(st.none(), st.booleans(), st.text(max_size=5), st.lists(st.integers())),
)
def test_a_proof_with_any_other_claim_is_refused(call, claim, value):
    """Nothing is taken for what it is not; a jti alone may be any text."""
    response = call(**{claim: value})
    is_fine = claim == "jti" and isinstance(value, str) and value
    assert is_fine or response.status_code == 400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    claim=st.sampled_from(["iss", "sub", "aud", "exp", "iat", "jti"]),
    value=st.one_of(
        st.booleans(), st.text(max_size=5), st.lists(st.text(max_size=3)), st.just({"a": "b"})
    ),
)
def test_an_assertion_with_any_other_claim_is_refused(ask, sandbox, claim, value):
    """401, whatever it says; a jti alone may be any text."""
    app = sandbox.service_app("0oaplain", scopes=("okta.groups.read",))
    signed = signing.assertion(app, sandbox.now().timestamp(), URL)
    assert ask("POST", "/oauth2/v1/token", headers={}, data=signing.form(signed)).is_success
    try:
        wrong = signing.assertion(app, sandbox.now().timestamp(), URL, **{claim: value})
    except TypeError:
        return  # PyJWT will not even sign an issuer that is no text
    response = ask("POST", "/oauth2/v1/token", headers={}, data=signing.form(wrong))
    is_fine = claim == "jti" and isinstance(value, str)
    assert is_fine or response.status_code == 401
