"""Which approved issues of Jira bear a grant out; any weaker one never does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.approvals.doors import JiraAccount, JiraDoor, JiraField
from reconciler.model.approvals.issue import JiraPerson
from reconciler.model.ids import SecretRef
from reconciler.model.settings import Contact
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.planning.approvals.issues import IssueCase, verify_by_issue
from reconciler.planning.approvals.jira import IssueApproval, IssueProblem, IssueRefusal
from reconciler.planning.approvals.roster import Roster
from tests.support.nouns import approval, day, grant, tool

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
LEAD = Contact(email="lead@example.com", github="@lead", until=day("2027-11-01"))
PEOPLE = (
    frozenset({"jira:lead", "lead@example.com", "github:lead"}),
    frozenset({"jira:jane", "jane@example.com"}),
    frozenset({"jira:joe", "joe@example.com"}),
    frozenset({"jira:boss", "boss@example.com"}),
)
LEAD_ISSUE = IssueApproval(
    key="AI-7",
    id="10007",
    url="https://acme.atlassian.net/browse/AI-7",
    approvers=(JiraPerson(account_id="lead"),),
    at=AT,
    reporter=JiraPerson(account_id="joe"),
    values={
        JiraField.TOOL: "Claude",
        JiraField.SUBJECT: "jira:jane",
        JiraField.EXPIRES: "2027-02-18",
    },
)
FIELDS = {JiraField.TOOL: "1", JiraField.SUBJECT: "2", JiraField.EXPIRES: "3"}
DOOR = JiraDoor(
    site="https://acme.atlassian.net",
    cloud_id="c",
    project="10000",
    issue_types=frozenset({"10001"}),
    approved=frozenset({"10005"}),
    ended=frozenset(),
    fields=FIELDS,
    reading=JiraAccount(email="bot@example.com", token=SecretRef(kind="env", value="T")),
)


def called(name):
    """Every name of the person, in lower case."""
    plain = f"github:{name[1:]}" if name.startswith("@") else name
    plain = plain.lower()
    return frozenset({plain}).union(*(them for them in PEOPLE if plain in them))


def account_of(name):
    """The account of whoever the files know."""
    return next((max(them) for them in PEOPLE if name.lower() in them), None)


def case(told=LEAD_ISSUE, /, *contacts, tools=(), **more):
    """An issue in order, before which these approved for claude."""
    known = replace(tool(), approvers=contacts or (LEAD,))
    roster = Roster(tools={t.id: t for t in (known, *tools)}, called=called)
    facts = {"told": told, "door": DOOR, "roster": roster, "now": NOW, "account_of": account_of}
    facts |= {"roster_now": roster, "account_now": more.get("account_of", account_of)}
    return IssueCase(**{**facts, **more})


def by_issue(requester=None, **more):
    """A grant that points at the issue."""
    at = ApprovalAtSource(by=ApprovalSource.JIRA, ticket="AI-7", requested_by=requester)
    return grant(**{"approval": at, "expires": "2027-02-18", **more})


def typed(*names, **more):
    """A grant that names its approvers itself."""
    stated = approval(approved_by=names or ("lead@example.com",), **more)
    return grant(approval=stated, expires="2027-02-18")


def saying(field, text):
    """The issue with another word in a field."""
    return replace(LEAD_ISSUE, values={**LEAD_ISSUE.values, field: text})


def test_the_issue_says_who_agreed_and_when():
    """What is cited is enough to find it again."""
    found = verify_by_issue(by_issue(), case())
    assert found.is_verified
    assert (found.approved_by, found.approved_at) == (("lead@example.com",), AT)
    cited = found.issue
    assert (cited.key, cited.url, cited.approvers) == ("AI-7", LEAD_ISSUE.url, ("jira:lead",))
    assert (cited.approved_at, cited.unbound) == (AT, ())
    assert (found.asked_by, found.why_not, found.is_void) == ("jira:joe", "", False)


@pytest.mark.parametrize("names", [("lead@example.com",), ("@lead",), ("LEAD@example.com",)])
def test_a_typed_approval_is_borne_out_by_the_approver_it_names(names):
    """Whichever of the approver's names the file writes; its own words stay."""
    found = verify_by_issue(typed(*names), case())
    assert found.is_verified
    assert found.approved_by == names


