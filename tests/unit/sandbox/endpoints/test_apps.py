"""The endpoints of apps."""

from dataclasses import replace

import pytest

from reconciler.sandbox import App, Sandbox, SandboxError, derived_id

APPS = "/api/v1/apps"


@pytest.fixture
def world(world):
    """An app by group and in person, one that is off, and a crowd of others."""
    return replace(
        world,
        apps=(
            App(
                label="Claude",
                groups=("empty", "claude-enterprise"),
                users=("jane.doe@acme.example", "gone.away@acme.example"),
            ),
            App(label="Cursor", status="INACTIVE", name="cursor_app", groups=("empty",)),
            *(App(label=f"Other {number:02}") for number in range(20)),
        ),
    )


@pytest.fixture
def claude():
    """The path of the app that people have."""
    return f"{APPS}/{derived_id('app', 'Claude')}"


def labels(response):
    """The labels of a list."""
    return [app["label"] for app in response.json()]


def test_apps_come_in_pages_of_twenty(ask, links):
    """Whatever their status; the last page has no next."""
    first = ask("GET", APPS)
    assert links(first)["self"] == f"https://acme.okta.com{APPS}?limit=20"
    second = ask("GET", links(first)["next"])
    assert list(links(second)) == ["self"]
    assert len({*labels(first), *labels(second)}) == len(labels(first) + labels(second)) == 22


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "c"}, ["Claude", "Cursor"]),
        ({"q": "CURSOR_"}, ["Cursor"]),
        ({"q": "laude"}, []),
        ({"filter": 'status eq "INACTIVE"'}, ["Cursor"]),
        ({"filter": 'name eq "cursor_app"'}, ["Cursor"]),
        (
            {"filter": 'credentials.signing.kid eq "SIMcCQNY3uwXoW3y0vf6VxiBb5n9pf8L2fK8d-FIbm4"'},
            [],
        ),
        ({"filter": "settings.slo.enabled eq true"}, []),
        ({"filter": f'id eq "{derived_id("app", "Claude")}"'}, ["Claude"]),
        ({"filter": f'group.id eq "{derived_id("group", "empty")}"'}, ["Claude", "Cursor"]),
        ({"filter": f'user.id eq "{derived_id("user", "new.comer@acme.example")}"'}, ["Claude"]),
        ({"filter": f'user.id eq "{derived_id("user", "gone.away@acme.example")}"'}, []),
        (
            {
                "filter": f'group.id eq "{derived_id("group", "empty")}"'
                ' and (status eq "ACTIVE" or name eq "none")'
            },
            ["Claude"],
        ),
    ],
)
def test_each_question_finds_its_apps(ask, links, query, found):
    """By the start of a name, by status, by who has them."""
    response = ask("GET", APPS, params=query)
    assert labels(response) == found
    assert all(f"{key}=" in links(response)["self"] for key in query)


@pytest.mark.parametrize(
    ("query", "code", "cause"),
    [
        ({"after": "00u1testcursorvalue"}, "E0000029", "Invalid cursor."),
        ({"filter": 'label eq "Claude"'}, "E0000031", "Invalid search syntax."),
        ({"expand": "user/id,group/id"}, "E0000001", "Expand query is malformed."),
    ],
)
def test_a_bad_question_is_refused(ask, query, code, cause):
    """400, with the cause that Okta gives."""
    response = ask("GET", APPS, params=query)
    assert (response.status_code, response.json()["errorCode"]) == (400, code)
    assert response.json()["errorCauses"] == [{"errorSummary": cause}]


def test_an_app_shows_how_somebody_has_it(ask, ids, claude):
    """In person before by group; the key is not there for somebody who has not."""
    for login, scope in (("jane.doe@acme.example", "USER"), ("new.comer@acme.example", "GROUP")):
        user = ids[login]
        query = {"filter": f'user.id eq "{user}"', "expand": f"user/{user}"}
        (app,) = ask("GET", APPS, params=query).json()
        assert app["_embedded"]["user"]["id"] == user
        assert app["_embedded"]["user"]["scope"] == scope
    other = ask("GET", claude, params={"expand": f"user/{ids['ravi.rao@acme.example']}"})
    assert "_embedded" not in other.json()


def test_the_users_of_an_app_are_those_of_its_groups_and_its_own(ask, links, claude):
    """Each once, none of them deprovisioned, through every page."""
    assert links(ask("GET", f"{claude}/users"))["self"].endswith("/users?limit=50")
    url, found = f"{claude}/users?limit=1", []
    while url:
        response = ask("GET", url)
        found += [(user["credentials"]["userName"], user["scope"]) for user in response.json()]
        url = links(response).get("next")
    assert found == [("Jane.Doe@acme.example", "USER"), ("new.comer@acme.example", "GROUP")]


