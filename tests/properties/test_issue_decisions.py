"""An issue is decided by the part of a catalog that speaks of it just as by all of it."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import event, given
from hypothesis import strategies as st

from reconciler.identity.aliases import possible_names
from reconciler.identity.catalog_index import index_catalog
from reconciler.identity.catalog_person import find_person
from reconciler.model.accounts import AccountDeclaration, AccountState
from reconciler.model.approvals.doors import Doors, JiraField
from reconciler.model.catalog import Catalog, IdentityMapping, Revocation
from reconciler.model.diagnostics import Span
from reconciler.model.settings import Contact, Settings
from reconciler.model.validity import ApprovalAtSource, ApprovalSource, Moment
from reconciler.proposals.issues import (
    ApprovedIssue,
    EndedIssue,
    RefusedIssue,
    decide_issue,
    narrow_to_issue,
)
from reconciler.proposals.nouns import Refusal
from tests.support.builders import NOW
from tests.support.jira_cloud import door
from tests.support.nouns import approval, days, grant, tool

DOOR = door()
NAMES = (
    "jane@example.com",
    "JANE@example.com",
    "j.doe@example.com",
    "joe@example.com",
    "kim@example.com",
    "bo\N{LATIN SMALL LETTER LONG S}s@example.com",
    "boss@example.com",
    "jira:jane-id",
    "JIRA:jane-id",
    "jira:joe-id",
    "github:jd",
    "@jd",
)
LEAD = Contact(email="lead@example.com")
LOGINS = st.sampled_from([name for name in NAMES if "@e" in name])
SUBJECTS = st.sampled_from(NAMES)
TYPED = st.sampled_from([*NAMES, " joe@example.com ", "nobody@example.com", "slack:U1"])
TICKETS = ("AI-1", "ai-1", "\N{FULLWIDTH LATIN CAPITAL LETTER A}I-1", "AI-2", "AI-3", "")
DAYS = st.integers(-60, 90).map(lambda number: (NOW + timedelta(days=number)).date())
MOMENTS = st.none() | st.builds(Moment, DAYS)
IDENTITIES = st.builds(
    IdentityMapping,
    keys=st.lists(SUBJECTS, min_size=1, max_size=2).map(tuple),
    login=st.none() | LOGINS,
    id=st.sampled_from([None, None, "00ujane", "00ujoe"]),
    origin=st.just(Span("catalog/identities/people.yaml", 1, 1)),
)
CONTACTS = st.lists(
    st.builds(
        Contact, email=LOGINS, github=st.sampled_from([None, "@jd", "@joe", "@acme/it", "@kd"])
    ),
    max_size=2,
).map(tuple)
APPROVALS = st.builds(
    ApprovalAtSource,
    by=st.sampled_from(ApprovalSource),
    ticket=st.sampled_from(TICKETS),
    requested_by=st.none() | SUBJECTS,
) | st.builds(approval, ticket=st.sampled_from(TICKETS))
REVOKED = st.sampled_from([None, None, None, Revocation(at=NOW.date(), by="kim", reason="over")])
GRANTS = st.builds(
    lambda name, tool_, approved, starts, expires, revoked: replace(
        grant("jane", tool=tool_, approval=approved),
        subject=name,
        starts=starts,
        expires=expires,
        revoked=revoked,
    ),
    SUBJECTS,
    st.sampled_from(["claude", "cursor"]),
    APPROVALS,
    MOMENTS,
    MOMENTS,
    REVOKED,
)
ACCOUNTS = st.builds(
    AccountDeclaration,
    subject=SUBJECTS,
    state=st.just(AccountState.SUSPENDED),
    reason=st.just("left"),
    approval=st.just(approval()),
)


@st.composite
def catalogs(draw):
    """Few names for many places, so that they meet."""
    tools = {
        name: replace(tool(name), max_duration=limit, owners=(*draw(CONTACTS), *more))
        for name, limit, more in (("claude", days(90), (LEAD,)), ("cursor", None, ()))
    }
    listed = draw(st.lists(GRANTS, max_size=6))
    return Catalog(
        settings=Settings(admins=draw(CONTACTS)),
        tools=tools,
        grants=tuple(
            replace(each, origin=Span(f"catalog/grants/{each.tool}/{number}.yaml", 1, 1))
            for number, each in enumerate(listed)
        ),
        identities=tuple(draw(st.lists(IDENTITIES, max_size=4))),
        accounts=tuple(draw(st.lists(ACCOUNTS, max_size=2))),
        doors=Doors(jira=DOOR),
    )


AT = st.integers(-40, 0).map(lambda number: NOW + timedelta(days=number))
STATED = {"id": st.just("42"), "key": st.sampled_from(TICKETS[:5]), "url": st.just("https://x")}
VALUES = st.fixed_dictionaries(
    {
        JiraField.TOOL: st.sampled_from(["claude", "CLAUDE", "cursor", "curser"]),
        JiraField.SUBJECT: TYPED,
    },
    optional={
        JiraField.PURPOSE: st.just("Triage"),
        JiraField.STARTS: DAYS.map(str),
        JiraField.EXPIRES: DAYS.map(str),
    },
)
ISSUES = (
    st.builds(ApprovedIssue, reporter=SUBJECTS, approved_at=AT, values=VALUES, **STATED)
    | st.builds(ApprovedIssue, reporter=SUBJECTS, approved_at=AT, values=VALUES, **STATED)
    | st.builds(EndedIssue, ended_at=AT, ended_by=SUBJECTS, **STATED)
    | st.builds(
        RefusedIssue, refusal=st.just(Refusal(code="no", summary="no", hint="no")), **STATED
    )
)
PATHS = st.frozensets(st.sampled_from(["grants/claude/jane.yaml", "grants/cursor/joe.yaml"]))


def kind_of(decision):
    """What came out of it, for the statistics of a run."""
    return ", ".join(getattr(each, "code", type(each).__name__) for each in decision.outcomes)


def origins_of(decision):
    """Where what it speaks of is written, which makes no difference to what is equal."""
    return [getattr(each, "origin", None) for each in (*decision.grants, *decision.outcomes)]


@given(catalog=catalogs(), issue=ISSUES, paths=PATHS)
def test_the_part_decides_an_issue_as_the_whole_catalog_does(catalog, issue, paths):
    """To the last word, and with the same places in files."""
    part = narrow_to_issue(index_catalog(catalog), issue)
    by_all = decide_issue(issue, DOOR, catalog, paths, NOW)
    event(kind_of(by_all))
    by_part = decide_issue(issue, DOOR, part, paths, NOW)
    assert by_part == by_all
    assert origins_of(by_part) == origins_of(by_all)


@given(catalog=catalogs(), name=SUBJECTS)
def test_the_part_of_a_name_says_of_it_what_the_whole_catalog_says(catalog, name):
    """Whom it means, and who of the contacts may be the same person."""
    part = index_catalog(catalog).narrow((name,), "AI-1")
    assert find_person(part, name) == find_person(catalog, name)
    contacts = {c.email for each in catalog.tools.values() for c in each.owners}
    alike, all_alike = possible_names(part), possible_names(catalog)
    for contact in contacts:
        assert alike.may_be_one(contact, name) == all_alike.may_be_one(contact, name)
    cited = index_catalog(catalog).narrow((), "AI-1").grants
    assert {g.origin for g in catalog.grants if g.approval.ticket == "AI-1"} <= {
        g.origin for g in cited
    }
    assert set(part.grants) <= set(catalog.grants)
