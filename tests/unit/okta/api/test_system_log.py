"""Changes of memberships as the System Log tells them, however it spells one."""

import json
import os
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import httpx
import pytest

from reconciler.model.directory import (
    AccountEvent,
    AccountEventKind,
    Actor,
    MembershipEvent,
    ReadFailure,
)
from reconciler.model.errors import ConnectorError
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.system_log import MOST_PAGES, RETENTION
from tests.unit.okta.conftest import BASE, NOW

pytestmark = pytest.mark.anyio
PATH = "/api/v1/logs"
JANE = {"id": "00ujane", "type": "User", "alternateId": "jane@x.io", "displayName": "Jane"}
GROUP = {"id": "00g1", "type": "UserGroup", "alternateId": "unknown", "displayName": "G"}
BOB = {"id": "00ubob", "type": "User", "alternateId": "bob@x.io", "displayName": "Bob"}
AT = "2026-11-20T08:00:00.123Z"
MONTH = NOW - timedelta(days=30)
NUMBERS = count()
GIVEN = os.environ.get("RECONCILER_TEST_DATA")


def event(kind="remove", **more):
    """An event on the wire; a key that is `...` is left out."""
    body = {
        "uuid": f"u{next(NUMBERS)}",
        "published": AT,
        "eventType": f"group.user_membership.{kind}",
        "actor": BOB,
        "client": {"id": None, "ipAddress": "203.0.113.9"},
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": [JANE, GROUP],
        "transaction": {"type": "WEB", "id": "t1", "detail": {}},
        **more,
    }
    return {key: value for key, value in body.items() if value is not ...}


def page(events, following=None):
    """A page, and the address of the next one if there is one."""
    links = f'<{BASE}{PATH}>; rel="self"'
    if following:
        links += f', <{BASE}{PATH}?after={following}&limit=1000>; rel="next"'
    return httpx.Response(200, json=events, headers={"link": links})


async def read(org, *events, since=MONTH, groups=("00g1",), users=("00ujane",)):
    """What is told of these events, and of ended sessions."""
    reader = OktaReader(org.sender(lambda _: page(list(events))))
    return await reader.fetch_membership_log(since, groups=groups, users=users, sessions=True)


async def actor(org, **more):
    """Who did it, as the one event says."""
    (found,) = (await read(org, event(**more))).events
    return found.actor


async def test_an_event_is_a_change_of_one_membership(org):
    """Who, whom, from which group, when."""
    found = await read(org, event(), event("add"))
    bob = Actor(id="00ubob", kind="User", login="bob@x.io", name="Bob")
    at = datetime(2026, 11, 20, 8, 0, 0, 123000, tzinfo=UTC)
    facts = {"group": "00g1", "user": "00ujane", "at": at, "actor": bob}
    assert found.events == (
        MembershipEvent(is_removal=True, **facts),
        MembershipEvent(is_removal=False, **facts),
    )
    assert found.since == MONTH


@pytest.mark.parametrize(
    "targets",
    [
        [GROUP, JANE],
        [{"id": "0pr1", "type": "GroupRule"}, GROUP, {"type": "User"}, JANE, {}],
        [JANE, {"id": None, "type": None}, GROUP],
    ],
)
async def test_targets_are_told_apart_by_their_type(org, targets):
    """Their order means nothing, and there may be others."""
    (found,) = (await read(org, event(target=targets))).events
    assert (found.group, found.user) == ("00g1", "00ujane")


@pytest.mark.parametrize(
    "more",
    [
        {"target": []},
        {"target": None},
        {"target": ...},
        {"target": [JANE]},
        {"target": [GROUP]},
        {"outcome": {"result": "FAILURE"}},
        {"outcome": {"result": "DENY"}},
        {"eventType": "group.user_membership.rule.add_exclusion"},
    ],
)
async def test_what_failed_or_is_of_nobody_changed_nothing(org, more):
    """An attempt is no removal."""
    assert (await read(org, event(**more))).events == ()


@pytest.mark.parametrize(
    "more",
    [
        {"actor": ...},
        {"actor": None},
        {"actor": {}},
        {"actor": {"id": None, "type": None, "alternateId": None, "displayName": None}},
    ],
)
async def test_a_removal_by_nobody_that_okta_names_is_still_one(org, more):
    """Everything but its id, its type and its instant may be missing."""
    bare = {"outcome": ..., "client": ..., "transaction": ...}
    assert await actor(org, **more, **bare) == Actor()


