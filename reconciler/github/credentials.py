"""What signs in to GitHub to write: an App's installation, or a token.

What an App opens starts the checks; what a job's own token opens does not (GitHub: triggering a
workflow from a workflow).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from gidgethub import HTTPException
from gidgethub.abc import GitHubAPI
from gidgethub.apps import get_jwt
from jwt import PyJWTError

from reconciler.github import wire
from reconciler.github.transport import GitHubStoppedError

__all__ = ["AppCredentials", "Credentials", "TokenCredentials"]

_MARGIN = timedelta(minutes=5)
"""A token is renewed so long before its end: what is begun with it has to be finished."""
_JWT_S = 9 * 60
"""GitHub takes ten minutes at most, by its own clock."""


class Credentials(Protocol):
    """What every request is signed with. Both methods raise what asking GitHub raises."""

    async def fetch_token(self, api: GitHubAPI, repository: str) -> str:
        """A token that lasts for a while yet, good for the repository (`owner/name`)."""
        ...

    async def fetch_login(self, api: GitHubAPI) -> str:
        """The account that everything written is by; empty where GitHub does not say."""
        ...


class TokenCredentials:
    """A token as it is: a person's, or a job's own."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def fetch_token(self, api: GitHubAPI, repository: str) -> str:
        """The token."""
        del api, repository
        return self._token

    async def fetch_login(self, api: GitHubAPI) -> str:
        """Its account; a job's own token may not ask for it."""
        try:
            found = await api.getitem("/user", oauth_token=self._token)
        except HTTPException as error:
            if error.status_code in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
                return ""
            raise
        return msgspec.convert(found, wire.Account).login


class AppCredentials:
    """A GitHub App, by its private key: it gets a token for one repository alone."""

    def __init__(
        self, app_id: int, installation: int, private_key: str, clock: Callable[[], datetime]
    ) -> None:
        self._app_id = app_id
        self._installation = installation
        self._private_key = private_key
        self._clock = clock
        self._known: wire.InstallationToken | None = None

    async def fetch_token(self, api: GitHubAPI, repository: str) -> str:
        """The installation's token, made anew shortly before it ends."""
        if self._known is None or self._known.expires_at - self._clock() < _MARGIN:
            _, _, name = repository.partition("/")
            answer = await api.post(
                f"/app/installations/{self._installation}/access_tokens",
                data={"repositories": [name]},
                jwt=self._sign(),
            )
            self._known = msgspec.convert(answer, wire.InstallationToken)
        return self._known.token

    async def fetch_login(self, api: GitHubAPI) -> str:
        """The account of the App."""
        found = msgspec.convert(await api.getitem("/app", jwt=self._sign()), wire.App)
        return f"{found.slug}[bot]"

    def _sign(self) -> str:
        try:
            return get_jwt(
                app_id=str(self._app_id), private_key=self._private_key, expiration=_JWT_S
            )
        except (PyJWTError, ValueError, TypeError, UnsupportedAlgorithm):
            raise GitHubStoppedError(
                "the App's private key is not the RSA key that GitHub made, in PEM form"
            ) from None
