"""Four mutations, and no fifth."""

import json
import logging
import traceback

import httpx
import pytest

from reconciler.model.accounts import LifecycleCall
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


@pytest.mark.parametrize(
    ("call", "asked"),
    [
        ("SUSPEND", "POST /lifecycle/suspend"),
        ("UNSUSPEND", "POST /lifecycle/unsuspend"),
        ("UNLOCK", "POST /lifecycle/unlock"),
        ("RESET_PASSWORD", "POST /lifecycle/reset_password?sendEmail=true"),
        ("DEACTIVATE", "POST /lifecycle/deactivate?sendEmail=false"),
        ("ACTIVATE", "POST /lifecycle/activate?sendEmail=true"),
        ("REACTIVATE", "POST /lifecycle/reactivate?sendEmail=true"),
        ("CLEAR_SESSIONS", "DELETE /sessions?oauthTokens=true&forgetDevices=true"),
    ],
)
@pytest.mark.parametrize("body", [{"json": {}}, {}])
async def test_an_account_is_changed_by_one_request_without_a_body(org, call, asked, body):
    """What Okta does by itself differs between calls and over the years, so it is always said."""
    answer, change = httpx.Response(200, headers=ID, **body), LifecycleCall[call]
    sender = org.sender(lambda _: answer, writes=WriteAllowlist(accounts=[(change, "00u1")]))
    assert await OktaWriter(sender).change_account("00u1", change) == WriteAnswer(request_id="req1")
    (request,) = org.requests
    target = request.url.raw_path.decode().replace("/api/v1/users/00u1", "")
    assert f"{request.method} {target}" == asked
    assert (request.content, request.headers.get("content-length", "0")) == (b"", "0")


LINK = "https://acme.okta.com/signin/reset-password/XE6wE17zmphl3KqAPFxO"
SECRETS = {
    "resetPasswordUrl": LINK,
    "activationUrl": LINK,
    "activationToken": "XE6wE17zmphl3KqAPFxO",
    "tempPassword": "Sp1cy-XE6wE17z",
    "errorSummary": f"use {LINK}",
    "errorId": LINK,
    "errorCauses": [{"errorSummary": LINK}],
}


async def answered(org, answer):
    """What came of a reset, and all that a program can find of it afterwards, as one text."""
    change = LifecycleCall.RESET_PASSWORD
    sender = org.sender(lambda _: answer(), writes=WriteAllowlist(accounts=[(change, "00u1")]))
    found = []
    try:
        found.append(await OktaWriter(sender).change_account("00u1", change))
    except ConnectorError as error:
        found += [error, error.hint, error.code, error.okta_code]
        for frame, _ in traceback.walk_tb(error.__traceback__):
            is_ours = "/okta/" in frame.f_code.co_filename
            found += list(frame.f_locals.values()) if is_ours else []
        found += [getattr(each, "body", b"") for each in found]
    return "\n".join(map(repr, found))


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(200, json=SECRETS),
        lambda: httpx.Response(200, text=json.dumps(SECRETS)),
        lambda: httpx.Response(200, headers={"content-length": "9999"}, json=SECRETS),
        lambda: httpx.Response(302, headers={"location": LINK}),
    ],
)
async def test_a_link_or_a_password_in_an_answer_is_found_nowhere(org, caplog, answer):
    """Whoever reads a log, a record or an error could take the account over."""
    caplog.set_level(logging.DEBUG)
    found = await answered(org, answer)
    assert "XE6wE17z" not in found + caplog.text


@pytest.mark.parametrize("status", [400, 403, 409, 500])
@pytest.mark.parametrize("code", ["E0000038", LINK])
async def test_of_a_refusal_nothing_but_oktas_code_is_told(org, caplog, status, code):
    """A body is not searched for what may be said: the code is enough to know the cause."""
    caplog.set_level(logging.DEBUG)
    change = LifecycleCall.RESET_PASSWORD
    answer = httpx.Response(status, json={**SECRETS, "errorCode": code}, headers=ID)
    sender = org.sender(lambda _: answer, writes=WriteAllowlist(accounts=[(change, "00u1")]))
    with pytest.raises(ConnectorError) as caught:
        await OktaWriter(sender).change_account("00u1", change)
    error = caught.value
    said = [*map(str, (error, error.message, error.hint, error.args)), caplog.text]
    assert "XE6wE17z" not in "".join(said)
    assert error.okta_code == ("" if code == LINK else "E0000038")
    assert (error.status, error.request_id, len(org.requests)) == (status, "req1", 1)


@pytest.mark.parametrize(
    "trouble",
    [
        lambda: httpx.Response(500),
        lambda: httpx.Response(502, html="<html>"),
        lambda: httpx.Response(503),
        lambda: httpx.Response(504),
        lambda: httpx.Response(200, html="<html>"),
        lambda: httpx.Response(200, headers={"content-length": "100"}, json={}),
        lambda: httpx.ReadTimeout("x"),
        lambda: httpx.RemoteProtocolError("Server disconnected"),
    ],
)
@pytest.mark.parametrize("change", LifecycleCall)
async def test_a_change_of_an_account_that_may_have_been_made_is_not_sent_again(
    org, change, trouble
):
    """Sent twice, a reset is two mails; only the status tells, and reading it is for who asked."""

    def answer(_request):
        outcome = trouble()
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    sender = org.sender(answer, writes=WriteAllowlist(accounts=[(change, "00u1")]))
    with pytest.raises(ConnectorError) as caught:
        await OktaWriter(sender).change_account("00u1", change)
    error = caught.value
    is_lost = isinstance(error, IncompleteReadError) or error.status is None or error.status >= 500
    assert (is_lost, len(org.requests)) == (True, 1)


@pytest.mark.parametrize("change", LifecycleCall)
async def test_a_change_of_an_account_that_was_turned_away_is_sent_again(org, change):
    """A 429 changed nothing."""
    answers = [httpx.Response(429), httpx.Response(200, json={})]
    sender = org.sender(
        lambda _: answers.pop(0), writes=WriteAllowlist(accounts=[(change, "00u1")])
    )
    await OktaWriter(sender).change_account("00u1", change)
    assert len(org.requests) == 2


async def test_no_account_is_changed_that_was_not_announced(org):
    """Neither another's, nor in another way, nor of an id that is none."""
    writes = WriteAllowlist(accounts=[(LifecycleCall.SUSPEND, "00u1")])
    writer = OktaWriter(org.sender(lambda _: httpx.Response(200, json={}), writes=writes))
    for user, call in (("00u2", LifecycleCall.SUSPEND), ("00u1", LifecycleCall.DEACTIVATE)):
        with pytest.raises(GuardRefused):
            await writer.change_account(user, call)
    with pytest.raises(ConnectorError):
        await writer.change_account("../00u1", LifecycleCall.SUSPEND)
    assert org.requests == []


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
