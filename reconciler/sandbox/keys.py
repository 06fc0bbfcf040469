"""Key pairs of service apps: made here for rehearsals, and named as a JWK is."""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_ec
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as new_rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

KeyKind: TypeAlias = Literal["EC", "RSA"]
"""An EC key is made at once, an RSA key is understood by every client."""

Jwk: TypeAlias = dict[str, str]
"""A public key as JSON, by the names of its members."""

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
"""What an assertion and a proof may be signed with (Okta: documented)."""

_PRIVATE: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_NAMED: Final = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y")}
_BITS: Final = 2048


def new_key_pair(kind: KeyKind) -> tuple[str, Jwk]:
    """A private key as PEM, and its public half with the `kid` that follows from it."""
    public: dict[str, Any]
    if kind == "EC":
        ec = new_ec(SECP256R1())
        private = ec.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = ECAlgorithm.to_jwk(ec.public_key(), as_dict=True)
    else:
        rsa = new_rsa(65537, _BITS)
        private = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = RSAAlgorithm.to_jwk(rsa.public_key(), as_dict=True)
    jwk = {name: public[name] for name in _NAMED[kind]}
    return private.decode(), {**jwk, "kid": thumbprint(jwk), "use": "sig"}


def thumbprint(jwk: Mapping[str, object]) -> str:
    """The unique name of a public key (RFC 7638); KeyError for another kind."""
    members = {name: jwk[name] for name in _NAMED[str(jwk["kty"])]}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"))
    return base64url(hashlib.sha256(text.encode()).digest())


def is_public(jwk: Mapping[str, object]) -> bool:
    """Whether a key shows no private half."""
    return not _PRIVATE & jwk.keys()


def base64url(raw: bytes) -> str:
    """Base 64 for URLs, as JWTs write it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
