"""One object per person, and what Okta says last is what counts."""

import json

import httpx
import pytest

from reconciler.model.directory import DirectoryUser
from reconciler.model.errors import IncompleteReadError
from reconciler.okta.api.reader import KnownUsers
from reconciler.okta.responses.response import Answer

AMY = {"id": "00uamy", "status": "ACTIVE", "profile": {"login": "amy@x.io", "firstName": "Amy"}}
CHANGES = [
    {"status": "SUSPENDED"},
    {"profile": {"login": "amy@y.io", "firstName": "Amy"}},
    {"profile": {"login": "amy@x.io", "firstName": "Amy", "email": "a@x.io"}},
    {"profile": {"login": "amy@x.io", "firstName": "Ann"}},
    {"activated": "2026-11-22T10:00:00.000Z"},
    {"created": "2026-11-22T10:00:00.000Z"},
    {"statusChanged": "2026-11-22T10:00:00.000Z"},
    {"transitioningToStatus": "DEPROVISIONED"},
    {"credentials": {"provider": {"type": "FEDERATION"}}},
]


def page(*people):
    """A page of a list, as Okta sends it."""
    return Answer(
        method="GET",
        path="/api/v1/groups/00g1/users",
        status=200,
        headers=httpx.Headers({"content-type": "application/json"}),
        body=json.dumps(people).encode(),
    )


def test_a_person_of_many_groups_is_one_object():
    """A million memberships are of a hundred thousand people."""
    roster = KnownUsers()
    (first,) = roster.read(page(AMY))
    (again,) = roster.read(page(AMY))
    assert first is again
    assert first == DirectoryUser(id="00uamy", login="amy@x.io", status="ACTIVE", name="Amy")


@pytest.mark.parametrize("change", CHANGES)
def test_a_person_who_changed_meanwhile_is_read_anew(change):
    """Someone suspended between two pages must not be planned for as active."""
    roster = KnownUsers()
    roster.read(page(AMY))
    (changed,) = roster.read(page(AMY | change))
    assert (changed,) == KnownUsers().read(page(AMY | change))
    assert roster.read(page(AMY)) == KnownUsers().read(page(AMY))


def test_people_share_what_they_have_in_common():
    """A company has a few statuses and providers, and a hundred thousand people."""
    roster = KnownUsers()
    said = {"credentials": {"provider": {"type": "FEDERATION"}}, "transitioningToStatus": "ACTIVE"}
    amy, bob = roster.read(page(AMY | said, AMY | said | {"id": "00ubob"}))
    assert amy.status is bob.status
    assert amy.provider is bob.provider
    assert amy.moving_to is bob.moving_to


def test_what_another_list_said_last_stands_until_it_is_said_anew():
    """Lists with attribution hand over people that were decoded elsewhere."""
    roster = KnownUsers()
    (first,) = roster.read(page(AMY))
    suspended = DirectoryUser(id="00uamy", login="amy@x.io", status="SUSPENDED", name="Amy")
    assert roster.deduplicate(suspended) is suspended
    assert roster.deduplicate(first) == first
    assert roster.read(page(AMY)) == (first,)
    assert roster.deduplicate(suspended) is suspended
    assert roster.read(page(AMY)) == (first,)


@pytest.mark.parametrize("wrong", [{"id": "../x"}, {"status": ""}, {"profile": {"login": ""}}])
def test_a_page_that_is_wrong_is_refused_after_a_right_one_too(wrong):
    """Knowing somebody is no reason to believe what comes next."""
    roster = KnownUsers()
    roster.read(page(AMY))
    with pytest.raises(IncompleteReadError):
        roster.read(page(AMY | wrong))
    assert roster.read(page(AMY)) == KnownUsers().read(page(AMY))
