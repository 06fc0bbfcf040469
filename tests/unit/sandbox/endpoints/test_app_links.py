"""A user's dashboard, and the apps behind it."""

from dataclasses import replace

from reconciler.sandbox import App


def test_a_dashboard_shows_the_apps_of_all_ways(ask, sandbox):
    """By a group, and nothing for who has none; a person has some, a service account has not."""
    links = ask("GET", "/api/v1/users/jane.doe@acme.example/appLinks").json()
    assert [link["label"] for link in links] == ["Claude"]
    assert links[0]["appInstanceId"] == sandbox.apps()[0].id
    assert ask("GET", "/api/v1/users/me/appLinks").json() == []
    assert ask("GET", "/api/v1/users/nobody@acme.example/appLinks").status_code == 404


def test_a_dashboard_shows_what_was_given_in_person(ask, sandbox, world):
    """Once, however many ways there are; who is deprovisioned has none."""
    jane = "jane.doe@acme.example"
    people = (jane, "ravi.rao@acme.example", "gone.away@acme.example")
    sandbox.seed(replace(world, apps=(replace(world.apps[0], users=people),)))
    for login, count in ((jane, 1), ("ravi.rao@acme.example", 1), ("gone.away@acme.example", 0)):
        assert len(ask("GET", f"/api/v1/users/{login}/appLinks").json()) == count


def test_the_apps_of_a_person_say_by_which_way(ask, sandbox, world, ids):
    """In person counts more than by a group."""
    ravi, jane = ids["ravi.rao@acme.example"], ids["jane.doe@acme.example"]
    mixed = App(label="Notion", users=("ravi.rao@acme.example",), groups=("claude-enterprise",))
    sandbox.seed(replace(world, apps=(*world.apps, mixed, App(label="Other"))))
    sandbox.add_member("claude-enterprise", "ravi.rao@acme.example")
    for user, expected in (
        (ravi, {"Claude": "GROUP", "Notion": "USER"}),
        (jane, {"Claude": "GROUP", "Notion": "GROUP"}),
    ):
        query = {"filter": f'user.id eq "{user}"', "expand": f"user/{user}"}
        apps = ask("GET", "/api/v1/apps", params=query).json()
        assert {app["label"]: app["_embedded"]["user"]["scope"] for app in apps} == expected
        assert {app["_embedded"]["user"]["id"] for app in apps} == {user}
    links = apps[0]["_embedded"]["user"]["_links"]
    assert links["group"]["href"].endswith(ids["claude-enterprise"])
