"""Each mistake in a service app's sign-in is a diagnosis of its own, with what to do about it."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import httpx
import pytest

from reconciler.connector_checks.check_result import CheckResult, ConnectorTest
from reconciler.connector_checks.oauth_scopes import Purpose, needed_scopes
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.auth.keys import parse_key
from reconciler.okta.auth.service_app import OAuthAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.sandbox import ServiceApp
from reconciler.workflows.check_connector import Question, probe
from tests.support.builders import CONNECTOR, Company
from tests.support.harness import Rehearsal

COMPANY = Company().tool().bind("amy").granted("amy", "bob")
CLIENT = "0oaservice"
SCOPES = (
    "okta.groups.manage",
    "okta.groups.read",
    "okta.logs.read",
    "okta.roles.read",
    "okta.users.read",
)
RESTS = ["rights", "canary", "groups"]


@dataclass
class Desk:
    """A rehearsal whose requests are signed by a service app, one mistake at a time."""

    office: Rehearsal
    app: ServiceApp = field(init=False)
    dpop: str = "auto"
    client_id: str = CLIENT
    key: str = ""
    key_id: str = ""
    clock_ahead: timedelta = timedelta()
    transport: httpx.AsyncBaseTransport | None = None

    def __post_init__(self) -> None:
        self.app = self.office.sandbox.service_app(CLIENT, scopes=SCOPES)
        self.key, self.key_id = self.app.private_key, self.app.key_id

    def change(self, **facts: object) -> None:
        """A person changes the app in the Admin Console."""
        (client,) = (c for c in self.office.sandbox.clients() if c.client_id == CLIENT)
        self.office.sandbox.change_client(replace(client, **facts))

    def test(self) -> ConnectorTest:
        """The connector's test, signed by the app."""
        return asyncio.run(self._test())

    async def _sleep(self, seconds: float) -> None:
        self.office.seconds += seconds

    async def _test(self) -> ConnectorTest:
        catalog, org = self.office.catalog, self.office.sandbox
        connector = catalog.connectors[CONNECTOR]
        question = Question(catalog=catalog, connector=connector, now=org.now(), is_sandbox=True)
        origin = OrgUrl.parse("https://acme.okta.com", pinned_host=None)
        asked = tuple(n.scope for n in needed_scopes(catalog, connector, Purpose.APPLY))
        signer = OAuthAuth(
            origin=origin,
            client_id=self.client_id,
            key=parse_key(self.key, self.key_id),
            scopes=asked,
            dpop=self.dpop,
            clock=lambda: org.now() + self.clock_ahead,
        )
        options = SenderOptions(clock=org.now, sleep=self._sleep, jitter=lambda: 0.5)
        transport = self.transport or org.transport()
        async with Sender(origin, signer, options, transport=transport) as sender:
            return await probe(question, OktaReader(sender))


@pytest.fixture
def desk(tmp_path):
    """An org with an app that can do everything it should."""
    with Rehearsal(tmp_path, COMPANY) as office:
        yield Desk(office)


def refused(desk: Desk) -> CheckResult:
    """The failed sign-in; the org passed before it, and nothing that rests on it was run."""
    found = desk.test()
    org, credential, *others = found.checks
    assert (org.name, org.status.value) == ("org", "passed")
    assert (credential.name, credential.status.value) == ("credential", "failed")
    skipped = [check.name for check in others if check.status.value == "not run"]
    assert skipped == RESTS
    assert credential.hint
    return credential


def test_an_app_in_order_signs_in(desk):
    """Otherwise nothing here would prove anything."""
    found = desk.test()
    assert not found.has_failed
    assert found.checks[1].summary.startswith("0oaservice signed in")


def test_a_key_that_is_not_the_apps_is_told(desk):
    """Somebody stored another app's key."""
    desk.key = desk.office.sandbox.service_app("0oaother", scopes=SCOPES).private_key
    assert refused(desk).code == "key-mismatch"


def test_a_key_id_that_the_app_does_not_have_is_told(desk):
    """The key was rotated, and `key_id` was not."""
    desk.key_id = "kid-of-last-year"
    assert refused(desk).code == "key-id-unknown"


def test_a_client_that_is_not_there_is_told(desk):
    """A typing error, or an app of another org."""
    desk.client_id = "0oanobody"
    assert refused(desk).code == "client-unknown"


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("client-unknown", {"status": "INACTIVE"}),
        ("client-not-service", {"application_type": "web"}),
        ("client-not-private-key-jwt", {"auth_method": "client_secret_basic"}),
        ("scope-not-granted", {"scopes": ()}),
        ("network-zone", {"zones": ("203.0.113.7",)}),
    ],
)
def test_an_app_that_is_set_up_otherwise_is_told(desk, code, facts):
    """Each in the Admin Console, by somebody else."""
    desk.change(**facts)
    assert refused(desk).code == code


@pytest.mark.parametrize("minutes", [-90, 90])
def test_a_clock_that_is_off_is_told_with_how_far(desk, minutes):
    """Grants begin and end by that clock, too."""
    desk.clock_ahead = timedelta(minutes=minutes)
    check = refused(desk)
    assert check.code == "clock-skew"
    assert f"{abs(minutes) * 60} s" in check.summary


def test_an_app_that_wants_proofs_is_told_where_they_are_off(desk):
    """`dpop: off` was written for another app."""
    desk.change(dpop_bound=True)
    desk.dpop = "off"
    assert refused(desk).code == "dpop-required"
    desk.dpop = "auto"
    assert "bound to a DPoP key" in desk.test().checks[1].summary


class OtherName(httpx.AsyncBaseTransport):
    """Okta under its custom domain: what we call acme.okta.com arrives as id.acme.example."""

    def __init__(self, inner):
        self.inner = inner

    async def handle_async_request(self, request):
        """The same request, under the other name."""
        headers = [(n, v) for n, v in request.headers.raw if n.lower() != b"host"]
        other = httpx.Request(
            request.method,
            request.url.copy_with(host="id.acme.example"),
            headers=[*headers, (b"host", b"id.acme.example")],
            stream=request.stream,
        )
        return await self.inner.handle_async_request(other)


def test_an_org_that_answers_under_another_name_is_told(desk):
    """The assertion is good for one address alone."""
    desk.transport = OtherName(desk.office.sandbox.transport())
    check = refused(desk)
    assert check.code == "audience-wrong"
    assert "custom domain" in check.hint
