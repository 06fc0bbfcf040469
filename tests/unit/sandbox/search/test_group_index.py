"""The search index of groups."""

import pytest

from reconciler.sandbox import Options

GROUPS = "/api/v1/groups"


def names(response):
    """The names of a list."""
    return [group["profile"]["name"] for group in response.json()]


def found(ask, **query):
    """The names that a question finds."""
    return names(ask("GET", GROUPS, params=query))


@pytest.fixture
def changed(ask, ids, sandbox):
    """An org with an index five seconds behind, in which three groups have just changed."""
    sandbox.set_options(Options(index_lag=5))
    ask("POST", GROUPS, json={"profile": {"name": "fresh"}})
    ask("PUT", f"{GROUPS}/{ids['empty']}", json={"profile": {"name": "filled"}})
    ask("DELETE", f"{GROUPS}/{ids['claude-enterprise']}")
    return sandbox


@pytest.mark.usefixtures("changed")
def test_search_and_q_show_what_was(ask, wall):
    """Not the new one, the changed under its old name, and the deleted too, until it catches up."""
    for seconds, expected in (
        (4, ["claude-enterprise", "directory-synced", "empty", "Everyone"]),
        (2, ["directory-synced", "Everyone", "filled", "fresh"]),
    ):
        wall.seconds += seconds
        assert expected == sorted(found(ask, search='id sw "00g"'), key=str.lower)
        for start in "ecdf":
            named = [name for name in expected if name.lower().startswith(start)]
            assert found(ask, q=start.upper()) == named


@pytest.mark.usefixtures("changed")
def test_filter_and_single_reads_are_not_behind(ask, ids):
    """They read the groups themselves."""
    new = ["directory-synced", "Everyone", "filled", "fresh"]
    assert found(ask) == new
    text = 'type eq "OKTA_GROUP" or type eq "BUILT_IN" or type eq "APP_GROUP"'
    assert sorted(found(ask, filter=text), key=str.lower) == new
    assert ask("GET", f"{GROUPS}/{ids['empty']}").json()["profile"]["name"] == "filled"


@pytest.mark.usefixtures("changed")
def test_pages_of_a_lagging_search_lose_nothing(ask, links):
    """The cursor stands where the group stood, by id."""
    url, seen = f"{GROUPS}?limit=1&search=id+sw+%2200g%22", []
    while url:
        response = ask("GET", url)
        seen += [(group["id"], group["profile"]["name"]) for group in response.json()]
        url = links(response).get("next")
    assert seen == sorted(seen)
    named = {name for _, name in seen}
    assert named == {"Everyone", "claude-enterprise", "directory-synced", "empty"}


@pytest.mark.parametrize(
    ("sorting", "expected"),
    [
        (
            {"sortBy": "profile.name"},
            ["claude-enterprise", "directory-synced", "empty", "Everyone"],
        ),
        (
            {"sortBy": "profile.name", "sortOrder": "desc"},
            ["Everyone", "empty", "directory-synced", "claude-enterprise"],
        ),
        ({"sortBy": "profile.description"}, ["Everyone", "", "", ""]),
    ],
)
def test_a_search_can_be_sorted_through_its_pages(ask, links, sorting, expected):
    """Each page's link goes on in the same order; who has no value stands last."""
    first = ask("GET", GROUPS, params={"limit": "1", "search": 'id sw "00g"', **sorting})
    seen, url = names(first), links(first)["next"]
    while url:
        response = ask("GET", url)
        seen += names(response)
        url = links(response).get("next")
    assert len(seen) == len(set(seen)) == 4
    assert all(want in ("", name) for want, name in zip(expected, seen, strict=True))


def test_only_a_search_is_sorted(ask):
    """Without one the order is ignored."""
    assert found(ask, sortBy="profile.name", sortOrder="desc") == found(ask)


def test_a_cursor_of_another_order_is_refused(ask, links):
    """It would stand at another place."""
    query = {"limit": "1", "search": 'id sw "00g"'}
    first = ask("GET", GROUPS, params={**query, "sortBy": "profile.name"})
    other = links(first)["next"].replace("sortBy=profile.name", "sortBy=id")
    assert ask("GET", other).json()["errorCode"] == "E0000029"


def test_a_new_group_is_not_found_at_once(ask, sandbox, wall):
    """By its id; its list already has it."""
    sandbox.set_options(Options(create_lag=3))
    made = ask("POST", GROUPS, json={"profile": {"name": "fresh"}}).json()
    assert ask("GET", f"{GROUPS}/{made['id']}").status_code == 404
    assert "fresh" in found(ask)
    wall.seconds += 3
    assert ask("GET", f"{GROUPS}/{made['id']}").status_code == 200


def test_fields_leave_the_rest_out(ask):
    """The id always stays."""
    response = ask("GET", GROUPS, params={"fields": "profile:(name)", "limit": "1"})
    assert [set(group) for group in response.json()] == [{"id", "profile"}]
    assert response.json()[0]["profile"] == {"name": "claude-enterprise"}
