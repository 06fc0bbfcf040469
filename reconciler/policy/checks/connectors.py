"""A connector's domain is an Okta org's URL, and its canary proves that reads are whole."""

from collections.abc import Iterator

from reconciler.model.catalog import BindGroup, Binding, Catalog, Connector
from reconciler.model.diagnostics import Rule, Severity
from reconciler.model.stanzas import CANARY_KEYS
from reconciler.policy import sample
from reconciler.policy.finding import Finding, place
from reconciler.policy.okta_domain import domain_problem
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "check_canaries", "check_canary_groups", "check_domains"]

CONNECTOR_DOMAIN_INVALID = Rule(
    code="connector-domain-invalid",
    summary="A connector's domain cannot be an Okta org's URL",
    remedy="Write the org's URL, such as `https://acme.okta.com`",
    example=sample.edit(sample.CONNECTOR_FILE, "https://acme.okta.com", "https://evilokta.com"),
)
CANARY_MISSING = Rule(
    code="canary-missing",
    summary="A connector names nobody who must be visible before anything is written",
    remedy=f"Add `{CANARY_KEYS}`; apply refuses to run without one",
    severity=Severity.WARNING,
    example=sample.edit(sample.CONNECTOR_FILE, sample.CONNECTOR.partition("OKTA_TOKEN}\n")[2], ""),
)
CANARY_GROUP_BOUND = Rule(
    code="canary-group-bound",
    summary="A binding names the canary's group, so the canary would be managed away",
    remedy="Give the canary a group of its own, which no binding names",
    example=sample.edit(sample.BINDING_FILE, "00g1abcdef", "00g9abcdef"),
)
RULES = (CONNECTOR_DOMAIN_INVALID, CANARY_MISSING, CANARY_GROUP_BOUND)


def check_domains(catalog: Catalog) -> Iterator[Finding]:
    """Every domain that a file states could be an org; one kept in a secret is not seen here."""
    for connector in catalog.connectors.values():
        problem = None if connector.domain is None else domain_problem(connector.domain)
        if problem is not None:
            yield Finding.at(place(connector, "domain"), CONNECTOR_DOMAIN_INVALID, *problem)


def check_canaries(catalog: Catalog) -> Iterator[Finding]:
    """Every connector in use has a member who must be visible before anything is written."""
    for connector in catalog.connectors.values():
        if connector.canary is None and not connector.disabled:
            yield Finding.at(
                place(connector),
                CANARY_MISSING,
                f"{quoted(connector.id)} has no canary, so nothing proves that reads are complete",
            )


def check_canary_groups(catalog: Catalog) -> Iterator[Finding]:
    """Nobody manages the group of a canary: it holds the canary and nothing else decides that."""
    for binding in catalog.bindings:
        for connector in catalog.connectors.values():
            if _is_canarys(binding, connector):
                yield Finding.at(
                    place(binding, "group"),
                    CANARY_GROUP_BOUND,
                    f"{quoted(binding.group.name)} is the canary's group on {quoted(connector.id)}",
                    related=(place(connector, "canary"),),
                )


def _is_canarys(binding: Binding, connector: Connector) -> bool:
    """By id, which no two orgs share; a group to be made has only its name."""
    if connector.canary is None:
        return False
    if isinstance(binding.group, BindGroup):
        return connector.canary.group_id in {binding.group.id, binding.replaces}
    return (binding.connector, binding.group.name) == (connector.id, connector.canary.group_name)
