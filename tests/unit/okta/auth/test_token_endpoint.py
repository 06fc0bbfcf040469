"""Nothing that is signed is sent twice, nothing that is secret is shown, and clocks may differ."""

import asyncio
import traceback
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.errors import ConnectorError
from reconciler.okta.auth.keys import parse_key
from reconciler.okta.observers import NoPacer
from reconciler.okta.secret_filter import Redactor
from tests.unit.okta.service_app import PRIVATE, Okta, challenge, pem_of, refuse

FAULTS = st.sampled_from(
    [
        lambda: httpx.Response(429),
        lambda: httpx.Response(503),
        lambda: httpx.Response(502, html="<html>"),
        lambda: httpx.ReadTimeout("x"),
        lambda: httpx.ConnectError("x"),
        lambda: refuse(400, "use_dpop_nonce", **{"dpop-nonce": "n-0"}),
        lambda: refuse(400, "use_dpop_nonce", **{"dpop-nonce": "n-1"}),
        lambda: refuse(400, "invalid_dpop_proof", "Missing."),
        lambda: refuse(401, "invalid_client", "The client_assertion token is expired."),
    ]
)
API_FAULTS = FAULTS | st.sampled_from(
    [
        lambda: challenge(401, "invalid_token"),
        lambda: challenge(401, "use_dpop_nonce", **{"dpop-nonce": "r-1"}),
        lambda: challenge(400, "use_dpop_nonce", **{"dpop-nonce": "r-2"}),
        lambda: httpx.Response(200, json=[], headers={"dpop-nonce": "r-3"}),
    ]
)


async def outcome(sender, path="/api/v1/groups"):
    """What a read comes to: nothing, or its error."""
    try:
        await sender.get(sender.url(path))
    except ConnectorError as error:
        return error
    return None


@pytest.mark.slow
@given(
    st.booleans(),
    st.sampled_from(["auto", "required", "off"]),
    st.lists(FAULTS, max_size=8),
    st.lists(API_FAULTS, max_size=8),
    st.lists(st.integers(0, 4000), max_size=4),
)
def test_no_two_attempts_ever_share_what_was_signed(wants, dpop, at_token, at_api, pauses):
    """Whatever fails, and when; the org here also refuses every replay, wrong htu, ath and key."""
    okta = Okta(wants_dpop=wants, token_before=[make() for make in at_token])
    okta.api_before = [make() for make in at_api]

    async def run():
        sender = okta.sender(okta.signer(dpop=dpop))
        for pause in [0, *pauses]:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(3):
                    tasks.create_task(outcome(sender))
            okta.now += timedelta(seconds=pause)

    asyncio.run(run())
    assert len(set(okta.jtis)) == len(okta.jtis)
    nows = [one["iat"] for one in okta.assertions + okta.proofs]
    assert len(okta.jtis) == len(nows) > 0


def test_a_small_difference_of_the_clocks_is_no_trouble():
    """Okta's Date, from any answer before, dates what is signed."""
    okta = Okta(ahead=timedelta(seconds=-200), wants_dpop=True)

    async def run():
        sender = okta.sender(okta.signer(dpop="required"))
        await sender.get(sender.url("/.well-known/okta-organization"), signed=False)
        await sender.get(sender.url("/api/v1/groups"))

    asyncio.run(run())
    okta_now = okta.now.timestamp() - 200
    for made in okta.assertions + okta.proofs:
        assert okta_now - 10 <= made["iat"] <= okta_now


@pytest.mark.parametrize(("hours", "words"), [(1, "3600 s behind"), (-2, "7200 s ahead of")])
def test_a_large_difference_is_the_error(hours, words):
    """It is not papered over: grants begin and end by the same clock."""
    said = "The client_assertion token is expired."
    okta = Okta(ahead=timedelta(hours=hours), token_before=[refuse(401, "invalid_client", said)])
    error = asyncio.run(outcome(okta.sender()))
    assert error.code == "clock-skew"
    assert f"this machine's clock is {words} Okta's" in error.message


def test_a_proof_is_of_the_moment_in_which_it_leaves():
    """A request may wait for minutes for its turn; Okta takes no proof older than five."""
    okta = Okta(wants_dpop=True)

    class Slow(NoPacer):
        """Ten minutes for every turn at the API."""

        async def before(self, request):
            if request.method == "GET":
                okta.now += timedelta(minutes=10)

    sender = okta.sender(okta.signer(dpop="required"), conduct={"pace": Slow()})
    assert asyncio.run(outcome(sender)) is None
    assert (len(okta.proofs), max(okta.ages) < 10) == (3, True)


