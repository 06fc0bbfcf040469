"""Which issues are approvals, and what each problem is called."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.model.approvals.doors import JiraField
from reconciler.model.approvals.issue import (
    ChangedField,
    Decision,
    Issue,
    IssueChange,
    JiraPerson,
)
from reconciler.planning.approvals.jira import (
    IssueApproval,
    IssueProblem,
    IssueRefusal,
    judge_issue,
)
from tests.support.jira_answers import APPROVED, AUTOMATION, ENDED, FIELDS, OPEN, PROJECT, TYPE
from tests.support.jira_cloud import door

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
NOW = START + timedelta(days=1)
ASKER, LEAD, BOSS, JANE = (JiraPerson(account_id=a) for a in ("asker", "lead", "boss", "jane"))
ROBOT = JiraPerson(account_id=AUTOMATION, is_person=False)
TOOL, SUBJECT, PURPOSE = (FIELDS[f] for f in (JiraField.TOOL, JiraField.SUBJECT, JiraField.PURPOSE))
WORKING = "10099"


def minute(number):
    """So many minutes after the start."""
    return START + timedelta(minutes=number)


def change(number, author, field_id, before="", after=""):
    """One field's change at that minute; its id is later for a later one."""
    item = ChangedField(field_id=field_id, before=before, after=after)
    return IssueChange(id=number, at=minute(number), author=author, items=(item,))


def approval(number=10, author=LEAD, before=OPEN):
    """Somebody moves it into the approved status."""
    return change(number, author, "status", before, APPROVED)


def issue(*changes, **stated: Any):
    """An approved issue that asker filed for jane."""
    known: dict[str, Any] = {
        "id": "10002",
        "key": "AI-1",
        "url": "https://acme.atlassian.net/browse/AI-1",
        "project": PROJECT,
        "issue_type": TYPE,
        "status": APPROVED,
        "reporter": ASKER,
        "creator": ASKER,
        "created_at": START,
        "values": {JiraField.TOOL: "cursor", JiraField.SUBJECT: "jira:jane"},
        "changes": changes or (approval(),),
    }
    return Issue(**known | stated)


def decision(number=10, *people, name="Manager", opened=5):
    """A decision of these people, given at that minute."""
    return Decision(
        name=name,
        is_approved=True,
        approved_by=people or (LEAD,),
        opened_at=minute(opened),
        completed_at=minute(number),
    )


def judged(found, **door_changes):
    """What is said of it a day later."""
    return judge_issue(found, door(**door_changes), NOW)


def test_an_issue_that_a_person_approved_is_an_approval():
    """By whom, since when, for whom it was asked, and what it says."""
    found = issue()
    assert judged(found) == IssueApproval(
        key="AI-1",
        id="10002",
        url=found.url,
        approvers=(LEAD,),
        at=minute(10),
        reporter=ASKER,
        values=found.values,
        writers=frozenset({"jira:asker"}),
    )


