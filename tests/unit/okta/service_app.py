"""A token endpoint and an API behind it, as strict as Okta documents them, in one function."""

import asyncio
import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from reconciler.okta.auth.keys import parse_key
from reconciler.okta.auth.service_app import OAuthAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions

BASE = "https://acme.okta.com"
TOKEN_URL = f"{BASE}/oauth2/v1/token"
CLIENT = "0oa1"
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
SCOPES = ("okta.users.read", "okta.groups.read")
PRIVATE = ec.generate_private_key(ec.SECP256R1())


def pem_of(private):
    """The key as PKCS#8."""
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return private.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def refuse(status, error, description="", **headers):
    """A refusal of the token endpoint."""
    body = {"error": error, "error_description": description}
    return httpx.Response(status, json=body, headers=headers)


def challenge(status, error, scheme="DPoP", **headers):
    """A refusal of the API: an empty body."""
    said = f'{scheme} realm="http://acme.okta.com", scope="okta.groups.read", error="{error}"'
    return httpx.Response(status, headers={"www-authenticate": said, **headers})


@dataclass(repr=False)
class Okta:
    """Answers requests and keeps every one; `before` is a list of answers that come first."""

    wants_dpop: bool = False
    wants_nonce: bool = True
    lifetime_s: int = 3600
    now: datetime = NOW
    ahead: timedelta = timedelta()
    scope: str = " ".join(SCOPES)
    tells_date: bool = True
    token_before: list = field(default_factory=list)
    api_before: list = field(default_factory=list)
    api_nonce: str | None = None
    requests: list = field(default_factory=list)
    issued: list = field(default_factory=list)
    dead: set = field(default_factory=set)
    jtis: list = field(default_factory=list)
    assertions: list = field(default_factory=list)
    proofs: list = field(default_factory=list)
    keys: dict = field(default_factory=dict)
    slept: list = field(default_factory=list)
    ages: list = field(default_factory=list)

    def clock(self):
        """The client's clock."""
        return self.now

    @property
    def asked(self):
        """Method and path of every request."""
        return [f"{r.method} {r.url.path}" for r in self.requests]

    @property
    def token_requests(self):
        """How often a token was asked for."""
        return sum(r.url.path == "/oauth2/v1/token" for r in self.requests)

    def signer(self, dpop="auto", key=None, scopes=SCOPES):
        """The app's signer."""
        return OAuthAuth(
            origin=OrgUrl.parse(BASE, pinned_host=None),
            client_id=CLIENT,
            key=key or parse_key(pem_of(PRIVATE), "kid-1"),
            scopes=scopes,
            dpop=dpop,
            clock=self.clock,
        )

    def sender(self, signer=None, **more):
        """A sender to this org."""

        async def sleep(seconds):
            self.slept.append(seconds)
            await asyncio.sleep(0)
            self.now += timedelta(seconds=seconds)

        conduct = {"clock": self.clock, "sleep": sleep, "jitter": lambda: 0.5}
        conduct |= more.pop("conduct", {})
        return Sender(
            OrgUrl.parse(BASE, pinned_host=None),
            signer or self.signer(),
            SenderOptions(**conduct),
            transport=httpx.MockTransport(self.answer),
            **more,
        )

    async def answer(self, request):
        """Whatever is asked, while other requests are under way."""
        await asyncio.sleep(0)
        self.requests.append(request)
        made = (
            self._token(request) if request.url.path == "/oauth2/v1/token" else self._api(request)
        )
        if self.tells_date:
            made.headers["date"] = format_datetime(self.now + self.ahead, usegmt=True)
        return made

    def _token(self, request):
        form = {name: one for name, (one,) in parse_qs(request.content.decode()).items()}
        assert form["grant_type"] == "client_credentials"
        assert form["client_assertion_type"].endswith("client-assertion-type:jwt-bearer")
        self._check_assertion(form["client_assertion"])
        proof = self._check_proof(request, None) if "dpop" in request.headers else None
        if self.token_before:
            return _made(self.token_before.pop(0))
        if self.wants_dpop and proof is None:
            return refuse(400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.")
        if proof is not None and self.wants_nonce and proof.get("nonce") != "n-1":
            return refuse(400, "use_dpop_nonce", "Requires nonce.", **{"dpop-nonce": "n-1"})
        return self._issue(form, proof, request)

    def _issue(self, _form, proof, request):
        value = f"eyJhbGciOiJSUzI1NiJ9.token-{len(self.issued)}.c2ln"
        self.issued.append(value)
        if proof is not None:
            self.keys[value] = jwt.get_unverified_header(request.headers["dpop"])["jwk"]
        body = {
            "token_type": "DPoP" if proof is not None else "Bearer",
            "expires_in": self.lifetime_s,
            "access_token": value,
            "scope": self.scope,
        }
        return httpx.Response(200, json=body)

    def _check_assertion(self, assertion):
        header = jwt.get_unverified_header(assertion)
        assert (header["kid"], header["alg"]) == ("kid-1", "ES256")
        options = {"verify_exp": False, "verify_iat": False, "require": ["exp", "iat", "jti"]}
        public = PRIVATE.public_key()
        claims = jwt.decode(
            assertion, public, algorithms=["ES256"], audience=TOKEN_URL, options=options
        )
        assert claims["iss"] == claims["sub"] == CLIENT
        assert 0 < claims["exp"] - claims["iat"] <= 300
        self.assertions.append(claims)
        self.ages.append(self.now.timestamp() - claims["iat"])
        self._spend(claims["jti"])

    def _check_proof(self, request, token):
        (proof,) = request.headers.get_list("dpop")
        header = jwt.get_unverified_header(proof)
        assert (header["typ"], header["alg"]) == ("dpop+jwt", "ES256")
        assert set(header["jwk"]) == {"kty", "crv", "x", "y"}
        assert header["jwk"] != ECAlgorithm.to_jwk(PRIVATE.public_key(), as_dict=True)
        key = jwt.PyJWK.from_dict(header["jwk"], algorithm="ES256")
        options = {"verify_iat": False, "require": ["htm", "htu", "iat", "jti"]}
        claims = jwt.decode(proof, key, algorithms=["ES256"], options=options)
        assert claims["htm"] == request.method
        assert claims["htu"] == str(request.url).partition("?")[0]
        if token is not None:
            digest = hashlib.sha256(token.encode()).digest()
            assert claims["ath"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            assert header["jwk"] == self.keys[token]
        self.proofs.append(claims)
        self.ages.append(self.now.timestamp() - claims["iat"])
        self._spend(claims["jti"])
        return claims

    def _spend(self, jti):
        assert jti not in self.jtis, "replayed"
        self.jtis.append(jti)

    def _api(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme:
            assert scheme == ("DPoP" if token in self.keys else "Bearer")
            assert token in self.issued
        proof = self._check_proof(request, token) if token in self.keys else None
        if self.api_before:
            return _made(self.api_before.pop(0))
        if scheme and token in self.dead:
            return challenge(401, "invalid_token", scheme)
        if proof is not None and self.api_nonce and proof.get("nonce") != self.api_nonce:
            return challenge(401, "use_dpop_nonce", **{"dpop-nonce": self.api_nonce})
        if request.method == "GET":
            return httpx.Response(200, json=[])
        is_creation = request.method == "POST"
        return httpx.Response(200, json={}) if is_creation else httpx.Response(204)


def _made(scripted):
    """A scripted answer; an exception is raised."""
    if isinstance(scripted, Exception):
        raise scripted
    return scripted


def as_json(private):
    """The key as a JWK, in JSON."""
    algorithm = jwt.get_algorithm_by_name(
        "ES256" if isinstance(private, ec.EllipticCurvePrivateKey) else "RS256"
    )
    return json.dumps(algorithm.to_jwk(private, as_dict=True))