async def test_a_token_and_an_app_are_told_from_a_hand(org):
    """That is how our own removals are known."""
    used = {"transaction": {"detail": {"requestApiTokenId": "00T1"}}}
    app = {"actor": {"id": "0oa1", "type": "PublicClientApp"}, "client": {"id": "0oa1"}}
    assert not (await actor(org)).has_token
    assert not (await actor(org, transaction={"detail": None})).has_token
    assert (await actor(org, **used)).has_token
    our_own = org.requests[0].headers["user-agent"]
    for agent in ({"rawUserAgent": our_own}, {"rawUserAgent": None}, None):
        assert await actor(org, client={"userAgent": agent}) == await actor(org)
    assert await actor(org, **app) == Actor(id="0oa1", kind="PublicClientApp", client_id="0oa1")


async def test_the_question_is_bounded_newest_first_and_about_the_few(org):
    """Both ends are given: without one, Okta answers another kind of question that never ends."""
    await read(org, users=("00ujane", "00ujoe"))
    assert dict(org.requests[0].url.params) == {
        "since": "2026-10-23T12:00:00Z",
        "until": "2026-11-22T12:00:01Z",
        "filter": (
            '(eventType eq "group.user_membership.add" or eventType eq '
            '"group.user_membership.remove" or eventType eq "user.session.clear") and '
            '(target.id eq "00ujane" or target.id eq "00ujoe")'
        ),
        "sortOrder": "DESCENDING",
        "limit": "1000",
    }


@pytest.mark.parametrize(
    ("targets", "groups", "users"),
    [
        (20, 1, 20),
        (3, 3, 21),
        (0, 21, 21),
    ],
)
async def test_it_names_the_people_else_the_groups_else_nobody(org, targets, groups, users):
    """One question however many are added; its address stays short."""
    some = [f"00g{n}" for n in range(groups)]
    await read(org, groups=some, users=[f"00u{n}" for n in range(users)])
    asked = org.requests[0].url.params["filter"]
    assert asked.count("target.id eq") == targets
    assert asked.count("00u") == (users if users <= 20 else 0)
    assert len(org.requests) == 1


def account_event(kind="user.lifecycle.suspend", **more):
    """An event of one account on the wire."""
    return event(**{"eventType": kind, "target": [JANE], **more})


async def read_accounts(org, *events, since=MONTH, users=("00ujane",)):
    """What is told of accounts by these events."""
    reader = OktaReader(org.sender(lambda _: page(list(events))))
    return await reader.fetch_account_log(since, users)


async def test_that_sessions_were_cleared_is_told_with_the_memberships(org):
    """Whose access was taken at once is not added again by an approval of before."""
    clear = account_event("user.session.clear")
    failed = account_event("user.session.clear", outcome={"result": "FAILURE"})
    found = await read(org, event("add"), clear, failed, account_event())
    (cleared,) = found.cleared
    assert (cleared.user, cleared.kind) == ("00ujane", AccountEventKind.SESSIONS_CLEARED)
    assert cleared.actor.id == "00ubob"
    assert len(found.events) == len(org.requests) == 1


@pytest.mark.parametrize(
    ("groups", "users"), [(("00g1",), ()), (("00g1",), [f"00u{n}" for n in range(21)]), ((), ())]
)
async def test_a_question_about_groups_asks_for_cleared_sessions_of_all(org, groups, users):
    """No group is a target of it."""
    await read(org, groups=groups, users=users)
    asked = org.requests[0].url.params["filter"]
    assert asked.endswith(' or eventType eq "user.session.clear"')
    head = '((eventType eq "group.user_membership.add" or '
    assert asked.startswith(head if groups else head[2:])
    assert asked.count("target.id") == len(groups)


async def test_where_no_account_is_changed_nobody_asks_for_sessions(org):
    """The question is the one of memberships alone."""
    reader = OktaReader(org.sender(lambda _: page([])))
    await reader.fetch_membership_log(MONTH, groups=("00g1",), users=())
    assert "session" not in org.requests[0].url.params["filter"]


