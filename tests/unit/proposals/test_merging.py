"""Without a review only what a source bears out is merged, and nothing besides."""

from dataclasses import replace

import pytest

from reconciler.model.settings import ProposalRules, RequiredApproval, Settings
from reconciler.proposals.merging import find_merge_refusals
from tests.support.merges import GOOD, SPOILERS, grown
from tests.support.nouns import grant


def codes(question, plans, pull):
    """Of all that speaks against it."""
    return [each.code for each in find_merge_refusals(question, plans, pull)]


def test_an_addition_that_its_source_bears_out_may_be_merged():
    """Nothing speaks against it."""
    assert find_merge_refusals(*GOOD) == ()


def test_a_base_that_got_other_grants_since_is_the_same_to_it():
    """Several proposals of one day are merged one after the other, without new plans."""
    assert find_merge_refusals(*grown(grant("joe"), grant("jane", tool="cursor"))(*GOOD)) == ()


@pytest.mark.parametrize(
    "rules",
    [
        Settings(),
        replace(GOOD[0].base.settings, required=RequiredApproval.HIGH),
        replace(GOOD[0].base.settings, required=RequiredApproval.NONE),
        replace(GOOD[0].base.settings, proposals=ProposalRules()),
    ],
)
def test_where_grants_have_owners_they_review_them(rules):
    """Whatever a source bears out: CODEOWNERS names them."""
    question, plans, pull = GOOD
    base, head = (replace(c, settings=rules) for c in (question.base, question.head))
    then = replace(question.planned, catalog=base)
    owned = replace(question, base=base, head=head, planned=then)
    assert set(codes(owned, plans, pull)) == {"owned"}


@pytest.mark.parametrize("spoiler", SPOILERS)
def test_each_thing_that_speaks_against_it_is_enough(spoiler):
    """And says so by its own code."""
    code, spoil = SPOILERS[spoiler]
    assert code in codes(*spoil(*GOOD))


def test_nothing_at_all_is_no_proposal():
    """A pull request without a file, no plan and nothing new."""
    question, _, pull = GOOD
    empty = replace(question, head=question.base, files=())
    assert set(codes(empty, (), replace(pull, files=()))) == {
        "files-unknown",
        "plan-missing",
        "nothing-added",
    }


def test_a_refusal_is_said_once_and_names_what_it_is_about():
    """However many lines it has."""
    question, (plan,), pull = GOOD
    twice = replace(plan, changes=plan.changes * 2, sandbox=True)
    held = replace(twice, changes=tuple(replace(c, held_by=("g",)) for c in twice.changes))
    found = find_merge_refusals(question, (held,), pull)
    assert [each.summary for each in found] == [
        "the plan of okta-prod is of no live org",
        "add jane@example.com claude/users is held by a guard",
    ]


def test_access_that_was_revoked_before_its_approval_may_be_given_again():
    """Or to somebody else, or of another tool, whenever."""
    question, plans, pull = GOOD
    gone = (grant(revoked="2026-11-21"), grant("joe", revoked="2026-12-01"))
    held = replace(question.base, grants=(*question.base.grants, *gone))
    head = replace(question.head, grants=(*question.head.grants, *gone))
    planned = replace(question.planned, catalog=held)
    assert (
        find_merge_refusals(replace(question, planned=planned, base=held, head=head), plans, pull)
        == ()
    )
