"""What a change may not do to accounts: rest on rules that it alters, stretch an approval, forget.

A part of a file is its state, or one of its requests; each is approved on its own, so each is
compared on its own. Its reason is for people, and stands aside.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from reconciler.identity.aliases import KnownNames, known_names
from reconciler.identity.subject import mappings_by_key
from reconciler.model.accounts import AccountDeclaration, AccountPart, AccountState
from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Example, Rule
from reconciler.model.ids import login_key
from reconciler.model.validity import Approval
from reconciler.policy import sample
from reconciler.policy.changes.identity_changes import accounts_meant, is_filled_in
from reconciler.policy.changes.rule_changes import (
    POLICY_CHANGED_WITH_GRANT,
    has_same_meaning,
    list_altered_settings,
)
from reconciler.policy.checks import accounts
from reconciler.policy.checks.accounts import list_approvals
from reconciler.policy.finding import Finding, Path, Place, place
from reconciler.policy.quoting import quoted

__all__ = [
    "RULES",
    "BroughtPart",
    "brought_parts",
    "find_accounts_of_others",
    "find_accounts_on_altered_rules",
    "find_deleted_accounts",
    "find_reused_approvals",
]

_MAPPED = sample.IDENTITY.replace("jane@", "joe@").replace("5b10a", "5b10b")

ACCOUNT_APPROVAL_NOT_RENEWED = Rule(
    code="account-approval-not-renewed",
    summary="A change alters a state, its end, or the time of a request, under the approval of its "
    "former wording",
    remedy="Have it approved again, and write the new ticket and `approved_at`, with its time",
    example=Example(
        {
            **sample.ACCOUNTS,
            sample.ACCOUNT_FILE: sample.ACCOUNT.replace("reason:", "until: 2026-12-01\nreason:", 1),
        },
        base=sample.ACCOUNTS,
    ),
)
ACCOUNT_DELETED = Rule(
    code="account-deleted",
    summary="A change deletes a suspension or a deactivation that is still in force",
    remedy="Keep the file; to give the account back, write `state: active`, approved anew",
    example=Example({**sample.ACCOUNTS, sample.ACCOUNT_FILE: None}, base=sample.ACCOUNTS),
)
IDENTITY_CHANGES_ACCOUNT = Rule(
    code="identity-changes-account",
    summary="By a change of identities a file is about another account than the one it was "
    "approved for",
    remedy="Keep `okta.id`, or have each of its parts approved anew in the same change",
    example=Example(
        {
            **sample.ACCOUNTS,
            "identities/joe.yaml": _MAPPED.replace(sample.USER, "00u9abcdefGHIJKLM5d7"),
        },
        base={**sample.ACCOUNTS, "identities/joe.yaml": _MAPPED},
    ),
)
RULES = (ACCOUNT_APPROVAL_NOT_RENEWED, ACCOUNT_DELETED, IDENTITY_CHANGES_ACCOUNT)

_IN_FORCE = frozenset({AccountState.SUSPENDED, AccountState.DEACTIVATED})
_PARTS = frozenset({"approval", AccountPart.UNLOCK.value, AccountPart.PASSWORD_RESET.value})
"""The keys of a file by which its parts are told apart."""
_Words = tuple[AccountState | None, date | None, datetime | None]
"""A state, its last day, the instant of a request: what an approval is of."""
_Approved = Mapping[tuple[str, AccountPart], datetime]
"""When the base's parts were approved at the latest, by a subject's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtPart:
    """A part of a file, its approval, and where that is written."""

    declared: AccountDeclaration
    part: AccountPart
    approval: Approval
    path: Path

    @property
    def words(self) -> _Words:
        """What was agreed to."""
        if self.part is AccountPart.STATE:
            return (self.declared.state, self.declared.until, None)
        return (None, None, dict(self.declared.requests)[self.part].requested_at)

    @property
    def key(self) -> tuple[str, AccountPart, _Words, Approval]:
        """What tells it from every other."""
        return (login_key(self.declared.subject), self.part, self.words, self.approval)

    def owns(self, finding: Finding) -> bool:
        """Whether the finding is about it, or about the file as a whole."""
        is_here = finding.origin == place(self.declared).origin
        key = finding.path[0] if finding.path else ""
        return is_here and (key == self.path[0] or key not in _PARTS)


def brought_parts(head: Catalog, base: Catalog) -> tuple[BroughtPart, ...]:
    """What of the change's files the base does not say under the same approval."""
    known = {each.key for each in _parts(base)}
    return tuple(each for each in _parts(head) if each.key not in known)


def _parts(catalog: Catalog) -> Iterator[BroughtPart]:
    for declared in catalog.accounts:
        for part, approval, path in list_approvals(declared):
            yield BroughtPart(declared=declared, part=part, approval=approval, path=path)


