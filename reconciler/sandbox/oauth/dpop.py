"""Proofs of possession: who sends an access token holds the key that it is bound to."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reconciler.sandbox import keys
from reconciler.sandbox.oauth import errors, jwt
from reconciler.sandbox.oauth.errors import ProofError
from reconciler.sandbox.oauth.jwt import integral, read, signature_holds, text_of
from reconciler.sandbox.storage.clock import Clock

_AGE_S: Final = 5 * 60
_LEEWAY_S: Final = 5
"""How far a proof may come from the future (assumed)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
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


def proved(sent: Sent, token: str | None = None) -> Proof:
    """The request's proof; ProofError with Okta's words when it proves nothing.

    The order of the checks is assumed. A proof is used up by whatever it was sent with.
    """
    if not sent.proofs:
        raise ProofError(errors.NO_PROOF)
    if len(sent.proofs) > 1:
        raise ProofError(errors.TWO_PROOFS)
    header, claims = _read(sent.proofs[0])
    _check_request(claims, sent)
    _check_time(claims, sent)
    name = keys.thumbprint(header["jwk"])
    jti = text_of(claims.get("jti"))
    if jti is None:
        raise ProofError(errors.PROOF_CLAIM.format("jti"))
    if not jwt.use(sent.clock, "proof", f"{name} {jti}", for_s=_AGE_S + 2 * _LEEWAY_S):
        raise ProofError(errors.PROOF_REPLAYED)
    if token is not None and claims.get("ath") != _hash(token):
        raise ProofError(errors.PROOF_ATH)
    return Proof(thumbprint=name, nonce=text_of(claims.get("nonce")))


def _read(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a proof that is signed with the key it shows."""
    try:
        header, claims = read(text)
    except ValueError as error:
        raise ProofError(errors.PROOF_UNREADABLE) from error
    if header.get("typ") != "dpop+jwt":
        raise ProofError(errors.PROOF_TYPE)
    if header.get("alg") not in keys.ALGORITHMS:
        raise ProofError(errors.PROOF_ALGORITHM)
    key = header.get("jwk")
    if not isinstance(key, Mapping) or not keys.is_public(key):
        raise ProofError(errors.PROOF)
    if not signature_holds(text, key, header["alg"]):
        raise ProofError(errors.PROOF_SIGNATURE)
    return header, claims


def _check_request(claims: Mapping[str, object], sent: Sent) -> None:
    if claims.get("htm") != sent.method:
        raise ProofError(errors.PROOF_CLAIM.format("htm"))
    if claims.get("htu") != sent.url:
        raise ProofError(errors.PROOF_CLAIM.format("htu"))


def _check_time(claims: Mapping[str, object], sent: Sent) -> None:
    issued = integral(claims.get("iat"))
    if issued is None:
        raise ProofError(errors.PROOF_CLAIM.format("iat"))
    now = sent.clock.near(issued) + sent.skew
    if issued > now + _LEEWAY_S:
        raise ProofError(errors.PROOF_NOT_YET)
    if issued < now - _AGE_S:
        raise ProofError(errors.PROOF_OLD)
    expires = integral(claims.get("exp"))
    if expires is not None and expires <= now:
        raise ProofError(errors.PROOF_EXPIRED)


def _hash(token: str) -> str:
    return keys.unpadded(hashlib.sha256(token.encode()).digest())
