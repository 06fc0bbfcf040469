"""A key is read from every form it is kept in, and its faults are told apart without quoting it."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.errors import ConnectorError
from reconciler.okta.auth.keys import parse_key
from reconciler.okta.secret_filter import Redactor
from tests.unit.okta.service_app import as_json, pem_of

RSA = rsa.generate_private_key(65537, 2048)
P256, P384, P521 = (
    ec.generate_private_key(curve) for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1())
)
SHORT = rsa.generate_private_key(65537, 1024)  # noqa: S505 - this is what is refused
OLD = serialization.PrivateFormat.TraditionalOpenSSL
PKCS8 = serialization.PrivateFormat.PKCS8
PEM = serialization.Encoding.PEM


def pem(private, form=PKCS8, password=None):
    """The key in one of its forms."""
    lock = (
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption()
    )
    return private.private_bytes(PEM, form, lock).decode()


def public_pem(private):
    """Its public half."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(PEM, form).decode()


def jwk(private, **changes):
    """The key as a JWK, changed; None takes a member out."""
    made = json.loads(as_json(private)) | changes
    return json.dumps({name: value for name, value in made.items() if value is not None})


@pytest.mark.parametrize(
    ("text", "algorithm", "private"),
    [
        (pem(RSA), "RS256", RSA),
        (pem(RSA, OLD), "RS256", RSA),
        (pem(P256), "ES256", P256),
        (pem(P256, OLD), "ES256", P256),
        (pem(P384), "ES384", P384),
        (pem(P521), "ES512", P521),
        (f"\n  {pem(RSA)}\n\n".replace("\n", "\r\n"), "RS256", RSA),
        (jwk(RSA), "RS256", RSA),
        (jwk(RSA, alg="RS512", use="sig"), "RS512", RSA),
        (jwk(RSA, p=None, q=None, dp=None, dq=None, qi=None), "RS256", RSA),
        (f"\n{jwk(P256)}\n", "ES256", P256),
        (jwk(P384, alg="ES384"), "ES384", P384),
        (jwk(P521), "ES512", P521),
    ],
)
def test_a_usable_key_signs_what_its_public_half_verifies(text, algorithm, private):
    """Every form that keys come in."""
    key = parse_key(text, "kid-1")
    assert key.algorithm == algorithm
    signed = key.sign({"iss": "0oa1"})
    header = jwt.get_unverified_header(signed)
    assert (header["alg"], header["kid"]) == (algorithm, "kid-1")
    claims = jwt.decode(signed, private.public_key(), algorithms=[algorithm])
    assert claims == {"iss": "0oa1"}


def test_the_kid_of_a_jwk_counts_where_the_connector_names_none():
    """Two that disagree are nobody's guess to settle."""
    assert parse_key(jwk(P256, kid="k-7"), None).key_id == "k-7"
    assert parse_key(jwk(P256, kid="k-7"), "k-7").key_id == "k-7"
    assert parse_key(jwk(P256), None).key_id is None
    assert "kid" not in jwt.get_unverified_header(parse_key(pem(P256), None).sign({}))
    with pytest.raises(ConnectorError) as caught:
        parse_key(jwk(P256, kid="k-7"), "k-8")
    assert caught.value.code == "key-id-conflict"


