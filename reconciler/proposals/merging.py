"""Whether a proposal may be merged without anybody's review: all that speaks against it.

Nobody looks again after this, so whatever is not known refuses. What it may do is add grants, each
of which gives somebody access now that its source bears out, and nothing besides.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from reconciler.identity.catalog_person import CatalogPerson, find_person
from reconciler.model.approvals.proposal import BRANCHES, ProposalPull
from reconciler.model.approvals.review import BaseComparison, Cause
from reconciler.model.catalog import Catalog, Entitled, Grant, Risk, Tool, risks
from reconciler.model.ids import GroupRef, PersonRef
from reconciler.model.plan import Action, Change, GrantRef, Plan
from reconciler.model.settings import Merging, RequiredApproval
from reconciler.model.validity import ApprovalSource

__all__ = [
    "MergeQuestion",
    "MergeRefusal",
    "MergedFile",
    "PlannedBase",
    "find_merge_refusals",
    "is_left_to_check",
]

_LONGEST = timedelta(hours=24)
"""A plan tells of today."""
_SKEW = timedelta(minutes=5)
_OWN = frozenset({Cause.CHANGE, None})
"""Why a line is the change's: because it brings it, or because nobody knows who does."""
_STATUSES = frozenset({"added", "modified"})
_FILES = (".yaml", ".yml")
_PLAIN_FILE, _NOTHING = "100644", "000000"
"""Git's modes: neither a link, nor a submodule, nor a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRefusal:
    """One thing that speaks against it."""

    code: str
    summary: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedFile:
    """A file that merging changes, by git's own objects: its path and its modes, before and after.

    `000000` is the mode of a file that is not there.
    """

    path: str
    was: str
    mode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBase:
    """What the plans compared with: the base of then, and the digests by which plans name both."""

    catalog: Catalog
    commit: str
    digest: str
    head_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeQuestion:
    """What is to be merged into what.

    `base` is what the default branch says now, `head` what it says with the change, `files` are all
    that differ between the two. `is_grown`: the base is the planned one, or grew from it. `grants`
    is the folder of grants from the repository's root, with a slash behind; `hash_of` names a grant
    as plan lines do.
    """

    planned: PlannedBase
    base: Catalog
    base_commit: str
    is_grown: bool
    head: Catalog
    head_commit: str
    files: tuple[MergedFile, ...]
    grants: str
    hash_of: Callable[[Grant], str]
    now: datetime


def is_left_to_check(tool: Tool, catalog: Catalog, risk: Mapping[Entitled, Risk]) -> bool:
    """Whether nobody is added for the tool but by what its source bears out, with no review."""
    settings = catalog.settings
    if settings.proposals.merge is not Merging.WHEN_VERIFIED:
        return False
    if catalog.sources_of(tool.id) <= {ApprovalSource.GITHUB}:
        return False
    each = {risk.get((tool.id, entitlement)) for entitlement in tool.entitlements}
    is_high = settings.required is RequiredApproval.HIGH and each == {Risk.HIGH}
    return is_high or settings.required is RequiredApproval.ALL


def find_merge_refusals(
    question: MergeQuestion, plans: tuple[Plan, ...], pull: ProposalPull
) -> tuple[MergeRefusal, ...]:
    """Everything that speaks against it, each thing once; nothing where it may be merged."""
    found = [
        *_judge_pull(question, pull),
        *_judge_files(question, pull),
        *_judge_modes(question),
        *_judge_owners(question),
        *_judge_base(question),
        *_judge_set(question, plans),
        *(refusal for plan in plans for refusal in _judge_origin(question, plan)),
        *(refusal for plan in plans for refusal in _judge_comparison(plan)),
        *(refusal for plan in plans for refusal in _judge_lines(plan)),
        *_judge_grants(question, plans),
        *_judge_revoked(question, plans),
    ]
    return tuple(dict.fromkeys(found))


def _judge_pull(question: MergeQuestion, pull: ProposalPull) -> Iterator[MergeRefusal]:
    if not pull.is_open or pull.is_merged or pull.is_draft:
        yield MergeRefusal(code="not-open", summary="the pull request is not open for merging")
    if not pull.branch.startswith(BRANCHES) or not pull.is_ours:
        why = f"it was not opened by this credential's account from a branch {BRANCHES}…"
        yield MergeRefusal(code="not-a-proposal", summary=why)
    if pull.head_sha != question.head_commit:
        why = f"its head is not {question.head_commit[:12]} any more"
        yield MergeRefusal(code="head-moved", summary=why)
    if pull.base_sha != question.base_commit or not pull.is_into_default:
        why = f"its base is not the default branch at {question.base_commit[:12]} any more"
        yield MergeRefusal(code="base-moved", summary=why)


def _judge_files(question: MergeQuestion, pull: ProposalPull) -> Iterator[MergeRefusal]:
    if not pull.files or not pull.is_complete:
        yield MergeRefusal(code="files-unknown", summary="GitHub does not show all of its files")
    for file in pull.files:
        is_grant = file.path.startswith(question.grants) and file.path.endswith(_FILES)
        if not is_grant:
            why = f"{file.path} is no file of grants"
            yield MergeRefusal(code="not-a-grant", summary=why)
        if file.status not in _STATUSES:
            why = f"{file.path} is {file.status}"
            yield MergeRefusal(code="file-not-added", summary=why)


def _judge_modes(question: MergeQuestion) -> Iterator[MergeRefusal]:
    """What GitHub does not tell of files: git's objects are asked for it, and for all of them."""
    for file in question.files:
        name = file.path.removeprefix(question.grants)
        is_seen = name != file.path and not any(part.startswith(".") for part in name.split("/"))
        if not is_seen or not name.endswith(_FILES):
            yield MergeRefusal(code="not-a-grant", summary=f"{file.path} is no file of grants")
        if file.mode != _PLAIN_FILE or file.was not in {_PLAIN_FILE, _NOTHING}:
            why = f"{file.path} is not a plain file, before it and after"
            yield MergeRefusal(code="file-not-plain", summary=why)


