"""The one ordered list of checks, and the two ways to run it."""

from collections.abc import Iterable

from reconciler.model.catalog import Catalog
from reconciler.policy import (
    approval,
    connector,
    duplicate,
    fulfilment,
    naming,
    placeholder,
    references,
    window,
)
from reconciler.policy.check import Check, Finding

__all__ = ["CHECKS", "REFERENCES", "judge", "refer"]

REFERENCES: tuple[Check, ...] = (
    references.bindings,
    references.grants,
    references.acknowledgements,
)
"""Whether what is named is there."""

CHECKS: tuple[Check, ...] = (
    *REFERENCES,
    connector.domains,
    duplicate.bindings,
    duplicate.created_names,
    duplicate.grants,
    placeholder.placeholders,
    duplicate.identities,
    fulfilment.manual_bindings,
    fulfilment.unbound_grants,
    naming.group_names,
    naming.group_descriptions,
    window.windows,
    approval.approvers,
)


def refer(catalog: Catalog) -> tuple[Finding, ...]:
    """What refers to nothing."""
    return _run(REFERENCES, catalog)


def judge(catalog: Catalog) -> tuple[Finding, ...]:
    """Everything that is wrong with what the catalog declares, references included."""
    return _run(CHECKS, catalog)


def _run(checks: Iterable[Check], catalog: Catalog) -> tuple[Finding, ...]:
    return tuple(finding for check in checks for finding in check(catalog))
