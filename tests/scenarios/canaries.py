"""Secrets made for one test run, and a search that finds them in whatever form they got out."""

import base64
import json
import re
import secrets
from dataclasses import dataclass, field
from functools import cache, lru_cache
from urllib.parse import unquote_plus

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

__all__ = ["Canaries", "leaks", "opaque"]

_WINDOW = 12
"""So many characters of a secret in a row are a leak."""
_RUN = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi")


def opaque():
    """A secret that looks like nothing in particular."""
    return secrets.token_urlsafe(24)


@cache
def _rsa_pem():
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache
def _ec_jwk():
    key = ec.generate_private_key(ec.SECP256R1())
    return {**jwt.algorithms.ECAlgorithm.to_jwk(key, as_dict=True), "kid": "kid-1"}


@dataclass(frozen=True)
class Canaries:
    """One secret for every place that can hold one."""

    api_token: str = field(default_factory=lambda: "00" + secrets.token_hex(20))
    variable: str = field(default_factory=opaque)
    file: str = field(default_factory=opaque)
    command: str = field(default_factory=opaque)
    stderr: str = field(default_factory=opaque)
    manager_token: str = field(default_factory=opaque)
    seed_token: str = field(default_factory=opaque)
    endpoint_token: str = field(default_factory=opaque)
    client_id: str = field(default_factory=opaque)
    access_token: str = field(default_factory=opaque)
    setting: str = field(default_factory=opaque)
    argument: str = field(default_factory=opaque)
    github: str = field(default_factory=lambda: "ghp_" + secrets.token_hex(18))
    pem: str = field(default_factory=_rsa_pem)
    jwk: str = field(default_factory=lambda: json.dumps(_ec_jwk()))

    def all(self):
        """Name and secret of each, a key line by line."""
        for name, value in vars(self).items():
            if name == "pem":
                yield from ((name, line) for line in value.splitlines()[1:-2])
            elif name == "jwk":
                yield from ((name, part) for key, part in json.loads(value).items() if key == "d")
            else:
                yield name, value


def leaks(canaries, texts):
    """Each secret of which a dozen characters in a row stand in a text, and where."""
    return sorted(
        {(name, str(place)) for place, text in texts.items() for name in _held(canaries, text)}
    )


@lru_cache(maxsize=512)
def _held(canaries, text):
    """The names of the secrets in the text; most files are the same after the next command."""
    read = "\n".join(_readings(text))
    return frozenset(
        name
        for name, secret in canaries.all()
        if any(window in read for window in _windows(secret))
    )


def _windows(secret):
    """Pieces of it, near enough to each other that one is whole in any 16 characters of it."""
    return [secret[at : at + _WINDOW] for at in range(0, len(secret) - _WINDOW + 1, 4)]


def _readings(text):
    """The text, and what it says once it is decoded."""
    yield text
    yield unquote_plus(text)
    yield text.replace("\\n", "\n").replace("\\u000a", "\n").replace('\\"', '"')
    for run in set(_RUN.findall(text)):
        plain = run.replace("-", "+").replace("_", "/")
        for lead in range(4):
            part = plain[lead:]
            part = part[: len(part) - len(part) % 4]
            yield base64.b64decode(part).decode("latin-1")
