"""A doubtful subject blocks its own grant and prints what would settle it."""

import pytest

from reconciler.identity.resolve import Ambiguous, Missing, Unknown
from reconciler.model.plan import Blocked, PersonRef
from reconciler.model.settings import IdentityRule
from reconciler.planning.desired import GroupIntent, UnresolvedGrant
from reconciler.planning.lines.unresolved import block_unresolved, find_removal_doubt
from reconciler.planning.refs import cite_grant, cite_person
from tests.support.nouns import GROUP, grant, managed, user

JANE, GONE = user("jane"), user("gone", "DEPROVISIONED")
TWO = Ambiguous(candidates=(GONE, JANE), rule=IdentityRule.EMAIL)
MAPPED = Ambiguous(candidates=(GONE, JANE), rule=IdentityRule.MAPPING)
TEAM = grant("team")


def test_an_ambiguous_subject_names_every_candidate_in_every_status():
    """A closed account is a candidate like another; nobody chooses for the reader."""
    assert block_unresolved(managed(), UnresolvedGrant(grant=TEAM, resolution=TWO)) == Blocked(
        code="subject-ambiguous",
        summary='"team@example.com" is the email of 2 people: gone@example.com (00ugone, '
        "DEPROVISIONED), jane@example.com (00ujane, ACTIVE)",
        hint="say who is meant in identities/, for example "
        '{email: "team@example.com", okta: {login: "gone@example.com", id: 00ugone}}',
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=PersonRef(id=None, login="team@example.com"),
        candidates=(cite_person(GONE), cite_person(JANE)),
        grants=(cite_grant(TEAM),),
    )


@pytest.mark.parametrize(
    ("code", "summary", "subject", "resolution"),
    [
        ("subject-missing", "nobody in Okta has the login", "a@x.io", Missing()),
        ("subject-missing", "no mapping says who", "jira:5b10", Missing()),
        ("subject-missing", "the mapping of", "jira:5b10", Missing(is_mapped=True)),
        ("subject-unread", "could not be read: 503", "a@x.io", Unknown(detail="503")),
        ("subject-ambiguous", "is the email of 2 people", "a@x.io", TWO),
        ("subject-ambiguous", "and the mapping of jane@example.com", "gone@example.com", MAPPED),
    ],
)
@pytest.mark.parametrize("aside", ["its grant has ended", ""])
def test_each_kind_of_doubt_has_its_own_words(code, summary, subject, resolution, aside):
    """The way out differs: a mapping, a corrected login, or another try."""
    doubt = UnresolvedGrant(grant=grant(subject), resolution=resolution)
    line = block_unresolved(managed(), doubt, aside=aside)
    assert (code, True) == (line.code, summary in line.summary)
    assert line.summary.startswith("its grant has ended, but ") is bool(aside)


GHOST = UnresolvedGrant(grant=grant("ghost"), resolution=Missing())
AMBIGUOUS = UnresolvedGrant(grant=TEAM, resolution=TWO)


@pytest.mark.parametrize("table", ["doubts", "pending_doubts", "moving_doubts"])
@pytest.mark.parametrize("resolution", [Missing(), Missing(is_mapped=True), Unknown(detail="503")])
@pytest.mark.parametrize("is_ended", [True, False])
def test_a_grant_of_nobody_may_mean_any_member(table, resolution, is_ended):
    """Whether it holds now, later or elsewhere: a person whose login was changed is among them."""
    doubt = UnresolvedGrant(grant=grant("ghost"), resolution=resolution)
    found = find_removal_doubt(GroupIntent(**{table: (doubt,)}), is_ended=is_ended)
    assert "ghost@example.com may be one of the group's members" in found.why
    assert found.grants == (doubt.grant,)


def test_of_several_candidates_only_a_member_nobody_named_may_be_yet_another():
    """One of the candidates is meant, and each of them is left alone anyway."""
    intent = GroupIntent(doubts=(AMBIGUOUS,))
    assert find_removal_doubt(intent, is_ended=True) is None
    assert find_removal_doubt(intent, is_ended=False).grants == (TEAM,)


def test_a_grant_that_has_ended_means_nobody_who_is_to_stay():
    """Whoever it meant is to go."""
    assert find_removal_doubt(GroupIntent(ended_doubts=(GHOST,)), is_ended=False) is None


@pytest.mark.parametrize("is_ended", [True, False])
def test_a_younger_account_may_not_be_the_one_who_was_meant(is_ended):
    """Who was, may have another name by now."""
    found = find_removal_doubt(GroupIntent(newer={"00ujane": (grant(),)}), is_ended=is_ended)
    assert found.why.startswith("the account of jane@example.com was made after the approval")


def test_a_long_row_of_doubts_is_cut():
    """Every line that they hold would repeat all of them."""
    doubts = tuple(UnresolvedGrant(grant=grant(f"p{n}"), resolution=Missing()) for n in range(5))
    found = find_removal_doubt(GroupIntent(doubts=doubts), is_ended=True)
    assert found.why.startswith("p0@example.com, p1@example.com, p2@example.com and 2 more may be")
    assert len(found.grants) == 3


@pytest.mark.parametrize("table", ["doubts", "newer"])
def test_of_several_grants_of_one_subject_the_same_is_cited_in_any_order_of_files(table):
    """A file that is renamed makes no reviewed plan stale."""
    both = grant("ghost", expires="2027-01-01"), grant("ghost", expires="2027-02-01")
    cited = []
    for grants in (both, both[::-1]):
        doubts = tuple(UnresolvedGrant(grant=each, resolution=Missing()) for each in grants)
        rows = doubts if table == "doubts" else {"00ughost": grants}
        cited.append(find_removal_doubt(GroupIntent(**{table: rows}), is_ended=True).grants)
    assert cited[0] == cited[1]
