"""A stanza copied from a plan is signed by whoever copies it."""

from collections.abc import Iterator

from reconciler.model.catalog import Acknowledgement, Catalog, Grant, IdentityMapping
from reconciler.model.placeholders import PLACEHOLDERS
from reconciler.policy.check import Finding, Path, place
from reconciler.policy.wording import quoted

__all__ = ["placeholders"]


def placeholders(catalog: Catalog) -> Iterator[Finding]:
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
