"""Whether an issue that people approved in Jira bears a grant out.

Whoever was an approver of the tool before the grant, by the identities of then, and still is one
has to be among those who approved it; of a grant that names approvers, each of them. The requester,
the reporter, whoever filed it or wrote what it asks for, and the person whom the grant is for do
not count, by whatever name. The issue has to
ask for just this tool and person, and for no less time. What it has no field for binds nothing, and
is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from reconciler.identity.issue_values import read_moment
from reconciler.model.approvals.doors import JiraDoor, JiraField
from reconciler.model.approvals.issue import JiraPerson
from reconciler.model.approvals.review import IssueRef, Verdict
from reconciler.model.catalog import Grant
from reconciler.model.ids import OktaUserId, fold
from reconciler.model.settings import Contact
from reconciler.model.validity import Approval, window
from reconciler.planning.approvals.aliases import Aliases
from reconciler.planning.approvals.jira import IssueApproval, IssueProblem, IssueRefusal
from reconciler.planning.approvals.roster import Roster, contacts_of, find_every_name
from reconciler.planning.approvals.verification import GRACE_DAYS

__all__ = ["IssueCase", "verify_by_issue"]

_CORRECT = (
    "correct the grant, or correct the issue and have it approved again by another person than "
    "the one who corrected it"
)
_NO_APPROVER = "is by nobody who was an approver of the tool before this grant, and still is"
_REFILE = "file the request anew as doors/jira.yaml says, and point the grant at that issue"
_HINTS = MappingProxyType(
    {
        IssueProblem.ENDED: "revoke the grant, or reopen the issue and have it approved again",
        IssueProblem.OTHER_PROJECT: _REFILE,
        IssueProblem.OTHER_TYPE: _REFILE,
        IssueProblem.MOVED: _REFILE,
        IssueProblem.EMPTY_FIELD: _CORRECT,
        IssueProblem.REPORTER_UNKNOWN: "name a person with an account as the issue's reporter, "
        "and have it approved again by another one",
    }
)
"""What helps where one more approval of the same issue would not."""

AccountOf = Callable[[str], OktaUserId | None]
_WROTE = "is by one who filed the issue or wrote what it asks for, under another name"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueCase:
    """What is known of an issue and of the files before the grant.

    `account_of` is the account that a name means by the files of then, `may_be` gives every name
    that a person may go by, for refusing them. `changed` is what the grant's words mean otherwise
    now than then. `ended` are the grants of its tool that were revoked or had ended by then.
    `roster_now` and `account_now` are of the files as they are: who approves nothing any more may
    still have an account in Jira.
    """

    told: IssueApproval | IssueRefusal
    door: JiraDoor
    roster: Roster
    now: datetime
    account_of: AccountOf
    roster_now: Roster
    account_now: AccountOf
    may_be: Aliases = lambda name: frozenset((fold(name),))
    changed: str = ""
    ended: tuple[Grant, ...] = ()


def verify_by_issue(grant: Grant, case: IssueCase) -> Verdict:
    """Verified by the issue and by whom, or why not."""
    told = case.told
    if isinstance(told, IssueRefusal):
        hint = _HINTS.get(told.reason, "")
        return Verdict(why_not=told.summary, hint=hint, names=told.names)
    why_not = (
        _explain_values(grant, told, case)
        or _explain_age(grant, told)
        or _explain_reuse(grant, told, case)
    )
    if why_not:
        return Verdict(why_not=f"{told.key} {why_not}", hint=_CORRECT)
    found = _match_approvers(grant, told, case)
    if isinstance(found, str):
        return Verdict(why_not=found, names=_involved_names(grant, told))
    if case.changed:
        what = f"since before {told.key} was granted its words mean something else"
        return Verdict(why_not=f"{what}: {case.changed}")
    return Verdict(
        issue=_cite(grant, told, case),
        approved_by=found,
        approved_at=told.at,
        asked_by=told.reporter.subject,
    )


def _cite(grant: Grant, told: IssueApproval, case: IssueCase) -> IssueRef:
    says = {JiraField.STARTS: grant.starts is not None, JiraField.EXPIRES: True}
    return IssueRef(
        key=told.key,
        url=told.url,
        approvers=tuple(person.subject for person in told.approvers),
        approved_at=told.at,
        unbound=tuple(each.value for each in says if says[each] and each not in case.door.fields),
    )


def _explain_values(grant: Grant, told: IssueApproval, case: IssueCase) -> str:
    """What the issue asks for otherwise than the grant gives; empty if nothing."""
    if not case.roster.gives(grant):
        return f"asks for {grant.tool}/{grant.entitlement}, which was not there before the grant"
    if not _is_tool(told.values.get(JiraField.TOOL, ""), grant, case.roster):
        return "names another tool"
    if not _is_entitlement(told.values.get(JiraField.ENTITLEMENT, ""), grant, case.roster):
        return "does not name this entitlement"
    subject = told.values.get(JiraField.SUBJECT, "")
    wanted = case.account_of(subject)
    if wanted is None or wanted != case.account_of(grant.subject):
        return "is for another person, or for one whom the files before the grant do not know"
    if case.account_now(subject) != wanted:
        return "is for another person, as the files say by now"
    return _explain_window(grant, told, case.now)


def _is_tool(text: str, grant: Grant, roster: Roster) -> bool:
    """Whether the text is the id or the name of the tool, and of no other."""
    wanted = fold(text.strip())
    named = {t.id for t in roster.tools.values() if wanted in {fold(t.id), fold(t.name)}}
    return named == {grant.tool}


def _is_entitlement(text: str, grant: Grant, roster: Roster) -> bool:
    """Whether the text is the entitlement; where there is but one it need not be said."""
    if not text.strip():
        return len(roster.tools[grant.tool].entitlements) == 1
    return fold(text.strip()) == fold(grant.entitlement)


def _explain_window(grant: Grant, told: IssueApproval, now: datetime) -> str:
    """What is agreed on of days and instants, and the grant goes beyond; empty if nothing."""
    start, end = (
        told.values.get(each, "").strip() for each in (JiraField.STARTS, JiraField.EXPIRES)
    )
    first, last = read_moment(start), read_moment(end)
    if (start and first is None) or (end and last is None):
        return "names a day in a form that cannot be read"
    given = window(grant.starts, grant.expires, None)
    begins, ends = given.starts_at or now, given.ends_at
    if first is not None and max(begins, now) < first.earliest:
        return "agrees to a later start than the grant's"
    if last is not None and (ends is None or ends > last.end):
        return "agrees to an earlier end than the grant's"
    return ""


def _explain_age(grant: Grant, told: IssueApproval) -> str:
    """That a grant claims a newer approval than there is; empty if it does not."""
    approval = grant.approval
    if not isinstance(approval, Approval):
        return ""
    days = (approval.approved_at - told.at.astimezone(UTC).date()).days
    return "was approved before the day that the grant says" if days > GRACE_DAYS else ""


def _explain_reuse(grant: Grant, told: IssueApproval, case: IssueCase) -> str:
    """That the same access has ended since, by its own end or by a revocation; empty if not.

    Who revokes takes what every approval before had given, whichever issue it was in.
    """
    ticket = fold(grant.approval.ticket)
    for gave in (each for each in case.ended if each.uses_up(told.at)):
        is_own = fold(gave.approval.ticket) == ticket
        if (is_own or gave.revoked is not None) and _is_same_access(gave, grant, case):
            how = f"was revoked on {gave.revoked.at}" if gave.revoked else f"ended {gave.expires}"
            what = "the access that it gave" if is_own else "this access"
            return f"was approved before {what} {how}"
    return ""


def _is_same_access(one: Grant, other: Grant, case: IssueCase) -> bool:
    """Whether both may be of one person's same access, whatever either calls them."""
    if (one.tool, one.entitlement) != (other.tool, other.entitlement):
        return False
    if case.account_of(one.subject) == case.account_of(other.subject):
        return True
    return not _every_name(one.subject, case).isdisjoint(_every_name(other.subject, case))


