"""Lines of evidence are signed with an ordinary ssh key, and checked with its public half."""

import base64
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from reconciler.evidence.signature import PublicKeys, SigningKey
from reconciler.model.errors import StoreError

HASH, OTHER = "a" * 64, "b" * 64


def pair(key=None):
    """A private key and its public half, as ssh-keygen writes them."""
    key = key or Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return private.decode(), public.decode()


PRIVATE, PUBLIC = pair()


def code_of(make, *arguments):
    """Why the key is not taken, with nothing of it in the words."""
    with pytest.raises(StoreError) as caught:
        make(*arguments)
    assert PRIVATE.splitlines()[2] not in caught.value.message + caught.value.hint
    return caught.value.code


def generated(path, passphrase):
    """A key that ssh-keygen made; its public half lies beside it."""
    words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "evidence", "-f"]
    subprocess.run([*words, str(path)], check=True)
    return path.read_text()


def test_a_signature_is_checked_with_the_public_half_alone():
    """And is of one hash."""
    signature = SigningKey(PRIVATE).sign(HASH)
    keys = PublicKeys([PUBLIC + " evidence@ci", ""])
    assert keys.vouch(HASH, signature)
    assert not keys.vouch(OTHER, signature)
    assert not PublicKeys([pair()[1]]).vouch(HASH, signature)
    assert PublicKeys([pair()[1], PUBLIC]).vouch(HASH, signature)


@pytest.mark.parametrize("signature", ["", "====", "AAAA", "a" * 88, "ü"])
def test_what_is_no_signature_is_none(signature):
    """Whatever somebody wrote there."""
    assert not PublicKeys([PUBLIC]).vouch(HASH, signature)


def test_a_signature_of_the_hash_for_something_else_does_not_count():
    """Else whatever the key signs could be passed off as evidence."""
    key = Ed25519PrivateKey.generate()
    plain = base64.b64encode(key.sign(HASH.encode())).decode()
    assert not PublicKeys([pair(key)[1]]).vouch(HASH, plain)


def test_a_key_that_ssh_keygen_made_is_taken(tmp_path):
    """With a secret store's line ends, or without any at the end."""
    text = generated(tmp_path / "key", "")
    signature = SigningKey(text.strip()).sign(HASH)
    assert SigningKey(text.replace("\n", "\r\n")).sign(HASH) == signature
    assert PublicKeys((tmp_path / "key.pub").read_text().splitlines()).vouch(HASH, signature)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no key",
        PUBLIC,
        PRIVATE[:80],
        pair(ec.generate_private_key(ec.SECP256R1()))[0],
    ],
    ids=["nothing", "words", "a public key", "half a key", "a key of another kind"],
)
def test_what_cannot_sign_is_refused(text):
    """And so is a key of another kind."""
    assert code_of(SigningKey, text) == "evidence-key-invalid"


def test_a_key_behind_a_passphrase_is_refused(tmp_path):
    """Nobody is there to type it."""
    assert code_of(SigningKey, generated(tmp_path / "key", "pass")) == "evidence-key-invalid"


@pytest.mark.parametrize(
    "lines",
    [[], [" "], ["no key"], [PRIVATE], [pair(ec.generate_private_key(ec.SECP256R1()))[1]]],
    ids=["none", "blank", "words", "a private key", "a key of another kind"],
)
def test_a_public_key_is_an_ed25519_one(lines):
    """A file without any would let everything pass, or nothing."""
    assert code_of(PublicKeys, lines) == "evidence-key-invalid"