def _judge_owners(question: MergeQuestion) -> Iterator[MergeRefusal]:
    """What CODEOWNERS gives to somebody is theirs to look at."""
    base, risk = question.base, risks(question.base)
    left = {tool.id for tool in base.tools.values() if is_left_to_check(tool, base, risk)}
    for file in question.files:
        folder, slash, _ = file.path.removeprefix(question.grants).partition("/")
        if not slash or folder not in left:
            yield MergeRefusal(code="owned", summary=f"{file.path} has owners, who review it")
    for grant in _find_new(question.head, base):
        if grant.tool not in left:
            why = f"grants of {grant.tool} have owners, who review them"
            yield MergeRefusal(code="owned", summary=why)


def _judge_base(question: MergeQuestion) -> Iterator[MergeRefusal]:
    """Since the plans it may have got grants, as by the proposal merged before; nothing else."""
    planned, base = question.planned.catalog, question.base
    is_same = replace(planned, grants=()) == replace(base, grants=())
    if not question.is_grown or not is_same or _find_new(planned, base):
        why = "the default branch says something else since it was planned; plan it again"
        yield MergeRefusal(code="base-changed", summary=why)
    for grant in _find_new(question.head, base):
        if any(_may_be_same(grant, each, question.head) for each in _find_new(base, planned)):
            why = f"{grant.subject} was granted {grant.tool} since it was planned; plan it again"
            yield MergeRefusal(code="base-changed", summary=why)


def _find_new(catalog: Catalog, before: Catalog) -> Counter[Grant]:
    """The grants that the catalog has and had not, each as often."""
    return Counter(catalog.grants) - Counter(before.grants)


def _may_be_same(one: Grant, other: Grant, catalog: Catalog) -> bool:
    """Whether both may be of one tool to one person; a name that is unclear may be anybody's."""
    person = find_person(catalog, one.subject)
    is_apart = isinstance(person, CatalogPerson) and not person.goes_by(other.subject)
    return one.tool == other.tool and not is_apart


def _judge_set(question: MergeQuestion, plans: tuple[Plan, ...]) -> Iterator[MergeRefusal]:
    """One plan of each connector that is in use, and of no other."""
    used = {c.id for c in question.base.connectors.values() if not c.disabled}
    count = Counter(plan.connector for plan in plans)
    for connector in sorted(used | count.keys()):
        if connector not in used:
            why = f"there is a plan of {connector}, which the base does not use"
            yield MergeRefusal(code="plan-foreign", summary=why)
        elif count[connector] != 1:
            why = f"there are {count[connector]} plans of {connector}, and one is needed"
            yield MergeRefusal(code="plan-missing", summary=why)


def _judge_origin(question: MergeQuestion, plan: Plan) -> Iterator[MergeRefusal]:
    """Made of exactly this change, for now, and of a live org."""
    against = plan.against
    is_base = (
        against is not None
        and against.commit == question.planned.commit
        and against.digest == question.planned.digest
    )
    made_of = (plan.catalog.commit, plan.catalog.digest, plan.catalog.dirty)
    if made_of != (question.head_commit, question.planned.head_digest, False) or not is_base:
        why = f"the plan of {plan.connector} is of another head or another base"
        yield MergeRefusal(code="plan-of-another-change", summary=why)
    age = question.now - plan.created_at
    if not -_SKEW <= age <= _LONGEST or abs(plan.as_of - plan.created_at) > _SKEW:
        why = f"the plan of {plan.connector} is not of now"
        yield MergeRefusal(code="plan-old", summary=why)
    if plan.sandbox:
        why = f"the plan of {plan.connector} is of no live org"
        yield MergeRefusal(code="plan-of-sandbox", summary=why)


