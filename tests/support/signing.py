"""What a service app signs, made without any code of the client that is judged here."""

import hashlib
import uuid

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from reconciler.sandbox.keys import base64url

ASSERTED = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def assertion(app, now, audience, *, headers=None, **changed):
    """The assertion of a service app, good for five minutes; None leaves a claim out."""
    claims = {
        "iss": app.client_id,
        "sub": app.client_id,
        "aud": audience,
        "iat": int(now),
        "exp": int(now) + 300,
        "jti": str(uuid.uuid4()),
        **changed,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    header = {"kid": app.key_id} if headers is None else headers
    return jwt.encode(kept, app.private_key, "ES256", headers=header)


def form(signed, scope="okta.groups.read", **changed):
    """The parameters of a request for a token; None leaves one out."""
    made = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": ASSERTED,
        "client_assertion": signed,
        **changed,
    }
    return {name: value for name, value in made.items() if value is not None}


class ProofKey:
    """A key that proves possession, and the proofs made with it."""

    def __init__(self):
        self.private = ec.generate_private_key(ec.SECP256R1())
        public = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        self.public = {name: public[name] for name in ("crv", "kty", "x", "y")}

    def proof(self, method, url, now, token=None, *, headers=None, **changed):
        """The proof of one request; None leaves a claim out."""
        claims = {"htm": method, "htu": url, "iat": int(now), "jti": str(uuid.uuid4())}
        if token is not None:
            claims["ath"] = base64url(hashlib.sha256(token.encode()).digest())
        kept = {name: v for name, v in {**claims, **changed}.items() if v is not None}
        header = {"typ": "dpop+jwt", "jwk": self.public, **(headers or {})}
        return jwt.encode(kept, self.private, "ES256", headers=header)
