"""A service app signs in once for many requests, and its tokens are renewed before they end."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from reconciler.model.accounts import LifecycleCall
from reconciler.model.errors import ConnectorError, IncompleteReadError
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.requests.account_calls import account_call
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from tests.unit.okta.service_app import SCOPES, Okta, challenge, refuse

pytestmark = pytest.mark.anyio
TOKEN = "POST /oauth2/v1/token"
READ = "GET /api/v1/groups"


async def read(sender, times=1):
    """Reads of the group list, all at once."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(times):
            tasks.create_task(sender.get(sender.url("/api/v1/groups", {"limit": "1"})))


async def failures(sender, times):
    """What that many reads at once came to."""

    async def one():
        with pytest.raises(ConnectorError) as caught:
            await sender.get(sender.url("/api/v1/groups"))
        return caught.value

    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(one()) for _ in range(times)]
    return [task.result() for task in waiting]


async def test_a_token_is_asked_for_once_and_used_for_every_request():
    """Fifty reads at once, eight of them on the way: one token."""
    okta = Okta()
    sender = okta.sender()
    await read(sender, 50)
    assert (okta.token_requests, okta.asked.count(READ)) == (1, 50)
    assert okta.requests[0].headers["accept"] == "application/json"
    assert okta.requests[1].headers["authorization"] == f"Bearer {okta.issued[0]}"
    assert sender.reads.calls == 51


async def test_what_was_granted_is_kept_beside_what_was_asked():
    """Okta drops scopes silently; without a word on them, all are granted."""
    okta = Okta(scope="okta.groups.read")
    signer = okta.signer(dpop="off")
    assert (signer.granted, signer.is_dpop) == (None, None)
    await okta.sender(signer).sign_in()
    assert signer.asked == set(SCOPES)
    assert (signer.granted, signer.is_dpop) == ({"okta.groups.read"}, False)
    silent = Okta(token_before=[token_answer(without="scope")])
    signer = silent.signer()
    await silent.sender(signer).sign_in()
    assert signer.granted == set(SCOPES)


async def test_auto_learns_that_proofs_are_wanted_and_remembers_it():
    """Three requests for the first token, one for each further one; the nonce is kept."""
    okta = Okta(wants_dpop=True)
    signer = okta.signer(dpop="auto")
    sender = okta.sender(signer)
    await read(sender, 2)
    assert okta.asked == [TOKEN] * 3 + [READ] * 2
    assert signer.is_dpop is True
    okta.now += timedelta(minutes=56)
    await read(sender)
    assert okta.asked[5:] == [TOKEN, READ]
    assert [proof.get("nonce") for proof in okta.proofs if "ath" not in proof] == [
        None,
        "n-1",
        "n-1",
    ]


async def test_required_proves_from_the_first_request():
    """The nonce is asked for once."""
    okta = Okta(wants_dpop=True)
    await read(okta.sender(okta.signer(dpop="required")))
    assert okta.asked == [TOKEN, TOKEN, READ]
    assert "dpop" in okta.requests[0].headers


async def test_off_says_so_where_the_app_requires_proofs():
    """Nothing is sent again."""
    okta = Okta(wants_dpop=True)
    (error,) = await failures(okta.sender(okta.signer(dpop="off")), 1)
    assert (error.code, okta.asked) == ("dpop-required", [TOKEN])


async def test_an_endless_demand_for_nonces_ends():
    """Three requests at most, whatever is answered."""
    nonces = (refuse(400, "use_dpop_nonce", **{"dpop-nonce": f"n{i}"}) for i in range(9))
    okta = Okta(token_before=list(nonces))
    (error,) = await failures(okta.sender(okta.signer(dpop="required")), 1)
    assert (error.code, okta.token_requests) == ("dpop-proof-refused", 3)


