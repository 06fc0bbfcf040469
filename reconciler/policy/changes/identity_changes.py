"""Whom a grant means is part of what was approved: identities cannot hand it to another person.

Offline, an account is known by its id where a mapping has one, else by its login.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from reconciler.identity.subject import is_outside_account, mappings_by_key
from reconciler.model.catalog import Catalog, Grant, IdentityMapping, Risk, risks
from reconciler.model.diagnostics import Example, Rule
from reconciler.model.ids import login_key
from reconciler.model.validity import AnyApproval, Approval, ApprovalSource
from reconciler.policy import sample
from reconciler.policy.changes.compared_grants import Access, access
from reconciler.policy.finding import Finding, Place, place
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "accounts_meant", "find_changed_accounts", "is_filled_in", "is_renewed"]

_MAPPED = "email: jane@example.com\nokta: {login: jane@example.com}\n"

IDENTITY_CHANGES_GRANT = Rule(
    code="identity-changes-grant",
    summary="By a change of identities a grant means another account than the one it was approved "
    "for",
    remedy="Keep `okta.id`, or have the grant approved anew in the same change",
    example=Example(
        {sample.IDENTITY_FILE: _MAPPED.replace("jane@example.com}", "mallory@example.com}")},
        base={sample.IDENTITY_FILE: _MAPPED},
    ),
)
RULES = (IDENTITY_CHANGES_GRANT,)

_Account = tuple[str, str]
"""A login's key and an id, each empty where a mapping does not say it."""
_ByKey = Mapping[str, tuple[IdentityMapping, ...]]


def find_changed_accounts(head: Catalog, base: Catalog, now: datetime | None) -> Iterator[Finding]:
    """Grants that mean another account by the change, under the approval of whom they meant."""
    if head.identities == base.identities:
        return
    before, after = mappings_by_key(base.identities), mappings_by_key(head.identities)
    approvals, risk, kept = _approvals(base), risks(head), set(base.grants)
    for grant in head.grants:
        given = approvals.get(access(grant))
        if given is None or grant.has_ended(now) or (grant not in kept and _is_newer(grant, given)):
            continue
        was, is_now = accounts_meant(grant.subject, before), accounts_meant(grant.subject, after)
        is_high = risk.get((grant.tool, grant.entitlement)) is Risk.HIGH
        if was != is_now and not is_filled_in(was, is_now, is_high=is_high):
            key = login_key(grant.subject)
            # Whom an unmapped name means, only Okta can tell; a plan may ask for just this mapping.
            is_first = key not in before and not is_high
            mapped = tuple(place(each) for each in after.get(key, ()))
            yield (
                _report_first_naming(grant, mapped)
                if is_first
                else _report_other_account(grant, mapped)
            )


def is_renewed(grant: Grant, base: Catalog) -> bool:
    """Whether the base grants the same to the same name, and this was approved later."""
    given = _approvals(base).get(access(grant))
    return given is not None and grant not in base.grants and _is_newer(grant, given)


def _approvals(base: Catalog) -> Mapping[Access, list[AnyApproval]]:
    found: defaultdict[Access, list[AnyApproval]] = defaultdict(list)
    for grant in base.grants:
        found[access(grant)].append(grant.approval)
    return found


def _is_newer(grant: Grant, given: list[AnyApproval]) -> bool:
    """Whether a grant of the change was approved after all that was given before.

    A review is of the change itself; of issues only another one can be newer.
    """
    approval = grant.approval
    if isinstance(approval, Approval):
        return all(approval.latest > each.latest for each in given)
    if approval.by is ApprovalSource.GITHUB:
        return True
    return all(approval.ticket.casefold() != each.ticket.strip().casefold() for each in given)


def accounts_meant(subject: str, mappings: _ByKey) -> frozenset[_Account]:
    """Whom the subject means, as far as files tell: nobody is an account elsewhere, unmapped."""
    found = mappings.get(login_key(subject), ())
    if found:
        return frozenset((login_key(m.login or ""), m.id or "") for m in found)
    return frozenset() if is_outside_account(subject) else frozenset({(login_key(subject), "")})


def is_filled_in(was: frozenset[_Account], is_now: frozenset[_Account], *, is_high: bool) -> bool:
    """Whether the change says more of the same account, or of one that nobody had named."""
    if len(is_now) != 1 or len(was) > 1:
        return False
    if not was:
        return not is_high
    ((old_login, old_id),), ((new_login, new_id),) = was, is_now
    if old_id:
        return old_id == new_id
    return old_login == new_login and not is_high


def _report_first_naming(grant: Grant, mapped: tuple[Place, ...]) -> Finding:
    """That it may well be the account that was meant, under the login it has now."""
    return Finding.at(
        place(grant, "subject"),
        IDENTITY_CHANGES_GRANT,
        f"this change says which account in Okta {quoted(grant.subject)} is, and the approval "
        f"{_cited(grant.approval)} did not",
        "merge it if it is the same person, under the login that they have now; otherwise have "
        f"the grant approved anew, and {_how_to_renew(grant.approval)}",
        related=mapped,
    ).as_warning()


def _report_other_account(grant: Grant, mapped: tuple[Place, ...]) -> Finding:
    return Finding.at(
        place(grant, "subject"),
        IDENTITY_CHANGES_GRANT,
        f"by this change {quoted(grant.subject)} is another account in Okta, and the approval "
        f"{_cited(grant.approval)} was for the one before",
        "keep the mapping's `okta.id`, or have the grant approved anew for the account that it "
        f"means now, and {_how_to_renew(grant.approval)}",
        related=mapped,
    )


def _cited(approval: AnyApproval) -> str:
    return quoted(approval.ticket) if approval.ticket else approval.written


def _how_to_renew(approval: AnyApproval) -> str:
    """What makes another approval of it, in the same change."""
    if isinstance(approval, Approval):
        return "write the new ticket and `approved_at` in the same change"
    if approval.by is ApprovalSource.GITHUB:
        return "edit the grant in the same change, so that its review is of both"
    return "write the key of the new issue as `ticket` in the same change"
