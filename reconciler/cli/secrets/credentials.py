"""What the environment says of a connector: its pin, and the credential it may use.

A secret is read here, once, and handed to the signer; it is never kept anywhere else.
"""

import os
from dataclasses import dataclass, field
from typing import Literal

import msgspec

from reconciler.cli.secrets.pins import Pin, parse_pins
from reconciler.cli.secrets.source import SecretSource, is_ci
from reconciler.model.catalog import Auth, Connector
from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.model.ids import SecretRef

__all__ = ["ApiToken", "Credential", "ServiceKey", "find_pin", "is_ci", "read_credential"]

_CONFIG_EXAMPLE = {"domain": "https://acme.okta.com", "apiToken": "…"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    """A domain and the API token for it. `is_pinning`: the domain came with the secret."""

    domain: str
    token: str = field(repr=False)
    is_pinning: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceKey:
    """A domain, and the private key of the service app that signs in to it."""

    domain: str
    client_id: str
    key_id: str | None
    private_key: str = field(repr=False)
    dpop: Literal["auto", "required", "off"]
    is_pinning: Literal[False] = False


Credential = ApiToken | ServiceKey


def find_pin(connector: Connector) -> Pin | None:
    """The connector's pin; in CI there must be one, unless the domain came with the secret."""
    pin = parse_pins(os.environ.get("RECONCILER_PINS", "")).get(connector.id)
    if pin is None and is_ci() and connector.config is None:
        raise GuardRefused(
            "pin-missing",
            f"CI is set and {connector.id} is not pinned to an org",
            f"set RECONCILER_PINS='{connector.id}=DOMAIN#ORG-ID' outside the repository",
        )
    return pin


def read_credential(connector: Connector, source: SecretSource, *, is_apply: bool) -> Credential:
    """The connector's domain and its sign-in; plan and apply may each have one of their own."""
    if connector.config is not None:
        return _parse_config(connector, source.read(connector.config))
    auth = connector.apply_auth if is_apply else connector.plan_auth
    if auth is None or connector.domain is None:
        raise ConnectorError(
            "auth-missing",
            f"{connector.id} has no credential for {'apply' if is_apply else 'plan'}",
            "add `auth` to the connector",
        )
    if auth.method == "ssws":
        return ApiToken(domain=connector.domain, token=source.read(auth.secret))
    return _service_key(connector.domain, auth, source)


def _service_key(domain: str, auth: Auth, source: SecretSource) -> ServiceKey:
    client_id = _read_value(auth.client_id, source)
    if client_id is None:
        raise ConnectorError(
            "client-id-missing", "the sign-in names no client", "add `client_id` to `auth`"
        )
    return ServiceKey(
        domain=domain,
        client_id=client_id,
        key_id=_read_value(auth.key_id, source),
        private_key=source.read(auth.secret),
        dpop=auth.dpop,
    )


def _read_value(given: str | SecretRef | None, source: SecretSource) -> str | None:
    return source.read(given).strip() if isinstance(given, SecretRef) else given


def _parse_config(connector: Connector, text: str) -> ApiToken:
    """The configuration that existing connectors keep in one secret; other keys are left aside."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        # Not chained, here and below: the decoder's message may quote the secret.
        raise _config_error(connector, "is not JSON") from None
    if not isinstance(found, dict):
        raise _config_error(connector, "is JSON, but no object")
    for key in _CONFIG_EXAMPLE:
        if key not in found:
            raise _config_error(connector, f"has no `{key}`")
        if not isinstance(found[key], str) or not found[key]:
            raise _config_error(connector, f"has a `{key}` that is no text")
    return ApiToken(domain=found["domain"], token=found["apiToken"], is_pinning=True)


def _config_error(connector: Connector, what: str) -> ConnectorError:
    return ConnectorError(
        "config-invalid",
        f"the secret that holds the configuration of {connector.id} {what}",
        f"store {msgspec.json.encode(_CONFIG_EXAMPLE).decode()}, nothing around it",
    )
