"""The endpoint of the System Log."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.sandbox import Group, Options, Sandbox, Token, User, World

LOGS = "/api/v1/logs"
RAVI = "ravi.rao@acme.example"
BOUNDS = {"since": "2026-09-01T09:00:00Z", "until": "2026-09-01T10:00:00Z"}


@pytest.fixture
def busy(sandbox, wall):
    """An org in which something happened in each of ten seconds."""
    for number in range(10):
        (sandbox.remove_member if number % 2 else sandbox.add_member)("empty", RAVI)
        wall.seconds += 1
    return sandbox


def times(response):
    """The seconds of the events of a page."""
    return [int(event["published"][17:19]) for event in response.json()]


def test_an_event_is_whole(ask, ids, world):
    """Down to the address that it came from."""
    path = f"/api/v1/groups/{ids['empty']}/users/{ids[RAVI]}"
    agent = {"User-Agent": "grants/1.0", "Authorization": f"SSWS {world.tokens[0].value}"}
    written = ask("PUT", path, headers=agent)
    (event,) = ask("GET", LOGS).json()
    request = written.headers["x-okta-request-id"]
    assert event.pop("uuid")
    assert event.pop("authenticationContext").pop("externalSessionId").startswith("trs")
    assert event == {
        "published": "2026-09-01T09:00:00.000Z",
        "eventType": "group.user_membership.add",
        "version": "0",
        "severity": "INFO",
        "legacyEventType": "core.user_group_member.user_add",
        "displayMessage": "Add user to group membership",
        "actor": {
            "id": ids["svc-access@acme.example"],
            "type": "User",
            "alternateId": "svc-access@acme.example",
            "displayName": "Svc-access Svc-access",
            "detailEntry": None,
        },
        "client": {
            "userAgent": {"rawUserAgent": "grants/1.0", "os": "Unknown", "browser": "UNKNOWN"},
            "zone": "null",
            "device": "Unknown",
            "id": None,
            "ipAddress": "127.0.0.1",
            "geographicalContext": None,
        },
        "device": None,
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": [
            {
                "id": ids[RAVI],
                "type": "User",
                "alternateId": RAVI,
                "displayName": "Ravi Rao",
                "detailEntry": None,
            },
            {
                "id": ids["empty"],
                "type": "UserGroup",
                "alternateId": "unknown",
                "displayName": "empty",
                "detailEntry": None,
            },
        ],
        "transaction": {
            "type": "WEB",
            "id": request,
            "detail": {"requestApiTokenId": world.tokens[0].id},
        },
        "debugContext": {
            "debugData": {"requestId": request, "requestUri": path, "url": f"{path}?"}
        },
        "request": {
            "ipChain": [
                {
                    "ip": "127.0.0.1",
                    "geographicalContext": None,
                    "version": "V4",
                    "source": None,
                }
            ]
        },
        "securityContext": dict.fromkeys(("asNumber", "asOrg", "isp", "domain", "isProxy")),
    }


def test_polling_never_ends(ask, links, busy):
    """A next link even behind nothing, which leads to what comes later, and only to that."""
    empty = ask("GET", LOGS, params={"since": "2026-09-01T09:00:20Z"})
    assert empty.json() == []
    first = ask("GET", links(empty)["next"])
    assert (first.json(), links(first)["next"]) == ([], links(empty)["next"])
    busy.add_member("empty", RAVI)
    page = ask("GET", LOGS, params={"limit": "7"})
    assert times(page) == [0, 1, 2, 3, 4, 5, 6]
    rest = ask("GET", links(page)["next"])
    assert times(rest) == [7, 8, 9, 10]
    assert ask("GET", links(rest)["next"]).json() == []


@pytest.mark.parametrize("order", ["ASCENDING", "DESCENDING"])
def test_a_bounded_question_ends(ask, links, busy, order):
    """Its last page has no next link, be it full or not."""
    busy.set_options(Options())
    for limit in (3, 5, 10, 11):
        url, pages = None, []
        while url is None or url:
            query = {**BOUNDS, "limit": str(limit), "sortOrder": order}
            response = ask("GET", url) if url else ask("GET", LOGS, params=query)
            pages.append(times(response))
            url = links(response).get("next", "")
        found = [time for page in pages for time in page]
        assert found == sorted(range(10), reverse=order == "DESCENDING")
        assert all(pages)


@pytest.mark.usefixtures("busy")
def test_links_repeat_the_question_as_it_was_asked(ask, links):
    """No limit is spelled out, and `after` stands last (recorded)."""
    response = ask("GET", LOGS, params={"since": BOUNDS["since"], "filter": 'eventType sw "group"'})
    asked = f"https://acme.okta.com{LOGS}?since=2026-09-01T09%3A00%3A00Z"
    own = asked + "&filter=eventType+sw+%22group%22"
    assert links(response)["self"] == own
    assert links(response)["next"].startswith(f"{own}&after=")


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"since": "2026-09-01T09:00:08Z"}, [8, 9]),
        ({"until": "2026-09-01T09:00:01Z"}, [0, 1]),
        ({**BOUNDS, "filter": 'eventType ew "remove"'}, [1, 3, 5, 7, 9]),
        ({"filter": 'eventType ew "remove"', "limit": "2"}, [1, 3]),
        ({"filter": f'actor.id eq "{User(login="Jane.Doe@acme.example").id}"', "limit": "1"}, [0]),
        ({"filter": "transaction.detail.requestApiTokenId pr"}, []),
        ({"q": "remove", "sortOrder": "DESCENDING", "limit": "1"}, [9]),
        ({"limit": "0"}, []),
    ],
)
def test_a_question_finds_its_events(ask, query, found):
    """By instant, by filter, by word."""
    assert times(ask("GET", LOGS, params=query)) == found


def test_a_person_in_the_console_has_no_token(ask, busy):
    """The actor is a user, and the browser is one."""
    (event,) = ask("GET", LOGS, params={"limit": "1"}).json()
    assert event["actor"]["alternateId"] == busy.log()[0].actor
    assert event["transaction"]["detail"] == {}
    assert event["client"]["userAgent"]["browser"] == "FIREFOX"


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("query", [{"filter": "("}, {"since": "2020-01-01"}, {"after": "x"}])
def test_a_bad_question_is_refused(ask, query):
    """400."""
    assert ask("GET", LOGS, params=query).status_code == 400


def test_a_delayed_event_comes_later(ask, links, busy, wall):
    """A poll that was before it still finds it; a bounded question misses it."""
    busy.set_options(Options(log_delay=4))
    wall.seconds -= 1
    first = ask("GET", LOGS)
    assert times(first) == [0, 1, 2, 3, 4, 5]
    assert times(ask("GET", LOGS, params=BOUNDS)) == [0, 1, 2, 3, 4, 5]
    wall.seconds += 9
    assert times(ask("GET", links(first)["next"])) == [6, 7, 8, 9]


def test_the_log_has_a_bucket_of_its_own(ask):
    """A small one."""
    assert ask("GET", LOGS).headers["x-rate-limit-limit"] == "60"


@pytest.mark.slow
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(st.sampled_from(["write", "write", "poll", "wait", "back"]), max_size=25),
    manner=st.tuples(st.integers(1, 4), st.sampled_from([0, 2]), st.booleans()),
)
def test_polling_neither_loses_nor_repeats_an_event(ask, links, world, steps, manner):
    """Whatever is written between two polls, however late it shows, also when a clock goes back."""
    limit, delay, filtered = manner
    wall = SimpleNamespace(seconds=1_000_000.0)
    with Sandbox.open(None, world=world, wall=lambda: wall.seconds, rate_limit="off") as org:
        org.set_options(Options(log_delay=delay))
        wanted = '&filter=eventType+ew+"add"' if filtered else ""
        url, found = f"{LOGS}?since=2026-08-30T00:00:00Z&limit={limit}{wanted}", []
        is_in = False
        for step in [*steps, "end"]:
            wall.seconds += {"wait": 1.0, "back": -1.5, "end": 100.0}.get(step, 0.001)
            if step == "write":
                (org.remove_member if is_in else org.add_member)("empty", RAVI)
                is_in = not is_in
            for _ in range({"poll": 1, "end": 30}.get(step, 0)):
                response = ask("GET", url, org=org)
                found += [event["uuid"] for event in response.json()]
                url = links(response)["next"]
        rows = [row.event for row in org.log()]
        expected = [event for event in rows if not filtered or event.endswith("add")]
        assert len(found) == len(set(found)) == len(expected)


def test_the_log_outlives_its_things(ask, sandbox):
    """Deleting a group or a person deletes no event."""
    sandbox.add_member("empty", RAVI)
    sandbox.delete_group("empty")
    sandbox.delete_user(RAVI)
    events = [event["eventType"] for event in ask("GET", LOGS).json()]
    assert events == [
        "group.user_membership.add",
        "group.lifecycle.delete",
        "user.lifecycle.delete.completed",
    ]


@pytest.mark.slow
def test_a_filter_is_not_stopped_by_a_thousand_others(ask, links):
    """The one event that it holds for is on the first page, however far away it lies."""
    people = tuple(User(login=f"p{n}@x.example") for n in range(1100))
    admin = User(login="svc@x.example", roles=("SUPER_ADMIN",))
    world = World(
        users=(*people, admin),
        groups=(Group(name="g"), Group(name="h")),
        tokens=(Token(name="t", owner=admin.login),),
    )
    with Sandbox.open(None, world=world) as org:
        for user in people:
            org.add_member("g", user.login)
        org.add_member("h", people[0].login)
        query = {"filter": f'target.id eq "{Group(name="h").id}"', "limit": "1"}
        for bounds in ({}, {"until": "2026-09-02T00:00:00Z"}):
            page = ask("GET", LOGS, org=org, params={**query, **bounds})
            assert len(page.json()) == 1
            assert ("next" in links(page)) == (not bounds)
