"""A stanza copied from a plan is signed by whoever copies it; a new repository is filled in."""

from collections.abc import Iterator
from typing import Any

from reconciler.model.catalog import (
    PLACEHOLDERS,
    UNFILLED,
    Acknowledgement,
    Catalog,
    Grant,
    IdentityMapping,
)
from reconciler.policy.finding import Finding, Path, place
from reconciler.policy.quoting import quoted

__all__ = ["check_placeholders", "find_unfilled"]

_WORDS_OF_ITS_WRITER = frozenset({"description", "name", "purpose", "reason"})
"""Keys of free text, which may speak of replacing something."""


def find_unfilled(data: Any) -> Iterator[Path]:  # noqa: ANN401 - any YAML value
    """Where a file still has what `init` could not know: each value by its path in the file."""
    pending: list[tuple[Path, Any]] = [((), data)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, str):
            if any(word in value for word in UNFILLED):
                yield path
        elif isinstance(value, dict):
            pending += [((*path, k), v) for k, v in value.items() if k not in _WORDS_OF_ITS_WRITER]
        elif isinstance(value, list):
            pending += [((*path, n), v) for n, v in enumerate(value)]


def check_placeholders(catalog: Catalog) -> Iterator[Finding]:
    """Nobody acknowledges, approves, revokes or maps under a name that a plan left blank."""
    for ack in catalog.acknowledgements:
        yield from _left(ack, ("by",), ack.by)
        yield from _left(ack, ("reason",), ack.reason)
    for grant in catalog.grants:
        for who in grant.approval.approved_by:
            yield from _left(grant, ("approval", "approved_by"), who)
        if grant.revoked is not None:
            yield from _left(grant, ("revoked", "by"), grant.revoked.by)
    for mapping in catalog.identities:
        yield from _left(mapping, ("okta", "login"), mapping.login or "")


def _left(
    noun: Acknowledgement | Grant | IdentityMapping, path: Path, value: str
) -> Iterator[Finding]:
    if value in PLACEHOLDERS:
        at = place(noun, *path)
        yield Finding(
            code="placeholder-left",
            origin=at.origin,
            path=at.path,
            summary=f"{quoted(value)} is left as the plan printed it",
            hint="write what is true in its place",
        )
