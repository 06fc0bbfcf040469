"""A client's assertion: the JWT by which a service app says who it is."""

from collections.abc import Mapping
from typing import Final

from reconciler.sandbox import keys
from reconciler.sandbox.oauth import errors, replay, service_apps
from reconciler.sandbox.oauth.errors import invalid_client
from reconciler.sandbox.oauth.jwt import (
    has_valid_signature,
    number_claim,
    read_unverified,
    text_claim,
)
from reconciler.sandbox.storage.clock import Clock
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.world.model import OAuthClient

_LONGEST_LIFE_S: Final = 3600
_LEEWAY_S: Final = 5
"""How far an assertion may come from the future (assumed)."""


def verify_assertion(clock: Clock, text: str, *, audience: str, skew: float) -> OAuthClient:
    """The client that the assertion authenticates; Refusal with Okta's words when it fails.

    The order of the checks is assumed; that an assertion is used up by an answer that refuses
    the rest of the request is recorded (Okta: the step after `use_dpop_nonce`).
    """
    try:
        header, claims = read_unverified(text)
    except ValueError as error:
        raise invalid_client(errors.UNREADABLE) from error
    client = _client_of(clock.database, claims)
    _check_key(client, header, text)
    if claims.get("aud") not in (audience, [audience]):
        raise invalid_client(errors.AUDIENCE)
    _check_time(clock, client, claims, skew)
    return client


def _client_of(database: Database, claims: Mapping[str, object]) -> OAuthClient:
    issuer = text_claim(claims.get("iss"))
    client = None if issuer is None else service_apps.find_client(database, issuer)
    if client is None:
        raise invalid_client(errors.ISSUER)
    if claims.get("sub") != issuer:
        raise invalid_client(errors.SUBJECT)
    if client.status != "ACTIVE":
        raise invalid_client(errors.UNKNOWN_CLIENT)
    if client.application_type != "service":
        raise invalid_client(errors.NOT_SERVICE)
    if client.auth_method != "private_key_jwt":
        raise invalid_client(errors.AUTH_METHOD)
    return client


def _check_key(client: OAuthClient, header: Mapping[str, object], text: str) -> None:
    """One key needs no name; of several, one must be named (Okta: documented)."""
    if header.get("alg") not in keys.ALGORITHMS:
        raise invalid_client(errors.ALGORITHM)
    if not client.jwks:
        raise invalid_client(errors.NO_KEYS)
    named = header.get("kid")
    fitting = [key for key in client.jwks if named is None or key.get("kid") == named]
    if len(fitting) != 1:
        raise invalid_client(errors.KEY_ID)
    if not has_valid_signature(text, fitting[0], str(header["alg"])):
        raise invalid_client(errors.SIGNATURE)


def _check_time(
    clock: Clock,
    client: OAuthClient,
    claims: Mapping[str, object],
    skew: float,
) -> None:
    expires, issued = number_claim(claims.get("exp")), number_claim(claims.get("iat"))
    if expires is None:
        raise invalid_client(errors.NO_EXPIRY)
    jti = text_claim(claims.get("jti"))
    if ("iat" in claims and issued is None) or ("jti" in claims and jti is None):
        raise invalid_client(errors.UNREADABLE)
    now = clock.nearest(expires if issued is None else issued) + skew
    if expires <= now:
        raise invalid_client(errors.EXPIRED)
    if expires > now + _LONGEST_LIFE_S + _LEEWAY_S:
        raise invalid_client(errors.TOO_FAR)
    if issued is not None and issued > now + _LEEWAY_S:
        raise invalid_client(errors.NOT_YET)
    if jti is not None:
        name = f"{client.client_id} {jti}"
        if not replay.use_once(clock, "assertion", name, for_s=expires - now):
            raise invalid_client(errors.REPLAYED)
