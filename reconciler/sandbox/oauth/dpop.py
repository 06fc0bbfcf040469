"""Proofs of possession: who sends an access token holds the key that it is bound to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.sandbox import keys
from reconciler.sandbox.oauth import errors, replay
from reconciler.sandbox.oauth.errors import ProofError
from reconciler.sandbox.oauth.jwt import (
    has_valid_signature,
    number_claim,
    read_unverified,
    text_claim,
)
from reconciler.sandbox.storage.clock import Clock

_AGE_S: Final = 5 * 60
_LEEWAY_S: Final = 5
"""How far a proof may come from the future (assumed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DpopRequest:
    """A request as its proof must describe it; `url` is without query and fragment.

    `skew` is by how many seconds the org's clock is ahead, by a fault, of what it should be.
    """

    proofs: tuple[str, ...]
    method: str
    url: str
    clock: Clock
    skew: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof that holds: whose key it is, and the nonce that it carries."""

    thumbprint: str
    nonce: str | None


def verify_proof(dpop_request: DpopRequest, token: str | None = None) -> Proof:
    """The request's proof; ProofError with Okta's words when it proves nothing.

    The order of the checks is assumed. A proof is used up by whatever it was sent with.
    """
    if not dpop_request.proofs:
        raise ProofError(errors.NO_PROOF)
    if len(dpop_request.proofs) > 1:
        raise ProofError(errors.TWO_PROOFS)
    header, claims = _read(dpop_request.proofs[0])
    _check_request(claims, dpop_request)
    _check_time(claims, dpop_request)
    name = keys.thumbprint(header["jwk"])
    jti = text_claim(claims.get("jti"))
    if jti is None:
        raise ProofError(errors.PROOF_CLAIM.format("jti"))
    if not replay.use_once(
        dpop_request.clock, "proof", f"{name} {jti}", for_s=_AGE_S + 2 * _LEEWAY_S
    ):
        raise ProofError(errors.PROOF_REPLAYED)
    if token is not None and claims.get("ath") != _hash(token):
        raise ProofError(errors.PROOF_ATH)
    return Proof(thumbprint=name, nonce=text_claim(claims.get("nonce")))


def _read(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a proof that is signed with the key it shows."""
    try:
        header, claims = read_unverified(text)
    except ValueError as error:
        raise ProofError(errors.PROOF_UNREADABLE) from error
    if header.get("typ") != "dpop+jwt":
        raise ProofError(errors.PROOF_TYPE)
    if header.get("alg") not in keys.ALGORITHMS:
        raise ProofError(errors.PROOF_ALGORITHM)
    key = header.get("jwk")
    if not isinstance(key, Mapping) or not keys.is_public(key):
        raise ProofError(errors.PROOF)
    if not has_valid_signature(text, key, header["alg"]):
        raise ProofError(errors.PROOF_SIGNATURE)
    return header, claims


def _check_request(claims: Mapping[str, object], dpop_request: DpopRequest) -> None:
    if claims.get("htm") != dpop_request.method:
        raise ProofError(errors.PROOF_CLAIM.format("htm"))
    if claims.get("htu") != dpop_request.url:
        raise ProofError(errors.PROOF_CLAIM.format("htu"))


def _check_time(claims: Mapping[str, object], dpop_request: DpopRequest) -> None:
    issued = number_claim(claims.get("iat"))
    if issued is None:
        raise ProofError(errors.PROOF_CLAIM.format("iat"))
    now = dpop_request.clock.nearest(issued) + dpop_request.skew
    if issued > now + _LEEWAY_S:
        raise ProofError(errors.PROOF_NOT_YET)
    if issued < now - _AGE_S:
        raise ProofError(errors.PROOF_OLD)
    expires = number_claim(claims.get("exp"))
    if expires is not None and expires <= now:
        raise ProofError(errors.PROOF_EXPIRED)


def _hash(token: str) -> str:
    return keys.base64url(hashlib.sha256(token.encode()).digest())
