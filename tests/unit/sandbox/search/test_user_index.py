"""The search index of users, which runs behind."""

from dataclasses import replace

import pytest

from reconciler.sandbox import Fault, Sandbox
from reconciler.sandbox.api_errors import Failure
from reconciler.sandbox.search import user_index
from reconciler.sandbox.search.paging import encode_cursor
from reconciler.sandbox.search.user_index import Progress
from reconciler.sandbox.world.options import Options

USERS = "/api/v1/users"
RAVI = "ravi.rao@acme.example"
BY_SEARCH = {"search": 'profile.firstName eq "ravi"'}
BY_FILTER = {"filter": 'profile.firstName eq "Ravi"'}


@pytest.fixture
def slow(world, wall):
    """An org whose index is five seconds behind."""
    options = Options(index_lag=5)
    with Sandbox.open(
        None, world=replace(world, options=options), wall=lambda: wall.seconds
    ) as org:
        yield org


@pytest.fixture
def found(ask):
    """The logins that a question finds, shortened."""

    def shown(org, **query):
        users = ask("GET", USERS, org=org, params=query).json()
        return [user["profile"]["login"].partition("@")[0] for user in users]

    return shown


def test_a_change_reaches_the_index_late(slow, found, wall):
    """`search` and `q` still say what was; `filter` and the plain list say what is."""
    slow.set_status(RAVI, "DEPROVISIONED")
    deprovisioned = 'status eq "DEPROVISIONED"'
    assert found(slow, search=deprovisioned) == ["gone.away"]
    assert found(slow, q="ravi") == ["ravi.rao"]
    assert sorted(found(slow, filter=deprovisioned)) == ["gone.away", "ravi.rao"]
    assert "ravi.rao" not in found(slow)
    wall.seconds += 5
    assert sorted(found(slow, search=deprovisioned)) == ["gone.away", "ravi.rao"]
    assert found(slow, q="ravi") == []


def test_the_new_are_not_there_yet_and_the_deleted_still_are(slow, found, ask, wall):
    """Both ways of being behind."""
    profile = {"firstName": "Ravi", "lastName": "Two", "login": "r2@x.example", "email": "r@x.ex"}
    ask("POST", USERS, org=slow, json={"profile": profile})
    slow.delete_user(RAVI)
    assert found(slow, **BY_SEARCH) == found(slow, q="ravi") == ["ravi.rao"]
    assert found(slow, **BY_FILTER) == ["r2"]
    wall.seconds += 5
    assert found(slow, **BY_SEARCH) == found(slow, q="ravi") == ["r2"]


def test_of_several_changes_the_index_may_know_the_first(slow, found, wall):
    """It is behind, not frozen."""
    slow.rename_login(RAVI, "one@x.example")
    wall.seconds += 3
    slow.rename_login("one@x.example", "two@x.example")
    assert found(slow, **BY_SEARCH) == ["ravi.rao"]
    wall.seconds += 2
    assert found(slow, **BY_SEARCH) == ["one"]
    wall.seconds += 3
    assert found(slow, **BY_SEARCH) == ["two"]


def test_a_page_of_a_late_index_is_full(slow, ask, links):
    """What has changed neither shortens a page nor turns up twice."""
    for login in ("jane.doe@acme.example", RAVI):
        slow.set_status(login, "SUSPENDED")
    seen = []
    url = f"https://acme.okta.com{USERS}?limit=2&search=status+eq+%22ACTIVE%22"
    while url:
        response = ask("GET", url, org=slow)
        seen.append([(user["id"], user["profile"]["firstName"]) for user in response.json()])
        url = links(response).get("next")
    found = [each for page in seen for each in page]
    assert [len(page) for page in seen] == [2, 2, 0]
    assert found == sorted(found)
    assert {name for _, name in found} == {"Jane", "Ravi", "A/b", "Svc-access"}


def test_what_the_index_does_not_know_yet_leaves_no_gap(slow, ask, links):
    """A page of which all has just come is filled with what was there."""
    for login in ("sus.pended@acme.example", "new.comer@acme.example"):
        slow.set_status(login, "ACTIVE")
    url = f"https://acme.okta.com{USERS}?limit=2&search=status+eq+%22ACTIVE%22"
    following = links(ask("GET", url, org=slow))["next"]
    users = ask("GET", following, org=slow).json()
    first = ask("GET", url, org=slow).json()
    assert {user["profile"]["firstName"] for user in (*first, *users)} == {
        *("Jane", "Ravi", "A/b", "Svc-access")
    }


