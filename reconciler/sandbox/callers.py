"""Who is asking: the owner of an API token, or a service app with an access token."""

import re
from typing import Final

from reconciler.sandbox.auth import Caller, authenticate
from reconciler.sandbox.bearer import SCHEMES, Presented, ServiceCaller, identified
from reconciler.sandbox.core import Core
from reconciler.sandbox.dpop import Sent
from reconciler.sandbox.failures import Failure

_TOKEN: Final = re.compile(r"(?P<scheme>Bearer|DPoP)\s+(?P<text>\S+)\s*", re.IGNORECASE)


def caller_of(
    core: Core, given: str, host: str, path: str, sent: Sent
) -> Caller | ServiceCaller | Failure:
    """The caller whom the Authorization header names, or what a nobody is told."""
    try:
        token = _TOKEN.fullmatch(given)
        if token is None:
            return authenticate(core.database, given)
        presented = Presented(
            scheme=SCHEMES[token["scheme"].lower()],
            text=token["text"],
            host=host,
            base=sent.url.partition("://")[0] + "://" + host,
            path=path,
            sent=sent,
        )
        return identified(core, presented)
    except Failure as failure:
        return failure
