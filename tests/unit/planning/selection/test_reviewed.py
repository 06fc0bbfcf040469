"""Which reviewed lines may be carried out, and which news refuses the run."""

from dataclasses import replace

import pytest

from reconciler.model.accounts import AccountAction
from reconciler.model.plan import Blocked, CatalogRevision
from reconciler.planning.selection.reviewed import (
    Comparison,
    compare,
    compare_accounts,
    find_blocked_line,
)
from tests.support.nouns import (
    GROUP,
    NEW_GROUP,
    REVISION,
    account_change,
    change,
    creation,
    grant_ref,
    plan,
    ref,
    removal,
)

A, B = change("amy"), change("bea")
GONE = removal("gone")
EDITED = CatalogRevision(commit="beef", digest="d2")


def comparison(agreed=(), left=(), refused=(), extra=()):
    """What became of the lines."""
    return Comparison(agreed=agreed, left=left, refused=refused, extra=extra)


@pytest.mark.parametrize(
    ("expected", "reviewed", "again", "now", "catalog"),
    [
        (comparison(), (), (), (), REVISION),
        (comparison(agreed=(A, GONE)), (A, GONE), (GONE, A), (A, GONE), REVISION),
        (comparison(agreed=(A,)), (A,), (A,), (A,), EDITED),
        (comparison(agreed=(A,), left=(B,)), (A, B), (A,), (A,), REVISION),
        (comparison(left=(A,)), (A,), (A,), (), REVISION),
        (comparison(left=(A,)), (A,), (), (A,), REVISION),
        (comparison(left=(GONE,)), (GONE,), (), (), EDITED),
        (comparison(agreed=(A,), extra=(B,)), (A,), (A, B), (A, B), REVISION),
        (comparison(extra=(creation(),)), (), (creation(),), (creation(),), REVISION),
        (comparison(agreed=(A,), refused=(B,)), (A,), (A, B), (A, B), EDITED),
        (comparison(agreed=(A,), refused=(GONE,)), (A,), (A, GONE), (A, GONE), REVISION),
        (comparison(refused=(GONE,)), (), (GONE,), (GONE,), EDITED),
        (comparison(refused=(GONE,)), (), (GONE,), (), REVISION),
        (comparison(extra=(GONE,)), (), (), (GONE,), REVISION),
        (comparison(extra=(B,)), (), (), (B,), EDITED),
    ],
)
def test_lines_are_agreed_left_refused_or_extra(expected, reviewed, again, now, catalog):
    """Somebody else's hand leaves lines; an unreviewed removal or edit stops; time only waits."""
    others = (plan(*lines, catalog=catalog) for lines in (again, now))
    assert expected == compare(plan(*reviewed), *others)


def test_a_line_with_other_grants_is_another_line():
    """The reviewer agreed to the grants, not to the person in general."""
    was, now_is = change(grants=(grant_ref("1"),)), change(grants=(grant_ref("2"),))
    found = compare(plan(was), plan(now_is, catalog=EDITED), plan(now_is, catalog=EDITED))
    assert comparison(left=(was,), refused=(now_is,)) == found


def test_an_agreed_line_is_carried_out_as_it_stands_now():
    """A guard that holds it today holds it, whatever the reviewed file says."""
    held = replace(GONE, held_by=("group-removals",))
    assert compare(plan(GONE), plan(GONE), plan(held)).agreed[0].held_by == ("group-removals",)
    assert compare(plan(held), plan(GONE), plan(GONE)).agreed[0].held_by == ()


def test_a_line_that_is_blocked_by_now_is_found_by_its_ids():
    """Whoever is blocked has another status, or another name, and is the same person."""
    held = Blocked(
        code="removed-by-someone",
        summary="removed by Bob",
        hint="revoke or confirm",
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=replace(ref("amy"), status="LOCKED_OUT", name="Amy"),
    )
    nobody = replace(held, person=None)
    assert find_blocked_line(A, plan(blocked=(nobody, held))) is held
    assert find_blocked_line(B, plan(blocked=(nobody, held))) is None
    assert find_blocked_line(A, plan(blocked=(replace(held, group=NEW_GROUP),))) is None
    assert find_blocked_line(creation(), plan(blocked=(nobody,))) is None


SUSPEND = account_change("jane")
UNLOCK = account_change("joe", AccountAction.UNLOCK)


@pytest.mark.parametrize(
    ("expected", "reviewed", "again", "now", "catalog"),
    [
        (comparison(agreed=(SUSPEND,)), (SUSPEND,), (SUSPEND,), (SUSPEND,), REVISION),
        (comparison(left=(SUSPEND,)), (SUSPEND,), (), (), EDITED),
        (comparison(refused=(SUSPEND,)), (), (SUSPEND,), (SUSPEND,), REVISION),
        (comparison(extra=(UNLOCK,)), (), (UNLOCK,), (UNLOCK,), REVISION),
        (comparison(refused=(UNLOCK,)), (), (UNLOCK,), (UNLOCK,), EDITED),
        (comparison(extra=(SUSPEND,)), (), (), (SUSPEND,), REVISION),
    ],
)
def test_an_account_line_is_compared_as_a_membership_is(expected, reviewed, again, now, catalog):
    """One that takes away unreviewed refuses the run, unless time alone brought it."""
    found = compare_accounts(
        plan(accounts=reviewed), plan(accounts=again, catalog=catalog), plan(accounts=now)
    )
    assert found == expected
