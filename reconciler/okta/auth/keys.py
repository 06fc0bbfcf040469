"""The key that signs a service app's assertions: read once, and shown nowhere.

What is wrong with a key is said without a word of it: neither the library's message nor its
exception goes on, because both may quote what they could not read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from reconciler.model.errors import ConnectorError

__all__ = ["SigningKey", "parse_key"]

_SHORTEST_RSA_BITS = 2048  # Okta refuses to register a shorter one
_RSA_ALGORITHMS = ("RS256", "RS384", "RS512")
_EC_ALGORITHMS = {"secp256r1": "ES256", "secp384r1": "ES384", "secp521r1": "ES512"}
_PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
_SUPPORTED = "Okta takes RSA keys of 2048 bits or more and EC keys on P-256, P-384 or P-521"

_Private = RSAPrivateKey | EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key, ready to sign; `key_id` names the public half as Okta has it registered.

    `secrets` are the forms in which it was given: what no message may repeat.
    """

    algorithm: str
    key_id: str | None
    private: _Private = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def sign(self, claims: Mapping[str, object]) -> str:
        """The claims as a JWT."""
        headers = {"kid": self.key_id} if self.key_id else None
        return jwt.encode(dict(claims), self.private, algorithm=self.algorithm, headers=headers)


def parse_key(text: str, key_id: str | None) -> SigningKey:
    """The key in a PEM (PKCS#8, PKCS#1, SEC1) or in a JWK, whose `kid` counts as the key's id.

    What is not a usable private key is a `ConnectorError`: key-malformed, key-encrypted,
    key-public, key-too-short, key-kind-unsupported, key-id-conflict.
    """
    found = _parse_jwk(text) if text.lstrip().startswith("{") else _parse_pem(text)
    if isinstance(found, ConnectorError):
        raise found
    if key_id and found.key_id and key_id != found.key_id:
        raise ConnectorError(
            "key-id-conflict",
            "the private key's own `kid` is not the connector's key_id",
            "leave key_id out, or give the key that Okta lists under it",
        )
    return replace(found, key_id=found.key_id or key_id or None)


def _parse_pem(text: str) -> SigningKey | ConnectorError:
    try:
        private: object = load_pem_private_key(text.strip().encode(), password=None)
    except TypeError:  # a password is asked for
        return _key_error(
            "key-encrypted",
            "the private key is encrypted",
            "store it without a passphrase: `openssl pkcs8 -topk8 -nocrypt -in key.pem`",
        )
    except UnsupportedAlgorithm:
        return _unsupported_error()
    except ValueError:
        return _pem_error(text)
    return _check_usable(private, None, (text,))


def _pem_error(text: str) -> ConnectorError:
    """The label of a PEM says what it holds; it is not secret."""
    if "-----BEGIN OPENSSH PRIVATE KEY-----" in text:
        return _unsupported_error("convert it: `ssh-keygen -p -m PKCS8 -f key`")
    if "PRIVATE KEY-----" not in text and (
        "PUBLIC KEY-----" in text or "-----BEGIN CERTIFICATE-----" in text
    ):
        return _public_key_error()
    if "\\n" in text:
        return _malformed_error(
            "its line ends came as the two characters \\n: store real line ends"
        )
    return _malformed_error("store the whole file, from its BEGIN line to its END line, or a JWK")


def _parse_jwk(text: str) -> SigningKey | ConnectorError:
    jwk = _decode_jwk(text)
    if isinstance(jwk, ConnectorError):
        return jwk
    if jwk["kty"] not in {"RSA", "EC"}:
        return _unsupported_error()
    if "d" not in jwk:
        return _public_key_error()
    secrets = tuple(str(jwk[name]) for name in _PRIVATE_MEMBERS if name in jwk)
    found = _check_usable(_jwk_private(jwk), jwk.get("alg"), (text, *secrets))
    key_id = jwk.get("kid")
    if isinstance(found, SigningKey) and isinstance(key_id, str):
        return replace(found, key_id=key_id)
    return found


def _decode_jwk(text: str) -> dict[str, Any] | ConnectorError:
    """The members of one JWK, whatever they are; its `kty` is a string."""
    try:
        jwk = json.loads(text)
    except (ValueError, RecursionError):
        return _malformed_error("it begins like a JWK, but is not JSON")
    if not isinstance(jwk, dict) or "keys" in jwk:
        return _malformed_error("give the one JWK, not a set of them")
    return jwk if isinstance(jwk.get("kty"), str) else _malformed_error("it is a JWK without `kty`")


def _jwk_private(jwk: Mapping[str, Any]) -> object:
    """The key behind the numbers; None where they do not make one."""
    algorithm = "RS256" if jwk["kty"] == "RSA" else "ES256"
    try:
        return jwt.get_algorithm_by_name(algorithm).from_jwk(dict(jwk))
    except (jwt.PyJWTError, TypeError, ValueError, UnsupportedAlgorithm):
        return None


def _check_usable(
    private: object, wanted: object, secrets: tuple[str, ...]
) -> SigningKey | ConnectorError:
    """The key with its algorithm; a JWK may ask for another one of its kind."""
    match private:
        case None:
            return _malformed_error("its numbers do not make a key")
        case RSAPrivateKey():
            if private.key_size < _SHORTEST_RSA_BITS:
                what = f"the private key is an RSA key of {private.key_size} bits"
                return _key_error("key-too-short", what, _SUPPORTED)
            taken: tuple[str, ...] = _RSA_ALGORITHMS
        case EllipticCurvePrivateKey() if private.curve.name in _EC_ALGORITHMS:
            taken = (_EC_ALGORITHMS[private.curve.name],)
        case _:
            return _unsupported_error()
    algorithm = taken[0] if wanted is None else wanted
    if not isinstance(algorithm, str) or algorithm not in taken:
        return _unsupported_error("its `alg` is not one that Okta takes for such a key")
    return SigningKey(algorithm=algorithm, key_id=None, private=private, secrets=secrets)


def _malformed_error(hint: str) -> ConnectorError:
    return _key_error("key-malformed", "the private key cannot be read as a PEM or a JWK", hint)


def _public_key_error() -> ConnectorError:
    return _key_error(
        "key-public",
        "the private key is only the public half",
        "Okta keeps the public key; give the connector the private one it belongs to",
    )


def _unsupported_error(hint: str = _SUPPORTED) -> ConnectorError:
    what = "the private key is of a kind that Okta does not take"
    return _key_error("key-kind-unsupported", what, hint)


def _key_error(code: str, what: str, hint: str) -> ConnectorError:
    return ConnectorError(code, what, hint)
