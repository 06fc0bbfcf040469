"""What is fixed outside the repository: each connector's org, Jira's site, the secrets to be named.

Pure functions on strings; the command line reads the environment.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from reconciler.model.errors import ConnectorError
from reconciler.model.ids import ConnectorId, OktaOrgId

__all__ = [
    "DOORS",
    "GITHUB",
    "JIRA",
    "Argv",
    "DoorPin",
    "Pin",
    "is_allowed",
    "parse_allowed_commands",
    "parse_allowed_secrets",
    "parse_door_pin",
    "parse_pins",
]

Argv = tuple[str, ...]

GITHUB, JIRA = ConnectorId("github"), ConnectorId("jira")
"""What the doors are called where a connector has its id."""

DOORS = frozenset((GITHUB, JIRA))

_EXAMPLE = "write RECONCILER_PINS='okta-prod=acme.okta.com#00o1abc…'"
_JIRA_EXAMPLE = (
    "write RECONCILER_PINS='jira=acme.atlassian.net#1a2b3c4d-…', with the site's own cloud id"
)
_CONNECTOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_ORG_ID = re.compile(r"00o[0-9A-Za-z]+")
_CLOUD_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SECRET = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\*?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """The only org a connector may mean: both halves are compared before anything else."""

    host: str
    org_id: OktaOrgId


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPin:
    """The only site of Jira that may be asked, and the id that it has to have."""

    host: str
    cloud_id: str


def parse_pins(text: str) -> dict[ConnectorId, Pin]:
    """The pins in `okta-prod=acme.okta.com#00o…`, separated by commas or spaces."""
    return {
        connector: Pin(host=host, org_id=OktaOrgId(id_))
        for connector, host, id_ in _parse_pins(text)
        if connector != JIRA
    }


def parse_door_pin(text: str) -> DoorPin | None:
    """Jira's pin among them, `jira=acme.atlassian.net#…`, whose second half is the cloud id."""
    found = {name: DoorPin(host=host, cloud_id=id_) for name, host, id_ in _parse_pins(text)}
    return found.get(JIRA)


def _parse_pins(text: str) -> Iterator[tuple[ConnectorId, str, str]]:
    seen: set[ConnectorId] = set()
    for number, connector, value in _parse_entries(text, "pins-invalid", _EXAMPLE):
        host, _, id_ = value.partition("#")
        host = host.lower()
        is_jira = connector == JIRA
        id_ = id_.lower() if is_jira else id_
        if not _HOST.fullmatch(host) or not (_CLOUD_ID if is_jira else _ORG_ID).fullmatch(id_):
            wanted = "a cloud id (a UUID)" if is_jira else "an org id (00o…)"
            what = f"entry {number} is not a host and {wanted} joined by '#'"
            raise ConnectorError("pins-invalid", what, _JIRA_EXAMPLE if is_jira else _EXAMPLE)
        if connector in seen:
            raise ConnectorError("pins-invalid", f"{connector} is pinned twice", "keep one pin")
        seen.add(connector)
        yield connector, host, id_


def parse_allowed_secrets(text: str) -> dict[ConnectorId, tuple[str, ...]]:
    """The variables each connector may name, in `okta-prod=OKTA_PROD_*`; entries add up."""
    example = "write RECONCILER_SECRETS='okta-prod=OKTA_PROD_*'"
    allowed: dict[ConnectorId, tuple[str, ...]] = {}
    for number, connector, pattern in _parse_entries(text, "secrets-invalid", example):
        if not _SECRET.fullmatch(pattern):
            what = f"entry {number} is neither a variable's name nor its start with *"
            raise ConnectorError("secrets-invalid", what, example)
        allowed[connector] = (*allowed.get(connector, ()), pattern)
    return allowed


def parse_allowed_commands(text: str) -> dict[ConnectorId, frozenset[Argv]]:
    """The commands each connector may run, in `{"okta-prod": [["op", "read", "op://…"]]}`.

    JSON, because an argument may hold anything; none of it is quoted in an error.
    """
    try:
        found = msgspec.json.decode(text or "{}", type=dict[str, list[Argv]])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        found = {"": []}
    if not all(_CONNECTOR.fullmatch(connector) and all(found[connector]) for connector in found):
        raise ConnectorError(
            "commands-invalid",
            "RECONCILER_COMMANDS is no JSON object of lists of commands, each a list of words",
            """write RECONCILER_COMMANDS='{"okta-prod": [["op", "read", "op://ci/okta/key"]]}'""",
        ) from None
    return {ConnectorId(connector): frozenset(argvs) for connector, argvs in found.items()}


def is_allowed(name: str, patterns: Iterable[str]) -> bool:
    """Whether the name equals a pattern, or starts like one that ends in `*`."""
    return any(
        name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
        for pattern in patterns
    )


def _parse_entries(text: str, code: str, example: str) -> Iterator[tuple[int, ConnectorId, str]]:
    """The entries of a setting, numbered: one that is damaged is not quoted, it may be a secret."""
    entries = filter(None, re.split(r"[\s,]+", text.strip()))
    for number, entry in enumerate(entries, start=1):
        connector, separator, value = entry.partition("=")
        if not separator or not value or not _CONNECTOR.fullmatch(connector):
            raise ConnectorError(code, f"entry {number} is not CONNECTOR=VALUE", example)
        yield number, ConnectorId(connector), value
