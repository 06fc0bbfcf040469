"""The one ordered list of checks, and the two ways to run it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Rule, Span
from reconciler.policy import name_pattern, tool_pin
from reconciler.policy.changes import change
from reconciler.policy.checks import (
    accounts,
    approvals,
    connectors,
    contacts,
    doors,
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
from reconciler.policy.checks.references import PartialReferences
from reconciler.policy.finding import Check, Finding

__all__ = [
    "CHECKS",
    "DATED",
    "PAST",
    "REFERENCES",
    "RULES",
    "find_disallowed_grants",
    "judge",
    "judge_partial_objects",
    "judge_partial_references",
    "judge_references",
]

REFERENCES: tuple[Check, ...] = (
    references.check_bindings,
    references.check_grants,
    references.check_acknowledgements,
)
"""Whether what is named is there."""

CHECKS: tuple[Check, ...] = (
    *REFERENCES,
    connectors.check_domains,
    connectors.check_canaries,
    connectors.check_canary_groups,
    duplicates.check_bindings,
    duplicates.check_created_names,
    shared_groups.check_connectors,
    shared_groups.check_tools,
    shared_groups.check_agreement,
    duplicates.check_grants,
    placeholders.check_placeholders,
    duplicates.check_identities,
    fulfilment.check_manual_bindings,
    group_names.check_names,
    group_names.check_descriptions,
    person_names.check_spellings,
    contacts.check_tools,
    accounts.check_connectors,
    accounts.check_declarations,
    accounts.check_protection,
    accounts.check_approvals,
    accounts.check_ends,
    doors.check_doors,
)

DATED: tuple[Callable[[Catalog, datetime | None], Iterator[Finding]], ...] = (
    fulfilment.check_unbound_grants,
    grant_windows.check_windows,
    grant_windows.check_overlaps,
    approvals.check_approvers,
    doors.check_sources,
    doors.check_starts,
)
"""Of grants that have not ended: of all of them, where nobody says what day it is."""

PAST: tuple[Callable[[Catalog, datetime], Iterator[Finding]], ...] = (
    future_dates.check_approvals,
    future_dates.check_credentials,
    accounts.check_requests,
)
"""Whether what is said to have happened has happened; asked where the day is known."""

RULES: tuple[Rule, ...] = (
    *accounts.RULES,
    *approvals.RULES,
    *connectors.RULES,
    *contacts.RULES,
    *doors.RULES,
    *duplicates.RULES,
    *fulfilment.RULES,
    *future_dates.RULES,
    *grant_windows.RULES,
    *group_names.RULES,
    *person_names.RULES,
    *placeholders.RULES,
    *references.RULES,
    *shared_groups.RULES,
    *name_pattern.RULES,
    *tool_pin.RULES,
    *change.RULES,
)
"""Everything that policy may have against a catalog, a change of one, or the file beside it."""


def judge_references(catalog: Catalog) -> tuple[Finding, ...]:
    """What refers to nothing."""
    return _run(REFERENCES, catalog)


def judge(catalog: Catalog, now: datetime | None = None) -> tuple[Finding, ...]:
    """Everything that is wrong with what the catalog declares, references included."""
    dated = (finding for check in DATED for finding in check(catalog, now))
    past = (finding for check in PAST for finding in check(catalog, now)) if now else ()
    return (*_run(CHECKS, catalog), *dated, *past)


def find_disallowed_grants(catalog: Catalog, now: datetime) -> Mapping[Span, Finding]:
    """The first thing that the rules of its tool have against a live grant, by where it is written.

    The rules may have been others when such a grant was made, so the catalog is no less valid; but
    it gives nobody access who does not have it.
    """
    found: dict[Span, Finding] = {}
    for finding in (
        *approvals.check_approvers(catalog, now),
        *doors.check_sources(catalog, now),
        *grant_windows.check_windows(catalog, now),
        *doors.check_starts(catalog, now),
    ):
        found.setdefault(finding.origin, finding)
    return found


def judge_partial_references(
    catalog: Catalog, mentioned: Sequence[PartialReferences]
) -> tuple[Finding, ...]:
    """What objects of the wrong form refer to that is not there."""
    return tuple(references.check_partial(catalog, mentioned))


def judge_partial_objects(
    catalog: Catalog, mentioned: Sequence[PartialReferences]
) -> tuple[Finding, ...]:
    """Everything that can be said against objects of the wrong form besides."""
    return (
        *judge_partial_references(catalog, mentioned),
        *approvals.check_partial(catalog, mentioned),
        *doors.check_partial(catalog, mentioned),
    )


def _run(checks: Iterable[Check], catalog: Catalog) -> tuple[Finding, ...]:
    return tuple(finding for check in checks for finding in check(catalog))
