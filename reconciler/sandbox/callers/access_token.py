"""Who is asking with an access token: a service app, with the scopes it was granted."""

from dataclasses import dataclass
from typing import Final

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.changes.log_events import Author
from reconciler.sandbox.oauth import access_tokens, dpop, errors, service_apps
from reconciler.sandbox.oauth.dpop import DpopRequest
from reconciler.sandbox.oauth.errors import ProofError, challenge
from reconciler.sandbox.oauth_scopes import scope_for
from reconciler.sandbox.state import Core
from reconciler.sandbox.world.model import OAuthClient

SCHEMES: Final = {"bearer": "Bearer", "dpop": "DPoP"}
_BAD: Final = 400
_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentedToken:
    """An access token as it comes with a request."""

    scheme: str
    text: str
    host: str
    base: str
    path: str
    dpop_request: DpopRequest

    def refusal(self, status: int, error: str, text: str) -> Failure:
        """The empty answer whose header says this."""
        scope = scope_for(self.dpop_request.method, self.path)
        at = (self.host, self.path, scope)
        return challenge(status, error, text, scheme=self.scheme, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCaller:
    """The access token of a request, and the service app that holds it."""

    token_id: str
    client: OAuthClient
    scopes: frozenset[str]
    presented: PresentedToken
    share: int = 50
    """How much of the org's rate limits it may use, in percent (Okta: recorded)."""

    @property
    def principal(self) -> str:
        """Who holds roles: the client itself."""
        return self.client.client_id

    @property
    def meter(self) -> str:
        """Whose requests are counted together: those of a client, by whatever token."""
        return self.client.client_id

    def author(self, request_id: str, uri: str) -> Author:
        """The caller as the System Log names one (the type is documented, the rest assumed)."""
        return client_author(self.client, request_id, uri)

    def scope_refusal(self) -> Failure:
        """The refusal of a call whose scope the token does not have."""
        return self.presented.refusal(_FORBIDDEN, "insufficient_scope", errors.SCOPES)

    def revocation_refusal(self) -> Failure:
        """The refusal of a token that is revoked."""
        return self.presented.refusal(_UNAUTHORIZED, "invalid_token", errors.ACCESS_INVALID)


def client_author(client: OAuthClient, request_id: str, uri: str) -> Author:
    """A client as author of an event."""
    return Author(
        id=client.client_id,
        login=client.client_id,
        name=client.label,
        kind="PublicClientApp",
        request_id=request_id,
        uri=uri,
    )


def identify(core: Core, presented: PresentedToken) -> ServiceCaller:
    """The caller whose token this is; an empty answer with a challenge otherwise.

    The token is judged before its proof (assumed).
    """
    database = core.database
    token = access_tokens.find_token(database, presented.text)
    client = None if token is None else service_apps.find_client(database, token.client_id)
    if token is None or client is None or token.is_revoked or client.status != "ACTIVE":
        foreign = access_tokens.is_foreign(presented.text, presented.base)
        text = errors.ACCESS_FOREIGN if foreign else errors.ACCESS_INVALID
        raise presented.refusal(_UNAUTHORIZED, "invalid_token", text)
    if token.expires <= core.clock.seconds():
        raise presented.refusal(_UNAUTHORIZED, "invalid_token", errors.ACCESS_EXPIRED)
    _check_binding(presented, token.thumbprint)
    return ServiceCaller(
        token_id=token.id, client=client, scopes=frozenset(token.scopes), presented=presented
    )


def _check_binding(presented: PresentedToken, thumbprint: str | None) -> None:
    """A bound token needs a proof by its own key; one that is not has nothing to prove."""
    is_dpop = presented.scheme == "DPoP"
    if thumbprint is None:
        if is_dpop:
            raise presented.refusal(_UNAUTHORIZED, "invalid_token", errors.ACCESS_UNBOUND)
        return
    if not is_dpop:
        raise presented.refusal(_BAD, "invalid_request", errors.SCHEME_NEEDED)
    if not presented.dpop_request.proofs:
        raise presented.refusal(_BAD, "invalid_request", errors.PROOF_NEEDED)
    try:
        proof = dpop.verify_proof(presented.dpop_request, presented.text)
    except ProofError as error:
        raise presented.refusal(_BAD, "invalid_dpop_proof", str(error)) from error
    if proof.thumbprint != thumbprint:
        raise presented.refusal(_BAD, "invalid_dpop_proof", errors.PROOF_BINDING)
