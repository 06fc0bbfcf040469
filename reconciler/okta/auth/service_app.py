"""Signing as a service app: client credentials by `private_key_jwt`, and DPoP (Okta: service apps).

Tokens live in memory only. One request for a token is under way at a time; the requests that wait
for it share its result, and a definite refusal is not asked for again. Such an error has the status
401, whatever the token endpoint's was: the request that waited was never sent, and a 403 or 404 of
signing in must not be taken for its answer.
"""

import asyncio
from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

import httpx

from reconciler.model.directory import CredentialFacts
from reconciler.model.errors import ConnectorError
from reconciler.okta.auth.access_token import AccessToken
from reconciler.okta.auth.dpop import read_nonce
from reconciler.okta.auth.keys import SigningKey
from reconciler.okta.auth.signer import AskTokenEndpoint, Renewal, Signature, Signer, sign_when_sent
from reconciler.okta.auth.token_endpoint import Dpop, TokenEndpoint
from reconciler.okta.auth.token_errors import is_temporary
from reconciler.okta.org_url import TOKEN_PATH, OrgUrl
from reconciler.okta.responses.okta_errors import read_challenge
from reconciler.okta.responses.response import Answer

__all__ = ["OAuthAuth", "credential_facts"]

_REFUSED_UNREAD = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED})
"""How Okta refuses a proof or a token (Okta: DPoP)."""
_REFRESH_AGAIN = timedelta(minutes=1)


class OAuthAuth(Signer):
    """A service app's signer. `dpop: auto` begins without proofs and learns that they are wanted.

    `granted` and `is_dpop` are the last token's, None before there was one. Okta grants a part of
    the `asked` scopes silently: a caller that needs them all compares.
    """

    def __init__(
        self,
        *,
        origin: OrgUrl,
        client_id: str,
        key: SigningKey,
        scopes: tuple[str, ...],
        dpop: Dpop,
        clock: Callable[[], datetime],
    ) -> None:
        self.client_id = client_id
        self.asked = frozenset(scopes)
        self._clock = clock
        self._endpoint = TokenEndpoint(
            url=origin.base + TOKEN_PATH,
            client_id=client_id,
            key=key,
            scopes=self.asked,
            dpop=dpop,
            clock=clock,
        )
        self._token: AccessToken | None = None
        self._untested: str | None = None
        self._nonce: str | None = None
        self._failure: ConnectorError | None = None
        self._failures = 0
        self._turn: tuple[asyncio.AbstractEventLoop, asyncio.Lock] | None = None

    def __repr__(self) -> str:
        return "OAuthAuth(***)"

    @property
    def granted(self) -> frozenset[str] | None:
        """The scopes of the last token."""
        return self._token.scopes if self._token else None

    @property
    def is_dpop(self) -> bool | None:
        """Whether the last token is bound to a proof key."""
        return self._token.is_dpop if self._token else None

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key, and every assertion and token until now."""
        return self._endpoint.secrets

    def note_answer(self, headers: httpx.Headers) -> None:
        """The answer's `Date` says how far the clocks are apart."""
        self._endpoint.okta_clock.note_answer(headers)

    async def sign_in(self, ask: AskTokenEndpoint, refused: Signature | None = None) -> Signature:
        """A signature with a token that lives long enough, and is not the refused one."""
        old = refused.token.value if isinstance(refused, _TokenSignature) else None
        seen = self._failures
        async with self._lock():
            token = self._usable(old)
            if token is None:
                self._raise_known_failure(seen)
                token = await self._renew(ask, old)
        return _TokenSignature(self, token)

    def proof(self, request: httpx.Request, token: AccessToken) -> str:
        """A proof for one request with the token."""
        return self._endpoint.proof_key.proof(
            request.method,
            request.url,
            self._endpoint.okta_clock.now(),
            nonce=self._nonce,
            token=token.value,
        )

    def note_response(self, response: httpx.Response, token: AccessToken) -> None:
        """What an answer to the token shows: the next nonce, and whether the token works."""
        self._nonce = read_nonce(response.headers) or self._nonce
        if response.is_success and self._untested == token.value:
            self._untested = None

    def can_renew(self, token: AccessToken) -> bool:
        """Whether another token can help: not when this one just came for that reason."""
        return self._untested != token.value

    def _lock(self) -> asyncio.Lock:
        """The lock of this event loop: one signer serves several loops, one after the other."""
        loop = asyncio.get_running_loop()
        if self._turn is None or self._turn[0] is not loop:
            self._turn = (loop, asyncio.Lock())
        return self._turn[1]

    def _usable(self, refused: str | None) -> AccessToken | None:
        token = self._token
        if token is None or token.value == refused or self._clock() >= token.refresh_at:
            return None
        return token

    def _raise_known_failure(self, seen: int) -> None:
        """A definite refusal stands; a passing one counts for those who waited for it."""
        error = self._failure
        if error is not None and (self._failures != seen or not is_temporary(error)):
            raise _copy_for_raise(error)

    async def _renew(self, ask: AskTokenEndpoint, refused: str | None) -> AccessToken:
        """A new token; while the old one lives, a passing failure leaves it in use."""
        try:
            token = await self._endpoint.issue(ask)
        except ConnectorError as error:
            if is_temporary(error) and (kept := self._extend(refused)):
                return kept
            self._failure, self._failures = error, self._failures + 1
            raise _copy_for_raise(error) from None
        self._token = token
        self._untested = token.value if refused else None
        return token

    def _extend(self, refused: str | None) -> AccessToken | None:
        """The present token, for a while longer, where it still lives and was not refused."""
        token, now = self._token, self._clock()
        if token is None or token.value == refused or now >= token.expires_at:
            return None
        self._token = replace(token, refresh_at=min(now + _REFRESH_AGAIN, token.expires_at))
        return self._token