REFUSED = {
    "another project": (issue(project="10009"), IssueProblem.OTHER_PROJECT),
    "another type": (issue(issue_type="10002"), IssueProblem.OTHER_TYPE),
    "ended": (
        issue(approval(), change(20, LEAD, "status", APPROVED, ENDED), status=ENDED),
        IssueProblem.ENDED,
    ),
    "reopened": (
        issue(approval(), change(20, ASKER, "status", APPROVED, OPEN), status=OPEN),
        IssueProblem.LEFT_APPROVED,
    ),
    "reopened by nobody known": (
        issue(approval(), change(20, None, "status", APPROVED, OPEN), status=OPEN),
        IssueProblem.LEFT_APPROVED,
    ),
    "not approved": (issue(change(5, ASKER, TOOL), status=OPEN), IssueProblem.NOT_APPROVED),
    "created approved": (issue(change(5, ASKER, PURPOSE)), IssueProblem.CREATED_APPROVED),
    "moved within what is approved": (
        issue(approval(before=WORKING)),
        IssueProblem.CREATED_APPROVED,
    ),
    "a history with a hole": (
        issue(approval(), change(30, ASKER, "status", OPEN, APPROVED)),
        IssueProblem.UNCLEAR_HISTORY,
    ),
    "a history without its end": (
        issue(approval(), change(20, ASKER, "status", APPROVED, OPEN)),
        IssueProblem.UNCLEAR_HISTORY,
    ),
    "two moves at one instant": (
        issue(
            approval(),
            replace(change(11, ASKER, "status", APPROVED, OPEN), at=minute(12)),
            replace(approval(12), at=minute(12)),
        ),
        IssueProblem.UNCLEAR_HISTORY,
    ),
    "an approver who is gone": (issue(approval(author=None)), IssueProblem.APPROVER_GONE),
    "a rule": (issue(approval(author=ROBOT)), IssueProblem.APPROVED_BY_AUTOMATION),
    "a rule after a person": (
        issue(
            approval(),
            change(20, ASKER, "status", APPROVED, OPEN),
            approval(30, ROBOT),
        ),
        IssueProblem.APPROVED_BY_AUTOMATION,
    ),
    "an edit after it": (issue(approval(), change(11, ASKER, TOOL)), IssueProblem.EDITED),
    "an edit with it": (
        issue(
            replace(
                approval(),
                items=(
                    *approval().items,
                    ChangedField(field_id=SUBJECT, before="jane", after="eve"),
                ),
            )
        ),
        IssueProblem.EDITED,
    ),
    "an edit at its instant": (
        issue(approval(), replace(change(3, ASKER, TOOL), at=minute(10))),
        IssueProblem.EDITED,
    ),
    "an edit of the purpose": (issue(approval(), change(11, ASKER, PURPOSE)), IssueProblem.EDITED),
    "another reporter after it": (
        issue(approval(), change(11, BOSS, "reporter", "boss", "asker")),
        IssueProblem.EDITED,
    ),
    "another type after it": (
        issue(approval(), change(11, ASKER, "issuetype", "10002", TYPE)),
        IssueProblem.EDITED,
    ),
    "moved away and back": (
        issue(
            approval(),
            change(11, ASKER, "project", PROJECT, "10009"),
            change(12, ASKER, "project", "10009", PROJECT),
        ),
        IssueProblem.MOVED,
    ),
    "another key": (issue(approval(), change(11, None, "Key", "AI-0", "AI-1")), IssueProblem.MOVED),
    "no reporter": (issue(reporter=None), IssueProblem.REPORTER_UNKNOWN),
    "a rule as reporter": (issue(reporter=ROBOT), IssueProblem.REPORTER_UNKNOWN),
    "its reporter": (issue(approval(author=ASKER)), IssueProblem.APPROVER_ASKED),
    "whoever filed it": (issue(creator=LEAD), IssueProblem.APPROVER_ASKED),
    "a former reporter": (
        issue(change(5, LEAD, "reporter", "lead", "asker"), approval(), creator=None),
        IssueProblem.APPROVER_ASKED,
    ),
    "whoever wrote it": (issue(change(5, LEAD, TOOL), approval()), IssueProblem.APPROVER_WROTE),
    "the subject": (issue(approval(author=JANE)), IssueProblem.APPROVER_IS_SUBJECT),
    "the subject in capitals": (
        issue(values={JiraField.TOOL: "x", JiraField.SUBJECT: "JIRA:Lead"}),
        IssueProblem.APPROVER_IS_SUBJECT,
    ),
    "no tool": (issue(values={JiraField.SUBJECT: "jira:jane"}), IssueProblem.EMPTY_FIELD),
    "no subject": (
        issue(values={JiraField.TOOL: "cursor", JiraField.SUBJECT: " "}),
        IssueProblem.EMPTY_FIELD,
    ),
}


@pytest.mark.parametrize(("found", "reason"), REFUSED.values(), ids=REFUSED)
def test_each_problem_has_its_name(found, reason):
    """And a sentence of its own, that begins with the issue and names whom it speaks of."""
    refusal = judged(found, approved=frozenset({APPROVED, WORKING}))
    assert isinstance(refusal, IssueRefusal)
    assert (refusal.reason, refusal.summary.startswith("AI-1 ")) == (reason, True)
    named = {word.strip(",;") for word in refusal.summary.split() if word.startswith("jira:")}
    assert named == set(refusal.names)


DECIDED = {
    "none": ((), IssueProblem.NOT_DECIDED),
    "not read": (None, IssueProblem.NOT_DECIDED),
    "one open": (
        (decision(), Decision(name="Security", is_approved=False, opened_at=minute(5))),
        IssueProblem.NOT_DECIDED,
    ),
    "by nobody": ((replace(decision(), approved_by=()),), IssueProblem.NOT_DECIDED),
    "at no time": ((replace(decision(), completed_at=None),), IssueProblem.NOT_DECIDED),
    "by an account that is gone": ((decision(10, LEAD, None),), IssueProblem.APPROVER_GONE),
    "by a program": ((decision(10, ROBOT),), IssueProblem.APPROVED_BY_AUTOMATION),
    "by the reporter too": ((decision(10, LEAD, ASKER),), IssueProblem.APPROVER_ASKED),
    "by the subject": ((decision(10, JANE),), IssueProblem.APPROVER_IS_SUBJECT),
}


