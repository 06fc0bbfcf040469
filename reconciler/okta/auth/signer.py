"""How a request is signed: an `httpx.Auth` whose flow is a generator, tested without a network.

A `Signer` lasts for a connection, a `Signature` for one attempt: it is asked for inside the retry,
so that a proof is never sent twice.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

import httpx

from reconciler.model.errors import ConnectorError
from reconciler.okta.responses.response import Answer

__all__ = [
    "AskTokenEndpoint",
    "Renewal",
    "RequestDraft",
    "Signature",
    "Signer",
    "SswsAuth",
    "sign_again",
    "sign_when_sent",
]

_WHEN_SENT = "reconciler.when_sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDraft:
    """What one attempt carries beside its address; made anew for every attempt."""

    content: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class AskTokenEndpoint(Protocol):
    """Asks the token endpoint, as patiently as any read, with a new draft for every attempt."""

    async def __call__(self, draft: Callable[[], RequestDraft]) -> Answer:
        """The endpoint's answer, a refusal too; what stops an answer from coming is raised."""
        ...


class Renewal(Enum):
    """What a refused request needs, to be worth sending once more."""

    NONCE = "nonce"
    TOKEN = "token"  # noqa: S105 - what is renewed, and no secret


class Signature(httpx.Auth):
    """Signs one attempt."""

    def renewal(self, answer: Answer) -> Renewal | None:  # noqa: ARG002 - part of the port
        """What the refusal asks for, where a fresh signature can help."""
        return None


class Signer(Protocol):
    """Who we are to an org. `secrets` are what no message may ever repeat; they may grow."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret held until now."""
        ...

    async def sign_in(self, ask: AskTokenEndpoint, refused: Signature | None = None) -> Signature:
        """A signature for the next attempt, other than the one that Okta refused."""
        ...

    def note_answer(self, headers: httpx.Headers) -> None:
        """An answer just arrived."""
        ...


def sign_when_sent(request: httpx.Request, sign: Callable[[httpx.Request], None]) -> None:
    """The request is signed by this, now and once more when its turn has come."""
    sign(request)
    request.extensions[_WHEN_SENT] = sign


def sign_again(request: httpx.Request) -> None:
    """A request that waited for its turn is signed as of now; Okta takes no old proof."""
    sign = request.extensions.get(_WHEN_SENT)
    if sign is not None:
        sign(request)


class SswsAuth(Signature):
    """Signs with an API token: `Authorization: SSWS …` (Okta: create an API token)."""

    def __init__(self, token: str) -> None:
        _require_token(token)
        self._token = token

    def __repr__(self) -> str:
        return "SswsAuth(***)"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The token."""
        return (self._token,)

    async def sign_in(self, ask: AskTokenEndpoint, refused: Signature | None = None) -> Signature:  # noqa: ARG002 - a token has no other
        """The token signs every attempt alike."""
        return self

    def note_answer(self, headers: httpx.Headers) -> None:
        """Nothing is learned: a token needs no clock."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request carries the token."""
        request.headers["Authorization"] = f"SSWS {self._token}"
        yield request


def _require_token(token: str) -> None:
    """The token can stand in a header as it is; what is wrong is said without showing it."""
    hint = "store the token alone: no quotes, no 'SSWS ' before it, no line end after it"
    if not token:
        raise ConnectorError("token-malformed", "the API token is empty", hint)
    if token[:4].upper() == "SSWS":
        raise ConnectorError("token-malformed", "the API token starts with its scheme, SSWS", hint)
    if not token.isascii() or not token.isprintable() or " " in token:
        what = "the API token has spaces, line ends or characters outside ASCII"
        raise ConnectorError("token-malformed", what, hint)
