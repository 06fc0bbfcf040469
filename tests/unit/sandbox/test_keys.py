"""Key pairs of service apps."""

import jwt
import pytest

from reconciler.sandbox.keys import is_public, new_key_pair, thumbprint
from reconciler.sandbox.oauth.jwt import has_valid_signature


@pytest.mark.parametrize(("kind", "algorithm"), [("EC", "ES256"), ("RSA", "RS256")])
def test_a_pair_signs_and_is_checked(kind, algorithm):
    """The public half shows nothing of the private one, and its name follows from it."""
    private, public = new_key_pair(kind)
    assert has_valid_signature(jwt.encode({}, private, algorithm), public, algorithm)
    assert is_public(public)
    assert public["kid"] == thumbprint(public)
    assert not is_public({**public, "d": "x"})


def test_the_name_of_a_key_is_the_one_of_the_standard():
    """The example of RFC 7638."""
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_B"
        "JECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_F"
        "DW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4"
        "vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )
    key = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert thumbprint(key) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
