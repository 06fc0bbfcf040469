"""What verified, claimed and void approvals mean for the lines that rest on them.

| the approval                    | where one is required | elsewhere         |
|---------------------------------|-----------------------|-------------------|
| verified                        | added                 | added             |
| claimed, or not known           | blocked               | added, as a claim |
| void (edited since)             | blocked               | blocked           |
| at its source, and not verified | blocked               | blocked           |

The settings say where it is required: for risk high, for all, or nowhere.

Removals ask for no approval, so nothing here ever stops or causes one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from reconciler.model.approvals.review import Approvals, Verdict
from reconciler.model.catalog import Catalog, Entitled, Grant, Risk, risks
from reconciler.model.plan import Action, Blocked, BlockReason, Change, GrantRef, PlanWarning
from reconciler.model.settings import RequiredApproval
from reconciler.model.stanzas import approval_stanza
from reconciler.model.validity import Approval, ApprovalAtSource, ApprovalSource
from reconciler.planning.approvals.sources import READ_FIRST, counted_sources
from reconciler.planning.refs import approved_until, approved_when, cite_names, grant_hash

__all__ = [
    "UNVERIFIED",
    "VOID",
    "block_unapproved",
    "cite_approval",
    "judge_before_merge",
    "read_approval",
    "select_carrying",
    "warn_of_unread_sources",
]

UNVERIFIED, VOID = "approval-unverified", "approval-void"

_MERGE_FIRST = "have the change of the rules merged first, and the grant in a change of its own"
_NOT_ASKED = Verdict(why_not="its review was not looked at", hint=READ_FIRST)
_NOT_READ = Verdict(why_not="its issue was not looked at", hint=READ_FIRST)


def cite_approval(ref: GrantRef, approvals: Approvals | None) -> GrantRef:
    """The grant as a line cites it, with what the sources say of its approval."""
    if approvals is None:
        return ref
    verdict = _verdict_of(ref, approvals)
    if not verdict.is_verified:
        return replace(ref, why_claimed=verdict.why_not, names=verdict.names)
    cited = replace(
        ref,
        approval="verified",
        review=next(iter(verdict.reviews), None),
        other_reviews=verdict.reviews[1:],
        issue=verdict.issue,
        asked_by=verdict.asked_by,
    )
    at = _instant_of(verdict)
    if ref.source is None or at is None:
        return cited
    return replace(
        cited, approved_by=verdict.approved_by, approved_at=at.date(), approved_time=at.time()
    )


def read_approval(grant: Grant, approvals: Approvals | None) -> Grant:
    """The grant with the approval that its source bears out, as if the file stated it."""
    approval = grant.approval
    if isinstance(approval, Approval) or approvals is None:
        return grant
    verdict = approvals.verdicts.get(grant_hash(grant), _NOT_ASKED)
    if not verdict.is_verified or (at := _instant_of(verdict)) is None:
        return grant
    stated = Approval(
        ticket=approval.ticket,
        approved_by=verdict.approved_by,
        approved_at=at.date(),
        requested_by=approval.requested_by,
        approved_time=at.time(),
    )
    return replace(grant, approval=stated)


def _instant_of(verdict: Verdict) -> datetime | None:
    """When it was given, to the second, as a file would write it."""
    at = verdict.approved_at
    return None if at is None else at.astimezone(UTC).replace(microsecond=0)


def select_carrying(
    refs: tuple[GrantRef, ...], approvals: Approvals | None
) -> tuple[GrantRef, ...]:
    """Those that say who agreed, themselves or by their source, or that a merge makes say so."""
    return tuple(ref for ref in refs if ref.source is None or _is_borne_out(ref, approvals))


def _is_borne_out(ref: GrantRef, approvals: Approvals | None) -> bool:
    verdict = _verdict_of(ref, approvals)
    return verdict.is_verified or verdict.is_awaited


def _verdict_of(ref: GrantRef, approvals: Approvals | None) -> Verdict:
    """What is known of it; of one whose source says all, why nothing is."""
    told = approvals or Approvals()
    if found := told.verdicts.get(ref.hash):
        return found
    is_issue = ref.source is ApprovalSource.JIRA
    problem = told.issues_problem or told.problem if is_issue else told.problem
    if ref.source and problem:
        return Verdict(why_not=problem, hint=READ_FIRST)
    return _NOT_READ if is_issue else _NOT_ASKED


def block_unapproved(
    refs: tuple[GrantRef, ...],
    risks: Mapping[str, Risk],
    approvals: Approvals | None,
    now: datetime,
    required: RequiredApproval = RequiredApproval.HIGH,
) -> BlockReason | None:
    """Why the approvals do not carry an addition; None where they do.

    `risks` are those of the grants by their hash. Where one of them is high, one of the high ones
    has to be verified, unless the settings ask for none.
    """
    verdicts = {ref.hash: _verdict_of(ref, approvals) for ref in refs}
    carrying = select_carrying(refs, approvals)
    if not carrying:
        return _unverified_reason(refs, verdicts, now, "no approver was seen to agree")
    if approvals is None or not approvals.is_required:
        return None
    if all(verdicts[ref.hash].is_void for ref in carrying):
        return _void_reason(carrying, verdicts, now)
    wanted = _select_demanding(carrying, risks, required)
    if not wanted or any(_is_borne_out(ref, approvals) for ref in wanted):
        return None
    is_high = any(risks[ref.hash] is Risk.HIGH for ref in wanted)
    what = "risk high" if is_high else "by the settings, every addition"
    return _unverified_reason(wanted, verdicts, now, f"{what} needs a verified approval")


def _select_demanding(
    refs: tuple[GrantRef, ...], risks: Mapping[str, Risk], required: RequiredApproval
) -> tuple[GrantRef, ...]:
    """The grants of which one has to be verified."""
    if required is RequiredApproval.NONE:
        return ()
    high = tuple(ref for ref in refs if risks[ref.hash] is Risk.HIGH)
    return high or (refs if required is RequiredApproval.ALL else ())


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
    refs: tuple[GrantRef, ...], verdicts: dict[str, Verdict], now: datetime, what: str
) -> BlockReason:
    newest = max(refs, key=lambda ref: (approved_until(ref), ref.hash))
    return BlockReason(
        code=UNVERIFIED,
        summary=f"{what}: {verdicts[newest.hash].why_not}",
        hint=verdicts[newest.hash].hint or _renew(newest, now),
        people=cite_names(verdicts[newest.hash].names),
    )


def _renew(ref: GrantRef, now: datetime) -> str:
    """What would verify the grant, at its own source."""
    match ref.source:
        case ApprovalSource.JIRA:
            return (
                f"have {ref.ticket} approved in Jira, again if it was before, by an approver of "
                "the tool who did not ask for it, wrote none of it and does not get it"
            )
        case ApprovalSource.GITHUB:
            return (
                "propose the grant anew in a pull request, for example with another `expires`, "
                "and have a person who may approve for the tool approve its last commit before it "
                "is merged"
            )
        case _:
            return (
                "renew the approval in a pull request, and have each approver approve its last "
                f"commit before it is merged: {approval_stanza(ref.ticket, now)}"
            )


def warn_of_unread_sources(
    approvals: Approvals | None, changes: Iterable[Change], blocked: Iterable[Blocked]
) -> Iterable[PlanWarning]:
    """That a source could not be read, where a person is to be added by what it says."""
    if approvals is None or not (approvals.problem or approvals.issues_problem):
        return
    is_concerned = any(c.action is Action.ADD for c in changes)
    if not is_concerned and not any(b.code in {UNVERIFIED, VOID} for b in blocked):
        return
    sources = (
        ("reviews-unread", "reviews", approvals.problem, "fix that"),
        (
            "issues-unread",
            "issues of Jira",
            approvals.issues_problem,
            "fix that (`reconciler jira test` tells what is wrong)",
        ),
    )
    for code, what, problem, step in sources:
        if problem:
            yield PlanWarning(
                code=code,
                summary=f"{what} could not be read, so approvals stay claims: {problem}",
                hint=f"{step}, then plan again; until then what needs a verified approval is not "
                "added",
                people=cite_names(n for v in approvals.verdicts.values() for n in v.names),
            )


def judge_before_merge(
    head: Catalog, base: Catalog | None, found: Approvals | None = None
) -> Approvals:
    """What a plan for review says: no review is read, for nothing is merged yet.

    Issues do not wait for a merge: `found` has what they say. A source that the base does not count
    bears nothing out. Without a base it is not known which grants the change brings.
    """
    known = {grant_hash(grant) for grant in base.grants} if base else frozenset[str]()
    read = found or Approvals()
    verdicts, of_risk = {}, risks(head)
    for grant in head.grants:
        key = grant_hash(grant)
        where = "its review is looked at when it is applied" if key in known else "not merged yet"
        needed = _explain_needed_review(grant, of_risk, head.settings.required)
        uncounted = _explain_uncounted(grant, base) if base else ""
        verdicts[key] = (
            Verdict(why_not=uncounted, hint=_MERGE_FIRST)
            if uncounted
            else _judge_unmerged(grant, f"{where}{needed}", read.verdicts.get(key))
        )
    told = {key: verdict for key, verdict in verdicts.items() if verdict is not None}
    return replace(read, verdicts=told, is_required=False)


def _explain_uncounted(grant: Grant, base: Catalog) -> str:
    """Why the source at which the grant is approved cannot bear it out; empty where it can."""
    if isinstance(grant.approval, Approval) or counted_sources(grant, base):
        return ""
    source = grant.approval.by
    if source in base.doors.sources:
        return f"before this change, {grant.tool} counts no approvals of {source.value}"
    return (
        f"before this change there is no doors/{source.value}.yaml, and a change does not say "
        "itself where its own approvals are read"
    )


def _judge_unmerged(grant: Grant, why_not: str, told: Verdict | None) -> Verdict | None:
    """By what its issue tells, where one was read; else it waits, or stays a claim."""
    match grant.approval:
        case Approval():
            if told is None or told.is_verified:
                return told or Verdict(why_not=why_not)
            return replace(told, why_not=f"{why_not}; {told.why_not}", is_void=False)
        case ApprovalAtSource(by=ApprovalSource.GITHUB):
            return Verdict(why_not=why_not, is_awaited=True)
        case _:
            return told


def _explain_needed_review(
    grant: Grant, found: Mapping[Entitled, Risk], required: RequiredApproval
) -> str:
    if isinstance(grant.approval, ApprovalAtSource):
        return "; it will need the review of an approver"
    if required is RequiredApproval.NONE:
        return ""
    if found.get((grant.tool, grant.entitlement)) is Risk.HIGH:
        return "; risk high will need a verified review"
    return "; it will need a verified review" if required is RequiredApproval.ALL else ""
