"""A client's assertion: the JWT by which a service app says who it is."""

from collections.abc import Mapping
from typing import Final

from reconciler.sandbox import keys
from reconciler.sandbox.oauth import errors, jwt, service_apps
from reconciler.sandbox.oauth.errors import client_refused
from reconciler.sandbox.oauth.jwt import integral, read, signature_holds, text_of
from reconciler.sandbox.storage.clock import Clock
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.world.model import OAuthClient

_AHEAD_S: Final = 3600
_LEEWAY_S: Final = 5
"""How far an assertion may come from the future (assumed)."""


def asserted(clock: Clock, text: str, *, audience: str, skew: float) -> OAuthClient:
    """The client whom the assertion is of; Refusal with Okta's words when it is nobody's.

    The order of the checks is assumed; that an assertion is used up by an answer that refuses
    the rest of the request is recorded (Okta: the step after `use_dpop_nonce`).
    """
    try:
        header, claims = read(text)
    except ValueError as error:
        raise client_refused(errors.UNREADABLE) from error
    client = _client_of(clock.database, claims)
    _check_key(client, header, text)
    if claims.get("aud") not in (audience, [audience]):
        raise client_refused(errors.AUDIENCE)
    _check_time(clock, client, claims, skew)
    return client


def _client_of(database: Database, claims: Mapping[str, object]) -> OAuthClient:
    issuer = text_of(claims.get("iss"))
    client = None if issuer is None else service_apps.found(database, issuer)
    if client is None:
        raise client_refused(errors.ISSUER)
    if claims.get("sub") != issuer:
        raise client_refused(errors.SUBJECT)
    if client.status != "ACTIVE":
        raise client_refused(errors.UNKNOWN_CLIENT)
    if client.application_type != "service":
        raise client_refused(errors.NOT_SERVICE)
    if client.auth_method != "private_key_jwt":
        raise client_refused(errors.AUTH_METHOD)
    return client


def _check_key(client: OAuthClient, header: Mapping[str, object], text: str) -> None:
    """One key needs no name; of several, one must be named (Okta: documented)."""
    if header.get("alg") not in keys.ALGORITHMS:
        raise client_refused(errors.ALGORITHM)
    if not client.jwks:
        raise client_refused(errors.NO_KEYS)
    named = header.get("kid")
    fitting = [key for key in client.jwks if named is None or key.get("kid") == named]
    if len(fitting) != 1:
        raise client_refused(errors.KEY_ID)
    if not signature_holds(text, fitting[0], str(header["alg"])):
        raise client_refused(errors.SIGNATURE)


def _check_time(
    clock: Clock,
    client: OAuthClient,
    claims: Mapping[str, object],
    skew: float,
) -> None:
    expires, issued = integral(claims.get("exp")), integral(claims.get("iat"))
    if expires is None:
        raise client_refused(errors.NO_EXPIRY)
    jti = text_of(claims.get("jti"))
    if ("iat" in claims and issued is None) or ("jti" in claims and jti is None):
        raise client_refused(errors.UNREADABLE)
    now = clock.near(expires if issued is None else issued) + skew
    if expires <= now:
        raise client_refused(errors.EXPIRED)
    if expires > now + _AHEAD_S + _LEEWAY_S:
        raise client_refused(errors.TOO_FAR)
    if issued is not None and issued > now + _LEEWAY_S:
        raise client_refused(errors.NOT_YET)
    if jti is not None:
        name = f"{client.client_id} {jti}"
        if not jwt.use(clock, "assertion", name, for_s=expires - now):
            raise client_refused(errors.REPLAYED)
