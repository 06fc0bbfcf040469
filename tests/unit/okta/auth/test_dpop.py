"""A proof is about one request, and shows only the public half of its key."""

from datetime import UTC, datetime

import httpx
import jwt
import pytest

from reconciler.okta.auth.dpop import ProofKey, read_nonce

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEY = ProofKey()


def read(proof):
    """Header and claims, verified with the key that it carries itself."""
    header = jwt.get_unverified_header(proof)
    key = jwt.PyJWK.from_dict(header["jwk"], algorithm=header["alg"])
    return header, jwt.decode(proof, key, algorithms=["ES256"], options={"verify_iat": False})


@pytest.mark.parametrize(
    ("url", "htu"),
    [
        ("https://acme.okta.com/api/v1/groups", "https://acme.okta.com/api/v1/groups"),
        (
            "https://acme.okta.com/api/v1/users?search=a%20b&limit=2#x",
            "https://acme.okta.com/api/v1/users",
        ),
        (
            "https://acme.okta.com/api/v1/users/a%2Fb%40c",
            "https://acme.okta.com/api/v1/users/a%2Fb%40c",
        ),
        ("https://acme.okta.com//api/v1", "https://acme.okta.com//api/v1"),
        ("https://acme.okta.com", "https://acme.okta.com/"),
        ("https://ACME.okta.com:443/x?", "https://acme.okta.com/x"),
        ("http://127.0.0.1:8765/x", "http://127.0.0.1:8765/x"),
        ("http://[::1]:8765/x", "http://[::1]:8765/x"),
    ],
)
def test_the_address_is_the_one_that_is_sent_without_its_query(url, htu):
    """A slash too many already makes it another one."""
    _, claims = read(KEY.proof("GET", httpx.URL(url), NOW))
    assert claims["htu"] == htu
    assert claims["htm"] == "GET"
    assert set(claims) == {"htu", "htm", "iat", "jti"}
    assert 0 <= NOW.timestamp() - claims["iat"] < 60


def test_a_nonce_and_a_token_are_bound_in():
    """The token as its digest; the value is the standard's own example (RFC 9449, 7.1)."""
    token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
    _, claims = read(
        KEY.proof("PUT", httpx.URL("https://a.okta.com/x"), NOW, nonce="n", token=token)
    )
    assert claims["ath"] == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
    assert (claims["nonce"], claims["htm"]) == ("n", "PUT")


def test_only_the_public_half_leaves():
    """And the key is another one for each connection."""
    header, _ = read(KEY.proof("GET", httpx.URL("https://a.okta.com/x"), NOW))
    assert (header["typ"], header["alg"]) == ("dpop+jwt", "ES256")
    assert set(header["jwk"]) == {"kty", "crv", "x", "y"}
    other, _ = read(ProofKey().proof("GET", httpx.URL("https://a.okta.com/x"), NOW))
    assert other["jwk"] != header["jwk"]
    assert repr(KEY) == "ProofKey(***)"


def test_no_two_proofs_are_the_same():
    """A proof that is seen twice is refused."""
    url = httpx.URL("https://a.okta.com/x")
    assert len({read(KEY.proof("GET", url, NOW))[1]["jti"] for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("header", "nonce"), [({}, None), ({"DPoP-Nonce": ""}, None), ({"dpop-nonce": "n-1"}, "n-1")]
)
def test_the_next_nonce_comes_in_a_header(header, nonce):
    """One of absurd length is none."""
    assert read_nonce(httpx.Headers(header)) == nonce
    assert read_nonce(httpx.Headers({"dpop-nonce": "n" * 1001})) is None
