"""What verified, claimed and void approvals mean for the lines that rest on them.

| the approval           | high risk | other risk          |
|------------------------|-----------|---------------------|
| verified               | added     | added               |
| claimed, or not known  | blocked   | added, as a claim   |
| void (edited since)    | blocked   | blocked             |

Removals ask for no approval, so nothing here ever stops or causes one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from reconciler.model.approvals.review import Approvals, Verdict
from reconciler.model.catalog import Catalog, Entitled, Grant, Risk, risks
from reconciler.model.plan import Action, Blocked, BlockReason, Change, GrantRef, PlanWarning
from reconciler.model.stanzas import approval_stanza
from reconciler.planning.refs import approved_until, approved_when, cite_names, grant_hash

__all__ = [
    "UNVERIFIED",
    "VOID",
    "block_unapproved",
    "cite_approval",
    "judge_before_merge",
    "warn_of_unread_reviews",
]

UNVERIFIED, VOID = "approval-unverified", "approval-void"

_NOT_ASKED = Verdict(why_not="its review was not looked at")


def cite_approval(ref: GrantRef, approvals: Approvals | None) -> GrantRef:
    """The grant as a line cites it, with what GitHub says of its approval."""
    if approvals is None:
        return ref
    verdict = approvals.verdicts.get(ref.hash, _NOT_ASKED)
    if not verdict.is_verified:
        return replace(ref, why_claimed=verdict.why_not, names=verdict.names)
    first, *others = verdict.reviews
    return replace(ref, approval="verified", review=first, other_reviews=tuple(others))


def block_unapproved(
    refs: tuple[GrantRef, ...],
    risks: Mapping[str, Risk],
    approvals: Approvals | None,
    now: datetime,
) -> BlockReason | None:
    """Why the approvals do not carry an addition; None where they do.

    `risks` are those of the grants by their hash. Where one of them is high, one of the high ones
    has to be verified.
    """
    if approvals is None or not approvals.is_required:
        return None
    verdicts = {ref.hash: approvals.verdicts.get(ref.hash, _NOT_ASKED) for ref in refs}
    if all(verdict.is_void for verdict in verdicts.values()):
        return _void_reason(refs, verdicts, now)
    high = [ref for ref in refs if risks[ref.hash] is Risk.HIGH]
    if not high or any(verdicts[ref.hash].is_verified for ref in high):
        return None
    return _unverified_reason(high, verdicts, now)


def _void_reason(
    refs: tuple[GrantRef, ...], verdicts: dict[str, Verdict], now: datetime
) -> BlockReason:
    newest = max(refs, key=lambda ref: (approved_until(ref), ref.hash))
    return BlockReason(
        code=VOID,
        summary=f"the grant was edited after its approval of {approved_when(newest)}, and no "
        f"review bears the edit out: {verdicts[newest.hash].why_not}",
        hint=_renew(newest, now),
        people=cite_names(verdicts[newest.hash].names),
    )


def _unverified_reason(
    high: list[GrantRef], verdicts: dict[str, Verdict], now: datetime
) -> BlockReason:
    newest = max(high, key=lambda ref: (approved_until(ref), ref.hash))
    return BlockReason(
        code=UNVERIFIED,
        summary=f"risk high needs a verified approval: {verdicts[newest.hash].why_not}",
        hint=_renew(newest, now),
        people=cite_names(verdicts[newest.hash].names),
    )


def _renew(ref: GrantRef, now: datetime) -> str:
    return (
        "renew the approval in a pull request, and have each approver approve its last commit "
        f"before it is merged: {approval_stanza(ref.ticket, now)}"
    )


def warn_of_unread_reviews(
    approvals: Approvals | None, changes: Iterable[Change], blocked: Iterable[Blocked]
) -> Iterable[PlanWarning]:
    """That reviews could not be read, where a person is to be added by what they say."""
    if approvals is None or not approvals.problem:
        return
    is_concerned = any(c.action is Action.ADD for c in changes)
    if is_concerned or any(b.code in {UNVERIFIED, VOID} for b in blocked):
        yield PlanWarning(
            code="reviews-unread",
            summary=f"reviews could not be read, so approvals stay claims: {approvals.problem}",
            hint="fix that, then plan again; until then high risk is not added",
            people=cite_names(n for v in approvals.verdicts.values() for n in v.names),
        )


def judge_before_merge(head: Catalog, base: Catalog | None) -> Approvals:
    """What a plan for review says: nothing is merged, so nothing is verified, nor blocked for it.

    Without a base it is not known which grants the change brings.
    """
    known = {grant_hash(grant) for grant in base.grants} if base else frozenset[str]()
    verdicts, found = {}, risks(head)
    for grant in head.grants:
        key = grant_hash(grant)
        where = "its review is looked at when it is applied" if key in known else "not merged yet"
        verdicts[key] = Verdict(why_not=f"{where}{_explain_needed_review(grant, found)}")
    return Approvals(verdicts=verdicts, is_required=False)


def _explain_needed_review(grant: Grant, found: Mapping[Entitled, Risk]) -> str:
    is_high = found.get((grant.tool, grant.entitlement)) is Risk.HIGH
    return "; risk high will need a verified review" if is_high else ""
