"""Three mutations, and no fourth."""

import json

import httpx
import pytest

from reconciler.model.errors import ConnectorError, GuardRefused, IncompleteReadError
from reconciler.model.outcome import WriteAnswer
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.requests.write_allowlist import WriteAllowlist

pytestmark = pytest.mark.anyio
ID = {"x-okta-request-id": "req1"}


def group(group_id="00gNew"):
    """A made group on the wire."""
    return {"id": group_id, "type": "OKTA_GROUP", "profile": {"name": "N", "description": "d"}}


@pytest.mark.parametrize("status", [200, 204])
async def test_members_are_added_and_removed(org, status):
    """Okta answers 204, and has answered 200."""
    sender = org.sender(
        lambda _: httpx.Response(status, headers=ID), writes=WriteAllowlist(["00g1"])
    )
    writer = OktaWriter(sender)
    assert await writer.add_member("00g1", "00u1") == WriteAnswer(request_id="req1")
    assert await writer.remove_member("00g1", "00u1") == WriteAnswer(request_id="req1")
    path = "/api/v1/groups/00g1/users/00u1"
    assert org.asked == [f"PUT {path}", f"DELETE {path}"]


@pytest.mark.parametrize("status", [200, 201])
async def test_a_made_group_may_be_written_from_then_on(org, status):
    """Its id comes from its own creation only."""

    def answer(request):
        if request.method == "POST":
            return httpx.Response(status, json=group(), headers=ID)
        return httpx.Response(204)

    writer = OktaWriter(org.sender(answer, writes=WriteAllowlist(names=["N"])))
    with pytest.raises(GuardRefused):
        await writer.add_member("00gNew", "00u1")
    assert await writer.create_group("N", "d") == WriteAnswer(request_id="req1", id="00gNew")
    await writer.add_member("00gNew", "00u1")
    body = json.loads(org.requests[0].content)
    assert body == {"profile": {"name": "N", "description": "d"}}
    with pytest.raises(GuardRefused):
        await writer.create_group("N", "d")


async def test_a_name_that_was_not_announced_is_not_made(org):
    """Nothing is sent."""
    writer = OktaWriter(
        org.sender(lambda _: httpx.Response(200), writes=WriteAllowlist(names=["N"]))
    )
    with pytest.raises(GuardRefused):
        await writer.create_group("M", "d")
    assert org.requests == []


async def test_a_creation_whose_answer_is_damaged_opens_nothing(org):
    """The group may exist; only an exact-name read can tell."""
    sender = org.sender(lambda _: httpx.Response(200, json={}), writes=WriteAllowlist(names=["N"]))
    with pytest.raises(IncompleteReadError):
        await OktaWriter(sender).create_group("N", "d")
    assert sender.writes.groups == frozenset()


@pytest.mark.parametrize(("status", "code"), [(403, "E0000006"), (404, "E0000007")])
async def test_a_refusal_carries_status_and_request(org, status, code):
    """The executor decides what it means."""
    body = {"errorCode": code, "errorSummary": "No", "errorId": "oae1"}
    answer = httpx.Response(status, json=body, headers=ID)
    writer = OktaWriter(org.sender(lambda _: answer, writes=WriteAllowlist(["00g1"])))
    with pytest.raises(ConnectorError) as caught:
        await writer.remove_member("00g1", "00u1")
    error = caught.value
    assert (error.status, error.okta_code, error.request_id) == (status, code, "req1")


@pytest.mark.parametrize("page", [{"html": "<html>"}, {"json": []}, {"text": "ok"}])
async def test_a_page_in_place_of_okta_is_no_success(page, org):
    """A captive portal answers 200 to everything; Okta answers a membership without a body."""
    sender = org.sender(lambda _: httpx.Response(200, **page), writes=WriteAllowlist(["00g1"]))
    with pytest.raises(IncompleteReadError):
        await OktaWriter(sender).add_member("00g1", "00u1")


async def test_an_id_that_is_none_is_never_put_into_a_path(org):
    """It would be another request."""
    writer = OktaWriter(org.sender(lambda _: httpx.Response(204), writes=WriteAllowlist(["00g1"])))
    for group_id, user_id in (("00g1", "../x"), ("00g1/users/00u2?", "00u1"), ("", "00u1")):
        with pytest.raises(ConnectorError):
            await writer.add_member(group_id, user_id)
    assert org.requests == []


def test_a_reading_connection_makes_no_writer(org):
    """A plan cannot write."""
    with pytest.raises(GuardRefused):
        OktaWriter(org.sender(lambda _: httpx.Response(204)))