@pytest.mark.parametrize(("lifetime_s", "used_s"), [(3600, 3299), (600, 539), (10, 8)])
async def test_a_token_is_renewed_before_it_ends(lifetime_s, used_s):
    """Five minutes before, or with a tenth of its life left."""
    okta = Okta(lifetime_s=lifetime_s)
    sender = okta.sender()
    await read(sender)
    okta.now += timedelta(seconds=used_s)
    await read(sender)
    assert okta.token_requests == 1
    okta.now += timedelta(seconds=1)
    await read(sender, 20)
    assert okta.token_requests == 2


async def test_a_refused_token_is_replaced_once_for_all_who_used_it():
    """Eight requests at once meet the same end of a token."""
    okta = Okta()
    sender = okta.sender()
    await read(sender)
    okta.dead.add(okta.issued[0])
    await read(sender, 8)
    assert okta.token_requests == 2
    assert okta.slept == []


async def test_a_refused_write_is_sent_once_more():
    """A 401 was not carried out, not even a creation's."""
    okta = Okta()
    sender = okta.sender(writes=WriteAllowlist(["00g1"], names=["N"]))
    await sender.sign_in()
    okta.dead.add(okta.issued[0])
    await sender.write("PUT", "/api/v1/groups/00g1/users/00u1")
    okta.dead.add(okta.issued[1])
    await sender.write("POST", "/api/v1/groups", {"profile": {"name": "N"}})
    put, post = "PUT /api/v1/groups/00g1/users/00u1", "POST /api/v1/groups"
    assert okta.asked == [TOKEN, put, TOKEN, put, post, TOKEN, post]


async def test_a_new_token_that_is_refused_too_is_not_replaced():
    """However many requests meet it: two tokens, and an error for each request."""
    okta = Okta()
    okta.dead |= {f"eyJhbGciOiJSUzI1NiJ9.token-{i}.c2ln" for i in range(99)}
    sender = okta.sender()
    errors = await failures(sender, 20)
    errors += await failures(sender, 1)
    assert {error.code for error in errors} == {"token-refused"}
    assert okta.token_requests == 2


async def test_a_request_is_renewed_once_even_when_each_token_works_for_others():
    """One endpoint that refuses every token takes no more than one of them."""
    okta = Okta()
    sender = okta.sender()
    await read(sender)
    okta.api_before = [challenge(401, "invalid_token"), challenge(401, "invalid_token")]
    (error,) = await failures(sender, 1)
    assert (error.code, okta.token_requests) == ("token-refused", 2)


async def test_a_refused_token_asks_for_no_more_than_a_token():
    """Where none comes, that is the error."""
    okta = Okta()
    sender = okta.sender()
    await read(sender)
    okta.dead.add(okta.issued[0])
    okta.token_before = [refuse(401, "invalid_client", "The client_assertion JWT kid is invalid.")]
    (error,) = await failures(sender, 1)
    assert error.code == "key-id-unknown"


async def test_a_nonce_that_the_api_wants_is_brought_and_kept():
    """Once more for the first request, at once for the next; a later answer renews it."""
    okta = Okta(wants_dpop=True, api_nonce="r-1")
    sender = okta.sender(okta.signer(dpop="required"))
    await read(sender)
    assert okta.asked == [TOKEN, TOKEN, READ, READ]
    await read(sender)
    assert okta.asked[4:] == [READ]
    assert [proof.get("nonce") for proof in okta.proofs[2:]] == [None, "r-1", "r-1"]
    okta.api_before = [httpx.Response(200, json=[], headers={"dpop-nonce": "r-2"})]
    okta.api_nonce = "r-2"
    await read(sender, 1)
    await read(sender, 1)
    assert okta.asked[5:] == [READ, READ]


async def test_a_creation_survives_the_nonce_and_the_end_of_its_token():
    """Each is renewed once, in either order, and the group is made once."""
    okta = Okta(wants_dpop=True)
    sender = okta.sender(okta.signer(dpop="required"), writes=WriteAllowlist(names=["N"]))
    wants = challenge(400, "use_dpop_nonce", **{"dpop-nonce": "r-9"})
    okta.api_before = [wants, challenge(401, "invalid_token")]
    await sender.write("POST", "/api/v1/groups", {"profile": {"name": "N"}})
    assert okta.asked.count("POST /api/v1/groups") == 3


