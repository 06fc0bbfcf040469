"""What an issue of Jira asks of the catalog: one decision for each, whatever others wrote in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.model.approvals.doors import Doors, GitHubDoor, JiraAccount, JiraDoor, JiraField
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.ids import SecretRef
from reconciler.model.settings import Contact
from reconciler.model.validity import (
    ApprovalAtSource,
    ApprovalSource,
    Duration,
    DurationUnit,
)
from reconciler.proposals.issues import (
    ApprovedIssue,
    EndedIssue,
    RefusedIssue,
    decide_issue,
)
from reconciler.proposals.nouns import AlreadySo, Proposal, Refusal
from tests.support.builders import NOW
from tests.support.nouns import approval, grant, tool

DOOR = JiraDoor(
    site="https://acme.atlassian.net",
    cloud_id="c10d",
    project="10000",
    issue_types=frozenset({"10001"}),
    approved=frozenset({"10005"}),
    ended=frozenset({"10007"}),
    fields={JiraField.TOOL: "customfield_1", JiraField.SUBJECT: "customfield_2"},
    reading=JiraAccount(email="bot@acme.com", token=SecretRef(kind="env", value="JIRA")),
)
LEAD = Contact(email="lead@example.com")
DAYS = Duration(90, DurationUnit.DAYS)
CLAUDE = replace(tool("claude"), approvers=(LEAD,), name="Claude Enterprise", max_duration=DAYS)
JANE = IdentityMapping(keys=("jira:jane-id",), login="jane@example.com", id="00ujane")
KIM = IdentityMapping(keys=("jira:kim-id",), login="kim@example.com", id="00ukim")
CATALOG = Catalog(
    tools={"claude": CLAUDE, "vault": replace(tool("vault"), approvers=(LEAD,))},
    identities=(JANE, KIM),
    doors=Doors(jira=DOOR),
)
APPROVED = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
BY_JIRA = ApprovalAtSource(by=ApprovalSource.JIRA, ticket="AI-7", requested_by="kim@example.com")
SPAN = Span("catalog/grants/claude/jane.yaml", 1, 1)


def asked(*, at=APPROVED, key="AI-7", **values):
    """An approved issue of Kim's for Jane; the fields by name."""
    said = {"tool": "Claude Enterprise", "subject": "jira:jane-id", "purpose": "Triage", **values}
    return ApprovedIssue(
        id="42",
        key=key,
        url=f"https://acme.atlassian.net/browse/{key}",
        reporter="jira:kim-id",
        approved_at=at,
        values={JiraField(name): text for name, text in said.items() if text},
    )


def ended(at=APPROVED):
    """The issue says that its access is over."""
    return EndedIssue(id="42", key="AI-7", url="https://x", ended_at=at, ended_by="jira:kim-id")


def decide(issue, *grants, catalog=CATALOG, now=NOW):
    """What is done for it, beside these grants."""
    held = replace(catalog, grants=tuple(replace(each, origin=SPAN) for each in grants))
    return decide_issue(issue, DOOR, held, frozenset(), now)


def outcome(issue, *grants, **more):
    """The one thing."""
    (found,) = decide(issue, *grants, **more).outcomes
    return found


def text_of(proposal):
    """The one new file."""
    ((_, text),) = proposal.new_files
    return text


def test_an_approved_issue_asks_for_a_grant_that_points_at_it():
    """Who agreed, and when, stays in Jira, where it is read again."""
    found = outcome(asked())
    assert isinstance(found, Proposal)
    text = text_of(found)
    stated = 'approval:\n  by: jira\n  ticket: "AI-7"\n  requested_by: "kim@example.com"\nstarts:'
    assert stated in text
    assert "approved_by" not in text
    assert "tool: claude\n" in text
    assert 'subject: "jane@example.com"' in text
    assert "starts: 2026-11-22\nexpires: 2027-02-20\n" in text
    assert found.requested_by == "kim@example.com"


