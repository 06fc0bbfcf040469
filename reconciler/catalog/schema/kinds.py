"""The JSON Schema of each kind: the one statement of its form, for editors and for us.

The schemas keep to what both engines read alike: no class escapes, no look-around, `$` only at the
end of a pattern. The annotation `x-messages` gives a keyword's failure a code and words of its own.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from reconciler.catalog.packaged import packaged_schemas

__all__ = [
    "BY_FOLDER",
    "KINDS",
    "SETTINGS",
    "Kind",
    "Schema",
    "item_schema",
    "item_validator",
    "schema_text",
    "schemas",
    "validator",
]

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object; its folder bears the same name as a list of them."""

    name: str
    plural: str
    nested: bool = False
    """Whether files are in folders of their own below (`grants/<tool>/**`)."""
    single: bool = False
    """Whether a file holds one object, and never a list of them."""

    @property
    def list_key(self) -> str:
        """The key under which a file may hold several objects; empty where it may not."""
        return "" if self.single else self.plural


SETTINGS = Kind("settings", "", single=True)

KINDS = (
    SETTINGS,
    Kind("connector", "connectors"),
    Kind("door", "doors", single=True),
    Kind("tool", "tools"),
    Kind("binding", "bindings"),
    Kind("identity", "identities"),
    Kind("acknowledgement", "acknowledgements"),
    Kind("grant", "grants", nested=True),
    Kind("user", "users"),
)
"""In the order in which they are read: what is referred to comes before what refers to it."""

BY_FOLDER = {kind.plural: kind for kind in KINDS if kind.plural}


def schema_text(kind: str, folder: Path | None = None) -> Schema:
    """The schema of a kind, as it is published."""
    path = (folder or packaged_schemas()) / f"{kind}.schema.json"
    schema: Schema = json.loads(path.read_text(encoding="utf-8"))
    return schema


def schemas(folder: Path | None = None) -> dict[str, Schema]:
    """Every kind's schema, by the kind's name."""
    return {kind.name: schema_text(kind.name, folder) for kind in KINDS}


@cache
def validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    """The fast judge of a whole file."""
    return jsonschema_rs.Draft202012Validator(schema_text(kind), validate_formats=True)


@cache
def item_schema(kind: str) -> Schema:
    """The schema of one object of the kind, without the list around it."""
    schema = schema_text(kind)
    if kind not in schema["$defs"]:
        return schema
    return {"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]}


@cache
def item_validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    """The fast judge of one object."""
    return jsonschema_rs.Draft202012Validator(item_schema(kind), validate_formats=True)
