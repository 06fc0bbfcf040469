"""A binding that is retired or moved shows what it takes from whom, and strands nobody."""

import pytest

from tests.support.builders import Company, group_id, group_name, user_id
from tests.support.harness import Office, blocked, changes, outcomes
from tests.support.repository import committed, git

OLD = Company().tool().bind("amy", "bob", "guest").granted("amy", "bob")
NEW_GROUP = {"bind": {"id": group_id("Claude new"), "name": "Claude new"}}
MOVED = OLD.bind("amy", "bob", "guest", group=NEW_GROUP, replaces=group_id(group_name()))


@pytest.fixture
def world():
    """An org with the old group and an empty new one."""
    return OLD.group("Claude new").world()


def test_a_retired_binding_takes_back_what_it_gave(tmp_path, world):
    """Whoever no grant named stays, and is reported."""
    office = Office(tmp_path, OLD.bind("amy", "bob", "guest", retired=True), world=world)
    plan = office.plan()
    assert changes(plan) == ["remove amy claude/users", "remove bob claude/users"]
    assert {c["reason"] for c in plan["changes"]} == {"claude/users@okta-prod is retired"}
    assert [d["person"]["login"] for d in plan["drift"]["unapproved"]] == ["guest@example.com"]
    assert office.apply().code == 0
    assert office.members() == {"guest"}
    assert changes(office.plan()) == []


def test_a_move_shows_both_sides_and_carries_both_out(tmp_path, world):
    """People arrive before they leave."""
    office = Office(tmp_path, MOVED, world=world)
    plan = office.plan()
    assert sorted(changes(plan)) == [
        "add amy claude/users",
        "add bob claude/users",
        "remove amy claude/users",
        "remove bob claude/users",
    ]
    assert office.apply().code == 0
    assert office.members("Claude new") == {"amy", "bob"}
    assert office.members() == {"guest"}
    assert [verb for verb, _ in office.events()] == ["add", "add", "remove", "remove"]
    assert changes(office.plan()) == []


def test_a_binding_that_moved_and_is_retired_leaves_both_groups(tmp_path, world):
    """It is retired before everybody has left the old group, and nobody is forgotten there."""
    office = Office(tmp_path, MOVED, world=world)
    office.plan()
    assert office.apply("--no-removals").code == 4
    office.write(OLD.bind(group=NEW_GROUP, replaces=group_id(group_name()), retired=True))
    office.plan()
    assert office.apply().code == 0
    assert (office.members(), office.members("Claude new")) == ({"guest"}, set())


@pytest.mark.parametrize("how", ["forgotten", "moved on"])
def test_a_binding_says_what_it_replaces_until_nobody_is_left_there(tmp_path, world, how):
    """Else they would stay in the old group, and no plan would speak of them any more."""
    office = Office(tmp_path, MOVED, world=world)
    (tmp_path / ".gitignore").write_text(".reconciler\nplan*.json\n")
    committed(tmp_path, "moved")
    git(tmp_path, "switch", "-q", "-c", "change")
    office.plan(file="plan-full.json")
    assert office.apply(file="plan-full.json").code == 0
    office.plan(file="plan-empty.json")
    third = {"bind": {"id": group_id("Third"), "name": "Third"}}
    after = {"forgotten": {}, "moved on": {"group": third, "replaces": group_id("Claude new")}}
    office.write(OLD.bind("amy", "bob", "guest", **{"group": NEW_GROUP, **after[how]}))
    judge = ("--sandbox", "validate", "--base", "main", "--as-of", "2026-11-22T12:00:00Z")
    assert "binding-deleted" in office.run(*judge).out
    assert "binding-deleted" in office.run(*judge, "--plan", "plan-full.json").out
    assert office.run(*judge, "--plan", "plan-empty.json").code == 0


def test_whoever_cannot_arrive_does_not_leave(tmp_path):
    """A suspended person is never added, so the old group keeps them."""
    company = MOVED.person("bob", status="SUSPENDED")
    office = Office(tmp_path, company, world=company.group("Claude new").world())
    plan = office.plan()
    assert ("move-waits", "claude/users", "bob") in blocked(plan)
    assert office.apply().code == 4
    assert office.members() == {"bob", "guest"}


def test_an_addition_that_fails_keeps_the_person_in_the_old_group(tmp_path, world):
    """The plan was right; Okta refused one write."""
    office = Office(tmp_path, MOVED, world=world)
    office.plan()
    path = f"/api/v1/groups/{group_id('Claude new')}/users/{user_id('amy')}"
    fault = ("sandbox", "fault", "add", "--status", "400", "--method", "PUT", "--path", path)
    assert office.run(*fault, "--times", "9").code == 0
    ran = office.apply()
    assert ran.code == 4
    assert "amy" in office.members()
    found = outcomes(office.result(ran))
    assert found["remove amy claude/users"] == "not run"
    assert found["remove bob claude/users"] == "verified"