UNUSABLE = [
    ("", "key-malformed"),
    ("hello", "key-malformed"),
    (pem(RSA)[:-200], "key-malformed"),
    (pem(RSA).replace("\n", "\\n"), "key-malformed"),
    (pem(RSA)[:400] + "!" + pem(RSA)[401:], "key-malformed"),
    ("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "key-malformed"),
    ("\udcff", "key-malformed"),
    (pem(RSA, password=b"x"), "key-encrypted"),
    (pem(RSA, OLD, b"x"), "key-encrypted"),
    (pem(P256, PKCS8, b"x"), "key-encrypted"),
    (public_pem(RSA), "key-public"),
    (public_pem(P256), "key-public"),
    ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "key-public"),
    (pem(SHORT), "key-too-short"),
    (jwk(SHORT), "key-too-short"),
    (pem(ed25519.Ed25519PrivateKey.generate()), "key-kind-unsupported"),
    (pem(ec.generate_private_key(ec.SECP256K1())), "key-kind-unsupported"),
    (pem(dsa.generate_private_key(2048)), "key-kind-unsupported"),
    (pem(P256, serialization.PrivateFormat.OpenSSH), "key-kind-unsupported"),
    (jwk(RSA, alg="PS256"), "key-kind-unsupported"),
    (jwk(P256, alg="ES384"), "key-kind-unsupported"),
    (jwk(P256, alg=7), "key-kind-unsupported"),
    ('{"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQ"}', "key-kind-unsupported"),
    ('{"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"}', "key-kind-unsupported"),
    (jwk(RSA, d=None, p=None, q=None, dp=None, dq=None, qi=None), "key-public"),
    (jwk(P256, d=None), "key-public"),
    (jwk(RSA, n="AAAA"), "key-malformed"),
    (jwk(RSA, d=7), "key-malformed"),
    (jwk(RSA, kty="EC"), "key-malformed"),
    (jwk(P256, crv="P-999"), "key-malformed"),
    (jwk(P256, d="!!"), "key-malformed"),
    (jwk(P256, kty=None), "key-malformed"),
    (jwk(P256, kty=[]), "key-malformed"),
    (f'{{"keys": [{jwk(P256)}]}}', "key-malformed"),
    (jwk(P256)[:-9], "key-malformed"),
    ('{"kty":' * 100_000, "key-malformed"),
]


@pytest.mark.parametrize(
    ("text", "code"), UNUSABLE, ids=[f"{i}-{c[1]}" for i, c in enumerate(UNUSABLE)]
)
def test_an_unusable_key_is_refused_without_a_word_of_it(text, code):
    """The error ends in logs: it is unchained, because the library's own quotes the key."""
    with pytest.raises(ConnectorError) as caught:
        parse_key(text, None)
    error = caught.value
    assert (error.code, error.__cause__, error.__context__) == (code, None, None)
    assert error.hint
    said = f"{error.message} {error.hint}"
    pieces = {text[at : at + 12] for at in range(len(text) - 12)} if len(text) < 9000 else set()
    assert {piece for piece in pieces if piece in said and "KEY" not in piece} == set()


@given(
    st.text()
    | st.text().map(lambda text: "{" + text)
    | st.binary().map(lambda b: b.decode("latin-1"))
)
def test_nothing_that_is_no_key_breaks_the_reader(text):
    """Whatever a variable holds, it is one of the documented errors."""
    with pytest.raises(ConnectorError) as caught:
        parse_key(text, None)
    assert caught.value.code.startswith("key-")


@given(
    st.sampled_from([RSA, P256]),
    st.dictionaries(
        st.sampled_from([*json.loads(as_json(RSA)), "crv", "x", "y", "alg", "kid", "keys"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.text(), inner, max_size=2)
            ),
            max_leaves=4,
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_a_damaged_jwk_breaks_nothing_either(private, changes):
    """It still is a key, or it is one of the documented errors."""
    try:
        key = parse_key(json.dumps(json.loads(as_json(private)) | changes), None)
    except ConnectorError as error:
        assert error.code.startswith("key-")  # noqa: PT017 - either outcome is right
    else:
        assert key.sign({})


@pytest.mark.parametrize("text", [pem(RSA), jwk(RSA), pem(P256), jwk(P256)])
def test_a_key_is_shown_nowhere(text):
    """Neither printed nor compared into view; each part of it is a secret to the redactor."""
    key = parse_key(text, "kid-1")
    assert repr(key) == f"SigningKey(algorithm={key.algorithm!r}, key_id='kid-1')"
    redactor = Redactor(key.secrets)
    parts = [line for line in text.splitlines() if len(line) > 20 and "KEY" not in line]
    parts += [json.loads(text)["d"]] if text.startswith("{") else []
    for part in parts:
        assert redactor.clean(f"<{part}>") == "<***>"


def test_the_test_helper_writes_what_openssl_writes():
    """Both forms read back to the same numbers."""
    assert parse_key(pem_of(P256), None).private.private_numbers() == P256.private_numbers()
