"""Groups as JSON, stored without `_links` so that any host can answer with its own."""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from reconciler.sandbox.storage.rows import decode_body
from reconciler.sandbox.world.model import Group

_LOGO: Final = "https://ok12static.oktacdn.com/assets/img/logos/groups/odyssey/okta-"


_LOGOS: Final = [
    {"name": size, "href": f"{_LOGO}{size}.png", "type": "image/png"}
    for size in ("medium", "large")
]


_OBJECT_CLASSES: Final = {"APP_GROUP": "okta:windows_security_principal"}


def group_body(
    group: Group, created: str, touched: str, source_id: str | None = None
) -> dict[str, object]:
    """The group as Okta shows one, without links; `touched` is its last membership change.

    `source_id` is the app that an APP_GROUP comes from (Okta: documented).
    """
    return {
        "id": group.id,
        "created": created,
        "lastUpdated": created,
        "lastMembershipUpdated": touched,
        "objectClass": [_OBJECT_CLASSES.get(group.type, "okta:user_group")],
        "type": group.type,
        "profile": {"name": group.name, "description": group.description},
        **({"source": {"id": source_id}} if source_id else {}),
    }


def encode_groups(rows: Iterable[tuple[str, bytes]], base: str) -> bytes:
    """The stored groups as one JSON list."""
    return b"[%b]" % b",".join(encode_group(each, body, base) for each, body in rows)


def encode_group(
    group_id: str, body: bytes, base: str, embedded: Mapping[str, object] | None = None
) -> bytes:
    """The stored group as JSON, with its links and what is embedded."""
    address = f"{base}/api/v1/groups/{group_id}"
    links: dict[str, object] = {
        "logo": _LOGOS,
        "users": {"href": f"{address}/users"},
        "apps": {"href": f"{address}/apps"},
    }
    source = source_id_of(body) if b'"source":{' in body else None
    if source is not None:
        links["source"] = {"href": f"{base}/api/v1/apps/{source}"}
    item = b'%b,"_links":%b' % (body[:-1], msgspec.json.encode(links))
    if embedded is None:
        return item + b"}"
    return b'%b,"_embedded":%b}' % (item, msgspec.json.encode(embedded))


def source_id_of(body: bytes) -> str | None:
    """The id of the app that a stored group comes from."""
    source = decode_body(body).get("source")
    return str(source["id"]) if isinstance(source, Mapping) else None
