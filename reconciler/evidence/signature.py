"""Signatures under lines of evidence: with a folder's write access alone one can seal, not sign.

A signature is of the line's hash, which covers the line and names the line before it, so it vouches
for all lines before it too. Keys are OpenSSH's, of the kind ed25519.
"""

import base64
import binascii
from collections.abc import Iterable

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    load_ssh_private_key,
    load_ssh_public_key,
)

from reconciler.model.errors import StoreError

__all__ = ["PublicKeys", "SigningKey"]

_CONTEXT = b"reconciler.evidence/1\n"
"""What is signed begins so: a signature made for something else vouches for no evidence."""
_HOW = "make one with `ssh-keygen -t ed25519 -N '' -C evidence -f evidence_key`"


class SigningKey:
    """Signs the hashes of lines; nothing of the key is ever shown."""

    def __init__(self, text: str) -> None:
        try:
            key = load_ssh_private_key((text.strip() + "\n").encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise StoreError(
                "evidence-key-invalid",
                "the key for evidence is no OpenSSH private key without a passphrase",
                _HOW,
            ) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise StoreError("evidence-key-invalid", "the key for evidence is not ed25519", _HOW)
        self._key = key

    def sign(self, found: str) -> str:
        """The signature under a line with this hash."""
        return base64.b64encode(self._key.sign(_CONTEXT + found.encode())).decode()


class PublicKeys:
    """The keys that evidence may be signed with, from lines as `ssh-keygen` writes them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._keys = [_read_public_key(line) for line in lines if line.strip()]
        if not self._keys:
            raise StoreError("evidence-key-invalid", "there is no public key", _HOW)

    def vouch(self, found: str, signature: str) -> bool:
        """Whether one of the keys made the signature under a line with this hash."""
        try:
            raw = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            return False
        return any(_has_signed(key, raw, _CONTEXT + found.encode()) for key in self._keys)


def _read_public_key(line: str) -> Ed25519PublicKey:
    try:
        key = load_ssh_public_key(line.strip().encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise StoreError(
            "evidence-key-invalid", "the file holds a line that is no OpenSSH public key", _HOW
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise StoreError("evidence-key-invalid", "a public key is not ed25519", _HOW)
    return key


def _has_signed(key: Ed25519PublicKey, raw: bytes, content: bytes) -> bool:
    try:
        key.verify(raw, content)
    except InvalidSignature:
        return False
    return True
