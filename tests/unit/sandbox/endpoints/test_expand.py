"""What `expand` puts into a list."""

from dataclasses import replace

import pytest

from reconciler.sandbox import App, Choices, Group, Options, Rule, derived_id

GROUPS = "/api/v1/groups"


@pytest.fixture
def world(world):
    """A group fed by two rules, one of which is not active; an app with an own group."""
    fed = ("ravi.rao@acme.example",)
    target = ("claude-enterprise",)
    return replace(
        world,
        rules=(
            Rule(name="on", expression="true", groups=target, members=fed),
            Rule(name="off", expression="true", groups=target, members=fed, status="INACTIVE"),
        ),
        apps=(App(label="Claude", groups=target), App(label="AD")),
        groups=(*world.groups, Group(name="synced", type="APP_GROUP", source="AD")),
    )


@pytest.fixture
def path(ids):
    """The members of the group that is fed."""
    return f"{GROUPS}/{ids['claude-enterprise']}/users"


def test_a_member_says_by_which_rule(ask, path):
    """An empty list is a manual membership; without the question there is no key."""
    asked = ask("GET", path, params={"expand": "group-rules"}).json()
    rules = {user["profile"]["login"]: user["_embedded"]["group-rules"] for user in asked}
    assert rules.pop("ravi.rao@acme.example") == [{"id": derived_id("rule", "on"), "name": "on"}]
    assert set(map(str, rules.values())) == {"[]"}
    plain = ask("GET", path).json()
    assert plain == [
        {key: value for key, value in user.items() if key != "_embedded"} for user in asked
    ]


@pytest.mark.parametrize("choice", ["dropped", "kept"])
def test_the_next_link_may_forget_the_question(ask, links, path, sandbox, choice):
    """A client has to ask again; a choice shows what happens when it need not."""
    sandbox.set_options(Options(choices=Choices(expand_in_next=choice)))
    first = ask("GET", path, params={"expand": "group-rules", "limit": "2"})
    second = ask("GET", links(first)["next"])
    assert all("_embedded" in user for user in first.json())
    assert {"_embedded" in user for user in second.json()} == {choice == "kept"}


def test_an_older_org_does_not_know_the_question(ask, path, sandbox):
    """The key is absent, which says nothing about the membership."""
    sandbox.set_options(Options(choices=Choices(attribution="ignored")))
    assert ask("GET", path, params={"expand": "group-rules"}).json() == ask("GET", path).json()


def test_a_group_counts_what_hangs_on_it(ask, links):
    """Users, apps, and whether it has an admin role; the question stays in the links."""
    url, found = f"{GROUPS}?limit=2&expand=stats", {}
    while url:
        response = ask("GET", url)
        found |= {each["profile"]["name"]: each["_embedded"]["stats"] for each in response.json()}
        url = links(response).get("next")
    assert found["claude-enterprise"] == {
        "usersCount": 4,
        "appsCount": 1,
        "groupPushMappingsCount": 0,
        "hasAdminPrivlege": False,
    }
    assert found["empty"]["usersCount"] == 0
    assert found["empty"]["appsCount"] == 0


def test_an_admin_role_shows_in_the_spelling_of_the_org(ask, sandbox, world):
    """Okta has published two."""
    groups = (*world.groups, Group(name="admins", roles=("READ_ONLY_ADMIN",)))
    sandbox.seed(replace(world, groups=groups))
    sandbox.set_options(Options(choices=Choices(stats_spelling="hasAdminPrivileges")))
    query = {"search": 'profile.name eq "admins"', "expand": "stats"}
    (group,) = ask("GET", GROUPS, params=query).json()
    assert group["_embedded"]["stats"]["hasAdminPrivileges"] is True
    assert "hasAdminPrivlege" not in group["_embedded"]["stats"]


def test_a_group_of_an_app_names_it(ask):
    """The others have nothing to embed."""
    shown = {
        each["profile"]["name"]: each
        for each in ask("GET", GROUPS, params={"expand": "stats,app"}).json()
    }
    app = derived_id("app", "AD")
    assert shown["synced"]["_embedded"]["app"] == {
        "id": app,
        "name": "bookmark",
        "label": "AD",
        "signOnMode": "BOOKMARK",
    }
    assert shown["synced"]["source"] == {"id": app}
    assert shown["synced"]["_links"]["source"]["href"].endswith(f"/api/v1/apps/{app}")
    assert "app" not in shown["empty"]["_embedded"]
    found = ask("GET", GROUPS, params={"search": f'source.id eq "{app}"'}).json()
    assert [each["profile"]["name"] for each in found] == ["synced"]
