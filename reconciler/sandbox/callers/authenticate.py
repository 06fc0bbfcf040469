"""Who is asking: the owner of an API token, or a service app with an access token."""

import re
from dataclasses import dataclass
from typing import Final

from reconciler.sandbox import network_zones
from reconciler.sandbox.api_errors import Failure, no_token
from reconciler.sandbox.callers.access_token import SCHEMES, Presented, ServiceCaller, identified
from reconciler.sandbox.callers.api_token import Caller, authenticate
from reconciler.sandbox.changes.log_events import target
from reconciler.sandbox.changes.transaction import Transaction, record
from reconciler.sandbox.oauth.dpop import Sent
from reconciler.sandbox.state import Core

_TOKEN: Final = re.compile(r"(?P<scheme>Bearer|DPoP)\s+(?P<text>\S+)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A request before anybody knows whose it is; `given` is its Authorization header."""

    given: str
    host: str
    path: str
    address: str
    sent: Sent
    is_outside: bool


def caller_of(core: Core, arrival: Arrival) -> Caller | ServiceCaller | Failure:
    """The caller whom the Authorization header names, or what a nobody is told."""
    try:
        token = _TOKEN.fullmatch(arrival.given)
        if token is None:
            return _inside(core, arrival, authenticate(core.database, arrival.given))
        presented = Presented(
            scheme=SCHEMES[token["scheme"].lower()],
            text=token["text"],
            host=arrival.host,
            base=arrival.sent.url.partition("://")[0] + "://" + arrival.host,
            path=arrival.path,
            sent=arrival.sent,
        )
        return identified(core, presented)
    except Failure as failure:
        return failure


def _inside(core: Core, arrival: Arrival, caller: Caller) -> Caller:
    """The caller, from an address where their token may be used.

    That the call fails elsewhere and leaves an event is documented; with which error is assumed.
    """
    if not arrival.is_outside and network_zones.admit(caller.zones, arrival.address):
        return caller
    with core.database.write() as connection:
        author = caller.author("", arrival.path)
        transaction = Transaction(connection=connection, author=author, now=core.clock.now())
        event = "system.api_token.request_outside_allowed_range"
        text = "API token used from outside its network zones"
        record(transaction, event, text, target(caller.token_id, "Token", "unknown", "unknown"))
    raise no_token()