async def test_ended_sessions_crowd_out_no_removal(org):
    """Where there are pages of them, memberships are asked about alone, as before."""

    def answer(request):
        asked = request.url.params
        if "after" in asked or "session.clear" in asked["filter"]:
            return page([account_event("user.session.clear")], next(NUMBERS))
        return page([event()])

    reader = OktaReader(org.sender(answer))
    found = await reader.fetch_membership_log(MONTH, groups=("00g1",), users=(), sessions=True)
    assert (len(found.events), found.since) == (1, MONTH)
    assert len(found.cleared) == MOST_PAGES
    assert len(org.requests) == MOST_PAGES + 1


async def test_an_event_whose_outcome_is_not_said_has_happened(org):
    """As of memberships: what another may have decided is asked about, not overlooked."""
    found = await read_accounts(org, account_event("user.lifecycle.unsuspend", outcome=None))
    assert [e.kind for e in found.events] == [AccountEventKind.UNSUSPENDED]


@pytest.mark.parametrize("kind", AccountEventKind)
async def test_every_kind_of_event_of_an_account_is_told(org, kind):
    """What, whose, when and by whom."""
    found = await read_accounts(org, account_event(kind.value))
    bob = Actor(id="00ubob", kind="User", login="bob@x.io", name="Bob")
    at = datetime(2026, 11, 20, 8, 0, 0, 123000, tzinfo=UTC)
    assert found.events == (AccountEvent(user="00ujane", kind=kind, at=at, actor=bob),)
    assert found.since == MONTH


@pytest.mark.parametrize(
    "more",
    [
        {"outcome": {"result": "FAILURE"}},
        {"outcome": {"result": "SKIPPED"}},
        {"target": None},
        {"target": [GROUP]},
        {"target": [{"id": "00ujane", "type": "AppUser"}]},
        {"eventType": "user.lifecycle.create"},
        {"eventType": "group.user_membership.add"},
    ],
)
async def test_what_failed_or_is_no_event_of_an_account_is_not_told(org, more):
    """An attempt to suspend leaves somebody active."""
    assert (await read_accounts(org, account_event(**more))).events == ()


@pytest.mark.parametrize(
    ("more", "locked"),
    [
        ({"target": ...}, ["00ubob"]),
        ({"target": []}, ["00ubob"]),
        ({"target": [JANE]}, ["00ujane"]),
        ({"target": None, "actor": {"id": "0oa1", "type": "PublicClientApp"}}, []),
        ({"target": None, "actor": None}, []),
    ],
)
async def test_whoever_locks_themselves_out_is_told_of_as_okta_tells_it(org, more, locked):
    """As a failed sign-in of theirs, mostly without a target."""
    failed = {"result": "FAILURE", "reason": "LOCKED_OUT"}
    lock = account_event("user.account.lock", **{"outcome": failed, **more})
    assert [each.user for each in (await read_accounts(org, lock)).events] == locked


@pytest.mark.parametrize(("people", "named"), [(1, 1), (20, 20), (21, 0), (0, 0)])
async def test_accounts_are_asked_about_in_one_bounded_question(org, people, named):
    """Named where they are few; else every such event is asked for."""
    await read_accounts(org, users=[f"00u{n}" for n in range(people)])
    (request,) = org.requests
    asked = request.url.params
    assert (asked["since"], asked["until"]) == ("2026-10-23T12:00:00Z", "2026-11-22T12:00:01Z")
    assert asked["filter"].count("eventType eq") == len(AccountEventKind)
    for part in ("target.id", "actor.id"):
        assert asked["filter"].count(f'{part} eq "00u') == named
    assert len(str(request.url)) < 4000


async def test_an_account_log_that_is_too_long_says_how_far_back_it_was_read(org):
    """What lies before that is unknown."""
    reader = OktaReader(org.sender(lambda _: page([account_event()], next(NUMBERS))))
    found = await reader.fetch_account_log(MONTH, ["00ujane"])
    assert (len(found.events), len(org.requests)) == (MOST_PAGES, MOST_PAGES)
    assert found.since == datetime(2026, 11, 20, 8, 0, 0, 123000, tzinfo=UTC)


async def test_an_account_log_that_is_refused_is_unread(org):
    """A doubt, and no absence of events."""
    body = {"errorCode": "E0000006", "errorSummary": "No"}
    reader = OktaReader(org.sender(lambda _: httpx.Response(403, json=body)))
    assert (await reader.fetch_account_log(MONTH, ["00ujane"])).code == "refused"


