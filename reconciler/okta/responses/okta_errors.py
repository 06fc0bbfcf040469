"""What an answer that is not a success means. Only status, errorCode and a challenge decide.

Of a body only errorCode, errorSummary and errorId ever reach a message; of the headers, only the
error and the scope that a challenge names (Okta: an OAuth refusal has an empty body). They are
cleaned of secrets before they are cut: no pattern knows half a secret.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import httpx
import msgspec

from reconciler.model.errors import ConnectorError
from reconciler.okta.responses.response import Answer, escape_unprintable
from reconciler.okta.wire import OktaError

__all__ = ["Challenge", "error_from", "read_challenge"]

_OAUTH_ERROR = re.compile(r'\berror="([a-z_]{1,60})"')
_SCOPE = re.compile(r'\bscope="([A-Za-z0-9._ ]{1,200})"')

_OKTA_CODE = re.compile(r"E[0-9]{7}")

_ERROR = msgspec.json.Decoder(OktaError)
_SUMMARY_LENGTH = 200
_READ_LENGTH = 20_000
_CHALLENGED = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
# Code and hint by Okta's error code (Okta: error codes).
_BY_OKTA_CODE = {
    "E0000005": (
        "auth-scheme-wrong",
        "Okta did not recognise the credential's kind; check the connector's auth method",
    ),
    "E0000006": (
        "permission-missing",
        "give the token's owner, or the service app, an admin role over this group or user",
    ),
    "E0000011": (
        "token-refused",
        "the token is wrong, expired (30 days without use), or its owner was deactivated",
    ),
    "E0000038": ("status-forbids", "Okta does not allow this in the user's present status"),
    "E0000060": ("group-read-only", "only groups of type OKTA_GROUP can be changed"),
    "E0000111": ("group-read-only", "only groups of type OKTA_GROUP can be changed"),
}
# And by the error of a challenge.
_BY_CHALLENGE = {
    "invalid_token": (
        "token-refused",
        "Okta no longer takes this token: look whether the app was deactivated or its key removed",
    ),
    "invalid_dpop_proof": (
        "dpop-proof-refused",
        "a proxy may be rewriting addresses or repeating requests; compare the clocks, too",
    ),
    "use_dpop_nonce": (
        "dpop-proof-refused",
        "Okta kept asking for another nonce; a proxy may be dropping its headers",
    ),
}
_BY_STATUS: dict[int, tuple[str, str]] = {
    HTTPStatus.UNAUTHORIZED: ("token-refused", "issue a new token or key for this connector"),
    HTTPStatus.NOT_FOUND: ("not-found", "it was deleted, or the credential may not see it"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """The error, in OAuth's word, and the scope it is about; what is not said is empty."""

    error: str = ""
    scope: str = ""


def error_from(
    answer: Answer, clean: Callable[[str], str] = str, *, quotes: bool = True
) -> ConnectorError:
    """The refusal as an error, with Okta's code and its name for the request.

    Without quotes nothing of the body but a code in Okta's own form is in it.
    """
    okta = _okta_error(answer)
    if not quotes:
        okta = _code_alone(okta)
    okta_code = escape_unprintable(clean(okta.error_code), 20) if okta else ""
    challenge = read_challenge(answer.headers)
    code, hint = _meaning(answer, okta_code, challenge)
    return ConnectorError(
        code,
        f"{answer.method} {answer.path} answered {answer.status}"
        f"{_okta_words(okta, challenge, clean)}",
        hint,
        status=answer.status,
        okta_code=okta_code,
        request_id=answer.request_id,
    )


def read_challenge(headers: httpx.Headers) -> Challenge:
    """The challenge of an answer, all empty where there is none."""
    text: str = headers.get("www-authenticate", "")
    return Challenge(error=_first_match(_OAUTH_ERROR, text), scope=_first_match(_SCOPE, text))


def _meaning(answer: Answer, okta_code: str, challenge: Challenge) -> tuple[str, str]:
    if answer.status == HTTPStatus.FORBIDDEN and challenge.error == "insufficient_scope":
        scope = challenge.scope or "that the request needs"
        return "scope-missing", f"grant the scope {scope} to the service app"
    if okta_code in _BY_OKTA_CODE:
        return _BY_OKTA_CODE[okta_code]
    if answer.status in _CHALLENGED and challenge.error in _BY_CHALLENGE:
        return _BY_CHALLENGE[challenge.error]
    return _meaning_of_status(answer.status, is_okta=bool(okta_code) or not answer.body)


def _meaning_of_status(status: int, *, is_okta: bool) -> tuple[str, str]:
    """Without a known code: what the status says, unless another server's page came with it."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "okta-unavailable", "Okta has trouble; see status.okta.com and run again later"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return "rate-limited", "something else uses this org's limit; run again later"
    if status < HTTPStatus.BAD_REQUEST:
        return "answer-redirected", "check the connector's domain; redirects are never followed"
    if not is_okta:
        return "answer-not-okta", "a proxy or another server answered instead of Okta"
    return _BY_STATUS.get(status, ("request-refused", "see Okta's System Log for this request"))


def _okta_error(answer: Answer) -> OktaError | None:
    try:
        return _ERROR.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _code_alone(okta: OktaError | None) -> OktaError | None:
    is_code = okta is not None and _OKTA_CODE.fullmatch(okta.error_code)
    return OktaError(error_code=okta.error_code) if okta and is_code else None


def _okta_words(okta: OktaError | None, challenge: Challenge, clean: Callable[[str], str]) -> str:
    if okta is None:
        return f": {challenge.error}" if challenge.error else ""
    code = escape_unprintable(clean(okta.error_code), 20)
    summary = escape_unprintable(clean(okta.error_summary[:_READ_LENGTH]), _SUMMARY_LENGTH)
    name = escape_unprintable(clean(okta.error_id), 60)
    return f": {code} {summary} ({name})" if summary or name else f": {code}"


def _first_match(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match.group(1) if match else ""
