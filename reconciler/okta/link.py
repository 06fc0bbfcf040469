"""The `Link` header: where the next page is (RFC 8288; Okta: one header line per relation)."""

import re
from collections.abc import Iterable, Iterator

__all__ = ["LinkError", "links_of"]

_TARGET = re.compile(r"\s*<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)(?:\s*=\s*("[^"]*"|[^\s",;]*))?')
_END = re.compile(r"\s*(?:,\s*|$)")


class LinkError(ValueError):
    """The header cannot be read, so it is unknown whether more pages follow."""


def links_of(values: Iterable[str]) -> dict[str, str]:
    """Target by relation, lower case, from repeated lines and comma-joined ones alike."""
    links: dict[str, str] = {}
    for value in values:
        for target, relations in _parsed(value):
            for relation in relations:
                if links.setdefault(relation, target) != target:
                    raise LinkError(f"two targets for rel={relation}")
    return links


def _parsed(value: str) -> Iterator[tuple[str, list[str]]]:
    at = 0
    while at < len(value):
        target = _TARGET.match(value, at)
        if target is None:
            raise LinkError("no <target> where one must stand")
        at, relations = target.end(), list[str]()
        while parameter := _PARAMETER.match(value, at):
            at = parameter.end()
            if parameter[1].lower() == "rel" and not relations:
                relations = (parameter[2] or "").strip('"').lower().split()
        end = _END.match(value, at)
        if end is None:
            raise LinkError("text after a link that is not part of it")
        at = end.end()
        yield target[1], relations
