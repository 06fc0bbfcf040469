"""What is asked of which source about the approvals of a plan's additions, and what is not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from reconciler.catalog.decode import parse_moment
from reconciler.live.approvals import ApprovalEdges, fetch_approvals
from reconciler.model.approvals.doors import Doors, JiraField
from reconciler.model.approvals.issue import ChangedField, Issue, IssueChange, JiraPerson
from reconciler.model.catalog import IdentityMapping, Revocation
from reconciler.model.directory import ReadFailure
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.planning.refs import grant_hash
from tests.support.nouns import approval, grant
from tests.unit.live.test_reviews import CATALOG, DOWN, GITHUB, Fakes, about
from tests.unit.planning.approvals.test_issues import AT, DOOR
from tests.unit.planning.approvals.test_verification import INTRODUCED, PULL, review

pytestmark = pytest.mark.anyio
PEOPLE = tuple(
    IdentityMapping(keys=(f"jira:{name}",), login=f"{name}@example.com")
    for name in ("lead", "jane", "joe", "asker")
)
KNOWN = replace(CATALOG, identities=PEOPLE)
BOTH = Doors(github=GITHUB.github, jira=DOOR)
JIRA = Doors(jira=DOOR)
RULES = replace(KNOWN, doors=BOTH)
"""What held before each grant."""
TYPED = grant("jane", approval=approval(ticket="ai-7"))
POINTING = grant("jane", approval=ApprovalAtSource(by=ApprovalSource.JIRA, ticket="AI-7"))
REVIEWED = grant("jane", approval=ApprovalAtSource(by=ApprovalSource.GITHUB))
SPENT = ReadFailure(code="unreachable", detail="Jira's limit is spent")


def issue(**more):
    """AI-7, which asks for claude for jane, approved by the lead."""
    moved = ChangedField(field_id="status", before="1", after="10005")
    entry = IssueChange(id=1, at=AT, author=JiraPerson(account_id="lead"), items=(moved,))
    facts = {
        "id": "10007",
        "key": "AI-7",
        "url": "https://acme.atlassian.net/browse/AI-7",
        "project": "10000",
        "issue_type": "10001",
        "status": "10005",
        "reporter": JiraPerson(account_id="asker"),
        "created_at": AT - timedelta(days=1),
        "values": {
            JiraField.TOOL: "claude",
            JiraField.ENTITLEMENT: "users",
            JiraField.SUBJECT: "jira:jane",
        },
        "changes": (entry,),
    }
    return Issue(**{**facts, **more})


class Past(Fakes):
    """A past in which it was known who is who at Jira."""

    def __init__(self, **more):
        super().__init__(**{"rules": RULES, **more})

    def meanings_at(self, commit):
        """As now, unless the test says otherwise."""
        return self.words.get(commit, KNOWN)


class Issues:
    """A Jira that keeps what it was asked."""

    def __init__(self, told=None):
        self.told = {"AI-7": issue()} if told is None else told
        self.asked = []

    async def fetch_issues(self, keys):
        """What the test says."""
        self.asked.append(list(keys))
        return self.told


async def ask(*grants, doors=BOTH, past=None, issues=None, reviews=None, **more):
    """What becomes of the grants' approvals, by a past, a GitHub and a Jira."""
    past = past or Past()
    edges = ApprovalEdges(
        history=past,
        reviews=past if reviews is None else reviews,
        issues=issues or Issues(),
        door=doors.jira,
    )
    return await fetch_approvals(edges, about(*grants, catalog=KNOWN, doors=doors, **more))


async def verdict(one, **more):
    """The verdict of one grant."""
    return (await ask(one, **more)).verdicts[grant_hash(one)]


@pytest.mark.parametrize("one", [TYPED, POINTING])
async def test_an_approved_issue_bears_a_grant_out_without_a_word_of_github(one):
    """Whatever case its key is written in."""
    past, jira = Past(), Issues()
    found = await verdict(one, past=past, issues=jira)
    assert found.issue.key == "AI-7"
    assert found.approved_by == ("lead@example.com",)
    assert (past.asked, jira.asked) == ([], [["AI-7"]])


async def test_all_issues_are_asked_for_at_once():
    """However many grants cite them, each once."""
    other = grant("joe", approval=approval(ticket="AI-8"))
    jira = Issues()
    await ask(TYPED, POINTING, other, issues=jira)
    assert jira.asked == [["AI-7", "AI-8"]]


