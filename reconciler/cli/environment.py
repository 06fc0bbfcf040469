"""What the environment says of a connector: its pin, and the secrets it may name.

A secret is read here, once, and handed to the signer; it is never kept anywhere else.
"""

import os
from dataclasses import dataclass

import msgspec

from reconciler.model.catalog import Auth, Connector, SecretRef
from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.okta.pins import Pin, is_allowed, parse_allowed_secrets, parse_pins

__all__ = ["Credential", "credential", "is_ci", "pin_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A domain and the token for it."""

    domain: str
    token: str

    def __repr__(self) -> str:
        return f"Credential(domain={self.domain!r}, token=***)"


class _SeedJson(msgspec.Struct, gc=False):
    """A whole configuration in one secret."""

    domain: str
    apiToken: str  # noqa: N815 - the name that existing configurations use


def is_ci() -> bool:
    """Whether this runs in continuous integration."""
    return bool(os.environ.get("CI"))


def pin_of(connector: Connector) -> Pin | None:
    """The connector's pin; in CI there must be one, unless the domain came with the secret."""
    pin = parse_pins(os.environ.get("RECONCILER_PINS", "")).get(connector.id)
    if pin is None and is_ci() and connector.config is None:
        raise GuardRefused(
            "pin-missing",
            f"CI is set and {connector.id} is not pinned to an org",
            f"set RECONCILER_PINS='{connector.id}=DOMAIN#ORG-ID' outside the repository",
        )
    return pin


def credential(connector: Connector, *, is_apply: bool) -> Credential:
    """The connector's domain and token."""
    if connector.config is not None:
        return _from_json(connector, connector.config)
    auth = connector.apply_auth if is_apply else connector.plan_auth
    if auth is None or connector.domain is None:
        raise ConnectorError(
            "auth-missing",
            f"{connector.id} has no credential for {'apply' if is_apply else 'plan'}",
            "add `auth` to the connector",
        )
    _require_ssws(connector, auth)
    return Credential(domain=connector.domain, token=_resolve(connector, auth.secret))


def _require_ssws(connector: Connector, auth: Auth) -> None:
    if auth.method != "ssws":
        raise ConnectorError(
            "auth-method-unsupported",
            f"{connector.id} signs in with {auth.method}, which this version cannot",
            "use `method: ssws` with a token by reference",
        )


def _from_json(connector: Connector, reference: SecretRef) -> Credential:
    text = _resolve(connector, reference)
    try:
        found = msgspec.json.decode(text, type=_SeedJson)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        # Not chained: the decoder's message may quote the secret.
        raise ConnectorError(
            "config-invalid",
            f"the secret that holds {connector.id} is not {{domain, apiToken}} as JSON",
            'store {"domain": "https://…", "apiToken": "…"}',
        ) from None
    return Credential(domain=found.domain, token=found.apiToken)


def _resolve(connector: Connector, reference: SecretRef) -> str:
    if reference.kind != "env" or not isinstance(reference.value, str):
        raise ConnectorError(
            "secret-kind-unsupported",
            f"{connector.id} takes its secret from a {reference.kind}, which this version cannot",
            "use {env: NAME}",
        )
    name = reference.value
    _require_allowed(connector, name)
    value = os.environ.get(name, "")
    if not value:
        raise ConnectorError(
            "secret-missing",
            f"{connector.id} takes its secret from {name}, which is not set",
            f"set {name}, or try it without a secret: --sandbox",
        )
    return value


def _require_allowed(connector: Connector, name: str) -> None:
    """A file of the repository must not point at a secret that is not the connector's own."""
    setting = os.environ.get("RECONCILER_SECRETS", "")
    if not setting and not is_ci():
        return
    patterns = parse_allowed_secrets(setting).get(connector.id, ())
    if not is_allowed(name, patterns):
        raise GuardRefused(
            "secret-not-allowed",
            f"{connector.id} names the variable {name}, which RECONCILER_SECRETS does not allow it",
            f"set RECONCILER_SECRETS='{connector.id}={name}' outside the repository",
        )
