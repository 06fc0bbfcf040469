"""A user, group, rule or app as its table holds it: number, id, and Okta's JSON without links."""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec


class Resource(NamedTuple):
    """One stored resource, and its position in a list; without one, the number is the position."""

    no: int
    id: str
    body: bytes
    position: str = ""


def decode_body(body: bytes) -> dict[str, object]:
    """A stored body as plain values."""
    return msgspec.json.decode(body, type=dict[str, object])


def profile_of(row: Resource) -> Mapping[str, object]:
    """The profile of a stored user or group."""
    part = decode_body(row.body)["profile"]
    return part if isinstance(part, Mapping) else {}


def value_at(body: Mapping[str, object], *path: str) -> object:
    """The value below these keys; None when the path ends too early."""
    value: object = body
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