def find_accounts_on_altered_rules(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """What is brought and holds only because of what the same change does to the rules."""
    brought = brought_parts(head, base)
    if not brought:
        return
    declared = tuple({id(each.declared): each.declared for each in brought}.values())
    rules = base.settings
    settings = replace(
        head.settings, admins=rules.admins, operators=rules.operators, protected=rules.protected
    )
    as_after = replace(head, accounts=declared)
    as_before = replace(
        as_after, settings=settings, connectors=base.connectors, identities=base.identities
    )
    told = {(f.code, f.origin, f.path) for f in _judge(as_after)}
    for finding in _judge(as_before):
        is_new = (finding.code, finding.origin, finding.path) not in told
        if is_new and any(each.owns(finding) for each in brought):
            yield _report_altered(finding.place, finding.summary)
    approved = _latest_approvals(base)
    other = {id(b.declared) for b in brought if not _is_renewed(b, approved)}
    for each in declared:
        if id(each) in other and not has_same_meaning(each.subject, head, base):
            why = f"the base says otherwise who {quoted(each.subject)} is"
            yield _report_altered(place(each, "user"), why)
        for why in _list_altered(head, base):
            yield _report_altered(place(each, "user"), why)


def _judge(catalog: Catalog) -> Iterator[Finding]:
    yield from accounts.check_protection(catalog)
    yield from accounts.check_approvals(catalog)


def _list_altered(head: Catalog, base: Catalog) -> Iterator[str]:
    """What every file rests on, beside who may approve and who is protected."""
    yield from list_altered_settings(head, base)
    for connector in head.connectors.values():
        if connector.lifecycle and connector != base.connectors.get(connector.id):
            yield f"the connector {quoted(connector.id)} is not the base's"


def _report_altered(at: Place, why: str) -> Finding:
    summary = f"what is done with the account rests on what the same change alters: {why}"
    return Finding.at(at, POLICY_CHANGED_WITH_GRANT, summary)


def find_reused_approvals(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """Parts that say something else than at the base, under the approval that they had there."""
    known = known_names(base)
    given: defaultdict[tuple[str, AccountPart, str, str], set[_Words]] = defaultdict(set)
    for each in _parts(base):
        given[_approval_key(each, known)].add(each.words)
    for each in brought_parts(head, base):
        before = given.get(_approval_key(each, known))
        if before is not None and each.words not in before:
            yield Finding.at(
                place(each.declared, *each.path, "approved_at"),
                ACCOUNT_APPROVAL_NOT_RENEWED,
                f"{quoted(each.approval.ticket)} was approved for something else of the account of "
                f"{quoted(each.declared.subject)}",
            )


def _approval_key(each: BroughtPart, known: KnownNames) -> tuple[str, AccountPart, str, str]:
    """For whom and what, and by which approval: who else agreed makes no other of it."""
    ticket = each.approval.ticket.strip().casefold()
    return (known.shortest(each.declared.subject), each.part, ticket, each.approval.written)


def find_accounts_of_others(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """Files that are about another account by the change, under the approval of the one before."""
    if head.identities == base.identities:
        return
    before, after = mappings_by_key(base.identities), mappings_by_key(head.identities)
    approved = _latest_approvals(base)
    for each in _parts(head):
        subject = each.declared.subject
        if (login_key(subject), each.part) not in approved or _is_renewed(each, approved):
            continue
        was, is_now = accounts_meant(subject, before), accounts_meant(subject, after)
        if was != is_now and not is_filled_in(was, is_now, is_high=True):
            yield Finding.at(
                place(each.declared, "user"),
                IDENTITY_CHANGES_ACCOUNT,
                f"by this change {quoted(subject)} is another account in Okta, and the approval "
                f"{quoted(each.approval.ticket)} was for the one before",
                related=tuple(place(m) for m in after.get(login_key(subject), ())),
            )


def _is_renewed(each: BroughtPart, approved: _Approved) -> bool:
    """Whether the base has it of the same name, and this was approved later."""
    given = approved.get((login_key(each.declared.subject), each.part))
    return given is not None and each.approval.latest > given


def _latest_approvals(base: Catalog) -> _Approved:
    found: dict[tuple[str, AccountPart], datetime] = {}
    for each in _parts(base):
        key = (login_key(each.declared.subject), each.part)
        found[key] = max(found.get(key, each.approval.latest), each.approval.latest)
    return found


def find_deleted_accounts(head: Catalog, base: Catalog, now: datetime) -> Iterator[Finding]:
    """States of the base that take an account away, and for whom the change says none."""
    known = known_names(head)
    stated = {known.shortest(a.subject) for a in head.accounts if a.state is not None}
    for declared in base.accounts:
        is_held = declared.state in _IN_FORCE and not declared.has_ended(now)
        if is_held and known.shortest(declared.subject) not in stated:
            state = declared.state.value if declared.state else ""
            yield Finding.at(
                place(declared, "state"),
                ACCOUNT_DELETED,
                f"{quoted(declared.subject)} is {state} by this file, and the change deletes it",
            )
