"""Grants that name no approver: any approver's review of the merged head bears them out."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.settings import Contact
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.planning.approvals.roster import Roster, is_known_person
from reconciler.planning.approvals.verification import verify
from tests.support.nouns import grant, tool
from tests.unit.planning.approvals.test_verification import (
    LEAD,
    MERGED,
    SECOND,
    WEAKER,
    called,
    case,
    of,
    review,
    roster,
    with_pull,
)

MEMBER = frozenset({"github:jo", "jo@example.com"})


def by_review(requester=None, **more):
    """A grant whose approval is a review."""
    source = ApprovalAtSource(by=ApprovalSource.GITHUB, requested_by=requester)
    return grant(approval=source, **more)


def test_the_review_says_who_agreed_and_the_merge_when():
    """The person by what the files of then call them, for they are known by that."""
    found = verify(by_review(), case(review("LEAD")))
    assert found.is_verified
    assert (found.approved_by, found.approved_at) == (("lead@example.com",), MERGED)
    assert found.asked_by == "@asker"
    assert [each.reviewer for each in found.reviews] == ["LEAD"]


def test_everybody_who_may_approve_and_did_is_named_once():
    """One answers for a team, whose address is many people's."""
    known = roster(LEAD, SECOND, people=(MEMBER,))
    found = verify(
        by_review(),
        case(
            review(),
            review("jo", number=2),
            review("passer-by", number=3),
            rosters=(known,),
            members=frozenset({("acme/seconds", "jo")}),
        ),
    )
    assert found.approved_by == ("lead@example.com", "@jo")
    assert [each.id for each in found.reviews] == [1, 2]


def test_the_owner_agrees_where_no_approver_is_named():
    """As for approvals that are typed."""
    owned = replace(tool(), owners=(Contact(email="own@example.com", github="@own"),))
    owners = Roster(tools={"claude": owned}, called=called)
    found = verify(by_review(), case(review("own"), rosters=(owners,)))
    assert found.approved_by == ("own@example.com",)
    assert not verify(by_review(), case(review("lead"), rosters=(owners,))).is_verified


ALIKE = {"of another head", "stale"}
"""Of the same other commit: together they are in order."""


@given(
    st.lists(st.sampled_from(sorted(WEAKER)), min_size=1, max_size=6).filter(
        lambda names: not set(names) >= ALIKE
    )
)
def test_nothing_weaker_verifies_who_is_not_named_either(names):
    """Every weakness of a named approver's review is one of anybody's."""
    weak = case()
    for name in names:
        weak = WEAKER[name](weak)
    found = verify(by_review(), weak)
    assert not found.is_verified
    assert found.why_not
    assert not found.is_void


@pytest.mark.parametrize(
    ("subject", "requester"), [("lead@example.com", None), ("jane", "lead@example.com")]
)
def test_nobody_agrees_to_their_own_access_or_request(subject, requester):
    """By whichever of their names the grant calls them."""
    people = (frozenset({"github:lead", "lead@example.com"}),)
    found = verify(by_review(requester, name=subject), case(rosters=(roster(people=people),)))
    assert "no review of pull request 7 counts for an approver of claude: that of @lead is by" in (
        found.why_not
    )


def test_who_may_not_approve_is_told_so():
    """The reason names the reviewer, and so does the list of who is named."""
    found = verify(by_review(), case(review("mallory")))
    told = "that of @mallory is by nobody who was an approver of the tool before it, and still is"
    assert found.why_not.endswith(told)
    assert "mallory" in found.names


def from_program(**more):
    """A pull request that a program opened, in order otherwise."""
    people = (frozenset({"jira:5b10", "asker@example.com"}),)
    return with_pull(
        case(rosters=(roster(people=people),), **more),
        author="access[bot]",
        author_is_bot=True,
        committers=frozenset({"access[bot]"}),
    )


@pytest.mark.parametrize("typed", [True, False])
@pytest.mark.parametrize(
    ("requester", "why"),
    [
        (None, "a program opened pull request 7, and the grant names nobody in `requested_by`"),
        ("x@example.com", "a program opened pull request 7, and no file says who x@example.com is"),
        ("asker@example.com", ""),
        ("jira:5b10", ""),
        ("lead@example.com", "is by the requester of the grant"),
    ],
)
def test_where_a_program_asks_it_has_to_be_known_for_whom(typed, requester, why):
    """Its account says nothing of the person, who could be the reviewer."""
    given_ = of() if typed else by_review()
    given_ = replace(given_, approval=replace(given_.approval, requested_by=requester))
    lead = frozenset({"github:lead", "lead@example.com"})
    people = (frozenset({"jira:5b10", "asker@example.com"}), lead)
    found = verify(given_, replace(from_program(), rosters=(roster(people=people),)))
    assert found.is_verified is (not why)
    assert found.why_not.endswith(why)
    assert not found.why_not or requester is None or requester in found.names


@pytest.mark.parametrize(
    "more",
    [
        {"author": "GitHub-Actions[bot]"},
        {"committers": frozenset({"access[bot]", "github-actions[bot]"})},
    ],
    ids=["opened it", "committed to it"],
)
def test_what_a_workflow_wrote_with_its_own_token_is_anybodys(more):
    """An approver could push a branch whose workflow asks in the name of another, and approve."""
    asked = by_review("asker@example.com")
    assert verify(asked, from_program()).is_verified
    found = verify(asked, with_pull(from_program(), **more))
    assert not found.is_verified
    assert "a workflow wrote pull request 7 with its own token" in found.why_not


def test_a_program_alone_never_bears_anything_out():
    """Its own review is no person's, and its merge no approval."""
    asked = by_review("asker@example.com")
    assert verify(asked, from_program()).is_verified
    bots = (review("access[bot]", is_person=False),)
    assert not verify(asked, with_pull(from_program(), reviews=bots)).is_verified
    assert not verify(asked, with_pull(from_program(), reviews=())).is_verified
    late = (review(submitted_at=MERGED + timedelta(minutes=1)),)
    assert not verify(asked, with_pull(from_program(), reviews=late)).is_verified


def test_a_person_is_known_by_another_name_or_as_a_contact():
    """A name that stands alone could be anybody's."""
    rosters = (roster(LEAD),)
    assert is_known_person("LEAD@example.com", frozenset({"lead@example.com"}), rosters)
    assert is_known_person("x@example.com", frozenset({"x@example.com", "00ux"}), rosters)
    assert not is_known_person("x@example.com", frozenset({"x@example.com"}), rosters)