async def test_github_is_asked_about_what_jira_does_not_bear_out():
    """One source is enough for a typed approval."""
    found = await verdict(TYPED, issues=Issues({}))
    assert [each.reviewer for each in found.reviews] == ["lead"]


async def test_a_grant_that_points_at_one_source_is_borne_out_by_no_other():
    """Whoever wrote it said where to look."""
    past, jira = Past(), Issues()
    found = await verdict(REVIEWED, past=past, issues=jira)
    assert found.reviews
    assert jira.asked == []
    found = await verdict(POINTING, issues=Issues({}), past=past)
    assert found.why_not == "there is no issue AI-7 in Jira, or it may not be read"


async def test_why_none_of_them_bears_it_out_is_said_of_each():
    """GitHub first, and Jira by its name."""
    past = Past(pull=replace(PULL, reviews=(review("joe"),)))
    found = await verdict(TYPED, past=past, issues=Issues({}))
    first, _, second = found.why_not.partition("; Jira: ")
    assert first.startswith("no review of pull request 7 counts")
    assert second == "there is no issue AI-7 in Jira, or it may not be read"
    assert "joe" in found.names


async def test_a_ticket_that_is_no_key_is_asked_of_github_alone():
    """Where there is no GitHub, that is the reason."""
    other = grant("jane", approval=approval(ticket="see mail"))
    jira = Issues()
    past = Past(pull=replace(PULL, reviews=()))
    found = await verdict(other, past=past, issues=jira)
    assert "Jira" not in found.why_not
    assert jira.asked == []
    found = await verdict(other, doors=JIRA)
    assert found.why_not == "its ticket is no key of an issue"


async def test_a_failure_of_one_source_leaves_the_other():
    """What it did not tell is not known, and takes no approval away."""
    old = grant("jane", approval=approval(ticket="AI-7", approved_at=AT.date() - timedelta(60)))
    push = {grant_hash(old): INTRODUCED}
    past = Past(pull=replace(PULL, reviews=()), rules=RULES, find_introductions=push)
    assert (await verdict(old, past=past, issues=Issues({}))).is_void
    found = await ask(old, REVIEWED, past=Past(), issues=Issues(SPENT))
    assert found.issues_problem == SPENT.detail
    assert (found.problem, found.verdicts[grant_hash(REVIEWED)].is_verified) == ("", True)
    past.pull = replace(PULL, reviews=())
    found = await ask(old, past=past, issues=Issues(SPENT))
    assert not found.verdicts[grant_hash(old)].is_void
    found = await ask(POINTING, REVIEWED, past=Past(pull=DOWN))
    assert found.verdicts[grant_hash(POINTING)].is_verified
    assert (found.problem, found.issues_problem) == (DOWN.detail, "")


@pytest.mark.parametrize("one", [POINTING, REVIEWED])
async def test_what_no_reader_is_there_for_is_not_known(one):
    """The reason is told once, and by no verdict."""
    past = Past()
    edges = ApprovalEdges(history=past, reviews="no token", issues="no account", door=DOOR)
    found = await fetch_approvals(edges, about(one, catalog=KNOWN, doors=BOTH))
    assert found.verdicts == {}
    is_issue = one is POINTING
    assert (found.problem, found.issues_problem) == (
        ("", "no account") if is_issue else ("no token", "")
    )
    assert past.asked == []


async def test_only_sources_that_count_for_the_tool_are_asked():
    """As the rules say that hold, whatever the catalog that is planned says."""
    tool = replace(KNOWN.tools["claude"], approvals=frozenset({ApprovalSource.GITHUB}))
    strict = replace(KNOWN, tools={"claude": tool}, doors=BOTH)
    jira = Issues()
    found = await verdict(POINTING, issues=jira, rules=strict)
    assert found.why_not == "no source that is configured counts for claude"
    assert jira.asked == []
    assert (await verdict(TYPED, issues=jira, rules=strict)).reviews


async def test_before_a_merge_the_base_says_who_may_approve():
    """A change names its own approvers to no avail."""
    new = {grant_hash(POINTING): None}
    uncommitted = await verdict(POINTING, past=Past(find_introductions=new))
    assert uncommitted.why_not == "not committed as it is"
    assert uncommitted.hint == "commit it, and have it merged"
    rules = {"base": RULES}
    past = Past(rules=rules, find_introductions=new)
    assert (await verdict(POINTING, past=past, base="base", reviews="")).issue.key == "AI-7"
    past.rules = {"base": replace(RULES, tools={})}
    found = await verdict(POINTING, past=past, base="base", reviews="")
    assert "which was not there before the grant" in found.why_not


