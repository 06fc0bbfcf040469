"""An org in memory, with a clock that a test moves, and a way to ask it something."""

import asyncio
from types import SimpleNamespace

import httpx
import pytest

from reconciler.sandbox import App, Group, Rule, Sandbox, Token, User, World

ORIGIN = "https://acme.okta.com"


@pytest.fixture
def world():
    """Five people of five statuses, and a group of each type."""
    return World(
        users=(
            User(login="Jane.Doe@acme.example", roles=("SUPER_ADMIN",)),
            User(login="ravi.rao@acme.example", email="Ravi@acme.example"),
            User(login="sus.pended@acme.example", status="SUSPENDED"),
            User(login="gone.away@acme.example", status="DEPROVISIONED"),
            User(login="new.comer@acme.example", status="STAGED"),
            User(login="a/b@acme.example"),
            User(login="svc-access@acme.example", roles=("SUPER_ADMIN",)),
        ),
        groups=(
            Group(
                name="claude-enterprise",
                members=(
                    "jane.doe@acme.example",
                    "gone.away@acme.example",
                    "new.comer@acme.example",
                ),
            ),
            Group(name="directory-synced", type="APP_GROUP"),
            Group(name="empty"),
        ),
        rules=(Rule(name="engineers", expression="true", groups=("empty",)),),
        apps=(App(label="Claude", groups=("claude-enterprise",)),),
        tokens=(Token(name="reconciler", owner="svc-access@acme.example"),),
    )


@pytest.fixture
def wall():
    """A clock on the wall that moves only when a test moves it."""
    return SimpleNamespace(seconds=1_000_000.0)


@pytest.fixture
def sandbox(world, wall):
    """The org of the world, in memory."""
    with Sandbox.open(None, world=world, wall=lambda: wall.seconds) as opened:
        yield opened


@pytest.fixture
def ask(sandbox):
    """Sends one request in process, as the owner of the token, and gives the response."""

    def send(method, path, org=sandbox, headers=None, **parts):
        async def one():
            given = {"Authorization": f"SSWS {org.token()}"} if headers is None else headers
            async with httpx.AsyncClient(
                transport=org.transport(), base_url=ORIGIN, headers=given
            ) as client:
                return await client.request(method, path, **parts)

        return asyncio.run(one())

    return send


@pytest.fixture
def ids(sandbox):
    """The id of every group by name and of every user by login."""
    groups = {group.name: group.id for group in sandbox.groups()}
    return groups | {user.login.lower(): user.id for user in sandbox.users()}


@pytest.fixture
def links():
    """The links of a response by relation."""

    def by_relation(response):
        found = {}
        for line in response.headers.get_list("link"):
            url, relation = line.removeprefix("<").removesuffix('"').split('>; rel="')
            found[relation] = url
        return found

    return by_relation
