"""The one ordered list of checks, and the two ways to run it."""

from collections.abc import Iterable, Sequence

from reconciler.model.catalog import Catalog
from reconciler.policy import (
    approval,
    connector,
    duplicate,
    forge,
    fulfilment,
    naming,
    placeholder,
    references,
    sharing,
    spelling,
    window,
)
from reconciler.policy.check import Check, Finding
from reconciler.policy.mention import Mention

__all__ = ["CHECKS", "REFERENCES", "judge", "overhear", "overhear_all", "refer"]

REFERENCES: tuple[Check, ...] = (
    references.bindings,
    references.grants,
    references.acknowledgements,
)
"""Whether what is named is there."""

CHECKS: tuple[Check, ...] = (
    *REFERENCES,
    connector.domains,
    connector.canaries,
    duplicate.bindings,
    duplicate.created_names,
    sharing.unsaid,
    sharing.disagreements,
    duplicate.grants,
    placeholder.placeholders,
    duplicate.identities,
    fulfilment.manual_bindings,
    fulfilment.unbound_grants,
    naming.group_names,
    naming.group_descriptions,
    window.windows,
    window.inside_another,
    approval.approvers,
    spelling.spellings,
    forge.tools,
)


def refer(catalog: Catalog) -> tuple[Finding, ...]:
    """What refers to nothing."""
    return _run(REFERENCES, catalog)


def judge(catalog: Catalog) -> tuple[Finding, ...]:
    """Everything that is wrong with what the catalog declares, references included."""
    return _run(CHECKS, catalog)


def overhear(catalog: Catalog, mentioned: Sequence[Mention]) -> tuple[Finding, ...]:
    """What objects of the wrong form refer to that is not there."""
    return tuple(references.mentions(catalog, mentioned))


def overhear_all(catalog: Catalog, mentioned: Sequence[Mention]) -> tuple[Finding, ...]:
    """Everything that can be said against objects of the wrong form besides."""
    return (*overhear(catalog, mentioned), *approval.claims(catalog, mentioned))


def _run(checks: Iterable[Check], catalog: Catalog) -> tuple[Finding, ...]:
    return tuple(finding for check in checks for finding in check(catalog))
