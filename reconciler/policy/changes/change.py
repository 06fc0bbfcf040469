"""What a change may not do in one go, judged against the catalog it starts from.

Entrance of the folder: what a change brings, and what it takes away.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from reconciler.identity.aliases import known_names
from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Example, Rule, Severity
from reconciler.policy import sample
from reconciler.policy.changes import (
    accounts,
    bindings,
    broken_base,
    ended_grants,
    identity_changes,
    loosened_guards,
    renewals,
    rule_changes,
)
from reconciler.policy.changes.compared_grants import brought_grants, is_shortened
from reconciler.policy.checks.accounts import ACCOUNT_APPROVAL_INSUFFICIENT
from reconciler.policy.checks.approvals import APPROVER_UNKNOWN
from reconciler.policy.checks.doors import APPROVAL_SOURCE_UNKNOWN, STARTS_MISSING
from reconciler.policy.checks.grant_windows import EXPIRES_MISSING, GRANT_WINDOW_TOO_LONG
from reconciler.policy.finding import Finding, Place, place

__all__ = [
    "MOST_NEW_SUBJECTS",
    "RULES",
    "enforce_on_brought",
    "judge_brought",
    "judge_taken",
]

MOST_NEW_SUBJECTS = 50
"""People a change may name who are not named at the base: each is a question to the directory."""

SUBJECTS_TOO_MANY = Rule(
    code="subjects-too-many",
    summary=f"A change names more than {MOST_NEW_SUBJECTS} people whom the base does not",
    remedy="Split it",
    example=Example(
        {
            "grants/claude/crowd.yaml": "grants:\n"
            + "".join(
                "  - "
                + sample.GRANT.replace("jane@", f"p{n}@").replace("\n", "\n    ").rstrip()
                + "\n"
                for n in range(MOST_NEW_SUBJECTS + 1)
            )
        },
        base={},
    ),
)
RULES = (
    SUBJECTS_TOO_MANY,
    *accounts.RULES,
    *bindings.RULES,
    *broken_base.RULES,
    *ended_grants.RULES,
    *identity_changes.RULES,
    *loosened_guards.RULES,
    *renewals.RULES,
    *rule_changes.RULES,
)
"""Of the whole folder."""

_OF_ITS_DAY = frozenset(
    {
        APPROVAL_SOURCE_UNKNOWN,
        APPROVER_UNKNOWN,
        EXPIRES_MISSING,
        GRANT_WINDOW_TOO_LONG,
        STARTS_MISSING,
    }
)
"""Rules that may have been others when a grant was made: they bind the grants of a change."""


def enforce_on_brought(
    findings: Iterable[Finding], head: Catalog, base: Catalog
) -> Iterator[Finding]:
    """The findings, with those errors that break a rule of today in what the change brings.

    A grant that only gives less than it did is not the change's.
    """
    brought = {g.origin for g in brought_grants(head, base) if not is_shortened(g, base)}
    parts = accounts.brought_parts(head, base)
    for each in findings:
        is_new = (each.rule in _OF_ITS_DAY and each.origin in brought) or (
            each.rule is ACCOUNT_APPROVAL_INSUFFICIENT and any(part.owns(each) for part in parts)
        )
        yield replace(each, severity=Severity.ERROR) if is_new else each


def judge_brought(head: Catalog, base: Catalog, now: datetime) -> Iterator[Finding]:
    """What is wrong with what the change brings; the places are in its own files."""
    yield from rule_changes.find_grants_on_altered_rules(head, base, now)
    yield from accounts.find_accounts_on_altered_rules(head, base)
    yield from _find_too_many_subjects(head, base)
    yield from bindings.find_moved_bindings(head, base)
    yield from renewals.find_unrenewed_approvals(head, base)
    yield from renewals.find_stretched_approvals(head, base)
    yield from identity_changes.find_changed_accounts(head, base, now)
    yield from accounts.find_reused_approvals(head, base)
    yield from accounts.find_accounts_of_others(head, base)
    yield from loosened_guards.find_loosened_guards(head, base, now)
    yield from ended_grants.find_grants_ended_already(head, base, now)
    yield from bindings.find_unbound_endings(head, base)
    yield from loosened_guards.find_long_acknowledgements(head, base, now)


def judge_taken(
    head: Catalog, base: Catalog, now: datetime, emptied: bindings.Emptied = frozenset()
) -> Iterator[Finding]:
    """What the change takes away too early; the places are in the files of the base.

    `emptied` are bindings of the base with the groups that a plan has shown to hold nobody of ours.
    """
    yield from ended_grants.find_deleted_grants(head, base, now)
    yield from accounts.find_deleted_accounts(head, base, now)
    yield from bindings.find_abandoned_groups(head, base, emptied)


def _find_too_many_subjects(head: Catalog, base: Catalog) -> Iterator[Finding]:
    known = known_names(base)
    named = {known.shortest(g.subject) for g in base.grants}
    named |= {known.shortest(a.subject) for a in base.accounts}
    grants = ((g.subject, place(g, "subject")) for g in brought_grants(head, base))
    declared = ((a.subject, place(a, "user")) for a in head.accounts)
    new: dict[str, Place] = {}
    for name, at in (*grants, *declared):
        if (subject := known.shortest(name)) not in named:
            new.setdefault(subject, at)
    if len(new) > MOST_NEW_SUBJECTS:
        yield Finding.at(
            list(new.values())[MOST_NEW_SUBJECTS],
            SUBJECTS_TOO_MANY,
            f"the change names {len(new)} people whom the base does not",
            f"at most {MOST_NEW_SUBJECTS} in one change: split it",
        )
