"""Which catalog this is: a digest of what it declares, wherever it is written."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import msgspec

from reconciler.model.catalog import Catalog

__all__ = ["catalog_digest"]


def catalog_digest(catalog: Catalog) -> str:
    """The sha256 of what the catalog declares, wherever it is written and in whatever order."""
    settings = replace(catalog.settings, protected=_without_origin(catalog.settings.protected))
    hashed = hashlib.sha256()
    for name, nouns in (
        ("settings", [settings]),
        ("connectors", _without_origin(catalog.connectors.values())),
        ("tools", _without_origin(catalog.tools.values())),
        ("bindings", _without_origin(catalog.bindings)),
        ("grants", _without_origin(catalog.grants)),
        ("identities", _without_origin(catalog.identities)),
        ("acknowledgements", _without_origin(catalog.acknowledgements)),
    ):
        lines = sorted(msgspec.json.encode(noun, order="deterministic") for noun in nouns)
        hashed.update(b"\n".join([name.encode(), *lines, b""]))
    return hashed.hexdigest()


def _without_origin(nouns: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(replace(noun, origin=None) for noun in nouns)
