"""DPoP: proof, with each request, that the token's holder also has a key (RFC 9449; Okta: DPoP).

The key lives in memory, is made anew for every connection, and is not the one that signs in.
"""

import base64
import hashlib
import uuid
from datetime import datetime

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from reconciler.okta.auth.client_assertion import BACKDATED_S

__all__ = ["ProofKey", "read_nonce"]

_ALGORITHM = "ES256"
_LONGEST_NONCE = 1000


class ProofKey:
    """A key pair for proofs; only its public half ever leaves."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        self._public = ECAlgorithm.to_jwk(self._private.public_key(), as_dict=True)

    def __repr__(self) -> str:
        return "ProofKey(***)"

    def proof(
        self,
        method: str,
        url: httpx.URL,
        now: datetime,
        *,
        nonce: str | None = None,
        token: str | None = None,
    ) -> str:
        """A new proof for one request; with a token it is about that token. Never sent twice."""
        claims: dict[str, object] = {
            "htm": method,
            "htu": _without_query(url),
            "iat": int(now.timestamp()) - BACKDATED_S,
            "jti": str(uuid.uuid4()),
        }
        if nonce is not None:
            claims["nonce"] = nonce
        if token is not None:
            claims["ath"] = _digest(token)
        headers = {"typ": "dpop+jwt", "jwk": self._public}
        return jwt.encode(claims, self._private, algorithm=_ALGORITHM, headers=headers)


def read_nonce(headers: httpx.Headers) -> str | None:
    """The nonce that the next proof shall hold, where an answer brings one."""
    nonce: str = headers.get("dpop-nonce", "")
    return nonce if 0 < len(nonce) <= _LONGEST_NONCE else None


def _without_query(url: httpx.URL) -> str:
    """The address byte for byte as it is sent; a second slash already makes it another one."""
    path = url.raw_path.partition(b"?")[0]
    return f"{url.scheme}://{url.netloc.decode('ascii')}{path.decode('ascii')}"


def _digest(token: str) -> str:
    digest = hashlib.sha256(token.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
