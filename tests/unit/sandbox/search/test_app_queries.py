"""Which apps there are, and who has them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.sandbox import App, Group, Sandbox, Token, User, World

PEOPLE = [f"p{n}@x.example" for n in range(6)]
STATUSES = st.sampled_from(["ACTIVE", "SUSPENDED", "DEPROVISIONED"])


def test_leaving_the_last_group_ends_the_assignment(sandbox, ask):
    """It is counted anew at every question."""
    path = f"/api/v1/apps/{App(label='Claude').id}/users"
    names = [user["credentials"]["userName"] for user in ask("GET", path).json()]
    assert set(names) == {"Jane.Doe@acme.example", "new.comer@acme.example"}
    sandbox.remove_member("claude-enterprise", "jane.doe@acme.example")
    sandbox.set_status("new.comer@acme.example", "DEPROVISIONED")
    assert ask("GET", path).json() == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    statuses=st.lists(STATUSES, min_size=6, max_size=6),
    ways=st.tuples(*[st.sets(st.sampled_from(PEOPLE))] * 3),
    limit=st.integers(1, 4),
)
def test_everybody_who_has_an_app_is_there_once(ask, links, statuses, ways, limit):
    """By whatever ways they have it, and however the pages fall; `user.id` agrees."""
    one, two, own = ways
    users = [User(login=p, status=s) for p, s in zip(PEOPLE, statuses, strict=True)]
    admin = User(login="svc@x.example", roles=("SUPER_ADMIN",))
    world = World(
        users=(*users, admin),
        groups=(Group(name="one", members=(*one,)), Group(name="two", members=(*two,))),
        apps=(App(label="a", groups=("one", "two"), users=(*own,)),),
        tokens=(Token(name="t", owner=admin.login),),
    )
    alive = {user.login for user in users if user.status != "DEPROVISIONED"}
    with Sandbox.open(None, world=world, rate_limit="off") as org:
        url, found = f"/api/v1/apps/{world.apps[0].id}/users?limit={limit}", []
        while url:
            response = ask("GET", url, org=org)
            found += [(u["credentials"]["userName"], u["scope"]) for u in response.json()]
            url = links(response).get("next")
        having = {
            user.login
            for user in users
            if ask(
                "GET", "/api/v1/apps", org=org, params={"filter": f'user.id eq "{user.id}"'}
            ).json()
        }
    assert sorted(found) == sorted(
        (login, "USER" if login in own else "GROUP") for login in (one | two | own) & alive
    )
    assert having == (one | two | own) & alive


@pytest.mark.parametrize("part", ["users", "groups"])
def test_an_app_that_nobody_has_is_empty(sandbox, ask, part):
    """A list, not an error."""
    sandbox.delete_group("claude-enterprise")
    assert ask("GET", f"/api/v1/apps/{App(label='Claude').id}/{part}").json() == []
