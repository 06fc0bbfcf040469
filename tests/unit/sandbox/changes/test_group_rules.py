"""Who is fed into which groups."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.sandbox import Group, Rule, Sandbox, SandboxError, User, World

ADD = "group.user_membership.add"
REMOVE = "group.user_membership.remove"
EXCLUDE = "group.user_membership.rule.add_exclusion"


@pytest.fixture
def world(world):
    """Two rules: one lists its people, one means a department."""
    return replace(
        world,
        users=(*world.users, User(login="eng@acme.example", department="Eng")),
        rules=(
            Rule(
                name="listed",
                expression="true",
                groups=("empty", "claude-enterprise"),
                members=("Ravi.Rao@acme.example", "jane.doe@acme.example"),
            ),
            Rule(name="meant", expression='user.department=="Eng"', groups=("empty",)),
        ),
    )


def logins(sandbox, group):
    """The members of a group."""
    return {user.login.lower().partition("@")[0] for user in sandbox.members(group)}


def rule(sandbox, name):
    """The rule of this name."""
    return next(each for each in sandbox.rules() if each.name == name)


def test_a_world_is_found_fed(sandbox):
    """Those whom a rule lists, and those whom its expression means, are there without an event."""
    assert logins(sandbox, "empty") == {"ravi.rao", "jane.doe", "eng"}
    assert logins(sandbox, "claude-enterprise") == {
        *("jane.doe", "ravi.rao", "gone.away", "new.comer")
    }
    assert rule(sandbox, "meant").members == ("eng@acme.example",)
    assert sandbox.log() == ()


@pytest.mark.parametrize(
    ("expression", "fed"),
    [
        ('user.login == "ravi.rao@acme.example"', {"ravi.rao"}),
        ("user.email=='Ravi@acme.example'", {"ravi.rao"}),
        ('user.email=="ravi@acme.example"', set()),
        ('user.department=="Sales"', set()),
        ('isMemberOfGroupName("claude-enterprise")', {"jane.doe", "new.comer"}),
        (f'isMemberOfGroup("{Group(name="claude-enterprise").id}")', {"jane.doe", "new.comer"}),
        (
            f'isMemberOfAnyGroup("00gnone", "{Group(name="claude-enterprise").id}")',
            {"jane.doe", "new.comer"},
        ),
        ('user.login=="gone.away@acme.example"', set()),
        ('String.startsWith(user.login,"ravi")', set()),
        ('user.login=="ravi.rao@acme.example" OR true', set()),
    ],
)
def test_only_a_simple_expression_means_somebody(world, expression, fed):
    """Another one is kept and feeds nobody, and the deprovisioned are fed by none."""
    rules = (Rule(name="r", expression=expression, groups=("empty",)),)
    with Sandbox.open(None, world=replace(world, rules=rules)) as org:
        assert logins(org, "empty") == fed
        assert org.rules()[0].expression == expression


def test_taking_out_a_fed_member_edits_the_rule(ask, ids, sandbox, world):
    """204; Okta itself says that it wrote the person onto the rule's list."""
    user = ids["ravi.rao@acme.example"]
    path = f"/api/v1/groups/{ids['empty']}/users/{user}"
    assert ask("DELETE", path).status_code == 204
    excluded, removed = sandbox.log()
    assert (excluded.event, excluded.actor_type, excluded.token_id) == (
        *(EXCLUDE, "SystemPrincipal"),
        "",
    )
    assert (excluded.user, excluded.rule) == ("ravi.rao@acme.example", "listed")
    assert (removed.event, removed.actor_type, removed.token_id) == (
        *(REMOVE, "User"),
        world.tokens[0].id,
    )
    assert excluded.request_id == removed.request_id
    assert rule(sandbox, "listed").exclude == ("ravi.rao@acme.example",)
    assert "ravi.rao" not in logins(sandbox, "empty")
    shown = ask("GET", f"/api/v1/groups/rules/{rule(sandbox, 'listed').id}").json()
    assert shown["conditions"]["people"] == {
        "users": {"exclude": [user]},
        "groups": {"exclude": []},
    }


def test_an_excluded_member_comes_back_by_hand(ask, ids, sandbox):
    """And is then no rule's: taking them out again edits nothing."""
    path = f"/api/v1/groups/{ids['empty']}/users/{ids['ravi.rao@acme.example']}"
    for method in ("DELETE", "PUT", "DELETE"):
        assert ask(method, path).status_code == 204
    assert [row.event for row in sandbox.log()] == [EXCLUDE, REMOVE, ADD, REMOVE]
    assert rule(sandbox, "listed").exclude == ("ravi.rao@acme.example",)


def test_adding_a_fed_member_changes_nothing(ask, ids, sandbox):
    """Whoever is both is the rule's."""
    path = f"/api/v1/groups/{ids['empty']}/users/{ids['ravi.rao@acme.example']}"
    assert ask("PUT", path).status_code == 204
    assert sandbox.log() == ()
    assert [each["name"] for each in ask("GET", f"{path}/group-rules").json()] == ["listed"]


