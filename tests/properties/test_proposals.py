"""Whatever is asked for in whatever catalog: what is written is read back as what was asked."""

import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.catalog.files import EntryKind, Listing
from reconciler.catalog.load import ChangeJudge, load_and_judge_change, load_and_judge_from
from reconciler.doors.working_tree import ProposalJudge, judge_proposal, list_paths
from reconciler.model.diagnostics import Severity
from reconciler.model.validity import Approval, ApprovalAtSource, ApprovalSource, Moment
from reconciler.policy import sample
from reconciler.proposals.grants import propose_grant
from reconciler.proposals.nouns import (
    AlreadySo,
    GrantRequest,
    Proposal,
    RenewalRequest,
    RevocationRequest,
)
from reconciler.proposals.renewals import propose_renewal
from reconciler.proposals.revocations import propose_revocation

NOW = sample.NOW
TODAY = NOW.date()
LEAD = "lead@example.com"
PEOPLE = (
    "jane@example.com",
    "slack:U1",
    "github:jane-d",
    "JOE@example.com",
    "zo\u00eb@example.com",
    'a"b:{c}#@example.com',
    "'x'@example.com",
    "no",
    "1e5",
)
IDENTITY = "identities:\n- {slack: U1, github: jane-d, okta: {login: jane@example.com}}\n"
DAYS = st.integers(-20, 60).map(lambda days: TODAY + timedelta(days=days))
MOMENTS = st.builds(Moment, DAYS, st.none() | st.sampled_from([time(0), time(9, 30, 5)]))
TOOLS = ("claude", "cursor", "hourly")
WORDS = st.text(
    st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40
) | st.sampled_from(
    [
        '"}, revoked: {',
        "# no comment",
        "a: b\n- c",
        "\u202e",
        "'",
        "~",
        "{}",
        "\x85\u2028",
        "@all #1",
    ]
)
PURPOSES = WORDS.filter(lambda text: text.split() != [])
TYPED = st.builds(
    Approval,
    ticket=st.sampled_from(["AI-7", 'A"I', "true", "#7"]),
    approved_by=st.just((LEAD,)),
    approved_at=st.just(TODAY),
    requested_by=st.none() | st.sampled_from(["amy@example.com", "jira:5b"]),
    approved_time=st.none() | st.just(time(8, 0)),
)
APPROVALS = TYPED | st.sampled_from(
    [
        ApprovalAtSource(by=ApprovalSource.GITHUB, requested_by="amy@example.com"),
        ApprovalAtSource(by=ApprovalSource.JIRA, ticket="AI-8"),
    ]
)


def tool(name, longest=""):
    """A tool with two entitlements."""
    policy = {"approvers": [{"email": LEAD}]} | ({"max_duration": longest} if longest else {})
    content = {
        "id": name,
        "name": f"The {name}",
        "owners": [{"email": "owner@example.com"}],
        "risk": "low",
        "entitlements": {"users": {"description": "A seat"}, "admins": {"description": "All"}},
        "policy": policy,
    }
    return json.dumps(content)


def binding(name, number):
    """The groups that give both of the tool's entitlements."""
    return json.dumps(
        {
            "bindings": [
                {
                    "tool": name,
                    "entitlement": entitlement,
                    "connector": "okta-prod",
                    "group": {
                        "bind": {
                            "id": f"00g{number}abcdefGHIJKL{entitlement[:1].upper()}5d7",
                            "name": f"{name} {entitlement}",
                        }
                    },
                }
                for entitlement in ("users", "admins")
            ]
        }
    )


FILES = {
    **{f"bindings/{name}.yaml": binding(name, number) for number, name in enumerate(TOOLS)},
    sample.SETTINGS_FILE: sample.SETTINGS,
    sample.CONNECTOR_FILE: sample.CONNECTOR,
    "identities/people.yaml": IDENTITY,
    "tools/claude.yaml": tool("claude", "90d"),
    "tools/cursor.yaml": tool("cursor"),
    "tools/hourly.yaml": tool("hourly", "8h"),
    "doors/github.yaml": "type: github\nrepository: acme/access\n",
    "doors/jira.yaml": json.dumps(
        {
            "type": "jira",
            "site": "https://acme.atlassian.net",
            "cloud_id": "11111111-2222-3333-4444-555555555555",
            "project": "10000",
            "issue_types": ["10001"],
            "approved": ["10005"],
            "ended": ["10007"],
            "fields": {"tool": "customfield_10050", "subject": "customfield_10052"},
            "reading": {"email": "bot@acme.com", "token": {"env": "JIRA_READ_TOKEN"}},
        }
    ),
}