def _match_approvers(grant: Grant, told: IssueApproval, case: IssueCase) -> tuple[str, ...] | str:
    """Those who agreed, as the files of then call them; else for whom nobody did."""
    counted = [
        (person, contact)
        for person in told.approvers
        if (contact := _find_contact(person, grant, told, case)) is not None
    ]
    if not isinstance(grant.approval, Approval):
        found = tuple(dict.fromkeys(contact.email for _, contact in counted))
        return found or _explain_missing("", grant, told, case)
    roster = case.roster
    agreed = [roster.names_of(who) | roster.called(person.subject) for person, who in counted]
    for name in grant.approval.approved_by:
        if all(roster.called(name).isdisjoint(each) for each in agreed):
            return _explain_missing(name, grant, told, case)
    return grant.approval.approved_by


def _explain_missing(name: str, grant: Grant, told: IssueApproval, case: IssueCase) -> str:
    """Who did not approve it, and what is wrong with those who did; without a name, of anybody."""
    nobody = "is by nobody so named" if name else _NO_APPROVER
    words = [
        f"that of {person.subject} {_explain_partiality(person, grant, told, case) or nobody}"
        for person in told.approvers
    ]
    counts = f"counts for {name}" if name else "counts"
    return f"no approval in {told.key} {counts}: {', '.join(words)}"


