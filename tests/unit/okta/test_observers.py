"""The seams of the wire: what nobody listens to is silent, and what nobody paces is free."""

import inspect

import httpx
import pytest

from reconciler.okta.observers import NoPacer, NoProgress, Pacer, Progress


@pytest.mark.parametrize(("port", "made"), [(Progress, NoProgress), (Pacer, NoPacer)])
def test_the_default_fits_its_seam(port, made):
    """A sender calls it as it would call whoever watches or paces."""
    names = [name for name in vars(port) if not name.startswith("_")]

    assert names
    for name in names:
        asked, given = (inspect.signature(getattr(one, name)) for one in (port, made))
        assert list(asked.parameters) == list(given.parameters)


def test_silence_says_nothing(capsys):
    """Whoever pipes a plan gets the plan."""
    silent = NoProgress()
    silent.request_sent("GET", "/api/v1/groups")
    silent.page_read("/api/v1/groups", 200)
    silent.waiting(60.0, "/api/v1/groups")

    assert capsys.readouterr() == ("", "")


@pytest.mark.anyio
async def test_nothing_is_waited_for_and_nothing_changed_without_a_pace():
    """The request that comes back is the one that went in."""
    request = httpx.Request("GET", "https://acme.okta.com/api/v1/groups")
    response = httpx.Response(429, headers={"x-rate-limit-remaining": "0"})
    headers = dict(request.headers)
    await NoPacer().before(request)
    await NoPacer().after(request, response)

    assert dict(request.headers) == headers
    assert response.status_code == 429
