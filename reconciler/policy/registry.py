"""The one ordered list of checks, and the two ways to run it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from reconciler.model.catalog import Catalog
from reconciler.policy import (
    approval,
    connector,
    duplicate,
    forge,
    fulfilment,
    future,
    naming,
    placeholder,
    references,
    sharing,
    spelling,
    window,
)
from reconciler.policy.check import Check, Finding
from reconciler.policy.mention import Mention

__all__ = ["CHECKS", "DATED", "PAST", "REFERENCES", "judge", "overhear", "overhear_all", "refer"]

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
    connector.canary_groups,
    duplicate.bindings,
    duplicate.created_names,
    sharing.across_connectors,
    sharing.unsaid,
    sharing.disagreements,
    duplicate.grants,
    placeholder.placeholders,
    duplicate.identities,
    fulfilment.manual_bindings,
    naming.group_names,
    naming.group_descriptions,
    spelling.spellings,
    forge.tools,
)

DATED: tuple[Callable[[Catalog, datetime | None], Iterator[Finding]], ...] = (
    fulfilment.unbound_grants,
    window.windows,
    window.inside_another,
    approval.approvers,
)
"""Of grants that have not ended: of all of them, where nobody says what day it is."""

PAST: tuple[Callable[[Catalog, datetime], Iterator[Finding]], ...] = (
    future.approvals,
    future.credentials,
)
"""Whether what is said to have happened has happened; asked where somebody says what day it is."""


def refer(catalog: Catalog) -> tuple[Finding, ...]:
    """What refers to nothing."""
    return _run(REFERENCES, catalog)


def judge(catalog: Catalog, now: datetime | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong with what the catalog declares, references included."""
    dated = (finding for check in DATED for finding in check(catalog, now))
    past = (finding for check in PAST for finding in check(catalog, now)) if now else ()
    return (*_run(CHECKS, catalog), *dated, *past)


def overhear(catalog: Catalog, mentioned: Sequence[Mention]) -> tuple[Finding, ...]:
    """What objects of the wrong form refer to that is not there."""
    return tuple(references.mentions(catalog, mentioned))


def overhear_all(catalog: Catalog, mentioned: Sequence[Mention]) -> tuple[Finding, ...]:
    """Everything that can be said against objects of the wrong form besides."""
    return (*overhear(catalog, mentioned), *approval.claims(catalog, mentioned))


def _run(checks: Iterable[Check], catalog: Catalog) -> tuple[Finding, ...]:
    return tuple(finding for check in checks for finding in check(catalog))
