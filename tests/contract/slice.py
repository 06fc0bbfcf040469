"""The part of Okta's OpenAPI document that is at hand, as judge of answers.

OpenAPI 3.0 schemas are JSON Schema draft 4 but for `nullable`, which becomes a type here.
A choice by discriminator is only told that one of its schemas must fit.
"""

import re
from collections.abc import Mapping
from functools import cached_property

import jsonschema_rs
import yaml

_REFUSED = 400
_ERROR = ("GET /api/v1/groups/{groupId}", 403)
"""An answer that is an error object, as all of them are."""
METHODS = ("GET", "POST", "PUT", "DELETE")


class Slice:
    """The documented endpoints and what they answer."""

    def __init__(self, document):
        self.document = document
        self._validators = {}

    @classmethod
    def load(cls, folder):
        """The document that lies in the folder."""
        text = (folder / "okta-openapi-slice.yaml").read_text(encoding="utf-8")
        return cls(yaml.load(text, Loader=yaml.CSafeLoader))

    @cached_property
    def endpoints(self):
        """Every documented endpoint as `METHOD /path/{parameter}`."""
        return {
            f"{method} {path}": item[method.lower()]
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method.lower() in item
        }

    def statuses(self, endpoint):
        """The statuses that the endpoint is documented to answer."""
        return {int(status) for status in self.endpoints[endpoint]["responses"]}

    def violations(self, endpoint, status, body):
        """What is wrong with a body, as `place: keyword`; an undocumented answer has no body."""
        validator = self._validator(endpoint, status)
        if validator is None:
            return set() if body is None else {"a body where none is documented"}
        return {_told(error) for error in validator.iter_errors(body)}

    def faults(self, endpoint, status, body):
        """Pairs of the endpoint and what an answer does against the document."""
        if endpoint not in self.endpoints:
            return {(endpoint, "endpoint")}
        if status in self.statuses(endpoint):
            found = self.violations(endpoint, status, body)
        elif status < _REFUSED or body is None:
            found = {f"status {status}"}
        else:
            found = {f"status {status}", *self.violations(*_ERROR, body)}
        return {(endpoint, each) for each in found}

    def _validator(self, endpoint, status):
        key = (endpoint, status)
        if key not in self._validators:
            schema = self._schema(endpoint, status)
            self._validators[key] = schema and jsonschema_rs.Draft4Validator(
                {"allOf": [schema], "components": {"schemas": self._schemas}},
                validate_formats=True,
            )
        return self._validators[key]

    def _schema(self, endpoint, status):
        response = self.endpoints[endpoint]["responses"][str(status)]
        if "$ref" in response:
            name = response["$ref"].rpartition("/")[2]
            response = self.document["components"]["responses"][name]
        content = response.get("content", {})
        return _draft4(content["application/json"]["schema"]) if content else None

    @cached_property
    def _schemas(self):
        found = self.document["components"]["schemas"]
        return {name: _draft4(schema) for name, schema in found.items()}


def anonymous(endpoint):
    """An endpoint without the names of its parameters, which differ from author to author."""
    return re.sub(r"\{[^}]*\}", "{}", endpoint)


def place_of(path):
    """Where something is in a body: `[].profile.name`."""
    return "".join("[]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _told(error):
    keyword = error.schema_path[-1]
    return f"{place_of(error.instance_path) or 'body'}: {keyword}"


def _draft4(schema):
    """The schema without what draft 4 does not know; names of properties are left alone."""
    if not isinstance(schema, Mapping):
        return schema
    made = {key: _part(key, value) for key, value in schema.items() if not key.startswith("x-")}
    if "discriminator" in made and "oneOf" in made:
        made["anyOf"] = made.pop("oneOf")
    return _nullable(_readable(made))


def _part(key, value):
    if key == "properties":
        return {name: _draft4(each) for name, each in value.items()}
    if key in ("allOf", "anyOf", "oneOf"):
        return [_draft4(each) for each in value]
    return _draft4(value) if key in ("items", "additionalProperties", "not") else value


def _readable(made):
    """No answer has what can only be written, required or not."""
    required = [
        name
        for name in made.get("required", ())
        if not made.get("properties", {}).get(name, {}).get("writeOnly")
    ]
    return {key: value for key, value in made.items() if key != "required"} | (
        {"required": required} if required else {}
    )


def _nullable(made):
    if not made.pop("nullable", False):
        return made
    if "$ref" in made:
        return {"anyOf": [{"$ref": made["$ref"]}, {"type": "null"}]}
    if "type" in made:
        made["type"] = [made["type"], "null"]
    if "enum" in made:
        made["enum"] = [*made["enum"], None]
    return made
