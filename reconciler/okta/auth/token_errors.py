"""Why the token endpoint issued no token, by its own strings (Okta: OAuth 2.0 errors).

The endpoint has one code, `invalid_client`, for a dozen mistakes; only its description
distinguishes them. An unknown description is shown as received.
"""

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

import msgspec

from reconciler.model.errors import ConnectorError
from reconciler.okta.responses.okta_errors import error_from
from reconciler.okta.responses.response import Answer, escape_unprintable

__all__ = ["OAuthError", "is_temporary", "read_oauth_error", "refusal_from"]

_DESCRIPTION_LENGTH = 200
_READ_LENGTH = 20_000
_NOTABLE_SKEW = timedelta(seconds=60)
_SET_THE_CLOCK = "set this machine's clock, best by NTP; grants begin and end by it, too"


# Part of Okta's description, in lower case: code and hint. The first that fits decides.
_BY_DESCRIPTION = (
    (
        "audience claim",
        "audience-wrong",
        "the connector's domain is not the address that Okta answers under; check custom domains",
    ),
    (
        "client_assertion token has already been used",
        "client-assertion-replayed",
        "something between here and Okta repeats requests; look for a retrying proxy",
    ),
    (
        "signature is invalid",
        "key-mismatch",
        "the private key belongs to none of the app's public keys; check which one is registered",
    ),
    (
        "kid is invalid",
        "key-id-unknown",
        "compare key_id with the KID of the app's keys; an inactive key counts as unknown",
    ),
    (
        "must use the private_key_jwt",
        "client-not-private-key-jwt",
        "in the app's client credentials choose public key / private key",
    ),
    (
        "'application_type' of 'service'",
        "client-not-service",
        "make an API Services app; other kinds may not sign in as themselves",
    ),
    (
        "client_id",  # its value, or the issuer that is none
        "client-unknown",
        "compare client_id with the app's; a deactivated app counts as unknown",
    ),
    (
        "network zone",
        "network-zone",
        "run from an address in the app's network zones, or add this one to them",
    ),
)
_BY_ERROR = {
    "invalid_scope": (
        "scope-not-granted",
        "grant the scopes under the app's Okta API Scopes; that takes a super admin",
    ),
    "invalid_dpop_proof": (
        "dpop-proof-refused",
        "a proxy may be rewriting addresses, or repeating requests",
    ),
    "use_dpop_nonce": (
        "dpop-proof-refused",
        "Okta kept asking for another nonce; a proxy may be dropping its headers",
    ),
}
_DPOP_REQUIRED = (
    "dpop-required",
    "set `dpop: auto` or `dpop: required` in the connector: the app requires DPoP",
)
_TOO_OLD = "client_assertion token is expired"
_TOO_LONG = "expiration too far into the future"
_TOO_EARLY = "must be issued before the current time"
_PROOF_TOO_OLD = "dpop proof jwt is issued"


class OAuthError(msgspec.Struct, gc=False):
    """The body of a refusal at the token endpoint (RFC 6749)."""

    error: str = ""
    error_description: str = ""


_ERROR = msgspec.json.Decoder(OAuthError)
_NO_ERROR = OAuthError()


def read_oauth_error(answer: Answer) -> OAuthError:
    """What the answer says in OAuth's form; empty where it is something else."""
    try:
        return _ERROR.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _NO_ERROR


def is_temporary(error: ConnectorError) -> bool:
    """Whether the same request may succeed later, because it was not refused for its content."""
    return (
        error.status is None
        or error.status == HTTPStatus.TOO_MANY_REQUESTS
        or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


def refusal_from(
    answer: Answer,
    *,
    ahead: timedelta | None,
    has_proof: bool,
    clean: Callable[[str], str] = str,
) -> ConnectorError:
    """The refusal as an error. `ahead` is how far Okta's clock was ahead of ours.

    What is repeated is cleaned of secrets before it is cut.
    """
    words, error = read_oauth_error(answer), error_from(answer, clean)
    if not words.error or is_temporary(error):
        return error
    name = escape_unprintable(clean(words.error[:_READ_LENGTH]), 60)
    description = escape_unprintable(
        clean(words.error_description[:_READ_LENGTH]), _DESCRIPTION_LENGTH
    )
    code, hint = _meaning(words, ahead, has_proof=has_proof)
    clock = f" ({_describe_skew(ahead)})" if code == "clock-skew" else ""
    return ConnectorError(
        code,
        f"{answer.method} {answer.path} answered {answer.status}: {name} {description}{clock}",
        hint,
        status=answer.status,
        okta_code=name,
        request_id=error.request_id,
    )


def _meaning(words: OAuthError, ahead: timedelta | None, *, has_proof: bool) -> tuple[str, str]:
    text = words.error_description.lower()
    if words.error in {"invalid_dpop_proof", "use_dpop_nonce"} and not has_proof:
        return _DPOP_REQUIRED
    if timed := _clock_meaning(text, ahead):
        return timed
    if words.error in _BY_ERROR:
        return _BY_ERROR[words.error]
    for part, code, hint in _BY_DESCRIPTION:
        if part in text:
            return code, hint
    return "token-endpoint-refused", "see Okta's System Log for this request"


def _clock_meaning(text: str, ahead: timedelta | None) -> tuple[str, str] | None:
    """Every assertion is made for its request: one that is too old or too young means a clock."""
    is_skewed = ahead is not None and abs(ahead) > _NOTABLE_SKEW
    if _TOO_EARLY in text:
        return "clock-skew", _SET_THE_CLOCK
    if not any(part in text for part in (_TOO_OLD, _TOO_LONG, _PROOF_TOO_OLD)):
        return None
    if is_skewed:
        return "clock-skew", _SET_THE_CLOCK
    if _TOO_OLD in text:
        return "client-assertion-expired", "it was held back for minutes; look for a slow proxy"
    if _TOO_LONG in text:
        return "client-assertion-too-long", "compare this machine's clock with the true time"
    return "dpop-proof-refused", "it was held back for minutes; look for a slow proxy"


def _describe_skew(ahead: timedelta | None) -> str:
    if ahead is None:
        return "this machine's clock and Okta's differ"
    seconds = round(ahead.total_seconds())
    side = "behind" if seconds > 0 else "ahead of"
    return f"this machine's clock is {abs(seconds)} s {side} Okta's"
