"""What signs a connector's requests: an API token, or a service app's private key."""

from collections.abc import Callable
from datetime import datetime

from reconciler.cli.environment import ApiToken, Credential, ServiceKey
from reconciler.model.catalog import Catalog, Connector
from reconciler.okta.auth import Signer, SswsAuth
from reconciler.okta.keys import parse_key
from reconciler.okta.oauth import OAuthAuth
from reconciler.okta.origin import OrgUrl
from reconciler.planning.scopes import Purpose, needed_scopes

__all__ = ["scopes", "signer"]


def scopes(catalog: Catalog, connector: Connector, purpose: Purpose) -> tuple[str, ...]:
    """What a token is asked to allow: what the purpose needs, and no more."""
    return tuple(need.scope for need in needed_scopes(catalog, connector, purpose))


def signer(
    found: Credential, origin: OrgUrl, asked: tuple[str, ...], clock: Callable[[], datetime]
) -> Signer:
    """Signs with the credential; nothing is sent before the first request."""
    if isinstance(found, ApiToken):
        return SswsAuth(found.token)
    return OAuthAuth(
        origin=origin,
        client_id=found.client_id,
        key=parse_key(_spelled_out(found), found.key_id),
        scopes=asked,
        dpop=found.dpop,
        clock=clock,
    )


def _spelled_out(found: ServiceKey) -> str:
    r"""The key with real line ends: variables of CI often hold a PEM with `\n` in their place."""
    text = found.private_key
    if text.lstrip().startswith("-----BEGIN ") and "\n" not in text.strip():
        return text.replace("\\r", "").replace("\\n", "\n")
    return text