def test_every_approver_that_a_grant_names_has_to_have_agreed():
    """Where several decided, several count."""
    boss = Contact(email="boss@example.com")
    both = replace(
        LEAD_ISSUE, approvers=(JiraPerson(account_id="boss"), JiraPerson(account_id="lead"))
    )
    named = typed("lead@example.com", "boss@example.com")
    assert verify_by_issue(named, case(both, LEAD, boss)).is_verified
    missing = verify_by_issue(named, case(LEAD_ISSUE, LEAD, boss))
    assert missing.why_not == (
        "no approval in AI-7 counts for boss@example.com: that of jira:lead is by nobody so named"
    )
    assert missing.names == ("boss@example.com", "jira:lead", "lead@example.com")
    any_one = verify_by_issue(by_issue(), case(both))
    assert any_one.approved_by == ("lead@example.com",)


def test_an_approver_is_known_by_their_account_at_okta_too():
    """Where the files have another of their addresses."""
    accounts = {"jira:lead": "00ulead", "l.ead@example.com": "00ulead"}

    def known(name):
        return accounts.get(name) or account_of(name)

    other = Contact(email="l.ead@example.com")
    assert verify_by_issue(by_issue(), case(LEAD_ISSUE, other, account_of=known)).is_verified
    assert not verify_by_issue(by_issue(), case(LEAD_ISSUE, other)).is_verified


@pytest.mark.parametrize(
    "now",
    [
        (),
        (Contact(email="boss@example.com"),),
        (replace(LEAD, until=AT.date() - timedelta(days=1)),),
    ],
)
def test_who_approves_nothing_any_more_did_not_approve(now):
    """They may still have an account in Jira, whatever they were when the grant came."""
    tools = {"claude": replace(tool(), approvers=now)} if now else {}
    left = case(roster_now=Roster(tools=tools, called=called))
    found = verify_by_issue(by_issue(), left)
    assert not found.is_verified
    assert found.why_not.endswith("who was an approver of the tool before this grant, and still is")
    assert not verify_by_issue(typed(), left).is_verified
    assert verify_by_issue(by_issue(), replace(left, roster_now=case().roster)).is_verified


def test_whom_the_issue_is_for_is_asked_of_the_files_of_then_and_of_now():
    """A mapping to the wrong person was corrected since: what it gave them was agreed by nobody."""

    def corrected(name):
        return account_of("jira:joe" if name == "jira:jane" else name)

    found = verify_by_issue(by_issue(), case(account_now=corrected))
    assert found.why_not == "AI-7 is for another person, as the files say by now"


def test_whose_account_in_jira_is_known_to_be_another_persons_did_not_approve():
    """A mapping that was corrected since is believed, for what it takes away."""
    alone = Roster(tools=case().roster.tools, called=lambda name: frozenset({name.lower()}))

    def one_account(name):
        return "00ulead" if name in {"jira:lead", "lead@example.com"} else account_of(name)

    def another(name):
        return "00uother" if name == "jira:lead" else account_of(name)

    for account, counts in ((one_account, True), (another, False)):
        now = case(roster_now=alone, account_now=account)
        assert verify_by_issue(by_issue(), now).is_verified is counts