@pytest.mark.parametrize("call", [LifecycleCall.RESET_PASSWORD, LifecycleCall.CLEAR_SESSIONS])
async def test_a_change_of_an_account_survives_the_nonce_and_the_end_of_its_token(call):
    """Neither was carried out; a third refusal of the kind would be the last word."""
    okta = Okta(wants_dpop=True)
    writes = WriteAllowlist(accounts=[(call, "00u1")])
    sender = okta.sender(okta.signer(dpop="required"), writes=writes)
    wants = challenge(400, "use_dpop_nonce", **{"dpop-nonce": "r-9"})
    okta.api_before = [wants, challenge(401, "invalid_token")]
    await OktaWriter(sender).change_account("00u1", call)
    asked = account_call(call, "00u1")
    assert okta.asked.count(f"{asked.method} {asked.path}") == 3


async def test_a_change_that_may_have_been_made_is_not_sent_again_for_a_nonce():
    """Whatever stands beside a failure: it is the line's own, and the run goes on."""
    okta = Okta(wants_dpop=True)
    writes = WriteAllowlist(accounts=[(LifecycleCall.RESET_PASSWORD, "00u1")])
    sender = okta.sender(okta.signer(dpop="required"), writes=writes)
    okta.api_before = [challenge(503, "use_dpop_nonce", **{"dpop-nonce": "r-9"})]
    with pytest.raises(ConnectorError) as caught:
        await OktaWriter(sender).change_account("00u1", LifecycleCall.RESET_PASSWORD)
    assert caught.value.status == 503


async def test_an_api_that_never_takes_a_proof_is_an_error():
    """Two tries."""
    okta = Okta(wants_dpop=True)
    sender = okta.sender(okta.signer(dpop="required"))
    okta.api_before = [
        challenge(400, "use_dpop_nonce", **{"dpop-nonce": f"r-{i}"}) for i in range(9)
    ]
    (error,) = await failures(sender, 1)
    assert (error.code, okta.asked.count(READ)) == ("dpop-proof-refused", 2)


@pytest.mark.parametrize(
    "trouble",
    [
        lambda: httpx.Response(503),
        lambda: httpx.Response(502, html="<html>Bad gateway</html>"),
        lambda: httpx.Response(429),
        lambda: httpx.ConnectError("no route"),
        lambda: httpx.ReadTimeout("x"),
    ],
)
async def test_a_token_is_waited_for_as_any_read_is(trouble):
    """With a new assertion and a new proof each time: the endpoint here refuses a replay."""
    okta = Okta(wants_dpop=True, token_before=[trouble() for _ in range(3)])
    await read(okta.sender(okta.signer(dpop="required")), 20)
    assert okta.token_requests == 5
    assert len(okta.slept) == 3
    assert len({claims["jti"] for claims in okta.assertions}) == 5


async def test_trouble_that_lasts_fails_everyone_who_waits():
    """Five attempts in all, not five for each; later, it is tried again."""
    okta = Okta(token_before=[httpx.Response(503) for _ in range(5)])
    sender = okta.sender()
    errors = await failures(sender, 8)
    assert {(error.code, str(error)) for error in errors} == {
        ("okta-unavailable", "POST /oauth2/v1/token answered 503")
    }
    assert okta.token_requests == 5
    await read(sender)
    assert okta.token_requests == 6


