"""A connector's plain data into its noun: one org, and where the secrets for it are kept."""

from collections.abc import Mapping
from typing import Any

from reconciler.catalog.decode import day, days
from reconciler.model.catalog import Auth, Canary, Connector, SecretRef
from reconciler.model.diagnostics import Span
from reconciler.model.ids import ConnectorId, OktaGroupId

__all__ = ["connector"]

Data = Mapping[str, Any]


def connector(data: Data, origin: Span) -> Connector:
    """A connector; a single sign-in serves plan and apply."""
    auth = data.get("auth")
    config = data.get("config")
    canary = data.get("canary")
    return Connector(
        id=ConnectorId(data["id"]),
        type=data["type"],
        name=data["name"],
        description=data.get("description", ""),
        domain=data.get("domain"),
        config=None if config is None else _secret(config),
        plan_auth=None if auth is None else _auth(auth.get("plan", auth)),
        apply_auth=None if auth is None else _auth(auth.get("apply", auth)),
        canary=None if canary is None else _canary(canary),
        lifecycle=data.get("lifecycle", False),
        disabled=data.get("disabled", False),
        origin=origin,
    )


def _secret(data: Data) -> SecretRef:
    if "env" in data:
        return SecretRef(kind="env", value=data["env"])
    if "file" in data:
        return SecretRef(kind="file", value=data["file"])
    return SecretRef(kind="command", value=tuple(data["command"]))


def _value_or_secret(data: str | Data | None) -> str | SecretRef | None:
    return data if data is None or isinstance(data, str) else _secret(data)


def _auth(data: Data) -> Auth:
    method = data["method"]
    return Auth(
        method=method,
        secret=_secret(data["token"] if method == "ssws" else data["private_key"]),
        client_id=_value_or_secret(data.get("client_id")),
        key_id=_value_or_secret(data.get("key_id")),
        dpop=data.get("dpop", "auto"),
        rotated_at=day(data.get("rotated_at")),
        max_age_days=days(data.get("max_age")),
    )


def _canary(data: Data) -> Canary:
    group = data["group"]
    return Canary(user=data["user"], group_id=OktaGroupId(group["id"]), group_name=group["name"])
