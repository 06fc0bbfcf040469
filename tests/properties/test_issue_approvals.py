"""Which issues are approvals, over random histories, held against a plain retelling of them."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.approvals.doors import JiraField
from reconciler.model.approvals.issue import ChangedField, Issue, IssueChange, JiraPerson
from reconciler.planning.approvals.jira import IssueApproval, IssueRefusal, judge_issue
from tests.support.jira_answers import APPROVED, AUTOMATION, FIELDS, OPEN, PROJECT, TYPE
from tests.support.jira_cloud import door

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
PEOPLE = ("asker", "lead", "boss", "jane")
AUTHORS = st.sampled_from([*PEOPLE, "lead", "boss", AUTOMATION, None])
REVIEW, ENDED = "10004", "10007"
ASKED = [FIELDS[f] for f in JiraField if f is not JiraField.PURPOSE]
ACTS = st.sampled_from(
    [
        *[("status", APPROVED)] * 4,
        *[("status", status) for status in (OPEN, REVIEW, ENDED)],
        *[("edit", FIELDS[JiraField.TOOL]), ("edit", FIELDS[JiraField.PURPOSE])],
        *[("edit", "labels")] * 2,
        *[("reporter", who) for who in ("asker", "lead")],
        ("move", ""),
    ]
)


@dataclass(frozen=True)
class Act:
    """What somebody did, so many minutes after the act before it."""

    kind: str
    what: str
    who: str | None
    after: int


HISTORIES = st.lists(st.builds(lambda k, w, a: Act(*k, w, a), ACTS, AUTHORS, st.integers(0, 2)))


def person(account):
    """The account, which may be gone."""
    return (
        None if account is None else JiraPerson(account_id=account, is_person=account != AUTOMATION)
    )


def to_issue(acts, creator):
    """The issue as it stands after all of them."""
    status, reporter, at, changes = OPEN, "asker", START, []
    for number, act in enumerate(acts):
        at += timedelta(minutes=act.after)
        match act.kind:
            case "status":
                item = ChangedField(field_id="status", before=status, after=act.what)
                status = act.what
            case "reporter":
                item = ChangedField(field_id="reporter", before=reporter, after=act.what)
                reporter = act.what
            case "move":
                item = ChangedField(field_id="project", before="10009", after=PROJECT)
            case _:
                item = ChangedField(field_id=act.what, before="", after="x")
        if item.before != item.after:
            made = IssueChange(id=number, at=at, author=person(act.who), items=(item,))
            changes.append(made)
    return Issue(
        id="10002",
        key="AI-1",
        url="https://acme.atlassian.net/browse/AI-1",
        project=PROJECT,
        issue_type=TYPE,
        status=status,
        reporter=person(reporter),
        creator=person(creator),
        created_at=START,
        values={JiraField.TOOL: "cursor", JiraField.SUBJECT: "jira:jane"},
        changes=tuple(changes),
    )


CREATORS = st.sampled_from([*PEOPLE, None])
ISSUES = st.builds(to_issue, HISTORIES, CREATORS)
LAST = [
    Act("status", s, who, 1) for s, who in ((ENDED, "asker"), (OPEN, "asker"), (APPROVED, "boss"))
]
APPROVALS = st.builds(
    lambda acts, creator: to_issue([*acts, *LAST], creator),
    HISTORIES.map(
        lambda acts: [replace(a, who=a.who if a.who != "boss" else "lead") for a in acts]
    ),
    st.sampled_from(["asker", "lead", None]),
)
"""Issues that boss, who did nothing else to them, approved in the end."""


def retell(issue):
    """Who moved it last, if that was into the approved status, and nothing came with or after it.

    None where nobody did, or where that is in doubt.
    """
    moves = [c for c in issue.changes if c.items[0].field_id == "status"]
    if not moves or moves[-1].items[0].after != APPROVED:
        return None
    entry = moves[-1]
    others = [c for c in issue.changes if c is not entry and c.items[0].field_id != "labels"]
    if any(c.at >= entry.at for c in others) or entry.author is None:
        return None
    involved = {"jane", AUTOMATION, issue.reporter.account_id}
    involved |= {issue.creator.account_id} if issue.creator else set()
    involved |= {c.items[0].before for c in others if c.items[0].field_id == "reporter"}
    wrote = {c.author for c in others if c.items[0].field_id in ASKED}
    is_theirs = entry.author.account_id in involved or entry.author in wrote
    return None if is_theirs else (entry.author, entry.at)


def judged(issue):
    """What is said of it, long after."""
    return judge_issue(issue, door(), START + timedelta(days=365))


@given(ISSUES | APPROVALS)
def test_an_approval_is_what_a_plain_retelling_finds(issue):
    """The same approver at the same instant, or none by either."""
    found, told = judged(issue), retell(issue)
    if told is None:
        assert isinstance(found, IssueRefusal)
    else:
        assert isinstance(found, IssueApproval), found.summary
        assert ((found.approvers), found.at) == ((told[0],), told[1])


@given(ISSUES | APPROVALS, st.randoms())
def test_the_order_in_which_changes_come_is_no_matter(issue, random):
    """They say themselves when they were."""
    changes = list(issue.changes)
    random.shuffle(changes)
    assert judged(replace(issue, changes=tuple(changes))) == judged(issue)


@given(APPROVALS, st.data())
def test_a_history_that_lacks_a_move_approves_nothing(issue, data):
    """But for the first, of which nobody can know."""
    moves = [c for c in issue.changes if c.items[0].field_id == "status"]
    lost = data.draw(st.sampled_from(moves[1:]))
    kept = tuple(c for c in issue.changes if c is not lost)
    assert isinstance(judged(replace(issue, changes=kept)), IssueRefusal)


@given(APPROVALS, AUTHORS, st.sampled_from([*FIELDS.values(), "reporter", "project", "Key"]))
def test_a_change_with_or_after_an_approval_ends_it(issue, who, field):
    """Whoever makes it."""
    found = judged(issue)
    assert isinstance(found, IssueApproval), found.summary
    item = ChangedField(field_id=field, before="x", after="y")
    for minutes in (0, 1):
        at = found.at + timedelta(minutes=minutes)
        late = IssueChange(id=10_000, at=at, author=person(who), items=(item,))
        assert isinstance(judged(replace(issue, changes=(*issue.changes, late))), IssueRefusal)


@given(APPROVALS)
def test_who_approves_neither_asked_nor_wrote_nor_gets_it(issue):
    """The same history with them in another part approves nothing."""
    assert judged(issue).approvers == (JiraPerson(account_id="boss"),)
    boss = JiraPerson(account_id="boss")
    wrote = IssueChange(
        id=-1, at=START, author=boss, items=(ChangedField(field_id=ASKED[0], before="", after="x"),)
    )
    parts = (
        {"reporter": boss},
        {"creator": boss},
        {"values": {JiraField.TOOL: "cursor", JiraField.SUBJECT: boss.subject}},
        {"changes": (wrote, *issue.changes)},
    )
    for part in parts:
        assert isinstance(judged(replace(issue, **part)), IssueRefusal)
