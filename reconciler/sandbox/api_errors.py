"""The errors that Okta answers with: status, code, summary and causes (Okta: recorded)."""

import base64
import secrets

import msgspec


class Failure(Exception):  # noqa: N818 -- it is an answer like any other, not a fault of the program
    """An answer that is an error object."""

    def __init__(
        self,
        status: int,
        code: str,
        summary: str,
        *causes: str,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(f"{status} {code} {summary}")
        self.status = status
        self.code = code
        self.summary = summary
        self.causes = causes
        self.headers = headers

    def body(self) -> bytes:
        """The error object; its id is new every time."""
        return msgspec.json.encode(
            {
                "errorCode": self.code,
                "errorSummary": self.summary,
                "errorLink": self.code,
                "errorId": "oae" + base64.urlsafe_b64encode(secrets.token_bytes(17)).decode()[:22],
                "errorCauses": [{"errorSummary": cause} for cause in self.causes],
            }
        )


def validation_failed(what: str, *causes: str) -> Failure:
    """A body whose values Okta does not take."""
    return Failure(400, "E0000001", f"Api validation failed: {what}", *causes)


def malformed_body() -> Failure:
    """A body that is no JSON, or has a top-level key that Okta does not know."""
    return Failure(400, "E0000003", "The request body was not well-formed.")


def invalid_session() -> Failure:
    """A request without the SSWS scheme."""
    return Failure(403, "E0000005", "Invalid session")


def not_permitted() -> Failure:
    """A request that the caller's role does not cover."""
    return Failure(403, "E0000006", "You do not have permission to perform the requested action")


def not_found(thing: str, kind: str) -> Failure:
    """A user, group or other resource that is not there."""
    return Failure(404, "E0000007", f"Not found: Resource not found: {thing} ({kind})")


def unknown_path() -> Failure:
    """A path that no endpoint has."""
    return Failure(404, "E0000008", "The requested path was not found")


def internal_error() -> Failure:
    """Okta's own failure."""
    return Failure(500, "E0000009", "Internal Server Error")


def invalid_token() -> Failure:
    """A token that is wrong, revoked, or whose owner is not active."""
    challenge = (("www-authenticate", "SSWS"),)
    return Failure(401, "E0000011", "Invalid token provided", headers=challenge)


def method_not_allowed() -> Failure:
    """A path that has other methods."""
    return Failure(405, "E0000022", "The endpoint does not support the provided HTTP method")


def invalid_paging() -> Failure:
    """A cursor or a limit that Okta did not give."""
    return Failure(400, "E0000029", "Invalid paging request.", "Invalid cursor.")


def invalid_search() -> Failure:
    """A filter or search that Okta cannot read."""
    return Failure(400, "E0000031", "Invalid search criteria.", "Invalid search syntax.")


def search_and_filter() -> Failure:
    """A filter and a search in one request."""
    text = "Bad request. Can't specify a search query and filter in the same request."
    return Failure(400, "E0000033", text)


def wrong_user_status() -> Failure:
    """An account whose status does not allow the operation."""
    text = "This operation is not allowed in the user's current status."
    return Failure(403, "E0000038", text)


def rate_limited() -> Failure:
    """A request beyond a rate limit; there is never a Retry-After."""
    return Failure(429, "E0000047", "API call exceeded rate limit due to too many requests.")


def error_of_status(status: int, subject: str) -> Failure:
    """The error that usually comes with a status, for a fault that names only the status."""
    known = {
        400: Failure(400, "E0000001", "Api validation failed: request"),
        401: invalid_token(),
        403: not_permitted(),
        404: not_found(subject, "Resource"),
        405: method_not_allowed(),
        409: Failure(
            409, "E0000249", "Group rules are still being set up.  Please try again later."
        ),
        423: Failure(
            423, "E0000239", "Policy priorities are being reconciled. Please try again later."
        ),
        429: rate_limited(),
        501: Failure(501, "E0000060", "Unsupported operation."),
        503: Failure(503, "E0000100", "Unable to perform search query."),
    }
    return known.get(status) or Failure(status, "E0000009", "Internal Server Error")


class SandboxError(Exception):
    """The sandbox was asked for something that its org does not have or cannot do."""


class WorldError(SandboxError):
    """A world cannot be seeded; `messages` names every problem found in it."""

    def __init__(self, messages: tuple[str, ...]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages
