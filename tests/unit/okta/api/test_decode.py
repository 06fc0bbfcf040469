"""An answer is what Okta documents, or it is no answer."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from reconciler.model.directory import DirectoryGroup, DirectoryUser
from reconciler.model.errors import IncompleteReadError
from reconciler.okta.api.decode import decode_group, decode_groups, decode_org_id, decode_user
from reconciler.okta.api.reader import KnownUsers
from reconciler.okta.responses.response import Answer

USER = {
    "id": "00u1",
    "status": "ACTIVE",
    "created": "2026-02-03T09:10:11.000Z",
    "activated": None,
    "profile": {"login": "a@x.io", "email": None, "firstName": "A", "lastName": None},
    "_links": {"self": {}},
}
GROUP = {"id": "00g1", "type": "OKTA_GROUP", "profile": {"name": "N", "description": None}}


def answer(body, kind="application/json"):
    """A 200 with the body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = httpx.Headers({"content-type": kind})
    return Answer(method="GET", path="/x", status=200, headers=headers, body=content)


def without(noun, *path):
    """The noun with one field less."""
    copy = json.loads(json.dumps(noun))
    place = copy
    for key in path[:-1]:
        place = place[key]
    del place[path[-1]]
    return copy


def test_a_user_is_read_with_nulls_where_okta_has_them():
    """Unset fields are null, timestamps are UTC."""
    assert KnownUsers().read(answer([USER], "application/json;charset=UTF-8")) == (
        DirectoryUser(
            id="00u1",
            login="a@x.io",
            status="ACTIVE",
            name="A",
            created_at=datetime(2026, 2, 3, 9, 10, 11, tzinfo=UTC),
        ),
    )


def test_a_timestamp_in_another_zone_is_the_same_instant():
    """Aware UTC everywhere."""
    user = decode_user(answer({**USER, "activated": "2026-02-03T11:10:11+02:00"}))
    assert user.activated_at == user.created_at
    assert user.activated_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({}, (None, "", "")),
        (
            {"statusChanged": None, "credentials": None, "transitioningToStatus": None},
            (None, "", ""),
        ),
        ({"credentials": {"emails": []}}, (None, "", "")),
        ({"credentials": {"provider": None}}, (None, "", "")),
        ({"credentials": {"provider": {"name": "x"}}}, (None, "", "")),
        (
            {
                "statusChanged": "2026-02-03T11:10:11+02:00",
                "credentials": {"password": {}, "provider": {"type": "FEDERATION", "name": "x"}},
                "transitioningToStatus": "DEPROVISIONED",
            },
            (datetime(2026, 2, 3, 9, 10, 11, tzinfo=UTC), "FEDERATION", "DEPROVISIONED"),
        ),
    ],
)
def test_what_an_account_is_judged_by_is_read_of_one_and_of_many(said, read):
    """Where Okta does not say, nothing is made up."""
    for user in (decode_user(answer({**USER, **said})), *KnownUsers().read(answer([USER | said]))):
        assert (user.status_changed_at, user.provider, user.moving_to) == read


def test_a_group_is_read():
    """One and many."""
    group = DirectoryGroup(id="00g1", name="N", type="OKTA_GROUP")
    assert decode_groups(answer([GROUP, GROUP])) == (group, group)
    assert decode_group(answer(GROUP)) == group


def test_the_org_is_read():
    """Only its id."""
    assert decode_org_id(answer({"id": "00o1", "pipeline": "idx"})) == "00o1"


@pytest.mark.parametrize(
    "body",
    [
        {},
        [{**USER, "id": ""}],
        [{**USER, "id": "00u1/../x"}],
        [{**USER, "id": "00u\u0661"}],
        [{**USER, "id": "00u1\n"}],
        [{**USER, "id": 1}],
        [{**USER, "status": ""}],
        [{**USER, "status": None}],
        [{**USER, "created": "yesterday"}],
        [{**USER, "created": "2026-02-03T09:10:11"}],
        [{**USER, "profile": {"login": ""}}],
        [without(USER, "id")],
        [without(USER, "status")],
        [without(USER, "profile", "login")],
        [{**USER, "statusChanged": "yesterday"}],
        [{**USER, "credentials": {"provider": "OKTA"}}],
        [USER, None],
        b"",
        b"[",
        b'[{"id": "\xff"}]',
        b'[{"x": ' + b"[" * 100_000,
        b"<html></html>",
    ],
)
def test_a_damaged_list_of_users_is_no_list(body):
    """Not even its undamaged part: whom it lacks would seem gone."""
    with pytest.raises(IncompleteReadError) as caught:
        KnownUsers().read(answer(body))
    assert caught.value.code == "answer-malformed"


@pytest.mark.parametrize(
    "group",
    [
        without(GROUP, "id"),
        without(GROUP, "type"),
        without(GROUP, "profile", "name"),
        {**GROUP, "type": ""},
        {**GROUP, "profile": {"name": ""}},
    ],
)
def test_a_damaged_group_is_no_group(group):
    """Id, name and type are always there."""
    with pytest.raises(IncompleteReadError):
        decode_groups(answer([group]))


def test_a_page_that_is_not_json_is_refused_whatever_it_holds():
    """A captive portal answers 200."""
    with pytest.raises(IncompleteReadError):
        KnownUsers().read(answer([], "text/html"))


def _recorded():
    folder = os.environ.get("RECONCILER_TEST_DATA")
    if not folder:
        pytest.skip("no recorded traffic on this machine")
    for file in sorted(Path(folder, "okta-traffic").glob("*.json")):
        exchanges = json.loads(file.read_text())
        yield from (e for e in exchanges if "request" in e)


def _kind(exchange):
    """The decoder for what was asked, None where no noun of ours was."""
    if exchange["request"]["method"] != "GET" or exchange["response"]["status"] != 200:
        return None
    parts = exchange["request"]["path"].strip("/").split("/")[2:]
    match parts:
        case ["groups"] | ["users", _, "groups"]:
            return decode_groups
        case ["groups", one] if one != "rules":
            return decode_group
        case ["users"] | ["groups", _, "users"]:
            return KnownUsers().read
        case ["users", _]:
            return decode_user
    return None


def _is_blanked(body):
    """Whether whoever recorded it took the people out."""
    return isinstance(body, list) and any(item.get("profile") == {} for item in body)


def test_everything_recorded_from_real_orgs_is_read():
    """The decoders are judged by traffic, not by our idea of it."""
    decoded = 0
    for exchange in _recorded():
        body = exchange["response"]["body"]
        if (decode := _kind(exchange)) and not _is_blanked(body):
            decode(answer(body))
            decoded += 1
    assert decoded > 50
