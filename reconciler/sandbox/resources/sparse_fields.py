"""Less than the whole user: the properties that `fields` names, or without what is omitted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.sandbox.api_errors import validation_failed

_PART: Final = re.compile(
    r"\s*(?P<name>[A-Za-z_]\w*)\s*(?::\s*\((?P<inner>[\w\s,]*)\))?\s*(?:,|$)", re.ASCII
)
_CREDENTIAL_LINKS: Final = frozenset(
    {
        "changePassword",
        "changeRecoveryQuestion",
        "forgotPassword",
        "resetPassword",
        "resetFactors",
        "unlock",
    }
)
"""The links that `omitCredentialsLinks` leaves out (Okta: OpenAPI)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The properties asked for; a property without inner names is wanted whole."""

    wanted: Mapping[str, frozenset[str]]

    def select(self, thing: Mapping[str, object]) -> dict[str, object]:
        """The thing with these properties and its id, which is always there (Okta: OpenAPI)."""
        return {
            name: _select_inner(value, self.wanted.get(name, frozenset()))
            for name, value in thing.items()
            if name == "id" or name in self.wanted
        }


def parse_fields(text: str) -> Fields:
    """The properties that a text such as `id,status,profile:(login,email)` names.

    A name that no user has is left out of the answer; what cannot be read is refused (assumed).
    """
    wanted: dict[str, frozenset[str]] = {}
    position = 0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            raise validation_failed("fields", "fields: The field is not well-formed")
        names = (part["inner"] or "").split(",")
        wanted[part["name"]] = frozenset(name.strip() for name in names) - {""}
        position = part.end()
    return Fields(wanted=wanted)


def parse_omissions(content_type: str | None) -> frozenset[str]:
    """What `Content-Type: application/json; okta-response=omitCredentials,...` leaves out."""
    for parameter in (content_type or "").split(";")[1:]:
        name, _, value = parameter.strip().partition("=")
        if name.strip().lower() == "okta-response":
            return frozenset(each.strip() for each in value.strip().strip('"').split(","))
    return frozenset()


def omit(thing: Mapping[str, object], omitted: frozenset[str]) -> dict[str, object]:
    """The user without what is omitted."""
    shown = dict(thing)
    if "omitCredentials" in omitted:
        shown.pop("credentials", None)
    if "omitTransitioningToStatus" in omitted:
        shown.pop("transitioningToStatus", None)
    links = shown.get("_links")
    if "omitCredentialsLinks" in omitted and isinstance(links, Mapping):
        shown["_links"] = {k: v for k, v in links.items() if k not in _CREDENTIAL_LINKS}
    return shown


def _select_inner(value: object, names: frozenset[str]) -> object:
    if not (names and isinstance(value, Mapping)):
        return value
    return {key: inner for key, inner in value.items() if key in names}
