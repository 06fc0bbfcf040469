"""A connector's domain is an Okta org's URL."""

from collections.abc import Iterator

from reconciler.model.catalog import Catalog
from reconciler.policy.check import Finding, place
from reconciler.policy.domain import domain_problem

__all__ = ["domains"]


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
