"""Whether an issue of Jira is an approval, by whom and since when, as its own history says.

It is one where a person moved it into an approved status, or where every decision that Jira Service
Management asked for is an approval, and nothing that counts changed with or after that. The person
who asked, who wrote what is asked for, or whom it is for, approves nothing. What is not known for
certain never approves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from itertools import pairwise
from types import MappingProxyType

from reconciler.model.approvals.doors import JiraDoor, JiraField
from reconciler.model.approvals.issue import Decision, Issue, IssueChange, JiraPerson
from reconciler.model.ids import fold

__all__ = ["IssueApproval", "IssueProblem", "IssueRefusal", "judge_issue"]

_STATUS = "status"
_REPORTER = "reporter"
_LABELS = MappingProxyType({_REPORTER: "reporter", "issuetype": "issue type"})
"""What counts besides the mapped fields, with the words for it."""
_PLACE = frozenset({"Key", "project"})
_NEEDED = (JiraField.TOOL, JiraField.SUBJECT)


class IssueProblem(Enum):
    """Why an issue is no approval; where several hold, one is given."""

    OTHER_PROJECT = "other-project"
    OTHER_TYPE = "other-type"
    ENDED = "ended"
    """It is in a status that says that the access is over."""
    LEFT_APPROVED = "left-approved"
    """It was approved, and was reopened or moved on."""
    NOT_APPROVED = "not-approved"
    CREATED_APPROVED = "created-approved"
    """Nobody moved it into its approved status."""
    UNCLEAR_HISTORY = "unclear-history"
    """Changes are missing from its history, or two of them are of one instant."""
    NOT_DECIDED = "not-decided"
    """A decision was not asked for, is open or was declined."""
    OUTDATED_DECISION = "outdated-decision"
    """It was reopened since it was decided."""
    APPROVER_GONE = "approver-gone"
    APPROVED_BY_AUTOMATION = "approved-by-automation"
    APPROVED_LATER = "approved-later"
    """It was approved later than now: one of two clocks is wrong."""
    EDITED = "edited"
    MOVED = "moved"
    REPORTER_UNKNOWN = "reporter-unknown"
    """Its reporter is gone, or is no person: who asked could be whoever approved."""
    APPROVER_ASKED = "approver-asked"
    """Whoever approved filed it, or is or was its reporter."""
    APPROVER_WROTE = "approver-wrote"
    """Whoever approved wrote what is asked for."""
    APPROVER_IS_SUBJECT = "approver-is-subject"
    EMPTY_FIELD = "empty-field"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueApproval:
    """An issue that is an approval; whether its approvers may approve, the files say.

    `at` is when the last of them agreed. `writers` are all, as identities write them, who filed it,
    were its reporter or wrote what it asks for: none of the approvers is, by the same account.
    """

    key: str
    id: str
    url: str
    approvers: tuple[JiraPerson, ...]
    at: datetime
    reporter: JiraPerson
    values: Mapping[JiraField, str]
    writers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRefusal:
    """Why it is none. `summary` may name the accounts in `names`."""

    reason: IssueProblem
    summary: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Move:
    """One change of the status."""

    before: str
    after: str
    change: IssueChange

    def enters(self, statuses: frozenset[str]) -> bool:
        return self.after in statuses and self.before not in statuses

    def leaves(self, statuses: frozenset[str]) -> bool:
        return self.before in statuses and self.after not in statuses


@dataclass(frozen=True, slots=True)
class _Agreement:
    """Who agreed, when the last of them did, and since when nothing may have changed."""

    approvers: tuple[JiraPerson, ...]
    at: datetime
    since: datetime


def judge_issue(issue: Issue, door: JiraDoor, now: datetime) -> IssueApproval | IssueRefusal:
    """The approval that the issue is, or why it is none."""
    issue = replace(issue, changes=tuple(sorted(issue.changes, key=lambda c: (c.at, c.id))))
    moves = _moves(issue)
    problem = _explain_status(issue, door, moves) or _explain_history(issue, door, moves)
    if problem is not None:
        return problem
    found = _read_decisions(issue, door, moves) if door.decisions else _read_entry(issue, door)
    if isinstance(found, IssueRefusal):
        return found
    if found.at > now:
        return _refuse(issue, IssueProblem.APPROVED_LATER, "was approved at an instant still ahead")
    return _explain_change(issue, door, found) or _conclude(issue, door, found)


def _conclude(issue: Issue, door: JiraDoor, agreed: _Agreement) -> IssueApproval | IssueRefusal:
    """The approval, unless it is of those who asked for it."""
    if issue.reporter is None or not issue.reporter.is_person:
        what = "has no reporter who is a person with an account"
        return _refuse(issue, IssueProblem.REPORTER_UNKNOWN, what)
    return _explain_partiality(issue, door, agreed) or IssueApproval(
        key=issue.key,
        id=issue.id,
        url=issue.url,
        approvers=agreed.approvers,
        at=agreed.at,
        reporter=issue.reporter,
        values=issue.values,
        writers=frozenset(f"jira:{each}" for each in _askers(issue) | _writers(issue, door)),
    )


def _refuse(
    issue: Issue, reason: IssueProblem, what: str, *people: JiraPerson | None
) -> IssueRefusal:
    names = {person.subject for person in people if person is not None}
    return IssueRefusal(reason=reason, summary=f"{issue.key} {what}", names=tuple(sorted(names)))


def _moves(issue: Issue) -> tuple[_Move, ...]:
    """The changes of its status, oldest first."""
    return tuple(
        _Move(item.before, item.after, change)
        for change in issue.changes
        for item in change.items
        if item.field_id == _STATUS
    )


def _explain_status(issue: Issue, door: JiraDoor, moves: tuple[_Move, ...]) -> IssueRefusal | None:
    """Why the issue is not one that may be an approval now."""
    if issue.project != door.project:
        return _refuse(issue, IssueProblem.OTHER_PROJECT, "is in another project than is agreed on")
    if issue.issue_type not in door.issue_types:
        return _refuse(issue, IssueProblem.OTHER_TYPE, "is of a type that asks for no access")
    if issue.status in door.approved:
        return None
    if issue.status in door.ended:
        return _refuse(issue, IssueProblem.ENDED, "says that this access is over")
    left = [move.change.author for move in moves if move.leaves(door.approved)]
    if left:
        what = f"was approved, and was moved out of that status{_by(left[-1])}"
        return _refuse(issue, IssueProblem.LEFT_APPROVED, what, left[-1])
    return _refuse(issue, IssueProblem.NOT_APPROVED, "is not approved")


def _by(person: JiraPerson | None) -> str:
    return f" by {person.subject}" if person is not None else ""


def _explain_history(issue: Issue, door: JiraDoor, moves: tuple[_Move, ...]) -> IssueRefusal | None:
    """Why its history does not say how it came to be approved."""
    if not moves:
        what = "was created in its approved status, or its history is gone"
        return _refuse(issue, IssueProblem.CREATED_APPROVED, what)
    is_whole = all(earlier.after == later.before for earlier, later in pairwise(moves))
    if not is_whole or moves[-1].after != issue.status:
        what = "has a history in which changes of its status are missing"
        return _refuse(issue, IssueProblem.UNCLEAR_HISTORY, what)
    entries = [move for move in moves if move.enters(door.approved)]
    if not entries:
        what = "was created in an approved status: nobody approved it"
        return _refuse(issue, IssueProblem.CREATED_APPROVED, what)
    if sum(move.change.at == entries[-1].change.at for move in moves) > 1:
        what = "was moved twice at the instant of its approval: which came last is not known"
        return _refuse(issue, IssueProblem.UNCLEAR_HISTORY, what)
    return None


def _read_entry(issue: Issue, door: JiraDoor) -> _Agreement | IssueRefusal:
    """Who moved it into its approved status the last time."""
    entry = [move.change for move in _moves(issue) if move.enters(door.approved)][-1]
    return _name_approvers(issue, (entry.author,)) or _Agreement(
        _known((entry.author,)), entry.at, entry.at
    )


def _known(people: Iterable[JiraPerson | None]) -> tuple[JiraPerson, ...]:
    """Each once, by account."""
    found = {person.account_id: person for person in people if person is not None}
    return tuple(found[account] for account in sorted(found))


def _name_approvers(issue: Issue, people: tuple[JiraPerson | None, ...]) -> IssueRefusal | None:
    """Why these are not people who can have approved."""
    if None in people:
        what = "was approved by an account that is gone"
        return _refuse(issue, IssueProblem.APPROVER_GONE, what)
    machine = next((p for p in _known(people) if not p.is_person), None)
    if machine is not None:
        what = f"was approved by {machine.subject}, which is no person"
        return _refuse(issue, IssueProblem.APPROVED_BY_AUTOMATION, what, machine)
    return None


def _read_decisions(
    issue: Issue, door: JiraDoor, moves: tuple[_Move, ...]
) -> _Agreement | IssueRefusal:
    """Who decided: every decision is an approval, and some came after it was last reopened."""
    decided = issue.decisions or ()
    if not decided:
        return _refuse(issue, IssueProblem.NOT_DECIDED, "has no approval that anybody decided")
    if not all(d.is_approved and d.approved_by and d.completed_at for d in decided):
        return _refuse(issue, IssueProblem.NOT_DECIDED, "has an approval that is not given")
    left = [move.change.at for move in moves if move.leaves(door.approved)]
    instants = {d: d.completed_at for d in decided if d.completed_at is not None}
    current = [d for d, at in instants.items() if not left or at > left[-1]]
    if not current:
        what = "was reopened after it was decided, and not decided again"
        return _refuse(issue, IssueProblem.OUTDATED_DECISION, what)
    people = tuple(person for decision in current for person in decision.approved_by)
    return _name_approvers(issue, people) or _Agreement(
        _known(people),
        max(instants[d] for d in current),
        min(_decided_since(d, instants[d], issue) for d in current),
    )


def _decided_since(decision: Decision, completed_at: datetime, issue: Issue) -> datetime:
    """The first instant at which one of them may have agreed: of one alone it is known."""
    if len(decision.approved_by) == 1:
        return completed_at
    return decision.opened_at or issue.created_at


def _explain_change(issue: Issue, door: JiraDoor, agreed: _Agreement) -> IssueRefusal | None:
    """What changed with or after the approval, and so was not approved."""
    labels = _LABELS | {door.fields[each]: each.value for each in door.fields}
    for change in issue.changes:
        if change.at < agreed.since:
            continue
        changed = {item.field_id for item in change.items}
        edited = sorted(labels[each] for each in changed & labels.keys())
        if edited:
            what = f"had its {' and '.join(edited)} changed{_by(change.author)}"
            what += " with or after the approval"
            return _refuse(issue, IssueProblem.EDITED, what, change.author)
        if changed & _PLACE:
            what = f"was moved to another project{_by(change.author)} with or after the approval"
            return _refuse(issue, IssueProblem.MOVED, what, change.author)
    return None


def _explain_partiality(issue: Issue, door: JiraDoor, agreed: _Agreement) -> IssueRefusal | None:
    """Who approved what they asked for, wrote or get, and what nobody could approve."""
    subject = fold(issue.values.get(JiraField.SUBJECT, ""))
    for approver in agreed.approvers:
        if approver.account_id in _askers(issue):
            what = f"was asked for and approved by {approver.subject}"
            return _refuse(issue, IssueProblem.APPROVER_ASKED, what, approver)
        if approver.account_id in _writers(issue, door):
            what = f"was approved by {approver.subject}, who wrote what it asks for"
            return _refuse(issue, IssueProblem.APPROVER_WROTE, what, approver)
        if fold(approver.subject) == subject:
            what = f"was approved by {approver.subject}, whom it is for"
            return _refuse(issue, IssueProblem.APPROVER_IS_SUBJECT, what, approver)
    empty = [each.value for each in _NEEDED if not issue.values.get(each, "").strip()]
    if empty:
        what = f"says nothing in its field for the {' and the '.join(empty)}"
        return _refuse(issue, IssueProblem.EMPTY_FIELD, what)
    return None


def _askers(issue: Issue) -> frozenset[str]:
    """The accounts that filed it, or that were its reporter at any time."""
    now = {person.account_id for person in (issue.reporter, issue.creator) if person is not None}
    items = [item for change in issue.changes for item in change.items]
    return frozenset(now | {item.before for item in items if item.field_id == _REPORTER})


def _writers(issue: Issue, door: JiraDoor) -> frozenset[str]:
    """The accounts that changed what it asks for; its purpose gives nobody anything."""
    asked = {name for each, name in door.fields.items() if each is not JiraField.PURPOSE}
    return frozenset(
        change.author.account_id
        for change in issue.changes
        if change.author is not None and any(item.field_id in asked for item in change.items)
    )