OWN = {
    "subject": (saying(JiraField.SUBJECT, "jira:lead"), by_issue(name="lead@example.com")),
    "requester": (LEAD_ISSUE, by_issue("lead@example.com")),
    "reporter": (replace(LEAD_ISSUE, reporter=JiraPerson(account_id="l2")), by_issue()),
    "writer": (replace(LEAD_ISSUE, writers=frozenset({"jira:joe", "jira:l2"})), by_issue()),
}


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("subject", "is by the person the grant is for"),
        ("requester", "is by the requester of the grant"),
        ("reporter", "is by the reporter of the issue, under another name"),
        ("writer", "is by one who filed the issue or wrote what it asks for, under another name"),
    ],
)
def test_nobody_approves_what_they_get_or_asked_for(who, words):
    """By whatever name, as the files and Okta have it."""
    told, wanted = OWN[who]
    twin = frozenset({"jira:lead", "jira:l2"})

    def may_be(name):
        return called(name) | (twin if name in twin and told is not LEAD_ISSUE else frozenset())

    found = verify_by_issue(wanted, case(told, may_be=may_be))
    assert found.why_not.endswith(f"that of jira:lead {words}")
    assert "jira:lead" in found.names


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (saying(JiraField.TOOL, "Cursor"), "names another tool"),
        (saying(JiraField.TOOL, ""), "names another tool"),
        (saying(JiraField.SUBJECT, "jira:joe"), "is for another person"),
        (saying(JiraField.SUBJECT, "jira:nobody"), "is for another person"),
        (saying(JiraField.SUBJECT, ""), "is for another person"),
        (saying(JiraField.ENTITLEMENT, "admins"), "does not name this entitlement"),
        (saying(JiraField.EXPIRES, "2027-02-17"), "an earlier end than the grant's"),
        (saying(JiraField.EXPIRES, "2027-02-18T23:59:00.000+0000"), "an earlier end"),
        (saying(JiraField.EXPIRES, "soon"), "in a form that cannot be read"),
        (saying(JiraField.EXPIRES, "2027-02-18 08:00"), "in a form that cannot be read"),
        (saying(JiraField.EXPIRES, "2027-02-18t08:00Z"), "in a form that cannot be read"),
        (saying(JiraField.EXPIRES, "2027-W07-4"), "in a form that cannot be read"),
        (saying(JiraField.STARTS, "0001-01-01T00:00:00+14:00"), "in a form that cannot be read"),
        (saying(JiraField.EXPIRES, "2027-02-18T10:00:00"), "in a form that cannot be read"),
        (saying(JiraField.STARTS, "2026-11-23"), "a later start than the grant's"),
        (saying(JiraField.STARTS, "2026-11-22T09:01Z"), "a later start than the grant's"),
    ],
)
def test_an_issue_that_says_something_else_bears_nothing_out(told, why):
    """Its words are not repeated: anybody wrote them."""
    found = verify_by_issue(by_issue(), case(told))
    assert not found.is_verified
    assert found.why_not.startswith("AI-7 ")
    assert why in found.why_not


@pytest.mark.parametrize(
    "told",
    [
        saying(JiraField.TOOL, " CLAUDE "),
        saying(JiraField.SUBJECT, "JANE@example.com"),
        saying(JiraField.ENTITLEMENT, "users"),
        saying(JiraField.EXPIRES, ""),
        saying(JiraField.EXPIRES, "2027-02-19"),
        saying(JiraField.EXPIRES, "2027-02-19T00:00:00.000+0000"),
        saying(JiraField.STARTS, "2026-11-22"),
        saying(JiraField.STARTS, "2026-11-22T09:00Z"),
    ],
)
def test_an_issue_that_agrees_to_as_much_or_more_bears_it_out(told):
    """A shorter grant gives nothing that nobody agreed to."""
    assert verify_by_issue(by_issue(), case(told)).is_verified


def test_a_grant_without_an_end_needs_an_issue_without_one():
    """An end that was agreed on is no detail."""
    endless = grant(approval=by_issue().approval)
    assert not verify_by_issue(endless, case()).is_verified
    assert verify_by_issue(endless, case(saying(JiraField.EXPIRES, ""))).is_verified


def test_what_the_issue_has_no_field_for_is_told():
    """It binds nothing, and its reader should know."""
    bare = replace(DOOR, fields={JiraField.TOOL: "1", JiraField.SUBJECT: "2"})
    told = replace(LEAD_ISSUE, values={**LEAD_ISSUE.values, JiraField.EXPIRES: ""})
    found = verify_by_issue(by_issue(starts="2026-11-02"), case(told, door=bare))
    assert found.issue.unbound == ("starts", "expires")


