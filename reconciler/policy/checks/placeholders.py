"""A stanza copied from a plan is signed by who copies it; a new repository is filled in."""

from collections.abc import Iterator
from typing import Any

from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import (
    UNFILLED,
    Acknowledgement,
    Catalog,
    Grant,
    IdentityMapping,
)
from reconciler.model.diagnostics import Rule
from reconciler.model.stanzas import PLACEHOLDERS
from reconciler.policy import sample
from reconciler.policy.checks.accounts import list_approvals
from reconciler.policy.finding import Finding, Path, place
from reconciler.policy.quoting import quoted

__all__ = ["PLACEHOLDER_UNFILLED", "RULES", "check_placeholders", "find_unfilled"]

PLACEHOLDER_LEFT = Rule(
    code="placeholder-left",
    summary="A stanza that a plan printed was copied and a blank in it was not filled in",
    remedy="Write what is true in its place",
    example=sample.edit(sample.ACKNOWLEDGEMENT_FILE, "it@example.com", "YOUR-EMAIL"),
)
PLACEHOLDER_UNFILLED = Rule(
    code="placeholder-unfilled",
    summary="A value is still to be replaced",
    remedy="Write your own value in its place",
    example=sample.edit(sample.CONNECTOR_FILE, "canary@example.com", "REPLACE@example.com"),
)
RULES = (PLACEHOLDER_LEFT, PLACEHOLDER_UNFILLED)

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
        yield from _check_value(ack, ("by",), ack.by)
        yield from _check_value(ack, ("reason",), ack.reason)
    for grant in catalog.grants:
        for who in grant.approval.approved_by:
            yield from _check_value(grant, ("approval", "approved_by"), who)
        if grant.revoked is not None:
            yield from _check_value(grant, ("revoked", "by"), grant.revoked.by)
    for declared in catalog.accounts:
        yield from _check_account(declared)
    for mapping in catalog.identities:
        yield from _check_value(mapping, ("okta", "login"), mapping.login or "")


def _check_account(declared: AccountDeclaration) -> Iterator[Finding]:
    yield from _check_value(declared, ("user",), declared.subject)
    yield from _check_value(declared, ("reason",), declared.reason)
    for part, request in declared.requests:
        yield from _check_value(declared, (part.value, "reason"), request.reason)
    for _, approval, path in list_approvals(declared):
        for who in approval.approved_by:
            yield from _check_value(declared, (*path, "approved_by"), who)
        yield from _check_value(declared, (*path, "requested_by"), approval.requested_by or "")


def _check_value(
    noun: Acknowledgement | Grant | IdentityMapping | AccountDeclaration, path: Path, value: str
) -> Iterator[Finding]:
    if value in PLACEHOLDERS:
        summary = f"{quoted(value)} is left as the plan printed it"
        yield Finding.at(place(noun, *path), PLACEHOLDER_LEFT, summary)
