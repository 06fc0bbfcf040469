"""The errors of OAuth, which are no error objects.

At the token endpoint they are an error and its description, everywhere else an empty answer with
a challenge (Okta: documented, the strings; issue, the shape of the challenge).
"""

from typing import Final

import msgspec

from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.keys import ALGORITHMS

NO_CREDENTIALS: Final = "No client credentials found."
UNKNOWN_CLIENT: Final = "Invalid value for 'client_id' parameter."
UNREADABLE: Final = "The parsing of the client_assertion failed."
NO_EXPIRY: Final = "The client_assertion must contain the 'exp' claim as seconds since epoch."
EXPIRED: Final = "The client_assertion token is expired."
TOO_FAR: Final = "The client_assertion token has an expiration too far into the future."
NOT_YET: Final = "The client_assertion token must be issued before the current time."
AUDIENCE: Final = (
    "The audience claim for client_assertion must be the endpoint invoked for the request."
)
ISSUER: Final = "The issuer claim for client_assertion is not a valid client_id."
SUBJECT: Final = "The subject claim for client_assertion is not a valid client_id."
REPLAYED: Final = "The client_assertion token has already been used."
SIGNATURE: Final = "The client_assertion signature is invalid."
ALGORITHM: Final = "The client_assertion JWT signature algorithm is invalid."
KEY_ID: Final = "The client_assertion JWT kid is invalid."
NO_KEYS: Final = (
    "The client does not have a JWKSet configured, but the client_assertion requires one."
)
AUTH_METHOD: Final = (
    "Client Credentials requests to the Org Authorization Server must use the private_key_jwt"
    " token_endpoint_auth_method."
)
NOT_SERVICE: Final = (
    "Only clients with 'application_type' of 'service' may use the client_credentials"
    " 'grant_type' with the Org Authorization Server."
)
ASSERTION_TYPE: Final = "The client_assertion_type is invalid."
GRANT_TYPE: Final = (
    "The authorization grant type is not supported by the authorization server."
    " Configured grant types: [client_credentials]."
)
NO_SCOPES: Final = "No scopes were requested."
OPENID: Final = "Cannot request 'openid' scopes using client credentials."
UNKNOWN_SCOPE: Final = (
    "One or more scopes are not configured for the authorization server resource."
)
NOT_GRANTED: Final = (
    "The requested scope is invalid, unknown, malformed, or exceeds the scope granted by the"
    " resource owner."
)
OUTSIDE: Final = "The request is made from outside the client's permitted network zones."
USE_NONCE: Final = "Authorization server requires nonce in DPoP proof."
NO_PROOF: Final = "The DPoP proof JWT header is missing."
TWO_PROOFS: Final = "Multiple DPoP proof JWT headers are not allowed."
PROOF: Final = "The DPoP proof JWT is invalid."
PROOF_UNREADABLE: Final = "The DPoP proof JWT cannot be parsed."
PROOF_TYPE: Final = "'typ' must be 'dpop+jwt' in the DPoP proof JWT."
PROOF_ALGORITHM: Final = "The DPoP proof JWT signature algorithm is invalid."
PROOF_SIGNATURE: Final = "The DPoP proof JWT signature is invalid."
PROOF_CLAIM: Final = "'{}' claim in the DPoP proof JWT is invalid."
PROOF_NOT_YET: Final = "The DPoP proof JWT is issued in the future."
PROOF_OLD: Final = "The DPoP proof JWT is issued more than five minutes in the past."
PROOF_EXPIRED: Final = "The DPoP proof JWT is expired."
PROOF_REPLAYED: Final = "The DPoP proof JWT has already been used."
PROOF_ATH: Final = "'ath' claim in the DPoP proof does not match the presented access_token."
PROOF_BINDING: Final = "The access_token is not bound to the provided DPoP proof."
PROOF_NEEDED: Final = "The resource request requires a DPoP proof."
SCHEME_NEEDED: Final = (
    "The resource request must use the DPoP authentication scheme when using a DPoP bound token."
)
ACCESS_EXPIRED: Final = "The token has expired."
ACCESS_INVALID: Final = "The access token is invalid."
ACCESS_FOREIGN: Final = "The access token provided is not intended for Okta."
ACCESS_UNBOUND: Final = "The presented access_token is not DPoP bound."
SCOPES: Final = "The access token provided does not contain the required scopes."

_UNAUTHORIZED: Final = 401
_FORBIDDEN: Final = 403
_BAD: Final = 400


class Refusal(Failure):
    """What the token endpoint says instead of giving a token."""

    def __init__(
        self, status: int, error: str, text: str, *, headers: tuple[tuple[str, str], ...] = ()
    ) -> None:
        super().__init__(status, error, text, headers=headers)

    def body(self) -> bytes:
        """The error and its description, with nothing of an error object."""
        return msgspec.json.encode({"error": self.code, "error_description": self.summary})


class Challenge(Failure):
    """An empty answer to a call with an access token; what is wrong stands in a header."""

    def body(self) -> bytes:
        """Nothing (Okta: issue, okta-sdk-golang 145)."""
        return b""


class ProofError(Exception):
    """A DPoP proof that proves nothing; the text is Okta's."""


def invalid_client(text: str) -> Refusal:
    """A client that is not who it says, or may not ask like this."""
    return Refusal(_UNAUTHORIZED, "invalid_client", text)


def invalid_scope(text: str) -> Refusal:
    """Scopes that this client does not get."""
    return Refusal(_BAD, "invalid_scope", text)


def invalid_proof(text: str) -> Refusal:
    """A proof that the token endpoint does not take."""
    return Refusal(_BAD, "invalid_dpop_proof", text)


def nonce_required(nonce: str) -> Refusal:
    """A proof without the nonce that comes with this very answer."""
    return Refusal(_BAD, "use_dpop_nonce", USE_NONCE, headers=(("dpop-nonce", nonce),))


def outside_zones() -> Refusal:
    """A client that asks from an address which its zones do not have."""
    return Refusal(_FORBIDDEN, "access_denied", OUTSIDE)


def refusal_of_status(status: int) -> Refusal | None:
    """What a fault of this status says at the token endpoint; None where Okta is not OAuth's."""
    return {
        _BAD: Refusal(_BAD, "invalid_request", ASSERTION_TYPE),
        _UNAUTHORIZED: invalid_client(UNKNOWN_CLIENT),
        _FORBIDDEN: outside_zones(),
    }.get(status)


def challenge(
    status: int, error: str, text: str, *, scheme: str, at: tuple[str, str, str]
) -> Challenge:
    """The refusal of a call; `at` is the host, the path, and the scope that the call needs."""
    host, path, scope = at
    start = f'DPoP algs="{" ".join(ALGORITHMS)}",' if scheme == "DPoP" else "Bearer"
    wanted = f' scope="{scope}",' if scope else ""
    line = (
        f'{start} authorization_uri="http://{host}/oauth2/v1/authorize", realm="http://{host}",'
        f'{wanted} error="{error}", error_description="{text}", resource="{path}"'
    )
    return Challenge(status, error, text, headers=(("www-authenticate", line),))
