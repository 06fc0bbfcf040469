"""What every request says of itself, and what it never carries."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.okta.requests.transport import user_agent

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("run", "commit", "agent"),
    [
        ("r-1", "", "reconciler/0.1.0 (run r-1)"),
        ("r-1", "4f" * 20, "reconciler/0.1.0 (run r-1; catalog 4f4f4f4f4f4f)"),
        ("r\r\nX: y", "é\x00(", "reconciler/0.1.0 (run r--X--y; catalog ---)"),
    ],
)
def test_a_request_names_the_product_the_run_and_the_catalog(run, commit, agent):
    """Okta's System Log shows it: who looks there finds the run and the commit."""
    assert user_agent(run, commit) == agent


@given(st.text(), st.text())
def test_nothing_but_a_header_comes_of_it(run, commit):
    """A run's name may come from the environment."""
    agent = user_agent(run, commit)
    assert agent.isascii()
    assert agent.isprintable()


async def test_the_sender_sends_it(org):
    """On every request."""
    conduct = {"run": "r-1", "commit": "abcdef0123456789"}
    sender = org.sender(lambda _: httpx.Response(200, json=[]), conduct=conduct)
    await sender.get(sender.url("/x"))
    sent = org.requests[0].headers["user-agent"]
    assert sent == "reconciler/0.1.0 (run r-1; catalog abcdef012345)"