class _TokenSignature(Signature):
    """Signs one attempt with a token, and with a proof where the token is bound to a key."""

    def __init__(self, owner: OAuthAuth, token: AccessToken) -> None:
        self._owner = owner
        self.token = token

    def __repr__(self) -> str:
        return "_TokenSignature(***)"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request carries the token; its answer may carry a nonce."""
        scheme = "DPoP" if self.token.is_dpop else "Bearer"
        request.headers["Authorization"] = f"{scheme} {self.token.value}"
        if self.token.is_dpop:
            sign_when_sent(request, self._prove)
        self._owner.note_response((yield request), self.token)

    def _prove(self, request: httpx.Request) -> None:
        request.headers["DPoP"] = self._owner.proof(request, self.token)

    def renewal(self, answer: Answer) -> Renewal | None:
        """A nonce where Okta names one, another token where it refuses this one.

        Only an answer to a request that was not carried out asks for it to be sent again.
        """
        if answer.status not in _REFUSED_UNREAD:
            return None
        if read_challenge(answer.headers).error == "use_dpop_nonce":
            has_nonce = self.token.is_dpop and read_nonce(answer.headers)
            return Renewal.NONCE if has_nonce else None
        if answer.status == HTTPStatus.UNAUTHORIZED and self._owner.can_renew(self.token):
            return Renewal.TOKEN
        return None


def _copy_for_raise(error: ConnectorError) -> ConnectorError:
    """The error for one of those who waited; a copy, because a traceback grows with every raise."""
    return type(error)(
        error.code,
        error.message,
        error.hint,
        status=error.status if is_temporary(error) else HTTPStatus.UNAUTHORIZED.value,
        okta_code=error.okta_code,
        request_id=error.request_id,
    )


def credential_facts(signer: Signer | None) -> CredentialFacts:
    """The facts as they are now: a service app's scopes are those of its last token."""
    if not isinstance(signer, OAuthAuth):
        return CredentialFacts(method="ssws")
    return CredentialFacts(
        method="private_key_jwt",
        asked=signer.asked,
        granted=signer.granted,
        client_id=signer.client_id,
        is_dpop=bool(signer.is_dpop),
    )