async def test_what_an_issue_gave_and_what_was_revoked_is_given_by_no_later_grant():
    """The files before it say so; where they cannot be read, nothing is borne out."""
    past = Past()
    past.grants = {INTRODUCED.parent: (replace(POINTING, revoked=REVOKED),)}
    found = await verdict(POINTING, past=past)
    assert "was revoked on 2026-11-30" in found.why_not
    past.grants = {INTRODUCED.parent: LOST}
    assert (await verdict(POINTING, past=past)).why_not == LOST.detail


@pytest.mark.parametrize(
    ("at", "gave", "is_verified"),
    [
        (INTRODUCED.at, {"expires": parse_moment("2026-11-01T12:30:00Z")}, False),
        (AT, {"expires": parse_moment("2026-11-01T12:30:00Z")}, True),
        (
            INTRODUCED.at + timedelta(days=1),
            {"expires": parse_moment("2026-11-01T12:30:00Z")},
            True,
        ),
        (INTRODUCED.at, {"expires": parse_moment("2027-11-02")}, True),
        (INTRODUCED.at, {"approval": approval(ticket="AI-8")}, True),
    ],
    ids=["deleted after its end", "prolonged before it", "later", "not ended", "another ticket"],
)
async def test_what_ended_stays_used_up_though_its_file_is_deleted(at, gave, is_verified):
    """The past keeps it; what an edit prolonged before its end is no other access."""
    past = Past()
    past.replaced = ((at, replace(POINTING, **gave)),)
    assert (await verdict(POINTING, past=past)).is_verified is is_verified
    past.replaced = LOST
    assert (await verdict(POINTING, past=past)).why_not == LOST.detail


REVOKED = Revocation(at=date(2026, 11, 30), by="lead@example.com", reason="left")
LOST = ReadFailure(code="missing", detail="commit dddd is not in this clone")


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"rules": LOST}, LOST.detail),
        ({"words": {INTRODUCED.parent: LOST}}, LOST.detail),
        ({"words": {"jane@example.com": LOST}}, LOST.detail),
        ({"words": {"jane@example.com": replace(KNOWN, bindings=())}}, "fills another group"),
    ],
)
async def test_what_files_meant_has_to_be_known_and_the_same(facts, why):
    """Before the grant and since."""
    past = Past(rules=facts.get("rules", RULES))
    past.words = facts.get("words", {})
    found = await verdict(POINTING, past=past)
    assert not found.is_verified
    assert found.why_not.endswith(why)


async def test_nobody_may_be_the_person_that_the_grant_is_for():
    """The identity names an id, the grant a login; Okta says that they are one."""
    own = IdentityMapping(keys=("jira:lead",), id="00ujane")
    past = Past(rules=replace(RULES, identities=(*PEOPLE, own)))
    found = await verdict(POINTING, past=past)
    assert "is by the person the grant is for" in found.why_not


BEFORE, BROUGHT = INTRODUCED.parent, "jane@example.com"
OTHER_DOOR = replace(RULES, doors=Doors(jira=replace(DOOR, approved=frozenset({"1"}))))


@pytest.mark.parametrize(
    ("one", "before", "brought", "why"),
    [
        (POINTING, RULES, RULES, ""),
        (TYPED, RULES, RULES, ""),
        (POINTING, KNOWN, KNOWN, "there was no doors/jira.yaml before it"),
        (TYPED, KNOWN, KNOWN, ""),
        (POINTING, KNOWN, RULES, "doors/jira.yaml was changed together with it"),
        (TYPED, KNOWN, RULES, "doors/jira.yaml was changed together with it"),
        (POINTING, OTHER_DOOR, RULES, "doors/jira.yaml was changed together with it"),
        (POINTING, RULES, LOST, LOST.detail),
    ],
)
async def test_no_commit_brings_a_grant_and_says_where_it_is_approved(one, before, brought, why):
    """Whatever was merged in spite of the checks; a claim may be older than the door."""
    past = Past(rules={BEFORE: before, BROUGHT: brought}, pull=replace(PULL, reviews=()))
    found = await verdict(one, past=past, doors=JIRA)
    assert (found.is_verified, found.why_not) == (not why, why)


async def test_without_a_past_nothing_is_asked():
    """Nobody knows then who might have approved."""
    past = Past(find_introductions=ReadFailure(code="missing", detail="the clone is shallow"))
    jira = Issues()
    found = await ask(POINTING, past=past, issues=jira)
    assert (found.verdicts, found.problem, jira.asked) == ({}, "the clone is shallow", [])
