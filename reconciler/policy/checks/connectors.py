"""A connector's domain is an Okta org's URL, and somebody there proves that reads are whole."""

from collections.abc import Iterator

from reconciler.model.catalog import BindGroup, Binding, Catalog, Connector
from reconciler.model.diagnostics import Severity
from reconciler.policy.finding import Finding, place
from reconciler.policy.okta_domain import domain_problem
from reconciler.policy.quoting import quoted

__all__ = ["check_canaries", "check_canary_groups", "check_domains"]


def check_domains(catalog: Catalog) -> Iterator[Finding]:
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


def check_canaries(catalog: Catalog) -> Iterator[Finding]:
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


def check_canary_groups(catalog: Catalog) -> Iterator[Finding]:
    """Nobody manages the group of a canary: it holds the canary and nothing else decides that."""
    for binding in catalog.bindings:
        for connector in catalog.connectors.values():
            if _is_canarys(binding, connector):
                at = place(binding, "group")
                yield Finding(
                    code="canary-group-bound",
                    origin=at.origin,
                    path=at.path,
                    summary=f"{quoted(binding.group.name)} is the canary's group on "
                    f"{quoted(connector.id)}",
                    hint="give the canary a group of its own, which no binding names",
                    related=(place(connector, "canary"),),
                )


def _is_canarys(binding: Binding, connector: Connector) -> bool:
    """By id, which no two orgs share; a group to be made has only its name."""
    if connector.canary is None:
        return False
    if isinstance(binding.group, BindGroup):
        return connector.canary.group_id in {binding.group.id, binding.replaces}
    return (binding.connector, binding.group.name) == (connector.id, connector.canary.group_name)
