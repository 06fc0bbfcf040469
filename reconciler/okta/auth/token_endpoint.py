"""How a token is asked for: a form with a new assertion, and a proof where one is wanted.

`dpop: auto` begins without a proof. Okta's refusals say what is missing, first the proof and then
a nonce in it, so a token takes three requests at most.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

import httpx

from reconciler.model.errors import ConnectorError
from reconciler.okta.auth.access_token import AccessToken, build_token, decode_token
from reconciler.okta.auth.client_assertion import build_client_assertion
from reconciler.okta.auth.dpop import ProofKey, read_nonce
from reconciler.okta.auth.keys import SigningKey
from reconciler.okta.auth.signer import AskTokenEndpoint, RequestDraft
from reconciler.okta.auth.token_errors import read_oauth_error, refusal_from
from reconciler.okta.rate_limits.headers import parse_http_date
from reconciler.okta.responses.response import Answer
from reconciler.okta.secret_filter import Redactor

__all__ = ["Dpop", "OktaClock", "TokenEndpoint"]

Dpop = Literal["auto", "required", "off"]

_MOST_STEPS = 3
_HELD_BACK = "client-assertion-expired"  # while the clocks agree: it waited for its turn
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

LARGEST_CORRECTION = timedelta(minutes=5)


class TokenEndpoint:
    """Issues tokens to one app, and remembers every secret of it that ever was."""

    def __init__(
        self,
        *,
        url: str,
        client_id: str,
        key: SigningKey,
        scopes: frozenset[str],
        dpop: Dpop,
        clock: Callable[[], datetime],
    ) -> None:
        self.proof_key = ProofKey()
        self.okta_clock = OktaClock(clock)
        self._url = url
        self._client_id = client_id
        self._key = key
        self._scopes = scopes
        self._clock = clock
        self._may_adopt_proofs = dpop == "auto"
        self._has_proof = dpop == "required"
        self._nonce: str | None = None
        self._secrets: list[str] = []

    def __repr__(self) -> str:
        return "TokenEndpoint(***)"

    @property
    def secrets(self) -> tuple[str, ...]:
        """The key, and every assertion and token until now."""
        return (*self._key.secrets, *self._secrets)

    async def issue(self, ask: AskTokenEndpoint) -> AccessToken:
        """A new token; a refusal is raised as what the operator can do about it."""
        steps = 0
        while True:
            steps += 1
            asked_at = self._clock()
            answer = await ask(self._draft)
            if answer.is_success:
                return self._accept(answer, asked_at)
            refusal = self._refusal(answer)
            is_worth_another = self._adapt(answer) or refusal.code == _HELD_BACK
            if steps == _MOST_STEPS or not is_worth_another:
                raise refusal

    def _refusal(self, answer: Answer) -> ConnectorError:
        return refusal_from(
            answer,
            ahead=self.okta_clock.ahead,
            has_proof=self._has_proof,
            clean=Redactor(self.secrets).clean,
        )

    def _draft(self) -> RequestDraft:
        """One attempt's form: its assertion and its proof are new."""
        now = self.okta_clock.now()
        assertion = build_client_assertion(self._key, self._client_id, self._url, now)
        self._secrets.append(assertion)
        form = {
            "grant_type": "client_credentials",
            "scope": " ".join(sorted(self._scopes)),
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self._has_proof:
            url = httpx.URL(self._url)
            headers["DPoP"] = self.proof_key.proof("POST", url, now, nonce=self._nonce)
        return RequestDraft(content=urlencode(form).encode("ascii"), headers=headers)

    def _accept(self, answer: Answer, asked_at: datetime) -> AccessToken:
        """The token is known as a secret before anything is said about it."""
        self._nonce = read_nonce(answer.headers) or self._nonce
        found = decode_token(answer)
        self._secrets.append(found.access_token)
        return build_token(
            found, answer, asked=self._scopes, is_dpop=self._has_proof, asked_at=asked_at
        )

    def _adapt(self, answer: Answer) -> bool:
        """Whether the refusal taught something: that proofs are wanted, or with which nonce."""
        error, nonce = read_oauth_error(answer).error, read_nonce(answer.headers)
        if error not in {"use_dpop_nonce", "invalid_dpop_proof"}:
            return False
        if not self._has_proof:
            self._has_proof, self._nonce = self._may_adopt_proofs, nonce
            return self._has_proof
        is_new = error == "use_dpop_nonce" and nonce not in {None, self._nonce}
        self._nonce = nonce or self._nonce
        return is_new


class OktaClock:
    """Our clock, corrected by the `Date` of Okta's last answer.

    Only a small difference is corrected. With a large one something is wrong, perhaps with the
    dates that grants are judged by: then Okta refuses the signature, and the refusal says why.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.ahead: timedelta | None = None

    def note_answer(self, headers: httpx.Headers) -> None:
        """An answer just arrived; `ahead` is how far Okta's clock is ahead of ours."""
        instant = parse_http_date(headers.get("date", ""))
        if instant is not None:
            self.ahead = instant - self._clock()

    def now(self) -> datetime:
        """The time by Okta's clock, as well as it is known."""
        if self.ahead is None or abs(self.ahead) > LARGEST_CORRECTION:
            return self._clock()
        return self._clock() + self.ahead