def test_a_later_start_and_an_end_are_those_of_the_issue():
    """A start that has passed is today."""
    text = text_of(outcome(asked(starts="2026-12-01", expires="2027-01-10")))
    assert "starts: 2026-12-01\nexpires: 2027-01-10\n" in text
    assert "starts: 2026-11-22\n" in text_of(outcome(asked(starts="2026-10-01")))
    assert "starts: 2026-11-22T08:00Z\n" in text_of(outcome(asked(starts="2026-11-22T08:00Z")))


LATER = grant("jane", starts="2027-01-10", expires="2027-03-01")
NOW_HELD = grant("jane", starts="2026-11-01", expires="2026-12-20")


@pytest.mark.parametrize(
    ("said", "held", "words"),
    [
        ({"expires": "2027-01-31"}, LATER, "starts: 2026-11-22\nexpires: 2027-01-31\n"),
        ({"starts": "2027-01-10"}, NOW_HELD, "starts: 2027-01-10\nexpires: 2027-04-10\n"),
        ({"starts": "2026-12-15"}, NOW_HELD, "starts: 2026-12-15\nexpires: 2027-03-15\n"),
    ],
    ids=["before one that begins later", "after one that has ended by then", "while one holds"],
)
def test_a_grant_of_another_time_is_neither_enough_nor_prolonged(said, held, words):
    """Nobody agreed to the time between the two, nor that the one be replaced by the other."""
    assert words in text_of(outcome(asked(**said), held))


def test_a_later_start_needs_nothing_where_it_is_covered():
    """By a grant that holds then, whenever it began."""
    wanted = asked(starts="2027-02-01", expires="2027-02-20")
    assert isinstance(outcome(wanted, LATER), AlreadySo)
    assert isinstance(outcome(wanted, replace(LATER, approval=BY_JIRA)), AlreadySo)


HOURS = replace(CLAUDE, max_duration=Duration(8, DurationUnit.HOURS))
HOURLY = replace(CATALOG, tools={"claude": HOURS})


@pytest.mark.parametrize("starts", ["", "2026-11-22"])
def test_a_tool_that_gives_hours_gives_them_from_the_minute_of_the_pull(starts):
    """From midnight on they would be over by the time that people work."""
    text = text_of(outcome(asked(starts=starts), catalog=HOURLY, now=NOW + timedelta(seconds=30)))
    assert "starts: 2026-11-22T09:00Z\nexpires: 2026-11-22T17:00Z\n" in text


def test_the_hours_of_a_start_still_to_come_are_counted_from_it():
    """To the minute, as the issue says it in its own zone."""
    text = text_of(outcome(asked(starts="2026-11-23T09:00:00.000+0100"), catalog=HOURLY))
    assert "starts: 2026-11-23T08:00Z\nexpires: 2026-11-23T16:00Z\n" in text


def test_the_same_approval_is_the_same_proposal_and_a_new_one_another():
    """A reopened issue that is approved again asks again."""
    first, again = outcome(asked()), outcome(asked(), now=NOW + timedelta(days=3))
    anew = outcome(asked(at=APPROVED + timedelta(hours=1)))
    assert first.key == again.key
    assert first.key != anew.key


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2027-01-10", "2027-01-10"),
        ("2027-01-10T10:00:00.000+0000", "2027-01-10T10:00Z"),
        ("2027-01-10T10:00:00.000+0530", "2027-01-10T04:30Z"),
        ("2027-01-10T10:00:30Z", "2027-01-10T10:00:30Z"),
    ],
)
def test_an_end_is_read_as_jira_writes_it(written, read):
    """A day, or an instant of any zone."""
    assert f"expires: {read}\n" in text_of(outcome(asked(expires=written)))


@pytest.mark.parametrize(
    "written",
    ["2027-02-30", "0001-01-01T00:00+23:59", "2027-02-18T10:00", "２０２７-02-18"],  # noqa: RUF001 - digits that only look so
)
def test_an_end_that_is_neither_a_day_nor_an_instant_is_refused(written):
    """An instant without an offset would be anybody's."""
    assert outcome(asked(expires=written)).code == "day-unreadable"