def test_of_several_entitlements_one_has_to_be_named():
    """An approval of the tool alone is none of its riskiest part."""
    several = Roster(
        tools={"claude": replace(tool(users={}, admins={}), approvers=(LEAD,))}, called=called
    )
    assert not verify_by_issue(by_issue(), case(roster=several)).is_verified
    named = saying(JiraField.ENTITLEMENT, "Users")
    assert verify_by_issue(by_issue(), case(named, roster=several)).is_verified
    assert not verify_by_issue(
        by_issue(entitlement="admins"), case(named, roster=several)
    ).is_verified


def test_a_name_that_two_tools_have_means_neither():
    """The id of one may be the name of another."""
    other = replace(tool("rival"), name="claude")
    assert not verify_by_issue(by_issue(), case(LEAD_ISSUE, LEAD, tools=(other,))).is_verified


@pytest.mark.parametrize(
    ("is_verified", "until"), [(True, "2026-11-01"), (True, "2027-01-01"), (False, "2026-10-31")]
)
def test_an_approvers_last_day_counts_for_what_they_approved(is_verified, until):
    """Who has left approves nothing new."""
    leaving = replace(LEAD, until=day(until))
    assert verify_by_issue(by_issue(), case(LEAD_ISSUE, leaving)).is_verified is is_verified


@pytest.mark.parametrize(("claimed", "is_verified"), [("2026-11-02", True), ("2026-11-03", False)])
def test_no_grant_claims_a_newer_approval_than_there_is(claimed, is_verified):
    """It would answer what happened since. A day is what zones and people are apart."""
    found = verify_by_issue(typed(approved_at=day(claimed)), case())
    assert found.is_verified is is_verified


REFUSED = IssueRefusal(
    reason=IssueProblem.EDITED, summary="AI-7 was edited by jira:eve", names=("jira:eve",)
)
WEAKER = {
    "refused": lambda c: replace(c, told=REFUSED),
    "of no approver": lambda c: replace(c, roster=Roster(tools={"claude": tool()}, called=called)),
    "of another's approver": lambda c: with_told(c, approvers=(JiraPerson(account_id="boss"),)),
    "of a stranger": lambda c: with_told(c, approvers=(JiraPerson(account_id="x"),)),
    "of nobody": lambda c: with_told(c, approvers=()),
    "filed by the approver": lambda c: with_told(c, reporter=JiraPerson(account_id="lead")),
    "of no tool before": lambda c: replace(c, roster=Roster(tools={}, called=called)),
    "of unknown names": lambda c: replace(c, account_of=lambda _: None),
    "of words that mean something else": lambda c: replace(c, changed="another group"),
    "of another tool": lambda c: with_told(c, values={**LEAD_ISSUE.values, JiraField.TOOL: "x"}),
    "of a shorter time": lambda c: with_told(
        c, values={**LEAD_ISSUE.values, JiraField.EXPIRES: "2026-12-01"}
    ),
    "after they were approver": lambda c: with_told(c, at=AT + timedelta(days=400)),
}


def with_told(given_, **more):
    """The case with another approval, where it is one."""
    is_approval = isinstance(given_.told, IssueApproval)
    return replace(given_, told=replace(given_.told, **more)) if is_approval else given_


@given(st.lists(st.sampled_from(sorted(WEAKER)), min_size=1, max_size=5), st.booleans())
def test_no_weaker_issue_ever_verifies(names, is_typed):
    """In whatever order and company it is weakened; and the verdict says what is missing."""
    weak = case()
    for name in names:
        weak = WEAKER[name](weak)
    found = verify_by_issue(typed() if is_typed else by_issue(), weak)
    assert not found.is_verified
    assert found.why_not
    assert not found.is_void


