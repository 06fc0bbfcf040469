"""A token is checked before it is used, and shown nowhere."""

import asyncio

import httpx
import pytest

from reconciler.model.errors import ConnectorError
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.responses.response import Answer

TOKEN = "00" + "s3cr3t_-" * 5


def test_the_request_carries_the_token():
    """The flow is a generator: no network is needed."""
    request = httpx.Request("GET", "https://acme.okta.com")
    signed = list(SswsAuth(TOKEN).auth_flow(request))
    assert [r.headers["authorization"] for r in signed] == [f"SSWS {TOKEN}"]


def test_a_token_signs_every_attempt_alike():
    """It asks nobody, and no refusal is worth another try."""
    signer = SswsAuth(TOKEN)
    assert asyncio.run(signer.sign_in(None, signer)) is signer
    assert signer.renewal(Answer(method="GET", path="/x", status=401)) is None
    assert signer.secrets == (TOKEN,)


@pytest.mark.parametrize(
    "token",
    ["", f"SSWS {TOKEN}", f"ssws{TOKEN}", f"{TOKEN}\n", f" {TOKEN}", f"{TOKEN}\r\nX: y", "00\xe4x"],
)
def test_a_damaged_token_is_refused_and_not_shown(token):
    """The message of a refused token ends in logs."""
    with pytest.raises(ConnectorError) as caught:
        SswsAuth(token)
    assert caught.value.code == "token-malformed"
    assert "s3cr3t" not in f"{caught.value} {caught.value.hint}"


def test_the_token_is_not_in_the_repr():
    """Tracebacks print objects."""
    assert TOKEN not in repr(SswsAuth(TOKEN))