@pytest.mark.parametrize(("times", "code"), [(2, None), (3, "client-assertion-expired")])
def test_an_assertion_that_was_held_back_is_made_anew(times, code):
    """The clocks agree, so it was on its way for too long; three requests at most."""
    said = "The client_assertion token is expired."
    okta = Okta(token_before=[refuse(401, "invalid_client", said) for _ in range(times)])
    error = asyncio.run(outcome(okta.sender()))
    assert (error.code if error else None, okta.token_requests) == (code, 3)


def echo(request):
    """A proxy that shows what it was sent, as an Okta error and as an OAuth one."""
    sent = "; ".join(f"{name}: {value}" for name, value in request.headers.items())
    seen = (
        f"{request.headers.get('authorization', '').partition(' ')[2]} {request.content.decode()}"
    )
    body = {"errorCode": "E0000001", "errorSummary": f"{seen} {sent}"}
    body |= {"error": "invalid_request", "error_description": f"{seen} {sent}"}
    return httpx.Response(400, json=body)


@pytest.mark.parametrize("at", ["token", "api"])
def test_a_proxy_that_quotes_our_credentials_is_not_quoted(at):
    """Neither message, nor hint, nor traceback has any of them."""
    okta = Okta(wants_dpop=True)
    signer = okta.signer(dpop="required")
    real, path = okta.answer, {"token": "/oauth2/v1/token", "api": "/api/v1/groups"}[at]

    async def answer(request):
        return echo(request) if request.url.path == path else await real(request)

    okta.answer = answer
    error = asyncio.run(outcome(okta.sender(signer)))
    assert "***" in error.message
    said = "".join(traceback.format_exception(error)) + error.message + error.hint
    assert "eyJ" not in said
    assert all(secret not in said for secret in signer.secrets)


def test_every_token_and_assertion_is_a_secret_from_its_first_moment():
    """Old ones as well, a token of a wrong kind too, and the key in every form it came in."""
    okta = Okta()
    signer = okta.signer()

    async def run():
        sender = okta.sender(signer)
        for _ in range(3):
            await outcome(sender)
            okta.now += timedelta(hours=1)
        body = {"token_type": "mac", "expires_in": 60, "access_token": "opaque-and-unused-1"}
        okta.token_before = [httpx.Response(200, json=body)]
        return await outcome(sender)

    assert asyncio.run(run()).code == "token-type-wrong"
    sent = [r.content.decode().partition("client_assertion=")[2] for r in okta.requests]
    assertions = [one.partition("&")[0] for one in sent if one]
    held = [*okta.issued, *assertions, "opaque-and-unused-1", pem_of(PRIVATE)]
    assert (len(okta.issued), len(assertions)) == (3, 4)
    assert set(held) <= set(signer.secrets)
    redactor = Redactor(signer.secrets)
    assert [redactor.clean(one).strip() for one in held] == ["***"] * len(held)


def test_what_holds_secrets_prints_as_stars():
    """Tracebacks print objects, and their locals."""
    okta = Okta(wants_dpop=True)
    signer = okta.signer()
    asyncio.run(okta.sender(signer).sign_in())
    signature = asyncio.run(signer.sign_in(None))
    held = [signer, signature, *vars(signer).values(), *vars(signature).values()]
    held += vars(signer._endpoint).values()  # noqa: SLF001 - whatever it holds is what is judged
    shown = " ".join(repr(one) for one in held if not isinstance(one, list))
    assert all(secret not in shown for secret in signer.secrets)
    assert repr(signer) == "OAuthAuth(***)"


def test_a_key_that_is_not_the_apps_is_told_from_a_kid_that_is_not():
    """Okta's words for it, after one request."""
    other = parse_key(pem_of(ec.generate_private_key(ec.SECP256R1())), "kid-1")
    for said, code in (
        ("The client_assertion signature is invalid.", "key-mismatch"),
        ("The client_assertion JWT kid is invalid.", "key-id-unknown"),
    ):

        async def answer(_request, said=said):
            return refuse(401, "invalid_client", said)

        okta = Okta()
        okta.answer = answer
        assert asyncio.run(outcome(okta.sender(okta.signer(key=other)))).code == code
