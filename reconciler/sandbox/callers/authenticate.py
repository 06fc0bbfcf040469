"""Who is asking: the owner of an API token, or a service app with an access token."""

import re
from dataclasses import dataclass
from typing import Final

from reconciler.sandbox.api_errors import Failure, invalid_token
from reconciler.sandbox.callers.access_token import SCHEMES, PresentedToken, ServiceCaller, identify
from reconciler.sandbox.callers.api_token import Caller, authenticate
from reconciler.sandbox.changes.log_events import target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.limits import network_zones
from reconciler.sandbox.oauth.dpop import DpopRequest
from reconciler.sandbox.state import Core

_TOKEN: Final = re.compile(r"(?P<scheme>Bearer|DPoP)\s+(?P<text>\S+)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingRequest:
    """A request before its caller is known; `authorization` is its Authorization header."""

    authorization: str
    host: str
    path: str
    address: str
    dpop_request: DpopRequest
    is_outside: bool


def identify_caller(core: Core, incoming: IncomingRequest) -> Caller | ServiceCaller | Failure:
    """The caller whom the Authorization header names, or the error for a request without one."""
    try:
        token = _TOKEN.fullmatch(incoming.authorization)
        if token is None:
            return _check_zone(core, incoming, authenticate(core.database, incoming.authorization))
        presented = PresentedToken(
            scheme=SCHEMES[token["scheme"].lower()],
            text=token["text"],
            host=incoming.host,
            base=incoming.dpop_request.url.partition("://")[0] + "://" + incoming.host,
            path=incoming.path,
            dpop_request=incoming.dpop_request,
        )
        return identify(core, presented)
    except Failure as failure:
        return failure


def _check_zone(core: Core, incoming: IncomingRequest, caller: Caller) -> Caller:
    """The caller, from an address where their token may be used.

    That the call fails elsewhere and leaves an event is documented; with which error is assumed.
    """
    if not incoming.is_outside and network_zones.allows(caller.zones, incoming.address):
        return caller
    with core.database.write() as connection:
        author = caller.author("", incoming.path)
        transaction = Transaction(connection=connection, author=author, now=core.clock.now())
        event = "system.api_token.request_outside_allowed_range"
        text = "API token used from outside its network zones"
        record(transaction, event, text, target(caller.token_id, "Token", "unknown", "unknown"))
    raise invalid_token()
