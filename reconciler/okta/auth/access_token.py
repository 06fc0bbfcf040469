"""An access token, and the answer it comes in (Okta: token endpoint)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from reconciler.model.errors import IncompleteReadError
from reconciler.okta.responses.body import decode_body
from reconciler.okta.responses.response import Answer

__all__ = ["AccessToken", "TokenAnswer", "build_token", "decode_token"]

_EARLY = timedelta(minutes=5)
_LONGEST = 16 * 1024
_LONGEST_LIFE_S = 24 * 3600


class TokenAnswer(msgspec.Struct, gc=False):
    """A token as it is issued; without `scope` all that was asked for is granted (RFC 6749)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str | None = None

    def __repr__(self) -> str:
        return "TokenAnswer(***)"


_ANSWER = msgspec.json.Decoder(TokenAnswer)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A token in use: `refresh_at` comes before `expires_at`, so that no request meets its end."""

    value: str = field(repr=False)
    is_dpop: bool
    scopes: frozenset[str]
    refresh_at: datetime
    expires_at: datetime


def decode_token(answer: Answer) -> TokenAnswer:
    """The body of a success, or `IncompleteReadError`: a page of a proxy's is no token."""
    return decode_body(_ANSWER, answer)


def build_token(
    found: TokenAnswer, answer: Answer, *, asked: Collection[str], is_dpop: bool, asked_at: datetime
) -> AccessToken:
    """The token that was asked for at that time, bound to a proof key or not, as asked."""
    kind = found.token_type.lower()
    wanted = "dpop" if is_dpop else "bearer"
    if kind != wanted:
        came = f"a {kind} token" if kind in {"bearer", "dpop"} else "one of another kind"
        raise _unusable_error(
            answer, "token-type-wrong", f"a {wanted} token was asked for, {came} came"
        )
    if not _fits_a_header(found.access_token):
        raise _unusable_error(answer, "answer-malformed", "its token cannot stand in a header")
    if not 0 < found.expires_in <= _LONGEST_LIFE_S:
        raise _unusable_error(
            answer, "answer-malformed", "its `expires_in` is not a token's lifetime"
        )
    life = timedelta(seconds=found.expires_in)
    return AccessToken(
        value=found.access_token,
        is_dpop=is_dpop,
        scopes=frozenset(asked if found.scope is None else found.scope.split()),
        refresh_at=asked_at + life - min(_EARLY, life / 10),
        expires_at=asked_at + life,
    )


def _fits_a_header(value: str) -> bool:
    return (
        0 < len(value) <= _LONGEST and value.isascii() and value.isprintable() and " " not in value
    )


def _unusable_error(answer: Answer, code: str, why: str) -> IncompleteReadError:
    return IncompleteReadError(
        code,
        f"the answer to {answer.method} {answer.path} is no usable token: {why}",
        "a proxy may be changing Okta's answers; otherwise check `dpop` in the connector",
        status=answer.status,
        request_id=answer.request_id,
    )
