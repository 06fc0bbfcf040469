"""What brings a line: the change, what waited before it, or time."""

from dataclasses import replace
from datetime import date

from reconciler.model.accounts import (
    AccountAction,
    AccountDeclaration,
    AccountPart,
    AccountRequest,
)
from reconciler.model.approvals.doors import Doors
from reconciler.model.approvals.review import BaseComparison, Cause
from reconciler.model.catalog import Acknowledgement, Catalog, Revocation
from reconciler.model.settings import GuardLimits, Limit, Settings
from reconciler.planning.refs import account_hash
from reconciler.planning.three_way.attribution import (
    apply_base_limits,
    attribute,
    end_lost_grants,
    find_released,
    find_released_accounts,
    merge_requests,
    unite_catalogs,
    warn_of_altered_doors,
)
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import (
    CREATED,
    account_change,
    approval,
    blocked_account,
    change,
    grant,
    grant_ref,
    plan,
    removal,
)
from tests.unit.planning.approvals.test_issues import DOOR

AGAINST = BaseComparison(commit="abc")
A, B, GONE = change("amy"), change("bea"), removal("gone")


def causes(split):
    """Who has which cause."""
    return {c.person.login.partition("@")[0]: c.cause for c in split.changes}


def test_a_line_has_the_first_cause_that_fits():
    """Only the change's own lines are laid at its door."""
    split = attribute(plan(A, B, GONE), plan(B, GONE), plan(B), AGAINST)
    assert causes(split) == {"amy": Cause.CHANGE, "bea": Cause.PENDING, "gone": Cause.TIME}
    assert split.withdrawn == ()


def test_a_second_grant_for_a_pending_person_is_no_new_effect():
    """The same person comes to the same group."""
    more = change("amy", grants=(grant_ref("1"), grant_ref("2")))
    assert causes(attribute(plan(more), plan(A), plan(A), AGAINST)) == {"amy": Cause.PENDING}


def test_a_line_that_only_the_base_has_is_withdrawn():
    """Revoking a grant nobody carried out yet takes a line away."""
    split = attribute(plan(A), plan(A, B), plan(A, B), AGAINST)
    assert split.withdrawn == (B,)


def test_a_removal_is_not_the_addition_of_the_same_person():
    """The effect is what is done, not to whom."""
    split = attribute(plan(removal("amy")), plan(A), plan(A), AGAINST)
    assert causes(split) == {"amy": Cause.CHANGE}
    assert split.withdrawn == (A,)


def test_an_edited_or_deleted_grant_is_lost_as_it_was():
    """Only what it declares counts: purpose and place may change."""
    jane, joe = grant("jane"), grant("joe")
    gone = Revocation(at=date(2026, 11, 22), by="this change", reason="its file is deleted")
    head, base = Catalog(grants=(replace(jane, purpose="more"),)), Catalog(grants=(jane, joe))
    assert end_lost_grants(head, base, gone) == (replace(joe, revoked=gone),)
    assert end_lost_grants(base, base, gone) == ()


def test_a_change_cannot_loosen_the_limits_it_is_judged_by():
    """Settings that have an effect of their own stay as the change wants them."""
    loose = Settings(guards=GuardLimits(run_removals=()), naming_pattern="^x$")
    strict = Settings(guards=GuardLimits(run_removals=(Limit(count=1),)))
    judged = apply_base_limits(Catalog(settings=loose), Catalog(settings=strict))
    assert judged.settings.guards == strict.guards
    assert judged.settings.naming_pattern == "^x$"


def test_a_change_cannot_bring_the_exception_that_lets_it_pass():
    """An acknowledgement counts once it is merged."""
    ack = Acknowledgement(
        guard="run-removals",
        connector=CONNECTOR,
        people=frozenset({"00ugone"}),
        reason="moved",
        by="lead@example.com",
        expires=date(2026, 11, 27),
    )
    brings, has = Catalog(acknowledgements=(ack,)), Catalog()
    assert apply_base_limits(brings, has).acknowledgements == ()
    assert apply_base_limits(has, brings).acknowledgements == (ack,)


def test_everyone_of_both_sides_is_observed():
    """A person only the base grants is still somebody to look up."""
    both = unite_catalogs(Catalog(grants=(grant("jane"),)), Catalog(grants=(grant("joe"),)))
    assert {g.subject for g in both.grants} == {grant("jane").subject, grant("joe").subject}


def test_what_a_guard_holds_no_more_is_released():
    """What it holds still, and what it never held, is not."""
    held, kept = removal("old", held_by=("run-removals",)), removal("gone", held_by=("ourselves",))
    assert find_released(plan(A, held, kept), plan(A, removal("old"), kept)) == (held,)


def test_account_lines_have_their_causes_too():
    """The change's own, what waited, and what the change takes away."""
    mine, waits = account_change("jane"), account_change("joe")
    gone = account_change("zoe")
    asked = blocked_account("eve")
    head = plan(accounts=(mine, waits), blocked_accounts=(asked,))
    base = plan(accounts=(waits, gone))
    found = attribute(head, base, base, AGAINST)
    assert [c.cause for c in found.accounts] == [Cause.CHANGE, Cause.PENDING]
    assert [b.cause for b in found.blocked_accounts] == [Cause.CHANGE]
    assert found.withdrawn_accounts == (gone,)


def test_what_a_guard_holds_of_accounts_no_more_is_released():
    """Merging would let it go."""
    held = account_change(action=AccountAction.DEACTIVATE, held_by=("deactivations",))
    free = account_change(action=AccountAction.DEACTIVATE)
    assert find_released_accounts(plan(accounts=(held,)), plan(accounts=(free,))) == (held,)
    assert find_released_accounts(plan(accounts=(held,)), plan(accounts=(held,))) == ()


def test_a_request_under_review_counts_from_its_merge():
    """One that is merged already keeps the instant that git tells."""
    request = AccountRequest(requested_at=CREATED, reason="r", approval=approval())
    other = replace(request, requested_at=NOW)
    head = Catalog(
        accounts=(
            AccountDeclaration(subject="jane@example.com", unlock=request, password_reset=other),
        )
    )
    old, new = (
        account_hash(head.accounts[0], part)
        for part in (AccountPart.UNLOCK, AccountPart.PASSWORD_RESET)
    )
    assert merge_requests(head, Catalog(), {old: CREATED}, NOW) == {old: CREATED, new: NOW}


def test_a_request_of_the_base_of_which_git_does_not_tell_is_not_merged_anew():
    """Else every change would seem to carry out what lapsed long ago."""
    request = AccountRequest(requested_at=CREATED, reason="r", approval=approval())
    here = AccountDeclaration(subject="jane@example.com", unlock=request)
    moved = replace(here, subject="JANE@example.com", reason="moved")
    assert merge_requests(Catalog(accounts=(moved,)), Catalog(accounts=(here,)), {}, NOW) == {}


def test_it_is_told_that_issues_were_read_by_the_doors_of_the_base():
    """Only where the change would have them read otherwise; the first door was no reading."""
    with_door, without = Catalog(doors=Doors(jira=DOOR)), Catalog()
    other = Catalog(doors=Doors(jira=replace(DOOR, approved=frozenset({"1"}))))
    for head in (other, without):
        (warning,) = warn_of_altered_doors(head, with_door)
        assert warning.code == "doors-altered"
    assert list(warn_of_altered_doors(with_door, with_door)) == []
    assert list(warn_of_altered_doors(with_door, without)) == []