def _find_contact(
    person: JiraPerson, grant: Grant, told: IssueApproval, case: IssueCase
) -> Contact | None:
    """The approver of the tool who the account is, by the files of then, and is still."""
    if _explain_partiality(person, grant, told, case):
        return None
    subject, day = _every_name(grant.subject, case), told.at.astimezone(UTC).date()
    then = _list_contacts(person, grant, case.roster, case.account_of)
    now = _list_contacts(person, grant, case.roster_now, case.account_now)
    if not any(contact.may_approve(day) for contact in now):
        return None
    for contact in then:
        own = case.roster.names_of(contact)
        is_subject = any(not case.may_be(each).isdisjoint(subject) for each in own)
        if contact.may_approve(day) and not is_subject:
            return contact
    return None


def _list_contacts(
    person: JiraPerson, grant: Grant, roster: Roster, account_of: AccountOf
) -> list[Contact]:
    """Whom of the tool's approvers the account may be."""
    tool = roster.tools.get(grant.tool)
    names, account = roster.called(person.subject), account_of(person.subject)
    return [
        contact
        for contact in (contacts_of(tool) if tool else ())
        if not names.isdisjoint(roster.names_of(contact))
        or (account is not None and account == account_of(contact.email))
    ]


def _explain_partiality(
    person: JiraPerson, grant: Grant, told: IssueApproval, case: IssueCase
) -> str:
    """Why the person decides nothing about this grant; empty if they may."""
    own = _every_name(person.subject, case)
    parties = (
        ("is by the person the grant is for", grant.subject),
        ("is by the requester of the grant", grant.approval.requested_by),
        ("is by the reporter of the issue, under another name", told.reporter.subject),
        *((_WROTE, account) for account in sorted(told.writers)),
    )
    for words, name in parties:
        if name is not None and not own.isdisjoint(_every_name(name, case)):
            return words
    return ""


def _every_name(name: str, case: IssueCase) -> frozenset[str]:
    return find_every_name(name, case.may_be, (case.roster,))


def _involved_names(grant: Grant, told: IssueApproval) -> tuple[str, ...]:
    """Everyone whom the reason may name."""
    approvers = (person.subject for person in told.approvers)
    return tuple(sorted({*grant.approval.approved_by, *approvers}))