@pytest.mark.parametrize(
    ("q", "found"),
    [("JANE.", {"Jane.Doe"}), ("comer", {"new.comer"}), ("n", {"new.comer"}), ("oe", set())],
)
def test_the_users_of_an_app_are_found_by_how_their_names_start(ask, links, claude, q, found):
    """By login, first name, last name and address; the links repeat the question."""
    response = ask("GET", f"{claude}/users", params={"q": q})
    names = {user["credentials"]["userName"].partition("@")[0] for user in response.json()}
    assert names == found
    assert links(response)["self"].endswith(f"/users?limit=50&q={q}")


@pytest.mark.parametrize(("q", "found"), [("CLAUDE", ["claude-enterprise"]), ("x", [])])
def test_the_groups_of_an_app_are_found_by_how_their_names_start(ask, claude, q, found):
    """The priorities stay what they are among all groups."""
    query = {"q": q, "expand": "group"}
    groups = ask("GET", f"{claude}/groups", params=query).json()
    assert [each["_embedded"]["group"]["profile"]["name"] for each in groups] == found
    assert [each["priority"] for each in groups] == [1] * len(found)


def test_assignments_may_hold_who_is_assigned(ask, links, claude, ids):
    """The whole user, the whole group, or what the group brings; the next link forgets it."""
    first = ask("GET", f"{claude}/users", params={"expand": "user", "limit": "1"})
    (user,) = first.json()
    assert user["_embedded"]["user"] == ask("GET", f"/api/v1/users/{user['id']}").json()
    assert "expand" not in links(first)["next"]
    group, _ = ask("GET", f"{claude}/groups", params={"expand": "group"}).json()
    assert group["_embedded"] == {"group": ask("GET", f"/api/v1/groups/{ids['empty']}").json()}
    group, _ = ask("GET", f"{claude}/groups", params={"expand": "metadata"}).json()
    assert list(group["_embedded"]) == ["metadata"]


@pytest.mark.parametrize("place", ["users", "groups"])
def test_what_no_assignment_can_hold_is_refused(ask, claude, place):
    """As of an app."""
    response = ask("GET", f"{claude}/{place}", params={"expand": "factors"})
    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000001")


def test_the_groups_of_an_app_have_an_order(ask, ids, links, claude):
    """The first assigned has priority 0."""
    response = ask("GET", f"{claude}/groups")
    assert links(response) == {"self": f"https://acme.okta.com{claude}/groups?limit=20"}
    assert [(each["id"], each["priority"]) for each in response.json()] == [
        (ids["empty"], 0),
        (ids["claude-enterprise"], 1),
    ]
    first = ask("GET", f"{claude}/groups", params={"limit": "1"})
    second = ask("GET", links(first)["next"])
    assert first.json() + second.json() == response.json()


def test_a_group_lists_its_apps(ask, ids, links):
    """Whole ones; the deleted group takes its assignments along."""
    path = f"/api/v1/groups/{ids['empty']}/apps"
    response = ask("GET", path)
    assert labels(response) == ["Claude", "Cursor"]
    assert links(response) == {"self": f"https://acme.okta.com{path}?limit=20"}
    assert [each["_links"].keys() & {"activate", "deactivate"} for each in response.json()] == [
        {"deactivate"},
        {"activate"},
    ]
    ask("DELETE", path.removesuffix("/apps"))
    assert [app["id"] for app in ask("GET", f"{APPS}?q=Cursor").json()]
    assert ask("GET", f"{APPS}/{derived_id('app', 'Cursor')}/groups").json() == []


def test_a_missing_app_is_not_found(ask):
    """By its type."""
    for path in ("", "/groups", "/users"):
        response = ask("GET", f"{APPS}/0oanone{path}")
        assert response.status_code == 404
        assert response.json()["errorSummary"].endswith("0oanone (AppInstance)")


def test_apps_have_a_bucket_of_their_own(ask):
    """A small one."""
    assert ask("GET", APPS).headers["x-rate-limit-limit"] == "50"
    assert ask("GET", "/api/v1/groups").headers["x-rate-limit-remaining"] == "249"


def test_a_hand_assigns_an_app(sandbox, ask, ids):
    """Once, and the log says so."""
    assert sandbox.assign_app("Cursor", "claude-enterprise")
    assert not sandbox.assign_app("Cursor", "claude-enterprise")
    (row,) = sandbox.log()
    assert (row.event, row.app, row.group) == (
        *("group.application_assignment.add", "Cursor"),
        "claude-enterprise",
    )
    assert "Cursor" in labels(ask("GET", f"/api/v1/groups/{ids['claude-enterprise']}/apps"))
    assert sandbox.apps()[1].groups == ("empty", "claude-enterprise")
    with pytest.raises(SandboxError, match="no app"):
        sandbox.assign_app("none", "empty")


def test_the_rows_are_the_worlds_apps(world):
    """All of it."""
    with Sandbox.open(None, world=world) as org:
        jane = "Jane.Doe@acme.example"
        assert org.apps()[0] == replace(world.apps[0], users=(jane, "gone.away@acme.example"))
        assert org.apps()[1:] == world.apps[1:]