@dataclass(frozen=True)
class Files:
    """A catalog whose files lie nowhere."""

    texts: dict
    display: str = "catalog"

    def list_files(self):
        """In the order of kinds."""
        found = Listing()
        for path in self.texts:
            found.add(path, self.display, tuple(path.split("/")), EntryKind.FILE)
        return found.sort()

    def read(self, file):
        """Its bytes."""
        return self.texts["/".join(file.parts)].encode()


@st.composite
def entries(draw, name):
    """One grant of a tool in one line, in flow style, as somebody wrote it."""
    stated = {
        "tool": name,
        "entitlement": draw(st.sampled_from(["users", "admins"])),
        "subject": draw(st.sampled_from(PEOPLE)),
        "purpose": draw(st.sampled_from(["Work", "More: work"])),
        "approval": {
            "ticket": f"OLD-{draw(st.integers(1, 9_999_999))}",
            "approved_by": LEAD,
            "approved_at": "2026-09-01",
        },
    }
    starts, expires = draw(st.none() | DAYS), draw(st.none() | DAYS)
    if starts is not None:
        stated["starts"] = starts.isoformat()
    if expires is not None:
        stated["expires"] = max(expires, starts or date(2026, 9, 1)).isoformat()
    if draw(st.integers(0, 4)) == 0:
        at = draw(DAYS).isoformat()
        stated["revoked"] = {"at": at, "by": LEAD, "reason": "over"}
    return json.dumps(stated, ensure_ascii=False)


@st.composite
def catalogs(draw):
    """Grants of each tool, in a list, among comments and blank lines."""
    texts = dict(FILES)
    for name in TOOLS:
        listed = draw(st.lists(entries(name), max_size=4, unique=True))
        if listed:
            gap = draw(st.sampled_from(["\n", "\n\n", "  # theirs\n", "\n  # the next\n"]))
            texts[f"grants/{name}/jane.yaml"] = f"grants:\n- {f'{gap}- '.join(listed)}\n"
    source = Files(texts)
    loaded = load_and_judge_from(source, NOW)
    assume(not [d for d in loaded.diagnostics if d.severity is Severity.ERROR])
    return source, loaded.catalog


JUDGED_BY_TEXT = {"secret-literal", "name-mixed-scripts", "grant-duplicate"}
"""What a proposal cannot know beforehand: what words look like, and that a record says just so."""


def made_of(source, proposal):
    """The files after it, which are a sound catalog, and what they say."""
    judged = judge_proposal(proposal, source, NOW)
    assume(not {d.code for d in judged.errors} & JUDGED_BY_TEXT)
    assert judged.errors == (), judged.errors
    assert judged.is_sound, judged.proposed.refused
    texts = dict(source.texts)
    for change in judged.proposed.changes:
        texts["/".join(change.file.parts)] = change.after.decode()
    after = Files(texts)
    return after, load_and_judge_from(after, NOW).catalog


def one_line(text):
    """As a file holds it."""
    return " ".join(text.split())


WANTED = {
    "tool": st.sampled_from([*TOOLS, "The Cursor", "HOURLY"]),
    "entitlement": st.sampled_from(["users", "Admins"]),
    "subject": st.sampled_from(PEOPLE),
}


@given(
    found=catalogs(),
    request=st.builds(
        GrantRequest,
        purpose=PURPOSES,
        approval=APPROVALS,
        starts=st.none() | MOMENTS,
        expires=st.none() | MOMENTS,
        **WANTED,
    ),
)
def test_a_request_is_one_more_grant_that_says_just_what_was_asked(found, request):
    """Every other grant is as it was; asked for again, it is so already."""
    source, before = found
    made = propose_grant(request, before, list_paths(source), NOW)
    assume(isinstance(made, Proposal))
    assert made.edits == ()
    after, catalog = made_of(source, made)

    (new,) = (Counter(catalog.grants) - Counter(before.grants)).elements()
    assert Counter(before.grants) - Counter(catalog.grants) == Counter()
    assert new.subject == request.subject
    assert new.purpose == one_line(request.purpose)
    assert new.approval == request.approval
    assert new.tool == request.tool.lower().removeprefix("the ")
    assert new.entitlement == request.entitlement.lower()
    assert request.starts in {None, new.starts}
    assert request.expires in {None, new.expires}
    again = replace(request, expires=new.expires)
    paths = list_paths(after)
    assert isinstance(propose_grant(again, catalog, paths, NOW), AlreadySo)
    assert isinstance(propose_grant(request, catalog, paths, NOW), AlreadySo)


