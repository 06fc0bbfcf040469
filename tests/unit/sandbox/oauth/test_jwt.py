"""Signatures of assertions and proofs."""

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from reconciler.sandbox.keys import base64url
from reconciler.sandbox.oauth.jwt import (
    has_valid_signature,
    number_claim,
    read_unverified,
    text_claim,
)

DEEP = ".".join([base64url(b"[" * 100_000)] * 3)
RSA_KEY = rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_every_rsa_algorithm_is_checked(algorithm):
    """By the key, and by no other algorithm than the one that is named."""
    public = RSAAlgorithm.to_jwk(RSA_KEY.public_key(), as_dict=True)
    text = jwt.encode({}, RSA_KEY, algorithm)
    assert has_valid_signature(text, public, algorithm)
    assert not has_valid_signature(text, public, "ES256")


@pytest.mark.parametrize(
    ("curve", "algorithm"),
    [(ec.SECP256R1(), "ES256"), (ec.SECP384R1(), "ES384"), (ec.SECP521R1(), "ES512")],
)
def test_every_curve_is_checked(curve, algorithm):
    """A key of another owner does not fit."""
    key, other = ec.generate_private_key(curve), ec.generate_private_key(curve)
    text = jwt.encode({}, key, algorithm)
    public = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    assert has_valid_signature(text, public, algorithm)
    assert not has_valid_signature(
        text, ECAlgorithm.to_jwk(other.public_key(), as_dict=True), algorithm
    )


def test_what_is_no_key_or_no_jwt_does_not_hold():
    """Whatever a client made up."""
    assert not has_valid_signature("x.y.z", {"kty": "EC"}, "ES256")
    assert not has_valid_signature(jwt.encode({}, RSA_KEY, "RS256"), {}, "RS256")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1, 1.0),
        (1.5, 1.5),
        ("1", None),
        (True, None),
        (None, None),
        (float("inf"), None),
        ([], None),
    ],
)
def test_seconds_are_numbers(value, seconds):
    """Text that looks like one is none."""
    assert number_claim(value) == seconds


@pytest.mark.parametrize("text", ["", "x", "x.y.z", "e30.e30", "bnVsbA.bnVsbA.x", DEEP])
def test_what_is_no_jwt_is_told_so(text):
    """Nested a hundred thousand times, too."""
    with pytest.raises(ValueError, match=r".+"):
        read_unverified(text)


def test_half_a_character_is_no_text():
    """No file could keep it."""
    assert [text_claim(each) for each in ("x", "", "\ud800", 1, None)] == [
        "x",
        None,
        None,
        None,
        None,
    ]