def test_a_refusal_keeps_its_own_words_and_names():
    """The judgement of the issue says them best."""
    found = verify_by_issue(by_issue(), case(REFUSED))
    assert (found.why_not, found.names) == (REFUSED.summary, REFUSED.names)
    assert found.hint == ""


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (IssueProblem.ENDED, "revoke the grant, or reopen the issue"),
        (IssueProblem.OTHER_PROJECT, "file the request anew"),
        (IssueProblem.OTHER_TYPE, "file the request anew"),
        (IssueProblem.MOVED, "file the request anew"),
        (IssueProblem.EMPTY_FIELD, "correct the grant, or correct the issue"),
        (IssueProblem.REPORTER_UNKNOWN, "name a person with an account"),
    ],
)
def test_what_another_approval_would_not_settle_has_a_hint_of_its_own(problem, words):
    """Nor does it where the issue asks for something else."""
    told = replace(REFUSED, reason=problem)
    assert verify_by_issue(by_issue(), case(told)).hint.startswith(words)
    other = verify_by_issue(by_issue(), case(saying(JiraField.TOOL, "rival")))
    assert other.hint.startswith("correct the grant, or correct the issue")


def test_the_approvers_day_is_that_of_utc():
    """Wherever Jira's servers are."""
    late = replace(LEAD_ISSUE, at=AT.replace(hour=23) + timedelta(hours=2))
    leaving = replace(LEAD, until=day("2026-11-01"))
    assert not verify_by_issue(by_issue(), case(late, leaving)).is_verified


OTHER = ApprovalAtSource(by=ApprovalSource.JIRA, ticket="AI-8")


def test_a_grant_of_a_whole_day_counts_from_the_instant_that_was_agreed_on():
    """A renewal writes the day: nobody is added by it before, and then they are."""
    wanted, told = by_issue(starts="2026-11-22"), saying(JiraField.STARTS, "2026-11-22T08:30Z")
    early = case(told, now=NOW.replace(hour=8))
    assert "a later start than the grant's" in verify_by_issue(wanted, early).why_not
    assert verify_by_issue(wanted, case(told)).is_verified


REVOKED = by_issue(starts="2026-11-01", revoked="2026-11-20")


@pytest.mark.parametrize(
    ("gave", "told"),
    [
        (REVOKED, "was approved before the access that it gave was revoked on 2026-11-20"),
        (by_issue(revoked="2026-11-01"), "was revoked on 2026-11-01"),
        (by_issue(expires="2026-11-10"), "was approved before the access that it gave ended"),
        (by_issue(starts="2026-11-01", expires="2026-11-10"), "gave ended 2026-11-10"),
        (replace(REVOKED, subject="jira:jane"), "revoked"),
        (replace(REVOKED, approval=OTHER), "before this access was revoked on 2026-11-20"),
        (replace(REVOKED, subject="jane.old@example.com"), "was revoked on 2026-11-20"),
    ],
)
def test_an_approval_gives_nothing_again_that_has_ended(gave, told):
    """Somebody ended it, and nobody agreed since."""
    old = frozenset({"jane@example.com", "jane.old@example.com"})
    renamed = case(ended=(gave,), may_be=lambda name: old if name in old else frozenset({name}))
    found = verify_by_issue(by_issue(), renamed)
    assert not found.is_verified
    assert told in found.why_not


@pytest.mark.parametrize(
    "gave",
    [
        replace(REVOKED, revoked=replace(REVOKED.revoked, at=day("2026-10-31"))),
        replace(REVOKED, subject="joe@example.com"),
        replace(REVOKED, entitlement="admins"),
        by_issue(expires="2026-10-31"),
        by_issue(expires="2026-11-10", approval=OTHER),
    ],
    ids=["since", "another person", "another entitlement", "since it ran out", "another issue"],
)
def test_an_approval_that_is_newer_or_of_something_else_counts(gave):
    """It is no approval of what had ended."""
    assert verify_by_issue(by_issue(), case(ended=(gave,))).is_verified