async def test_a_definite_refusal_is_not_asked_for_again():
    """Thousands of reads may follow."""
    okta = Okta(token_before=[refuse(400, "invalid_scope", "No.") for _ in range(9)])
    signer = okta.signer()
    sender = okta.sender(signer)
    errors = await failures(sender, 50)
    errors += await failures(okta.sender(signer), 5)
    assert {(error.code, error.hint) for error in errors} == {(errors[0].code, errors[0].hint)}
    assert (errors[0].code, okta.asked) == ("scope-not-granted", [TOKEN])
    assert errors[0] is not errors[1]


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_a_refused_sign_in_is_never_taken_for_an_answer_about_the_request(status):
    """A removal that was never sent is not "already so", and no group is merely unread."""
    okta = Okta(token_before=[httpx.Response(status, html="<html>blocked</html>")] * 2)
    sender = okta.sender(writes=WriteAllowlist(["00g1"]))
    with pytest.raises(ConnectorError) as caught:
        await OktaWriter(sender).remove_member("00g1", "00u1")
    assert (caught.value.status, f"answered {status}" in caught.value.message) == (401, True)
    with pytest.raises(ConnectorError):
        await OktaReader(sender).fetch_members("00g1")
    assert okta.asked == [TOKEN]


async def test_a_living_token_bridges_trouble_at_its_renewal():
    """Five minutes are left; the endpoint is asked again a minute later."""
    okta = Okta()
    sender = okta.sender()
    await read(sender)
    okta.now += timedelta(minutes=56)
    okta.token_before = [httpx.Response(503) for _ in range(5)]
    await read(sender, 8)
    assert okta.token_requests == 6
    okta.now += timedelta(minutes=1)
    await read(sender)
    assert okta.token_requests == 7


async def test_a_cancelled_request_leaves_the_token_to_the_next():
    """The lock is free again."""
    okta = Okta()
    sender = okta.sender()
    task = asyncio.create_task(sender.get(sender.url("/x")))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    await read(sender, 3)
    assert okta.asked.count(READ) == 3


def test_one_signer_serves_one_event_loop_after_the_other():
    """A run reads in one and writes in the next; the token goes along."""
    okta = Okta()
    signer = okta.signer()
    for _ in range(2):
        okta.now += timedelta(minutes=60)
        asyncio.run(read(okta.sender(signer), 20))
    assert okta.token_requests == 2


def token_answer(without="", **changes):
    """A token's answer, changed."""
    body = {"token_type": "Bearer", "expires_in": 3600, "access_token": "se-cret-1", "scope": "a"}
    body |= changes
    body.pop(without, None)
    return httpx.Response(200, json=body)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(200, html="<html>Welcome</html>"), "answer-malformed"),
        (httpx.Response(200, json=[]), "answer-malformed"),
        (httpx.Response(200, content=b"{", headers={"content-type": "application/json"}), None),
        (token_answer(without="access_token"), "answer-malformed"),
        (token_answer(access_token=""), "answer-malformed"),
        (token_answer(access_token="a\r\nX: b"), "answer-malformed"),
        (token_answer(access_token="a" * 20_000), "answer-malformed"),
        (token_answer(expires_in=0), "answer-malformed"),
        (token_answer(expires_in="3600"), "answer-malformed"),
        (token_answer(token_type="DPoP"), "token-type-wrong"),
        (token_answer(token_type="mac\x1b[31m"), "token-type-wrong"),
    ],
)
async def test_an_answer_that_is_no_token_is_none(answer, code):
    """It is said, is not asked for again, and nothing of it is repeated."""
    okta = Okta(token_before=[answer])
    (error, *_) = await failures(okta.sender(okta.signer(dpop="off")), 3)
    assert isinstance(error, IncompleteReadError)
    assert error.code == (code or "answer-malformed")
    assert "/oauth2/v1/token" in error.message
    assert "se-cret" not in error.message
    assert error.message.isprintable()
    assert okta.asked == [TOKEN]


async def test_a_bearer_token_is_refused_where_a_proof_was_sent():
    """It would work for whoever steals it."""
    okta = Okta(token_before=[token_answer()])
    (error,) = await failures(okta.sender(okta.signer(dpop="required")), 1)
    assert error.code == "token-type-wrong"


async def test_an_unsigned_read_asks_for_no_token():
    """The org's identity is compared before the credential is used."""
    okta = Okta()
    sender = okta.sender()
    await sender.get(sender.url("/.well-known/okta-organization"), signed=False)
    assert okta.asked == ["GET /.well-known/okta-organization"]
    assert "authorization" not in okta.requests[0].headers