@pytest.mark.parametrize(
    ("values", "code", "told"),
    [
        ({"tool": "Claud Enterprise"}, "tool-unknown", "claude"),
        ({"tool": ""}, "tool-unknown", ""),
        ({"entitlement": "owner"}, "entitlement-unknown", ""),
        ({"subject": "jira:joe-id"}, "subject-unmapped", 'jira: "joe-id"'),
        ({"subject": "a b"}, "subject-invalid", ""),
        ({"expires": "soon"}, "day-unreadable", ""),
        ({"starts": "soon"}, "day-unreadable", ""),
        ({"expires": "2026-11-20"}, "end-passed", ""),
        ({"expires": "2028-01-01"}, "end-too-late", ""),
    ],
)
def test_what_cannot_be_proposed_is_refused_with_what_to_do(values, code, told):
    """Whoever asked reads it in the issue."""
    found = outcome(asked(**values))
    assert isinstance(found, Refusal)
    assert found.code == code
    assert found.hint
    assert told in found.hint


def test_an_issue_whose_time_is_past_asks_for_nothing():
    """It keeps its status long after the record of what it gave has gone."""
    found = outcome(asked(expires="2026-11-21"))
    assert (found.has_ended, found.summary) == (True, "the end that it names has passed")


def test_a_tool_whose_approvals_do_not_come_from_jira_is_refused():
    """An issue is no way around the tool's policy."""
    strict = replace(CLAUDE, approvals=frozenset({ApprovalSource.GITHUB}))
    doors = Doors(jira=DOOR, github=GitHubDoor(repository="acme/access"))
    catalog = replace(CATALOG, tools={"claude": strict}, doors=doors)
    assert outcome(asked(), catalog=catalog).code == "source-not-counted"


def test_a_grant_that_names_the_issue_is_enough_however_the_days_move_on():
    """The longest that a tool allows ends a day later each day."""
    own = grant(approval=BY_JIRA, starts="2026-11-21", expires="2027-02-19")
    found = decide(asked(), own)
    assert isinstance(found.outcomes[0], AlreadySo)
    assert found.grants == (own,)


def test_another_grant_that_ends_as_late_is_enough():
    """Nobody needs two."""
    found = decide(asked(expires="2027-01-10"), grant(expires="2027-01-10"))
    assert isinstance(found.outcomes[0], AlreadySo)
    assert found.grants == ()


@pytest.mark.parametrize("name", ["jane", "jira:jane-id", "JANE@example.com"])
def test_a_grant_by_another_ticket_that_ends_earlier_is_renewed(name):
    """It is given the issue's end, and its approval from now on."""
    found = outcome(asked(expires="2027-01-10"), grant(name, expires="2026-12-01"))
    edits = {edit.key: edit.value for edit in found.edits}
    assert edits["expires"] == "2027-01-10"
    assert edits["approval"].startswith("{by: jira, ticket:")
    assert found.new_files == ()


def test_an_issue_approved_anew_with_a_later_end_renews_its_own_grant():
    """It was reopened, corrected, and approved again."""
    own = grant(approval=BY_JIRA, starts="2026-11-21", expires="2026-12-01")
    found = outcome(asked(expires="2027-01-10"), own)
    assert {edit.key for edit in found.edits} >= {"expires"}


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22", "2026-12-01"])
def test_access_that_was_revoked_since_the_approval_is_not_asked_for_by_it(day):
    """Under whatever ticket it was, and on the very day too: nobody knows which came first."""
    gone = grant(expires="2027-01-10", revoked=day)
    found = outcome(asked(expires="2027-01-10"), gone)
    assert isinstance(found, Refusal)
    assert found.code == "revoked-since"
    assert day in found.summary


def test_an_approval_on_a_later_day_than_the_revocation_asks_for_access():
    """Another tool's, or another person's, is nothing to it either."""
    gone = grant(expires="2027-01-10", revoked="2026-11-20")
    others = (
        replace(grant(revoked="2026-12-01"), tool="vault"),
        replace(grant(revoked="2026-12-01"), subject="joe@example.com"),
    )
    assert isinstance(outcome(asked(expires="2027-01-10"), gone, *others), Proposal)


