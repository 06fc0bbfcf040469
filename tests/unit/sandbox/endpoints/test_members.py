"""The endpoints of memberships."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.sandbox import Choices, Fault, Options, Sandbox, derived_id, generate_world


@pytest.fixture
def path(ids):
    """The members of the group that has some."""
    return f"/api/v1/groups/{ids['claude-enterprise']}/users"


def test_members_of_every_status_are_listed(ask, links, path):
    """By id; deactivating an account does not end its memberships."""
    response = ask("GET", path, params={"filter": 'status eq "ACTIVE"'})
    found = [(user["id"], user["status"]) for user in response.json()]
    assert found == sorted(found)
    assert {status for _, status in found} == {"ACTIVE", "DEPROVISIONED", "STAGED"}
    assert links(response) == {"self": f"https://acme.okta.com{path}?limit=1000"}


def test_a_full_last_page_still_has_a_next(ask, links, path):
    """The page behind it is empty."""
    first = ask("GET", path, params={"limit": "3"})
    assert list(links(first)) == ["self", "next"]
    second = ask("GET", links(first)["next"])
    assert second.json() == []
    assert list(links(second)) == ["self"]


def test_adding_and_removing_is_idempotent_and_logged_once(ask, ids, path, sandbox):
    """204 either way; the log shows changes only."""
    one = f"{path}/{ids['ravi.rao@acme.example']}"
    before = ask("GET", path.removesuffix("/users")).json()
    for method in ("PUT", "PUT", "DELETE", "DELETE"):
        response = ask(method, one)
        assert (response.status_code, response.content) == (204, b"")
        assert "content-type" not in response.headers
        assert "content-length" not in response.headers
    assert [(row.event, row.user, bool(row.token_id)) for row in sandbox.log()] == [
        ("group.user_membership.add", "ravi.rao@acme.example", True),
        ("group.user_membership.remove", "ravi.rao@acme.example", True),
    ]
    assert ask("GET", path.removesuffix("/users")).json() == before


@pytest.mark.parametrize(
    ("request_line", "status", "words"),
    [
        ("PUT 00gnone 00unone", 404, "(UserGroup)"),
        ("PUT claude-enterprise 00unone", 404, "(User)"),
        ("DELETE claude-enterprise 00unone", 404, "(User)"),
        ("PUT Everyone ravi.rao@acme.example", 403, "permission"),
        ("DELETE directory-synced ravi.rao@acme.example", 403, "permission"),
        ("PUT empty gone.away@acme.example", 403, "current status"),
        ("DELETE claude-enterprise gone.away@acme.example", 204, ""),
    ],
)
def test_each_refusal_has_its_reason(ask, ids, request_line, status, words):
    """The group is looked for first, then the user, then what may be done."""
    method, group, user = request_line.split()
    response = ask(method, f"/api/v1/groups/{ids.get(group, group)}/users/{ids.get(user, user)}")
    assert response.status_code == status
    assert words in response.text


def test_a_lagging_list_shows_what_was(ask, ids, path, sandbox, wall):
    """Neither the added nor the removed show, until the lag has passed."""
    ravi, jane = ids["ravi.rao@acme.example"], ids["jane.doe@acme.example"]
    before = ask("GET", path).json()
    ask("PUT", f"{path}/{ravi}")
    ask("DELETE", f"{path}/{jane}")
    sandbox.faults.add(Fault(kind="lag", seconds=5, times=0))
    wall.seconds += 3
    assert ask("GET", path).json() == before
    wall.seconds += 3
    now = [user["id"] for user in ask("GET", path).json()]
    assert ravi in now
    assert jane not in now


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(size=st.integers(1, 40), limit=st.integers(1, 45))
def test_every_page_size_gives_every_member_once(ask, links, size, limit):
    """However the pages fall."""
    world = generate_world(users=40, groups=1, members=size)
    with Sandbox.open(None, world=world, rate_limit="off") as org:
        found = []
        url = f"/api/v1/groups/{derived_id('group', 'group-00000')}/users?limit={limit}"
        while url:
            response = ask("GET", url, org=org)
            found += [user["profile"]["login"] for user in response.json()]
            url = links(response).get("next")
    assert sorted(found) == sorted(world.groups[0].members)


def test_another_lists_cursor_is_refused(ask, ids, links, path):
    """A cursor belongs to its list."""
    cursor = links(ask("GET", path, params={"limit": "1"}))["next"].split("after=")[1].split("&")[0]
    other = f"/api/v1/groups/{ids['empty']}/users"
    response = ask("GET", other, params={"after": cursor})
    assert response.json()["errorCode"] == "E0000029"
    assert response.json()["errorCauses"] == [{"errorSummary": "Invalid cursor."}]


def logins(response):
    """The logins of a list."""
    return [user["profile"]["login"] for user in response.json()]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ('profile.login eq "JANE.DOE@acme.example"', ["Jane.Doe@acme.example"]),
        ('profile.email eq "gone.away@acme.example"', ["gone.away@acme.example"]),
        (
            'status eq "STAGED" or status eq "ACTIVE"',
            ["new.comer@acme.example", "Jane.Doe@acme.example"],
        ),
        (f'id eq "{derived_id("user", "new.comer@acme.example")}"', ["new.comer@acme.example"]),
        ('profile.login eq "ravi.rao@acme.example"', []),
    ],
)
def test_a_search_among_the_members_finds_its_own(ask, links, path, search, found):
    """In this group only, and the links repeat it."""
    response = ask("GET", path, params={"search": search})
    assert logins(response) == found
    assert "search=" in links(response)["self"]


def test_a_search_among_the_members_has_pages(ask, links, path):
    """With a next link on a full page, as without a search."""
    first = ask("GET", path, params={"search": 'status eq "STAGED"', "limit": "1"})
    assert logins(first) == ["new.comer@acme.example"]
    assert ask("GET", links(first)["next"]).json() == []
    bad = ask("GET", path, params={"search": 'profile.login sw "j"'})
    assert (bad.status_code, bad.json()["errorCode"]) == (400, "E0000031")


@pytest.mark.parametrize("choice", ["403", "204", "400"])
def test_adding_a_deprovisioned_user_ends_as_the_org_chooses(ask, ids, sandbox, choice):
    """Nobody knows what Okta answers."""
    sandbox.set_options(Options(choices=Choices(add_deprovisioned=choice)))
    one = f"/api/v1/groups/{ids['empty']}/users/{ids['gone.away@acme.example']}"
    assert ask("PUT", one).status_code == int(choice)
    assert len(sandbox.members("empty")) == (choice == "204")


def test_removing_nobody_may_not_be_found(ask, ids, sandbox):
    """The other of the two possible answers; a member is removed either way."""
    sandbox.set_options(Options(choices=Choices(remove_non_member="404")))
    one = f"/api/v1/groups/{ids['claude-enterprise']}/users/{ids['jane.doe@acme.example']}"
    assert [ask("DELETE", one).status_code for _ in range(2)] == [204, 404]
