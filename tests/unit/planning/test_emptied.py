"""Which bindings a plan shows to have nobody left."""

from dataclasses import replace

import pytest

from reconciler.model.evidence import ON_CALL, PastLine, PastRun
from reconciler.planning.binding_moves import find_emptied, is_finished
from reconciler.planning.steps.assess import assess
from reconciler.planning.steps.complete import complete
from tests.support.builders import CONNECTOR, NOW, Company, group_id, group_name
from tests.support.nouns import beside

NAME = f"claude/users@{CONNECTOR}"


def shown(company):
    """The bindings that a plan of the company shows to be empty."""
    return find_emptied(complete(assess(company.catalog(), CONNECTOR, company.live(), beside())))


def test_a_retired_group_is_empty_when_none_of_ours_is_left():
    """Strangers are nobody's grant."""
    company = Company().tool().bind("zoe", retired=True).granted("amy")
    assert shown(company) == {(NAME, group_id(group_name()))}


def test_whoever_is_still_to_leave_is_there():
    """Their removal is a line of the plan."""
    company = Company().tool().bind("amy", retired=True).granted("amy")
    assert shown(company) == frozenset()


def test_a_group_with_a_question_is_not_empty():
    """A name in doubt may be a member."""
    company = Company().tool().bind("zoe").grant("nobody")
    assert shown(company) == frozenset()


def test_a_group_that_is_yet_to_be_made_shows_nothing():
    """Nobody has looked into it."""
    assert shown(Company().tool().create()) == frozenset()


def test_each_group_of_a_moved_binding_is_shown_on_its_own():
    """Whoever is still to leave the old one is no question of the new one."""
    new = {"bind": {"id": group_id("new"), "name": "new"}}
    moved = (
        Company()
        .tool()
        .bind("amy", group=new, replaces=group_id(group_name()))
        .group("new", "amy")
        .granted("amy")
    )
    assert shown(moved) == {(NAME, group_id("new"))}


DONE = PastRun(
    run="r1",
    connector=CONNECTOR,
    sandbox=False,
    mode="scheduled",
    started_at=NOW,
    ended_at=NOW,
    exit_code=0,
    is_complete=True,
)


def line(outcome):
    """A removal that ended so."""
    return PastLine(
        action="remove",
        group="00gclaude",
        group_name="Claude users",
        person="00uamy",
        login="amy@example.com",
        member_class="ended",
        outcome=outcome,
        at=NOW,
    )


@pytest.mark.parametrize(
    ("expected", "more"),
    [
        (True, {}),
        (True, {"lines": (line("verified"), line("already so"))}),
        (False, {"lines": (line("verified"), line("accepted, not yet visible"))}),
        (False, {"lines": (line("not run"),)}),
        (False, {"exit_code": 4}),
        (False, {"exit_code": None, "is_complete": False}),
        (False, {"blocked": 1}),
        (False, {"held": ("run-removals",)}),
        (False, {"mode": ON_CALL}),
    ],
)
def test_a_run_shows_it_when_it_left_nothing(expected, more):
    """No line, no question, nothing held."""
    assert is_finished(replace(DONE, **more)) is expected