ENDED_OF = {
    "it ran out": {"expires": "2026-11-21"},
    "revoked": {"revoked": "2026-11-22"},
    "revoked on the day of its approval": {"revoked": "2026-11-21"},
    "revoked from a later day on": {"revoked": "2026-11-30"},
}


@pytest.mark.parametrize("name", ENDED_OF)
@pytest.mark.parametrize("other", [(), (grant("kim", approval=BY_JIRA),)], ids=["alone", "beside"])
def test_what_an_approval_gave_and_what_ended_is_not_given_twice(name, other):
    """A revocation would be undone by the next pull; what else its ticket gives changes nothing."""
    past = grant(approval=BY_JIRA, starts="2026-11-21", **ENDED_OF[name])
    found = outcome(asked(), past, *other)
    assert isinstance(found, AlreadySo)
    assert found.has_ended


@pytest.mark.parametrize(
    "how",
    [{"expires": "2026-11-10"}, {"revoked": "2026-11-20"}],
    ids=["after its end", "after its revocation"],
)
def test_a_new_approval_asks_again_for_what_had_ended(how):
    """The issue was reopened, and agreed to once more; the catalog's rules have the last word."""
    past = grant(approval=BY_JIRA, starts="2026-11-01", **how)
    assert isinstance(outcome(asked(), past), Proposal)


def test_an_issue_that_ended_asks_for_the_end_of_each_grant_that_names_it():
    """Also of one that claims an approval in it; and of no other."""
    own, typed = grant(approval=BY_JIRA), grant("kim", approval=approval(ticket="ai-7"))
    other = grant("joe", approval=approval(ticket="AI-8"))
    found = decide(ended(), own, typed, other)
    assert len(found.outcomes) == len(found.grants) == 2
    assert len({proposal.key for proposal in found.outcomes}) == 2
    for proposal in found.outcomes:
        (edit,) = proposal.edits
        assert edit.value.startswith("{at: 2026-11-22, by: ")
        assert "AI-7 ended in Jira on 2026-11-21" in edit.value


def test_an_issue_that_ended_and_gave_nothing_asks_for_nothing():
    """Most issues that ended are none of ours."""
    past = grant(approval=BY_JIRA, expires="2026-11-10")
    assert decide(ended(), past).outcomes == ()


def test_an_issue_that_ended_once_more_asks_anew():
    """A revocation that was declined is not asked for again until then."""
    first, again = (
        outcome(ended(at), grant(approval=BY_JIRA)) for at in (APPROVED, APPROVED + timedelta(1))
    )
    assert first.key != again.key


def test_an_issue_whose_approval_does_not_hold_says_why():
    """Nothing is proposed, and nothing ends."""
    why = Refusal(code="approver-asked", summary="AI-7 was asked for and approved by jira:x")
    issue = RefusedIssue(id="42", key="AI-7", url="https://x", refusal=why)
    assert decide(issue, grant(approval=BY_JIRA)).outcomes == (why,)


HOSTILE = "x\x1b[31m\n::error::\u202e @acme/all <script> ]( # `'\" - {a: b}"


def test_what_others_wrote_stays_within_the_purpose_of_the_one_file():
    """No line of it becomes a key, and nothing of it moves a cursor."""
    text = text_of(outcome(asked(purpose=HOSTILE)))
    lines = text.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        "tool",
        "entitlement",
        "subject",
        "purpose",
        "approval",
        "  by",
        "  ticket",
        "  requested_by",
        "starts",
        "expires",
    ]
    assert lines[3].startswith('purpose: "x [31m ::error:: @acme/all')
    assert text.isascii()


@pytest.mark.parametrize("field", ["tool", "entitlement", "subject", "starts", "expires"])
def test_a_hostile_text_in_any_other_field_is_refused(field):
    """Nothing of it comes near a file."""
    found = outcome(asked(**{field: HOSTILE}))
    assert isinstance(found, Refusal)


def test_an_issue_without_a_purpose_says_where_it_is_written():
    """A grant has to have one."""
    assert 'purpose: "as AI-7 says"' in text_of(outcome(asked(purpose="\u200b\n")))