def test_a_name_that_is_new_does_not_push_out_an_old_one(slow, ask, found):
    """`q` with a limit finds as many as the index knows."""
    ask("POST", f"{USERS}/jane.doe", org=slow, json={"profile": {"firstName": "Svc"}})
    assert found(slow, q="svc", limit=1) == ["svc-access"]


def test_who_came_back_is_not_known_to_have_come_back(slow, found, wall):
    """The index still has the user deprovisioned."""
    slow.set_status("gone.away@acme.example", "ACTIVE")
    assert found(slow, q="gone") == []
    wall.seconds += 5
    assert found(slow, q="gone") == ["gone.away"]


def test_the_fault_holds_for_groups_too(sandbox, ask, wall):
    """Both kinds of things are searched."""
    wall.seconds += 60
    ask("POST", "/api/v1/groups", json={"profile": {"name": "newest"}})
    sandbox.faults.add(Fault(kind="index-lag", seconds=10))
    query = {"search": 'profile.name eq "newest"'}
    seen = [len(ask("GET", "/api/v1/groups", params=query).json()) for _ in range(2)]
    assert seen == [0, 1]


def test_a_fault_makes_the_index_lag_for_one_request(sandbox, found, wall):
    """Only one that reads the index."""
    wall.seconds += 60
    sandbox.rename_login(RAVI, "new@x.example")
    sandbox.faults.add(Fault(kind="index-lag", seconds=10))
    assert found(sandbox, **BY_FILTER) == ["new"]
    assert found(sandbox, **BY_SEARCH) == ["ravi.rao"]
    assert found(sandbox, **BY_SEARCH) == ["new"]


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [("asc", "a/b", "svc-access"), ("desc", "svc-access", "a/b"), (None, "a/b", "svc-access")],
)
def test_a_search_can_be_sorted(ask, links, order, first, last):
    """Page after page, in the same order."""
    query = {"search": "id pr", "sortBy": "profile.login", "limit": "2"}
    url = f"{USERS}?" + "&".join(f"{k}={v}" for k, v in query.items()).replace(" ", "+")
    url += f"&sortOrder={order}" if order else ""
    seen = []
    while url:
        response = ask("GET", url)
        seen += [user["profile"]["login"].partition("@")[0] for user in response.json()]
        url = links(response).get("next")
    assert (len(seen), seen[0], seen[-1]) == (7, first, last)
    assert len(set(seen)) == 7


def test_who_lacks_the_attribute_stands_last_in_either_order(ask):
    """And ties are in the order of ids."""
    for order in ("asc", "desc"):
        query = {"search": "id pr", "sortBy": "activated", "sortOrder": order}
        users = ask("GET", USERS, params=query).json()
        assert users[-1]["activated"] is None
        assert [user["id"] for user in users[:-1]] == sorted(user["id"] for user in users[:-1])


def test_a_walk_ends_after_fifty_thousand(ask):
    """400, as it was reported; one before that is still given."""
    last = encode_cursor(Progress(user_index.MOST - 1, "00u1").position(), "users")
    over = encode_cursor(Progress(user_index.MOST, "00u1").position(), "users")
    query = {"search": "id pr"}
    assert ask("GET", USERS, params={**query, "after": last}).status_code == 200
    response = ask("GET", USERS, params={**query, "after": over})
    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000031")
    assert response.json()["errorCauses"] == [{"errorSummary": "Invalid search query."}]


def test_a_cursor_counts_what_was_given(ask, links):
    """So that the end of a walk does not depend on where its rows lie."""
    given = Progress(49_998, "")
    assert user_index.parse_progress(given.position()) == given
    after = encode_cursor(given.position(), "users")
    query = {"search": "id pr", "limit": "2", "after": after}
    following = links(ask("GET", USERS, params=query))["next"]
    assert ask("GET", following).status_code == 400
    with pytest.raises(Failure):
        user_index.parse_progress(Progress(50_000, "00u7").position())