@pytest.mark.parametrize(("decisions", "reason"), DECIDED.values(), ids=DECIDED)
def test_each_problem_of_decisions_has_its_name(decisions, reason):
    """Where they say who agreed, whoever moved the issue."""
    refusal = judged(issue(approval(author=ROBOT), decisions=decisions), decisions=True)
    assert refusal.reason is reason


def test_decisions_are_an_approval_whoever_moved_the_issue():
    """All who agreed, and the last instant; the first is when nothing may change any more."""
    decisions = (decision(8, LEAD), decision(9, BOSS, name="Security"))
    found = judged(issue(approval(author=ROBOT), decisions=decisions), decisions=True)
    assert (found.approvers, found.at) == ((BOSS, LEAD), minute(9))

    between = issue(change(9, ASKER, TOOL), approval(author=ROBOT), decisions=decisions)
    assert judged(between, decisions=True).reason is IssueProblem.EDITED


@pytest.mark.parametrize(
    ("opened", "edited", "is_fine"), [(5, 6, False), (5, 4, True), (None, 4, False)]
)
def test_of_several_who_decide_nobody_knows_when_each_did(opened, edited, is_fine):
    """So nothing may have changed since they were asked; of one alone the instant is known."""
    several = replace(decision(8, LEAD, BOSS), opened_at=opened and minute(opened))
    made = [change(edited, ASKER, TOOL), approval(author=ROBOT)]
    found = judged(issue(*made, decisions=(several,)), decisions=True)
    assert isinstance(found, IssueApproval) is is_fine

    alone = judged(issue(*made, decisions=(decision(8, LEAD),)), decisions=True)
    assert isinstance(alone, IssueApproval)


def test_a_reopened_issue_is_decided_again():
    """An earlier decision says nothing of what it asks for now."""
    again = (
        approval(author=ROBOT),
        change(20, ASKER, "status", APPROVED, OPEN),
        change(21, ASKER, TOOL),
        approval(30, ROBOT),
    )
    once = judged(issue(*again, decisions=(decision(10),)), decisions=True)
    assert once.reason is IssueProblem.OUTDATED_DECISION

    twice = (decision(10), decision(30, BOSS, opened=25))
    found = judged(issue(*again, decisions=twice), decisions=True)
    assert (found.approvers, found.at) == ((BOSS,), minute(30))


def test_an_approval_of_tomorrow_is_none_today():
    """One of two clocks is wrong."""
    assert judge_issue(issue(), door(), minute(9)).reason is IssueProblem.APPROVED_LATER
    assert isinstance(judge_issue(issue(), door(), minute(10)), IssueApproval)


def test_the_last_approval_counts():
    """Of a reopened issue it is whoever approved it again; who did before may have asked since."""
    found = judged(
        issue(
            approval(),
            change(20, ASKER, "status", APPROVED, OPEN),
            change(25, ASKER, TOOL),
            approval(30, BOSS),
        )
    )
    assert (found.approvers, found.at) == ((BOSS,), minute(30))


def test_what_is_done_within_approved_is_no_new_approval():
    """Work on it begins, by a rule; comments and labels come and go."""
    found = judged(
        issue(
            approval(),
            change(20, ROBOT, "status", APPROVED, WORKING),
            change(21, ASKER, "labels", "", "later"),
            status=WORKING,
        ),
        approved=frozenset({APPROVED, WORKING}),
    )
    assert (found.approvers, found.at) == ((LEAD,), minute(10))


def test_who_approves_may_have_edited_the_purpose():
    """It gives nobody anything."""
    assert isinstance(judged(issue(change(5, LEAD, PURPOSE), approval())), IssueApproval)


def test_a_move_before_the_approval_is_none_after_it():
    """What was approved is where it is now."""
    moved = change(5, ASKER, "project", "10009", PROJECT)
    assert isinstance(judged(issue(moved, approval())), IssueApproval)


def test_every_problem_is_in_these_tables():
    """None is without a test."""
    tried = {reason for _, reason in (*REFUSED.values(), *DECIDED.values())}
    assert set(IssueProblem) - tried == {
        IssueProblem.APPROVED_LATER,
        IssueProblem.OUTDATED_DECISION,
    }
