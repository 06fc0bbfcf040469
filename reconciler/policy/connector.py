"""A connector's domain is an Okta org's URL, and somebody there proves that reads are whole."""

from collections.abc import Iterator

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Severity
from reconciler.policy.check import Finding, place
from reconciler.policy.domain import domain_problem
from reconciler.policy.wording import quoted

__all__ = ["canaries", "domains"]


def domains(catalog: Catalog) -> Iterator[Finding]:
    """Every domain that a file states could be an org; one kept in a secret is not seen here."""
    for connector in catalog.connectors.values():
        problem = None if connector.domain is None else domain_problem(connector.domain)
        if problem is not None:
            at = place(connector, "domain")
            summary, hint = problem
            yield Finding(
                code="connector-domain-invalid",
                origin=at.origin,
                path=at.path,
                summary=summary,
                hint=hint,
            )


def canaries(catalog: Catalog) -> Iterator[Finding]:
    """Every connector in use has a member who must be visible before anything is written."""
    for connector in catalog.connectors.values():
        if connector.canary is None and not connector.disabled:
            yield Finding(
                code="canary-missing",
                origin=place(connector).origin,
                summary=f"{quoted(connector.id)} has no canary, so nothing proves that "
                "reads are complete",
                hint="add `canary: {user, group: {id, name}}`; apply refuses to run without one",
                severity=Severity.WARNING,
            )
