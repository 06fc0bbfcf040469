"""What a run that nobody watches may carry out."""

from dataclasses import replace

import pytest

from reconciler.model.accounts import AccountAction
from reconciler.model.catalog import Authority, BindGroup, Catalog
from reconciler.model.plan import GroupSummary, MemberClass, PlanWarning
from reconciler.planning.selection.scheduled import select_scheduled
from tests.support.nouns import (
    GROUP,
    NEW_GROUP,
    account_change,
    binding,
    change,
    creation,
    plan,
    ref,
    removal,
    tool,
)

STRICT = binding(authority=Authority.AUTHORITATIVE)
OPEN = replace(STRICT, unattended=True)
ADDED = change("amy")
ENDED, UNNAMED = removal("bob", MemberClass.ENDED), removal("cy", MemberClass.UNAPPROVED)


def split(lines, *bindings, group=GROUP):
    """The lines that are carried out."""
    catalog = Catalog(tools={"claude": tool("claude", users={})}, bindings=bindings)
    summary = GroupSummary(
        group=group,
        bindings=tuple(dict.fromkeys(b.name for b in bindings)),
        authority=Authority.AUTHORITATIVE,
        members=3,
    )
    made = select_scheduled(plan(*lines, groups=(summary,)), catalog)
    assert {*made.changes, *(line.change for line in made.waiting)} == set(lines)
    assert all(line.why for line in made.waiting)
    return made.changes


@pytest.mark.parametrize(
    ("binding_", "expected"),
    [(STRICT, (ADDED, ENDED)), (OPEN, (ADDED, ENDED, UNNAMED))],
)
def test_only_what_a_file_explains_is_carried_out(binding_, expected):
    """Whoever no grant ever named waits, unless the binding says that nobody needs to watch."""
    bound = replace(binding_, group=BindGroup(id=GROUP.id, name=GROUP.name))
    assert expected == split((ADDED, ENDED, UNNAMED), bound)


def test_a_group_to_be_created_waits_with_its_first_people():
    """A name is taken for good, so somebody looks."""
    first = change("amy", group=NEW_GROUP)
    assert split((creation(), first), binding(), group=NEW_GROUP) == ()


def test_the_side_a_moved_binding_leaves_waits():
    """The new side fills meanwhile."""
    moved = replace(binding(), group=BindGroup(id="00gnew", name="new"), replaces=GROUP.id)
    assert split((ENDED,), moved) == ()
    retired = replace(binding(), group=BindGroup(id=GROUP.id, name=GROUP.name), retired=True)
    assert split((ENDED,), retired) == (ENDED,)


def test_while_the_log_cannot_be_read_nobody_is_added():
    """Whoever was removed by hand would come back unseen; whose grant ended leaves all the same."""
    warning = PlanWarning(code="system-log-failed", summary="503")
    made = select_scheduled(plan(ADDED, ENDED, warnings=(warning,)), Catalog())
    assert made.changes == (ENDED,)
    assert [line.change for line in made.waiting] == [ADDED]


def test_a_group_no_binding_explains_loses_nobody_unnamed():
    """An empty list of bindings agrees to nothing."""
    assert split((UNNAMED,)) == ()


def test_an_account_is_changed_by_a_reviewed_plan_alone():
    """Every account line waits, and with it who would come back."""
    back = change("amy", person=replace(ref("amy"), status="SUSPENDED"))
    line = account_change("amy", AccountAction.UNSUSPEND)
    made = select_scheduled(plan(back, ADDED, accounts=(line,)), Catalog())
    assert made.changes == (ADDED,)
    assert [left.change for left in made.waiting] == [back]
    assert [left.change for left in made.accounts] == [line]
