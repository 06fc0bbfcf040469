"""Which reviews bear a claimed approval out; any weaker evidence never does."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.approvals.review import EarlierHead, Introduction, PullRequest, Review
from reconciler.model.ids import fold
from reconciler.model.settings import Contact
from reconciler.planning.approvals.roster import Roster
from reconciler.planning.approvals.sources import READ_FIRST
from reconciler.planning.approvals.verification import Case, verify
from tests.support.nouns import approval, day, grant, tool

HEAD, OTHER = "a" * 40, "b" * 40
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
MERGED = AT + timedelta(hours=1)
LEAD = Contact(email="lead@example.com", github="@lead")
SECOND = Contact(email="second@example.com", github="@acme/seconds")
JO = frozenset({"github:jo", "jo@example.com"})
OTHER_SEAT = replace(tool(admins={}), approvers=(LEAD,))
INTRODUCED = Introduction(
    commit="c" * 40, parent="d" * 40, at=MERGED, files=frozenset({("a", "f1")})
)
PULL = PullRequest(
    number=7,
    url="https://github.com/acme/access/pull/7",
    author="asker",
    head_sha=HEAD,
    base_sha="d" * 40,
    merged_at=MERGED,
    committers=frozenset({"asker", "web-flow"}),
    files=frozenset({("a", "f1"), ("b", "f2")}),
)


def called(name, *together):
    """Names in lower case, and those of the same person."""
    plain = f"github:{name[1:]}" if name.startswith("@") else name
    plain = plain.lower()
    return frozenset({plain}).union(*(t for t in together if plain in t))


def roster(*contacts, people=()):
    """The files of a commit, in which these approve for claude."""
    known = replace(tool(), approvers=contacts or (LEAD,))
    return Roster(tools={"claude": known}, called=lambda name: called(name, *people))


def review(reviewer="lead", state="APPROVED", number=1, **more):
    """A review of the head, before the merge."""
    facts = {"commit": HEAD, "submitted_at": AT, "url": f"u{number}", **more}
    return Review(id=number, reviewer=reviewer, state=state, **facts)


def case(*reviews, pull=None, **more):
    """All of it in order, with these reviews."""
    found = replace(pull or PULL, reviews=reviews or (review(),))
    return Case(**{"introduction": INTRODUCED, "pull": found, "rosters": (roster(),), **more})


def of(*names, **more):
    """A grant that these approved."""
    return grant(approval=approval(approved_by=names or ("lead@example.com",)), **more)


def test_a_review_of_the_merged_head_by_the_named_approver_verifies():
    """What is cited is enough to find the review again."""
    found = verify(of(), case())
    assert found.is_verified
    assert (found.why_not, found.is_void) == ("", False)
    (cited,) = found.reviews
    assert (cited.id, cited.reviewer, cited.head_sha, cited.url) == (1, "lead", HEAD, "u1")
    assert cited.submitted_at == AT


@pytest.mark.parametrize(
    ("names", "people", "reviewer"),
    [
        (["lead@example.com"], (), "LEAD"),
        (["LEAD@example.com"], (), "lead"),
        (["@lead"], (), "lead"),
        (["github:lead"], (), "lead"),
        (["lead@example.com"], (frozenset({"github:l2", "lead@example.com"}),), "l2"),
        (["slack:u1"], (frozenset({"slack:u1", "github:lead"}),), "lead"),
        (["lead@example.com", "@lead"], (), "lead"),
    ],
)
def test_people_are_known_by_their_identities_and_by_the_tools_contacts(names, people, reviewer):
    """Somebody who is named twice needs one review."""
    single = len(names) > 1
    joined = (*people, frozenset({"github:lead", "lead@example.com"})) if single else people
    rosters = (roster(people=joined),)
    assert verify(of(*names), case(review(reviewer), rosters=rosters)).is_verified


def test_each_approver_needs_a_review_of_their_own():
    """One who could answer for two answers for one."""
    both = of("lead@example.com", "second@example.com")
    rosters = (roster(LEAD, SECOND, people=(JO,)),)
    members = frozenset({("acme/seconds", "lead"), ("acme/seconds", "jo")})
    alone = verify(both, case(review(), rosters=rosters, members=members))
    assert not alone.is_verified
    assert "counts for second@example.com" in alone.why_not
    for reviews in ((review("jo"), review("lead", number=2)), (review(), review("jo", number=2))):
        found = verify(both, case(*reviews, rosters=rosters, members=members))
        assert [r.reviewer for r in found.reviews] == ["lead", "jo"]
    reverse = of("second@example.com", "lead@example.com")
    found = verify(
        reverse, case(review(), review("jo", number=2), rosters=rosters, members=members)
    )
    assert [r.reviewer for r in found.reviews] == ["jo", "lead"]


def test_nobody_answers_for_their_own_access():
    """Neither as the contact whose address the grant is for, nor as one of a team."""
    own = grant("lead", approval=approval())
    assert not verify(own, case()).is_verified
    al = frozenset({"github:al", "al@example.com"})
    team = roster(SECOND, people=(frozenset({"github:jo", "jane@example.com"}), al))
    members = frozenset({("acme/seconds", "jo"), ("acme/seconds", "al")})
    asked = of("second@example.com")
    assert not verify(asked, case(review("jo"), rosters=(team,), members=members)).is_verified
    assert verify(asked, case(review("al"), rosters=(team,), members=members)).is_verified


@pytest.mark.parametrize(
    ("subject", "may_be"),
    [
        ("bo\u017fs@example.com", {}),
        ("\uff22\uff2f\uff33\uff33@example.com", {}),
        ("boss.admin@example.com", {"boss.admin@example.com": "00uboss", "github:boss": "00uboss"}),
        ("boss.mail@example.com", {"boss.mail@example.com": "boss@example.com"}),
        ("00uboss", {"github:boss": "00uboss"}),
    ],
)
def test_nobody_answers_for_themselves_under_another_of_their_names(subject, may_be):
    """A look-alike, another login, a mapped address: whatever may be the same person."""
    boss = Contact(email="boss@example.com", github="@boss")

    def known(name):
        folded = fold(f"github:{name[1:]}" if name.startswith("@") else name)
        return frozenset({folded, *({may_be[folded]} if folded in may_be else ())})

    asked = of("boss@example.com")
    facts = {"rosters": (roster(boss),), "may_be": known}
    found = verify(replace(asked, subject=subject), case(review("Boss"), **facts))
    assert not found.is_verified
    assert verify(asked, case(review("Boss"), **facts)).is_verified


def test_whoever_asked_for_a_grant_does_not_approve_it():
    """Two people look at each request."""
    lead = grant(approval=approval(requested_by="LEAD@example.com"))
    people = (frozenset({"github:lead", "lead@example.com"}),)
    found = verify(lead, case(rosters=(roster(people=people),)))
    assert "that of @lead is by the requester of the grant" in found.why_not
    other = grant(approval=approval(requested_by="amy@example.com"))
    assert verify(other, case(rosters=(roster(people=people),))).is_verified


def test_whoever_wrote_it_does_not_approve_it_by_another_account():
    """Two accounts at GitHub, and one in Okta."""
    for account, more in (("asker", {}), ("coder", {"committers": frozenset({"coder"})})):
        both = frozenset({"github:lead", f"github:{account}", "lead@example.com"})
        rosters = (roster(people=(both,)),)
        found = verify(of(), case(pull=replace(PULL, **more), rosters=rosters))
        assert "is by one of its authors, under another name" in found.why_not


def test_a_member_of_a_team_whom_nobody_knows_may_be_whom_the_grant_is_for():
    """An identity says who they are, or a contact does; a team's own address is nobody's."""
    members = frozenset({("acme/seconds", "jo")})
    asked = of("second@example.com")
    found = verify(asked, case(review("Jo"), rosters=(roster(SECOND),), members=members))
    assert "that of @Jo is by a member of a team of whom no identity says" in found.why_not
    known = (roster(SECOND, people=(JO,)),)
    assert verify(asked, case(review("Jo"), rosters=known, members=members)).is_verified
    half = (*known, roster(SECOND))
    assert not verify(asked, case(review("Jo"), rosters=half, members=members)).is_verified
    contact = Contact(email="jo@example.com", github="@jo")
    named = (roster(SECOND, contact),)
    assert verify(asked, case(review("Jo"), rosters=named, members=members)).is_verified


def test_one_person_named_twice_is_one_approver():
    """Whichever way the address is written."""
    assert verify(of("lead@example.com", "LEAD@example.com"), case()).is_verified
    alone = of("lead@example.com", "second@example.com")
    assert not verify(alone, case(rosters=(roster(LEAD, SECOND),))).is_verified


def test_a_name_at_the_forge_may_have_a_low_line_and_any_case():
    """Managed users are named so."""
    managed = Contact(email="mona@example.com", github="@Mona_Acme")
    found = verify(of("mona@example.com"), case(review("mona_acme"), rosters=(roster(managed),)))
    assert found.is_verified


def test_a_review_of_an_earlier_head_counts_where_the_catalog_changed_alike():
    """What the default branch brought meanwhile, and who pressed the button, does not matter."""
    early = review(commit=OTHER)
    assert not verify(of(), case(early)).is_verified
    alike = replace(PULL, earlier={OTHER: EarlierHead(grew_from="e" * 40)}, committers={"lead"})
    found = verify(of(), case(early, pull=alike))
    assert found.is_verified
    assert found.reviews[0].head_sha == OTHER
    own = replace(PULL, earlier={OTHER: EarlierHead(grew_from="e" * 40, committers={"lead"})})
    assert not verify(of(), case(early, pull=own)).is_verified
    assert not verify(of(), case(review(), pull=alike)).is_verified


def test_words_that_mean_something_else_now_are_a_claim():
    """Void only where they are old as well."""
    found = verify(of(), case(changed="the subject means another account"))
    assert (found.is_verified, found.is_void) == (False, False)
    assert found.why_not == (
        "since pull request 7 its words mean something else: the subject means another account"
    )


@pytest.mark.parametrize(
    ("is_verified", "until"), [(True, "2026-11-01"), (True, "2027-01-01"), (False, "2026-10-31")]
)
def test_an_approvers_last_day_counts_for_their_review(is_verified, until):
    """What they approved by then stays approved; who has left approves nothing new."""
    leaving = replace(LEAD, until=day(until))
    assert verify(of(), case(rosters=(roster(leaving),))).is_verified is is_verified


WEAKER = {
    "not approving": lambda c: with_review(c, state="COMMENTED"),
    "dismissed": lambda c: with_review(c, state="DISMISSED"),
    "a new state": lambda c: with_review(c, state="approved"),
    "stale": lambda c: with_review(c, commit=OTHER),
    "of a lost commit": lambda c: with_review(c, commit=""),
    "pending": lambda c: with_review(c, submitted_at=None),
    "after the merge": lambda c: with_review(c, submitted_at=MERGED + timedelta(seconds=1)),
    "a bot's": lambda c: with_review(c, is_person=False),
    "a ghost's": lambda c: with_review(c, reviewer=""),
    "somebody else's": lambda c: with_review(c, reviewer="owner"),
    "the author's": lambda c: with_pull(c, author="Lead"),
    "a committer's": lambda c: with_pull(c, committers=PULL.committers | {"lead"}),
    "perhaps a committer's": lambda c: with_pull(c, has_unknown_committer=True),
    "of other files": lambda c: with_pull(c, files=frozenset({("b", "f2"), ("b", "f1")})),
    "of another head": lambda c: with_pull(c, head_sha=OTHER),
    "none": lambda c: with_pull(c, reviews=()),
    "without a pull request": lambda c: replace(c, pull=None),
    "not committed": lambda c: replace(c, introduction=None),
    "of nobody's files": lambda c: replace(c, rosters=()),
    "no approver before": lambda c: replace(c, rosters=(*c.rosters, roster(SECOND))),
    "no such tool before": lambda c: replace(
        c, rosters=(*c.rosters, Roster(tools={}, called=called))
    ),
    "the subject's own": lambda c: replace(
        c, rosters=(roster(people=(frozenset({"github:lead", "jane@example.com"}),)),)
    ),
    "no such entitlement before": lambda c: replace(
        c,
        rosters=(*c.rosters, Roster(tools={"claude": OTHER_SEAT}, called=called)),
    ),
    "changed at no known time": lambda c: with_pull(
        c,
        reviews=(
            *(c.pull.reviews if c.pull else ()),
            review("LEAD", "CHANGES_REQUESTED", 9, submitted_at=None),
        ),
    ),
    "about words that mean something else now": lambda c: replace(c, changed="another group"),
    "not looked into": lambda c: replace(c, problem="GitHub could not be reached"),
    "changed later": lambda c: with_pull(
        c,
        reviews=(*(c.pull.reviews if c.pull else ()), review("LEAD", "CHANGES_REQUESTED", 9)),
    ),
}


def with_pull(given, **more):
    """The case with another pull request, where it has one."""
    return replace(given, pull=replace(given.pull, **more)) if given.pull else given


def with_review(given, **more):
    """The case with every review changed, where it has any."""
    if given.pull is None:
        return given
    return with_pull(given, reviews=tuple(replace(r, **more) for r in given.pull.reviews))


@pytest.mark.parametrize("weaken", WEAKER.values(), ids=WEAKER)
def test_no_weaker_review_verifies(weaken):
    """And the verdict says what is missing."""
    found = verify(of(), weaken(case()))
    assert not found.is_verified
    assert found.why_not


@given(st.lists(st.sampled_from(sorted(WEAKER)), min_size=1, max_size=6), st.booleans())
def test_no_weaker_evidence_ever_verifies(names, has_team):
    """In whatever order and company it is weakened, with a team that would answer or without."""
    team = {("acme/seconds", "jo")} if has_team else set()
    weak = case(review(), review("jo", number=2), members=frozenset(team))
    weak = replace(weak, rosters=(roster(LEAD, SECOND),))
    for name in names:
        weak = WEAKER[name](weak)
    both = of("lead@example.com", "second@example.com")
    assert not verify(both, weak).is_verified


def test_the_last_deciding_word_counts_and_a_comment_decides_nothing():
    """Approved again after a request for changes is approved."""
    asked = review(state="CHANGES_REQUESTED", number=1, submitted_at=AT - timedelta(hours=2))
    again = review(number=2, submitted_at=AT - timedelta(hours=1))
    said = review(state="COMMENTED", number=3)
    assert verify(of(), case(said, again, asked)).is_verified


@pytest.mark.parametrize(("approved", "is_void"), [(29, True), (30, True), (31, False), (1, False)])
def test_an_approval_older_than_the_last_edit_by_more_than_a_day_is_void(approved, is_void):
    """The commit's own word is not believed where GitHub says that it was merged later."""
    at = "2026-11-01" if approved == 1 else f"2026-10-{approved}"
    old = grant(approval=approval(approved_at=day(at)))
    early = replace(INTRODUCED, at=datetime(2026, 10, 1, tzinfo=UTC))
    assert verify(old, case(review("owner"))).is_void is is_void
    assert verify(old, case(review("owner"), introduction=early)).is_void is is_void
    direct = Case(introduction=INTRODUCED)
    assert verify(old, direct).is_void is is_void


def test_a_review_of_the_edit_itself_is_newer_than_any_approval():
    """It bears out just what was merged."""
    old = grant(approval=approval(approved_at=day("2026-09-01")))
    assert verify(old, case()).is_verified


def test_nothing_is_void_by_what_could_not_be_read():
    """A failure of GitHub takes no approval away."""
    old = grant(approval=approval(approved_at=day("2026-09-01")))
    unread = verify(old, case(problem="down"))
    assert (unread.is_void, unread.hint) == (False, READ_FIRST)
    hidden = verify(old, case(review("jo"), doubt="the team is hidden"))
    assert not hidden.is_void
    assert hidden.why_not.endswith("; the team is hidden")