def _judge_comparison(plan: Plan) -> Iterator[MergeRefusal]:
    against = plan.against
    if against is None or against.problem or against.uncommitted:
        why = f"{plan.connector} could not be compared with the base"
        yield MergeRefusal(code="not-compared", summary=why)
        return
    if against.catalog_changes or against.is_disabled:
        why = f"it changes more than grants, says the plan of {plan.connector}"
        yield MergeRefusal(code="catalog-changed", summary=why)
    if against.withheld:
        why = f"it grants a group of {plan.connector} that the base does not bind"
        yield MergeRefusal(code="group-withheld", summary=why)
    taken = (plan.withdrawn, plan.released, plan.withdrawn_accounts, plan.released_accounts)
    if any(taken):
        why = f"it takes lines away at {plan.connector}, or lets a guard pass"
        yield MergeRefusal(code="lines-withdrawn", summary=why)
    yield from _judge_access(plan, against)


def _judge_access(plan: Plan, against: BaseComparison) -> Iterator[MergeRefusal]:
    """Whatever it does to anybody's access is done by a line of its own, now."""
    added = {
        _membership(line.group, line.person) for line in _own(plan) if line.action is Action.ADD
    }
    for access in against.over_time:
        if _membership(access.group, access.person) not in added - {None}:
            why = f"access of {access.person.login} to {access.tool} changes without a line"
            yield MergeRefusal(code="access-unseen", summary=why)


def _membership(group: GroupRef | None, person: PersonRef | None) -> tuple[str, str] | None:
    """Who is meant in which group; None where either is not known."""
    if group is None or person is None or person.id is None:
        return None
    return group.key, person.id


def _judge_lines(plan: Plan) -> Iterator[MergeRefusal]:
    for line in _own(plan):
        yield from _judge_line(line)
    if any(line.cause in _OWN for line in plan.blocked):
        why = f"a line of it is blocked at {plan.connector}"
        yield MergeRefusal(code="line-blocked", summary=why)
    accounts = [line.cause for line in plan.accounts]
    if _OWN & {*accounts, *(line.cause for line in plan.blocked_accounts)}:
        why = f"it changes an account at {plan.connector}"
        yield MergeRefusal(code="account-changed", summary=why)


def _judge_line(line: Change) -> Iterator[MergeRefusal]:
    who = line.person.login if line.person else "nobody"
    what = f"{line.action.value} {who} {line.tool}/{line.entitlement}"
    if line.cause is None or line.action is not Action.ADD:
        yield MergeRefusal(code="not-an-addition", summary=f"{what} is no addition of its own")
    if line.held_by:
        yield MergeRefusal(code="line-held", summary=f"{what} is held by a guard")
    if not line.grants or not all(map(_is_borne_out, line.grants)):
        why = f"{what} rests on an approval that no source bears out"
        yield MergeRefusal(code="not-verified", summary=why)
    for unbound in sorted({each for g in line.grants if g.issue for each in g.issue.unbound}):
        why = f"nobody agreed to what {what} says of {unbound}: the issue has no field for it"
        yield MergeRefusal(code="not-bound", summary=why)


def _is_borne_out(grant: GrantRef) -> bool:
    return grant.approval == "verified" and (grant.issue or grant.review) is not None


def _own(plan: Plan) -> list[Change]:
    return [line for line in plan.changes if line.cause in _OWN]


def _judge_grants(question: MergeQuestion, plans: tuple[Plan, ...]) -> Iterator[MergeRefusal]:
    """The files say the same as before but for new grants, and each of these has a line."""
    base, head = question.base, question.head
    if replace(base, grants=()) != replace(head, grants=()):
        yield MergeRefusal(code="catalog-changed", summary="it changes more than grants")
    if _find_new(base, head):
        yield MergeRefusal(code="grant-changed", summary="it changes or removes a grant")
    new = _find_new(head, base)
    if not new:
        yield MergeRefusal(code="nothing-added", summary="it adds no grant")
    cited = {grant.hash for plan in plans for line in _own(plan) for grant in line.grants}
    for grant in new:
        if question.hash_of(grant) not in cited:
            why = f"its grant of {grant.tool} to {grant.subject} gives nothing now"
            yield MergeRefusal(code="grant-without-line", summary=why)


def _judge_revoked(question: MergeQuestion, plans: tuple[Plan, ...]) -> Iterator[MergeRefusal]:
    """What was revoked on the day of the approval or later is given back by people alone."""
    agreed = {
        ref.hash: ref.issue.approved_at
        for plan in plans
        for line in _own(plan)
        for ref in line.grants
        if ref.issue is not None
    }
    for grant in _find_new(question.head, question.base):
        at = agreed.get(question.hash_of(grant))
        for each in question.base.grants:
            is_same = each.revoked and _may_be_same(grant, each, question.head)
            if is_same and (at is None or each.uses_up(at)):
                why = f"{grant.tool} of {grant.subject} was revoked since it was approved"
                yield MergeRefusal(code="revoked-since", summary=why)
