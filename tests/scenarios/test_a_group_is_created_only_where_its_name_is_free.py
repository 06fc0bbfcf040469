"""Creating a group never takes over one that somebody else made."""

from dataclasses import replace

import pytest

from reconciler.sandbox import Group
from tests.support.builders import Company, group_name
from tests.support.harness import Office, blocked, changes, outcomes

COMPANY = Company().tool().create().granted("amy", "bob")
MARKER = "[reconciler:okta-prod/claude/users]"
NAME = group_name()


def office_with(folder, *groups):
    """The company, and these groups in its org besides."""
    world = COMPANY.world()
    return Office(folder, COMPANY, world=replace(world, groups=(*world.groups, *groups)))


def test_the_group_is_made_with_its_marker_and_filled(tmp_path):
    """The usual case: nobody has the name."""
    office = Office(tmp_path, COMPANY)
    assert changes(office.plan()) == [
        "create-group claude/users",
        "add amy claude/users",
        "add bob claude/users",
    ]
    ran = office.apply()
    assert ran.code == 0
    assert outcomes(office.result(ran)) == dict.fromkeys(
        changes(office.read("plan.json")), "verified"
    )
    assert office.members() == {"amy", "bob"}
    with office.org() as org:
        assert [g.description for g in org.groups() if g.name == NAME] == [MARKER]


def test_the_next_plan_finds_its_own_group_and_has_nothing_to_do(tmp_path):
    """The marker says whose it is; the plan asks for its binding by id, and for an app."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    office.apply()
    made = office.plan()
    assert changes(made) == []
    assert made["blocked"] == []
    assert [w["code"] for w in made["warnings"]] == [
        "group-created-unbound",
        "group-without-app",
    ]
    assert office.run("--sandbox", "plan", "--detailed-exitcode").code == 0


@pytest.mark.parametrize("name", [NAME, NAME.upper(), NAME.lower()])
def test_a_group_of_that_name_blocks(name, tmp_path):
    """Okta compares names without case; whoever made it did not make it for this."""
    office = office_with(tmp_path, Group(name=name, members=("amy@example.com",)))
    made = office.plan()
    assert changes(made) == []
    assert blocked(made) == [("group-name-taken", "claude/users", "")]
    assert office.apply().code == 4
    with office.org() as org:
        assert [g.members for g in org.groups() if g.name.lower() == NAME.lower()] == [1]


def test_a_group_of_an_app_with_that_name_blocks(tmp_path):
    """Okta would even let us make a second one, and nobody could tell them apart."""
    office = office_with(tmp_path, Group(name=NAME, type="APP_GROUP"))
    assert blocked(office.plan()) == [("group-name-taken", "claude/users", "")]
    assert office.apply().code == 4
    with office.org() as org:
        assert [g.type for g in org.groups() if g.name == NAME] == ["APP_GROUP"]


def test_a_group_whose_name_only_begins_so_does_not_matter(tmp_path):
    """Okta's search finds prefixes; only the whole name counts."""
    office = office_with(tmp_path, Group(name=f"{NAME} of old"), Group(name=NAME[:-1]))
    assert office.plan()["blocked"] == []
    assert office.apply().code == 0
    assert office.members() == {"amy", "bob"}
    assert office.members(f"{NAME} of old") == set()


def test_a_marked_group_is_adopted_with_the_members_it_has(tmp_path):
    """A creation whose answer was lost: the group is ours, and only the rest is done."""
    marked = Group(name=NAME, description=f"Seats {MARKER}", members=("amy@example.com",))
    office = office_with(tmp_path, marked)
    assert changes(office.plan()) == ["add bob claude/users"]
    assert office.apply().code == 0
    assert office.members() == {"amy", "bob"}
    assert office.events() == [("add", "bob")]


@pytest.mark.parametrize("others", [(), (Group(name=NAME),), (Group(name=NAME, type="APP_GROUP"),)])
def test_our_group_is_ours_whatever_it_is_called_and_whoever_took_its_name(tmp_path, others):
    """It was renamed in Okta: no second one is made, and the plan prints how to bind it."""
    ours = Group(name="Old seats", description=f"Seats {MARKER}", members=("amy@example.com",))
    office = office_with(tmp_path, ours, *others)
    made = office.plan()
    assert (changes(made), made["blocked"]) == (["add bob claude/users"], [])
    (told,) = [w for w in made["warnings"] if w["code"] == "group-created-unbound"]
    (group,) = told["groups"]
    assert told["hint"].endswith(f'group: {{bind: {{id: {group["id"]}, name: "Old seats"}}}}')
    assert office.apply().code == 0
    assert office.members("Old seats") == {"amy", "bob"}
    with office.org() as org:
        names = [g.name for g in org.groups() if g.name == NAME]
    assert names == [NAME] * len(others)


def test_our_group_wins_over_a_directorys_of_the_same_name(tmp_path):
    """A directory may call its groups as it likes, and even copy their descriptions."""
    ours = Group(name=NAME, description=MARKER, members=("amy@example.com",))
    theirs = Group(name=NAME.upper(), description=MARKER, type="APP_GROUP")
    office = office_with(tmp_path, ours, theirs)
    assert changes(office.plan()) == ["add bob claude/users"]
    assert office.apply().code == 0


def test_two_groups_with_one_marker_are_told_apart_by_nobody(tmp_path):
    """Somebody copied the description: a person says which one it is."""
    ours = Group(name=NAME, description=MARKER)
    copied = Group(name="Copy", description=f"As before {MARKER}")
    made = office_with(tmp_path, ours, copied).plan()
    assert blocked(made) == [("group-marked-twice", "claude/users", "")]
    assert changes(made) == []


def test_a_group_that_was_made_is_to_be_bound_at_the_first_chance(tmp_path):
    """The run that makes it says so itself."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    ran = office.apply()
    (line,) = [n for n in office.result(ran)["lines"] if n["change"]["action"] == "create-group"]
    group = line["change"]["group"]
    assert f'group: {{bind: {{id: {group["id"]}, name: "{NAME}"}}}}' in ran.out


def test_another_bindings_marker_blocks(tmp_path):
    """A marker says whose the group is, and this one is not ours."""
    other = Group(name=NAME, description="[reconciler:okta-prod/claude/admins]")
    office = office_with(tmp_path, other)
    assert blocked(office.plan()) == [("group-name-taken", "claude/users", "")]


def test_a_name_taken_after_the_review_creates_nothing(tmp_path):
    """Somebody made a group of that name by hand in between."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    world = COMPANY.world()
    with office.org() as org:
        org.seed(replace(world, groups=(*world.groups, Group(name=NAME))), rate_limit="off")
    ran = office.apply()
    assert ran.code == 4
    assert outcomes(office.result(ran)) == {}
    assert office.members() == set()