def test_a_hundred_people_fit_on_the_list(ask, world):
    """The next removal is refused, and nothing of it happens."""
    people = tuple(User(login=f"p{n}@acme.example") for n in range(101))
    out = tuple(user.login for user in people[:100])
    full = Rule(
        name="full",
        expression="true",
        groups=("empty",),
        members=(people[100].login,),
        exclude=out,
    )
    with Sandbox.open(
        None, world=replace(world, users=(*world.users, *people), rules=(full,))
    ) as org:
        path = f"/api/v1/groups/{Group(name='empty').id}/users/{people[100].id}"
        assert ask("DELETE", path, org=org).status_code == 400
        assert logins(org, "empty") == {"p100"}
        assert org.log() == ()


def test_a_rule_that_is_not_active_leaves_its_people_behind(sandbox, ask, ids):
    """They stay, nobody manages them, and removing one is a plain removal."""
    sandbox.set_rule_status("listed", "INACTIVE")
    assert logins(sandbox, "empty") == {"ravi.rao", "jane.doe", "eng"}
    ask("DELETE", f"/api/v1/groups/{ids['empty']}/users/{ids['ravi.rao@acme.example']}")
    events = [row.event for row in sandbox.log()]
    assert events == ["group.user_membership.rule.deactivated", REMOVE]
    sandbox.set_rule_status("listed", "ACTIVE")
    assert "ravi.rao" in logins(sandbox, "empty")
    with pytest.raises(SandboxError):
        sandbox.set_rule_status("none", "ACTIVE")
    with pytest.raises(SandboxError):
        sandbox.set_rule_status("listed", "INVALID")


def test_an_inactive_rule_of_a_world_has_left_its_people(world):
    """They are in the group, and the rule feeds nobody."""
    rules = (replace(world.rules[0], status="INACTIVE"),)
    with Sandbox.open(None, world=replace(world, rules=rules)) as org:
        assert logins(org, "empty") == {"ravi.rao", "jane.doe"}
        assert org.rules()[0].members == ()


def test_a_rule_follows_its_people(world):
    """Who joins the group that it asks for is fed, who leaves it goes, and the log says why."""
    rules = (
        Rule(name="second", expression='isMemberOfGroupName("middle")', groups=("end",)),
        Rule(name="first", expression='isMemberOfGroupName("empty")', groups=("middle",)),
    )
    groups = (*world.groups, Group(name="middle"), Group(name="end"))
    with Sandbox.open(None, world=replace(world, groups=groups, rules=rules)) as org:
        org.add_member("empty", "ravi.rao@acme.example")
        assert logins(org, "end") == {"ravi.rao"}
        assert [(row.event, row.group, row.actor_type) for row in org.log()] == [
            (ADD, "empty", "User"),
            (ADD, "middle", "SystemPrincipal"),
            (ADD, "end", "SystemPrincipal"),
        ]
        org.remove_member("empty", "ravi.rao@acme.example")
        assert logins(org, "end") == set()


def test_a_new_login_is_judged_anew(world):
    """An equality that no longer holds takes the member out."""
    rules = (Rule(name="r", expression='user.login=="ravi.rao@acme.example"', groups=("empty",)),)
    with Sandbox.open(None, world=replace(world, rules=rules)) as org:
        org.rename_login("ravi.rao@acme.example", "r.rao@acme.example")
        assert logins(org, "empty") == set()
        org.rename_login("r.rao@acme.example", "ravi.rao@acme.example")
        assert logins(org, "empty") == {"ravi.rao"}


def test_deactivating_a_person_takes_them_out_of_no_group(sandbox):
    """As with a membership by hand."""
    sandbox.set_status("eng@acme.example", "DEPROVISIONED")
    assert "eng" in logins(sandbox, "empty")


def test_a_rule_without_its_group_is_invalid(sandbox, ask):
    """And says so; it manages no group any more."""
    sandbox.delete_group("empty")
    shown = ask("GET", "/api/v1/groups/rules").json()
    assert [(each["status"], each["allGroupsValid"]) for each in shown] == [("INVALID", False)] * 2


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    edges=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=6),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=8),
)
def test_rules_that_feed_each_other_come_to_an_end(edges, steps):
    """However they are tied together, and every attribution is of a member."""
    world = World(
        users=(User(login="a@x.example"),),
        groups=tuple(Group(name=f"g{n}") for n in range(5)),
        rules=tuple(
            Rule(name=f"r{n}", expression=f'isMemberOfGroupName("g{a}")', groups=(f"g{b}",))
            for n, (a, b) in enumerate(edges)
        ),
    )
    with Sandbox.open(None, world=world) as org:
        for is_added, group in steps:
            (org.add_member if is_added else org.remove_member)(f"g{group}", "a@x.example")
            for each in org.rules():
                if each.members:
                    assert len(org.members(each.groups[0])) == 1