@st.composite
def grants_of_catalogs(draw):
    """A catalog, and what somebody has in it or had."""
    source, catalog = draw(catalogs().filter(lambda found: found[1].grants))
    grant = draw(st.sampled_from(catalog.grants))
    named = {"tool": grant.tool, "entitlement": grant.entitlement, "subject": grant.subject}
    return source, catalog, named


@given(
    found=grants_of_catalogs(),
    expires=MOMENTS,
    approval=APPROVALS,
    purpose=st.none() | PURPOSES,
)
def test_a_renewal_changes_one_grant_of_the_person_or_follows_it(found, expires, approval, purpose):
    """It ends as asked; asked for again, it is so already."""
    source, before, named = found
    request = RenewalRequest(expires=expires, approval=approval, purpose=purpose, **named)
    made = propose_renewal(request, before, list_paths(source), NOW)
    assume(isinstance(made, Proposal))
    after, catalog = made_of(source, made)

    gone = tuple((Counter(before.grants) - Counter(catalog.grants)).elements())
    (new,) = (Counter(catalog.grants) - Counter(before.grants)).elements()
    assert len(gone) == (1 if made.edits else 0)
    assert (new.expires, new.approval) == (request.expires, request.approval)
    for old in gone:
        kept = replace(
            old, approval=new.approval, starts=new.starts, expires=new.expires, purpose=new.purpose
        )
        assert kept == new
    if request.purpose is not None:
        assert new.purpose == one_line(request.purpose)
    assert isinstance(propose_renewal(request, catalog, list_paths(after), NOW), AlreadySo)


@given(found=grants_of_catalogs(), at=DAYS, reason=PURPOSES, is_whole=st.booleans())
def test_a_revocation_ends_what_it_names_and_nothing_else(found, at, reason, is_whole):
    """From that day on, and for the reason that was given; asked for again, it is so already."""
    source, before, named = found
    request = RevocationRequest(at=at, by=LEAD, reason=reason, **named)
    request = replace(request, entitlement=None) if is_whole else request
    made = propose_revocation(request, before, NOW)
    assume(isinstance(made, Proposal))
    _, catalog = made_of(source, made)

    changed = tuple((Counter(catalog.grants) - Counter(before.grants)).elements())
    assert len(changed) == len(made.edits)
    for grant in changed:
        assert (grant.revoked.at, grant.revoked.by) == (request.at, LEAD)
        assert grant.revoked.reason == one_line(request.reason)
    ended = {replace(grant, revoked=None) for grant in changed}
    others = [g for g in before.grants if replace(g, revoked=None) not in ended]
    assert set(others) <= set(catalog.grants)
    assert isinstance(propose_revocation(request, catalog, NOW), AlreadySo)


def proposals_of(catalog, paths, grants, requests):
    """What may be made of the catalog: grants are revoked, requests become grants."""
    for grant in grants:
        named = {"tool": grant.tool, "entitlement": grant.entitlement, "subject": grant.subject}
        wanted = RevocationRequest(at=TODAY, by=LEAD, reason="over", **named)
        yield propose_revocation(wanted, catalog, NOW)
    for request in requests:
        yield propose_grant(request, catalog, paths, NOW)


REQUESTS = st.builds(
    GrantRequest, purpose=PURPOSES, approval=APPROVALS, expires=st.none() | MOMENTS, **WANTED
)


@given(data=st.data(), found=catalogs(), requests=st.lists(REQUESTS, min_size=1, max_size=3))
def test_a_judge_of_many_proposals_says_of_each_what_another_would(data, found, requests):
    """What it remembers of files is never another proposal's, nor is what it says."""
    source, catalog = found
    ending = (
        st.lists(st.sampled_from(catalog.grants), max_size=2) if catalog.grants else st.just(())
    )
    outcomes = list(proposals_of(catalog, list_paths(source), data.draw(ending), requests))
    made = [each for each in outcomes if isinstance(each, Proposal)]
    judge, changes = ProposalJudge(source, NOW), ChangeJudge(source, NOW)
    for proposal in (*made, *made):
        judged = judge.judge(proposal)
        assert judged == judge_proposal(proposal, source, NOW)
        by_itself = load_and_judge_change(judged.proposed, source, NOW)
        assert changes.judge(judged.proposed) == by_itself
