"""`POST /oauth2/v1/token`: where a service app gets an access token (Okta: documented).

Only client credentials with a signed assertion are taken. What is checked first is assumed: the
form, the client, its address, its proof, and the scopes at last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

import msgspec

from reconciler.sandbox.callers.access_token import client_author
from reconciler.sandbox.changes.log_events import target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.limits import network_zones
from reconciler.sandbox.oauth import access_tokens, dpop, errors, replay
from reconciler.sandbox.oauth.client_assertion import verify_assertion
from reconciler.sandbox.oauth.dpop import DpopRequest
from reconciler.sandbox.oauth.errors import ProofError, Refusal
from reconciler.sandbox.oauth_scopes import KNOWN_SCOPES
from reconciler.sandbox.request import Answer, RequestInfo
from reconciler.sandbox.state import Core
from reconciler.sandbox.world.model import OAuthClient

PATH: Final = "/oauth2/v1/token"
_JWT_BEARER: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_BAD: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """A request for a token, from whatever address it came to."""

    core: Core
    request_info: RequestInfo
    base: str
    dpop_request: DpopRequest
    body: bytes
    has_basic: bool


def grant_token(token_request: TokenRequest) -> Answer:
    """A new access token; Refusal when there is none to be had."""
    core, request_info = token_request.core, token_request.request_info
    form = _read_form(token_request.body)
    client = _authenticate_client(token_request, form)
    if request_info.is_outside or not network_zones.allows(client.zones, request_info.address):
        raise errors.outside_zones()
    thumbprint, nonce = _check_proof(token_request, client)
    scopes = _grant_scopes(client, form.get("scope", ""))
    now = core.clock.seconds()
    text, each = access_tokens.issue_token(
        core.database, client, scopes, base=token_request.base, now=now, thumbprint=thumbprint
    )
    _record_grant(token_request, client, each)
    body = {
        "token_type": "Bearer" if thumbprint is None else "DPoP",
        "expires_in": access_tokens.LIFETIME_S,
        "access_token": text,
        "scope": " ".join(scopes),
    }
    extra = () if nonce is None else (("dpop-nonce", nonce),)
    headers = (("x-robots-tag", "noindex,nofollow"), *extra)
    return Answer(body=msgspec.json.encode(body), headers=headers)


def _read_form(body: bytes) -> dict[str, str]:
    """The parameters, each given once; an empty one is none."""
    read = parse_qs(body.decode("utf-8", "replace"))
    for name, values in read.items():
        if len(values) > 1:
            text = f"The request contains the parameter '{name}' more than once."
            raise Refusal(_BAD, "invalid_request", text)
    return {name: values[0] for name, values in read.items()}


def _authenticate_client(token_request: TokenRequest, form: Mapping[str, str]) -> OAuthClient:
    grant = form.get("grant_type")
    if grant is None:
        raise Refusal(_BAD, "invalid_request", "The 'grant_type' parameter is missing.")
    if grant != "client_credentials":
        raise Refusal(_BAD, "unsupported_grant_type", errors.GRANT_TYPE)
    if token_request.has_basic or "client_secret" in form:
        raise errors.invalid_client(errors.AUTH_METHOD)
    if "client_assertion" not in form:
        raise errors.invalid_client(errors.NO_CREDENTIALS)
    if form.get("client_assertion_type") != _JWT_BEARER:
        raise Refusal(_BAD, "invalid_request", errors.ASSERTION_TYPE)
    client = verify_assertion(
        token_request.core.clock,
        form["client_assertion"],
        audience=token_request.base + PATH,
        skew=token_request.request_info.skew,
    )
    if form.get("client_id", client.client_id) != client.client_id:
        raise errors.invalid_client(errors.UNKNOWN_CLIENT)
    return client


def _check_proof(token_request: TokenRequest, client: OAuthClient) -> tuple[str | None, str | None]:
    """The key that the token is bound to, and the nonce of the answer; neither without a proof.

    A proof binds the token of every client, whether it has to be bound or not (assumed).
    """
    database, dpop_request = token_request.core.database, token_request.dpop_request
    if not dpop_request.proofs and not client.dpop_bound:
        return None, None
    try:
        proof = dpop.verify_proof(dpop_request)
    except ProofError as error:
        raise errors.invalid_proof(str(error)) from error
    now = token_request.core.clock.seconds()
    fresh = replay.current_nonce(database, now)
    if not replay.is_known_nonce(database, proof.nonce, now):
        raise errors.nonce_required(fresh)
    return proof.thumbprint, fresh


def _grant_scopes(client: OAuthClient, text: str) -> tuple[str, ...]:
    """Those of the scopes that the client was granted; that some are left out is not said.

    Okta: issue, terraform-provider-okta 2375. Which text belongs to an unknown scope and which to
    one that was not granted is assumed.
    """
    asked = tuple(dict.fromkeys(text.split()))
    if not asked:
        raise errors.invalid_scope(errors.NO_SCOPES)
    if "openid" in asked:
        raise errors.invalid_scope(errors.OPENID)
    if not KNOWN_SCOPES.issuperset(asked):
        raise errors.invalid_scope(errors.UNKNOWN_SCOPE)
    given = tuple(scope for scope in asked if scope in client.scopes)
    if not given:
        raise errors.invalid_scope(errors.NOT_GRANTED)
    return given


def _record_grant(token_request: TokenRequest, client: OAuthClient, token_id: str) -> None:
    """The System Log says that a token was given; how it names the token is assumed."""
    request_info = token_request.request_info
    author = client_author(client, request_info.request_id, request_info.path)
    with token_request.core.database.write() as connection:
        transaction = Transaction(
            connection=connection, author=author, now=token_request.core.clock.now()
        )
        event, text = "app.oauth2.token.grant.access_token", "OAuth2 access token is granted"
        record(
            transaction, event, text, target(token_id, "access_token", "unknown", "Access Token")
        )
