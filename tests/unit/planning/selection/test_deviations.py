"""Where a run and a review part ways, by intent alone."""

from dataclasses import replace

import pytest

from reconciler.model.approvals.review import BaseComparison, Cause
from reconciler.model.errors import UsageError
from reconciler.model.outcome import AccountResult, ApplyResult, LineResult, Outcome
from reconciler.planning.selection.deviations import find_deviations
from tests.support.nouns import CREATED, ORG, account_change, change, grant_ref, plan, removal

JANE = change("jane", cause=Cause.CHANGE)
WAITED = removal("old", cause=Cause.PENDING)


def reviewed(*lines, against=BaseComparison(commit="c0ffee")):  # noqa: B008 - a frozen value
    """A plan that was compared with a base."""
    return replace(plan(), changes=lines, against=against)


def result(*lines, **more):
    """An apply with these lines."""
    facts = {"connector": plan().connector, "org": ORG, **more}
    return ApplyResult(
        run="r1",
        sandbox=False,
        plan_digest="d",
        started_at=CREATED,
        ended_at=CREATED,
        lines=tuple(LineResult(change=c, outcome=o) for c, o in lines),
        **facts,
    )


def test_a_run_of_just_the_reviewed_lines_departs_in_nothing():
    """The cause stands beside the intent: the run knows of none."""
    ran = result((replace(JANE, cause=None), Outcome.VERIFIED))

    assert find_deviations(reviewed(JANE), ran).is_empty


def test_what_waited_anyway_is_no_departure_done_or_not():
    """The review showed it, and the change does not owe it."""
    ran = ((JANE, Outcome.VERIFIED), (WAITED, Outcome.VERIFIED))

    assert find_deviations(reviewed(JANE, WAITED), result(*ran)).is_empty
    assert find_deviations(reviewed(JANE, WAITED), result(ran[0])).is_empty


@pytest.mark.parametrize("outcome", [o for o in Outcome if not o.is_done])
def test_a_reviewed_line_that_did_not_come_to_its_end_is_told(outcome):
    """Refused, failed, held or not run: the reviewer expected it."""
    found = find_deviations(reviewed(JANE), result((JANE, outcome)))

    assert [line.outcome for line in found.undone] == [outcome]


def test_a_reviewed_line_that_the_run_did_not_have_is_told():
    """Blocked meanwhile, waiting for a watched run, or done by somebody else."""
    assert find_deviations(reviewed(JANE), result()).absent == (JANE,)


def test_a_line_that_nobody_saw_in_this_review_is_told_when_it_was_done():
    """One that was not done changed nothing."""
    other = change("joe")
    found = find_deviations(reviewed(), result((other, Outcome.VERIFIED), (WAITED, Outcome.FAILED)))

    assert [line.change for line in found.unreviewed] == [other]


def test_the_same_person_for_another_grant_is_another_line():
    """The grant was edited after the review: its hash is part of the intent."""
    edited = replace(JANE, grants=(grant_ref("b2"),))
    found = find_deviations(reviewed(JANE), result((edited, Outcome.VERIFIED)))

    assert found.absent == (JANE,)
    assert [line.change for line in found.unreviewed] == [edited]


def test_a_held_line_is_not_owed_and_without_a_base_every_other_is():
    """A guard's hold was on the screen; a plan without a base owes all it shows."""
    held = removal("gone", held_by=("group-removals",))
    bare = reviewed(held, WAITED, against=None)

    assert find_deviations(bare, result()).absent == (WAITED,)
    assert find_deviations(
        reviewed(WAITED, against=BaseComparison(commit="c", problem="no")), result()
    ).absent


def test_a_result_of_another_org_is_not_compared():
    """Ids of two orgs have nothing to do with each other."""
    with pytest.raises(UsageError, match="okta-lab"):
        find_deviations(reviewed(), result(connector="okta-lab"))


def test_account_lines_are_held_against_their_review_too():
    """Undone, absent, and done without a review."""
    undone = account_change("jane", cause=Cause.CHANGE)
    absent = account_change("joe", cause=Cause.CHANGE)
    waited = account_change("old", cause=Cause.PENDING)
    extra = account_change("eve")
    made = replace(reviewed(), accounts=(undone, absent, waited))
    failed = AccountResult(change=undone, outcome=Outcome.FAILED)
    done = AccountResult(change=extra, outcome=Outcome.VERIFIED)
    found = find_deviations(made, result(accounts=(failed, done)))
    assert found.undone_accounts == (failed,)
    assert found.absent_accounts == (absent,)
    assert found.unreviewed_accounts == (done,)
    assert not found.is_empty
