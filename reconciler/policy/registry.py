"""The one ordered list of checks, and the two ways to run it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from reconciler.model.catalog import Catalog
from reconciler.policy.checks import (
    approvals,
    connectors,
    contacts,
    duplicates,
    fulfilment,
    future_dates,
    grant_windows,
    group_names,
    person_names,
    placeholders,
    references,
    shared_groups,
)
from reconciler.policy.checks.partial_references import Mention
from reconciler.policy.finding import Check, Finding

__all__ = ["CHECKS", "DATED", "PAST", "REFERENCES", "judge", "overhear", "overhear_all", "refer"]

REFERENCES: tuple[Check, ...] = (
    references.bindings,
    references.grants,
    references.acknowledgements,
)
"""Whether what is named is there."""

CHECKS: tuple[Check, ...] = (
    *REFERENCES,
    connectors.domains,
    connectors.canaries,
    connectors.canary_groups,
    duplicates.bindings,
    duplicates.created_names,
    shared_groups.across_connectors,
    shared_groups.unsaid,
    shared_groups.disagreements,
    duplicates.grants,
    placeholders.placeholders,
    duplicates.identities,
    fulfilment.manual_bindings,
    group_names.group_names,
    group_names.group_descriptions,
    person_names.spellings,
    contacts.tools,
)

DATED: tuple[Callable[[Catalog, datetime | None], Iterator[Finding]], ...] = (
    fulfilment.unbound_grants,
    grant_windows.windows,
    grant_windows.inside_another,
    approvals.approvers,
)
"""Of grants that have not ended: of all of them, where nobody says what day it is."""

PAST: tuple[Callable[[Catalog, datetime], Iterator[Finding]], ...] = (
    future_dates.approvals,
    future_dates.credentials,
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
    return (*overhear(catalog, mentioned), *approvals.claims(catalog, mentioned))


def _run(checks: Iterable[Check], catalog: Catalog) -> tuple[Finding, ...]:
    return tuple(finding for check in checks for finding in check(catalog))
