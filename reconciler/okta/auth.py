"""How a request is signed: an `httpx.Auth` whose flow is a generator, tested without a network.

A `Signer` runs once per attempt, inside the retry, so that a proof is never sent twice.
"""

from collections.abc import Generator

import httpx

from reconciler.model.errors import ConnectorError

__all__ = ["Signer", "SswsAuth"]


class Signer(httpx.Auth):
    """Signs requests. `secrets` are what no message may ever repeat."""

    secrets: tuple[str, ...] = ()


class SswsAuth(Signer):
    """Signs with an API token: `Authorization: SSWS …` (Okta: create an API token)."""

    def __init__(self, token: str) -> None:
        _require_token(token)
        self._token = token
        self.secrets = (token,)

    def __repr__(self) -> str:
        return "SswsAuth(***)"

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