@pytest.mark.parametrize(
    ("since", "asked"),
    [
        (NOW - timedelta(days=400), NOW - RETENTION),
        (NOW - timedelta(days=91), NOW - RETENTION),
        (NOW - timedelta(days=89), NOW - timedelta(days=89)),
        (NOW + timedelta(days=3), NOW - timedelta(days=1)),
    ],
)
async def test_it_goes_back_no_further_than_the_log_does(org, since, asked):
    """Beyond 180 days Okta refuses; an approval dated ahead must not turn the ends around."""
    found = await read(org, since=since)
    assert found.since == asked
    assert org.requests[0].url.params["since"] == asked.strftime("%Y-%m-%dT%H:%M:%SZ")


async def test_too_many_events_are_read_up_to_a_few_pages_and_it_says_so(org):
    """The newest were read, so what was last is known as far back as the result says."""
    start = datetime(2026, 11, 20, tzinfo=UTC)

    def answer(request):
        number = int(request.url.params.get("after", "0"))
        at = start - timedelta(hours=number)
        return page([event(published=at.isoformat())], number + 1)

    reader = OktaReader(org.sender(answer))
    found = await reader.fetch_membership_log(MONTH, groups=("00g1",), users=())
    assert (len(org.requests), len(found.events)) == (MOST_PAGES, MOST_PAGES)
    assert found.since == start - timedelta(hours=MOST_PAGES - 1)
    assert reader.reads.pages == MOST_PAGES


async def test_an_empty_page_does_not_lift_the_bound(org):
    """The question ends with the next page that has anything."""

    def answer(request):
        number = int(request.url.params.get("after", "0"))
        return page([event()] if number + 1 != MOST_PAGES else [], number + 1)

    reader = OktaReader(org.sender(answer))
    await reader.fetch_membership_log(MONTH, groups=("00g1",), users=())
    assert len(org.requests) == MOST_PAGES + 1


async def test_every_event_is_there_once(org):
    """A page may repeat the last event of the one before."""
    first, second = event(), event("add")

    def answer(request):
        return page([first, second]) if "after" in request.url.params else page([first], "1")

    reader = OktaReader(org.sender(answer))
    found = await reader.fetch_membership_log(MONTH, groups=(), users=("00ujane",))
    assert len(found.events) == 2
    assert found.since == MONTH


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (httpx.Response(403, json={"errorCode": "E0000006", "errorSummary": "No"}), "refused"),
        (httpx.Response(400, json={"errorCode": "E0000053", "errorSummary": "No"}), "refused"),
        (httpx.Response(429), "unreachable"),
        (httpx.Response(503), "unreachable"),
        (httpx.Response(200, html="<html>"), "malformed"),
        (httpx.Response(200, json=[{"uuid": "u", "published": AT}]), "malformed"),
        (httpx.Response(200, json=[event(published="yesterday")]), "malformed"),
        (httpx.Response(200, json=[event(published="2026-11-20T08:00:00")]), "malformed"),
        (httpx.Response(200, json=[event()] * 1000), "malformed"),
        (page([event()], "1"), "malformed"),
    ],
)
async def test_a_log_that_cannot_be_read_whole_is_unread(org, outcome, code):
    """Half of it might lack just the removal."""
    reader = OktaReader(org.sender(lambda _: outcome))
    found = await reader.fetch_membership_log(MONTH, groups=("00g1",), users=("00ujane",))
    assert isinstance(found, ReadFailure)
    assert found.code == code


async def test_a_refused_credential_is_raised_here_too(org):
    """It speaks of every question."""
    body = {"errorCode": "E0000011", "errorSummary": "Invalid token provided"}
    reader = OktaReader(org.sender(lambda _: httpx.Response(401, json=body)))
    with pytest.raises(ConnectorError):
        await reader.fetch_membership_log(MONTH, groups=("00g1",), users=("00ujane",))


@pytest.mark.skipif(GIVEN is None, reason="RECONCILER_TEST_DATA names no folder")
async def test_recorded_events_are_read(org):
    """As real orgs have sent them."""
    path = Path(GIVEN) / "okta-traffic" / "logs_event_samples.json"
    events = [each["event"] for each in json.loads(path.read_text(encoding="utf-8"))]
    found = [change for each in events for change in (await read(org, each)).events]
    assert [(e.is_removal, e.actor.kind) for e in found] == [(False, "User"), (True, "User")]
    assert {e.group[:3] + e.user[:3] for e in found} == {"00g00u"}
