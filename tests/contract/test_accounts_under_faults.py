"""Every request about an account, under every fault of the sandbox, judged by the org's own log.

A change is made once or not at all, whatever becomes of its answer, and what the client says of it
is so. A read is right, or it is said not to have been made.
"""

import asyncio

import httpx
import pytest

from reconciler.model.accounts import LifecycleCall
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError, IncompleteReadError
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.sandbox import App, Fault, Group, Sandbox, Token, User, World
from tests.support.faults.matrix import FORMS, named
from tests.support.faults.trial import PATIENCE_S
from tests.support.virtual_time import passed, run_virtually

pytestmark = pytest.mark.slow

ORIGIN = OrgUrl.parse("https://acme.okta.com", pinned_host=None)
ADMIN = User(login="svc@example.com", roles=("SUPER_ADMIN",))
STARTS = {
    LifecycleCall.SUSPEND: ("ACTIVE", "user.lifecycle.suspend"),
    LifecycleCall.UNSUSPEND: ("SUSPENDED", "user.lifecycle.unsuspend"),
    LifecycleCall.UNLOCK: ("LOCKED_OUT", "user.account.unlock_by_admin"),
    LifecycleCall.RESET_PASSWORD: ("ACTIVE", "user.account.reset_password"),
    LifecycleCall.DEACTIVATE: ("ACTIVE", "user.lifecycle.deactivate"),
    LifecycleCall.ACTIVATE: ("STAGED", "user.lifecycle.activate"),
    LifecycleCall.REACTIVATE: ("PROVISIONED", "user.lifecycle.reactivate"),
    LifecycleCall.CLEAR_SESSIONS: ("ACTIVE", "user.session.clear"),
}
"""The status that each is documented for, and the event that shows that it was made."""
READS = {
    "profile": lambda reader, user, _: reader.fetch_profile(user),
    "candidates": lambda reader, *_: reader.fetch_candidates("jane"),
    "apps": lambda reader, user, _: reader.fetch_apps_of(user),
    "roles": lambda reader, user, _: reader.fetch_roles(user),
    "dashboard": lambda reader, user, _: reader.fetch_app_links(user),
    "account log": lambda reader, user, since: reader.fetch_account_log(since, [user]),
    "membership log": lambda reader, user, since: reader.fetch_membership_log(
        since, groups=[], users=[user], sessions=True
    ),
}
SILENT = frozenset({"empty", "missing-role", "index-lag"})
"""What makes an answer whole and shorter than the truth: no client can tell."""


class Impatient(httpx.AsyncBaseTransport):
    """Waits as long as a real connection does, and no longer."""

    def __init__(self, inner):
        self.inner = inner
        self.sent = []

    async def handle_async_request(self, request):
        """The org's answer, unless it takes too long."""
        self.sent.append(request)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self.inner.handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("nothing came", request=request) from None


def opened(status="ACTIVE"):
    """An org in which Jane has the status, a group and two apps, and sessions that were ended."""
    jane = User(login="jane@example.com", status=status, first_name="Jane", department="Sales")
    group = Group(name="Sellers", members=(jane.login,))
    apps = (App(label="Sales tool", groups=(group.name,)), App(label="Mail", users=(jane.login,)))
    world = World(
        users=(ADMIN, jane),
        groups=(group,),
        apps=apps,
        tokens=(Token(name="t", owner=ADMIN.login),),
    )
    return Sandbox.open(None, world=world, wall=_wall, rate_limit="off")


def _wall():
    try:
        return passed()
    except RuntimeError:
        return 0.0


def connected(org, watch, writes=None):
    """A sender to the org."""
    options = SenderOptions(clock=org.now, jitter=lambda: 0.5)
    return Sender(ORIGIN, SswsAuth(org.token()), options, writes=writes, transport=watch)


def jane_of(org):
    """Her id."""
    return next(user.id for user in org.users() if user.login.startswith("jane"))


def change(org, call, watch):
    """What came of one change: an answer or an error."""

    async def run():
        writes = WriteAllowlist(accounts=[(call, jane_of(org))])
        async with connected(org, watch, writes) as sender:
            try:
                return await OktaWriter(sender).change_account(jane_of(org), call)
            except ConnectorError as error:
                return error

    return run_virtually(run())


@pytest.mark.parametrize("times", [1, 0], ids=["once", "from then on"])
@pytest.mark.parametrize("call", LifecycleCall, ids=lambda call: call.value)
@pytest.mark.parametrize("form", FORMS, ids=named)
def test_a_change_that_meets_the_fault_is_made_once_at_most_and_told_truly(form, call, times):
    """Done where it is answered, not done where it is refused, and open in every other case.

    A success whose JSON is broken is still taken for one: nobody reads it, and the status tells.
    """
    kind, more = form
    status, event = STARTS[call]
    with opened(status) as org:
        watch = Impatient(org.transport())
        org.faults.add(
            Fault(kind=kind, method="*", path="/api/v1/users/*", times=times, **dict(more))
        )
        outset = len(org.log())
        came = change(org, call, watch)
        made = [row.event for row in org.log()[outset:]].count(event)
        assert made <= 1
        if not isinstance(came, ConnectorError):
            assert made == 1 or kind == "malformed"
            return
        assert came.code
        assert came.hint
        is_open = isinstance(came, IncompleteReadError) or came.status is None or came.status >= 500
        assert is_open or made == 0
        assert not made or len([r for r in watch.sent if r.method != "GET"]) == 1


def read(org, name, watch):
    """What one read gave."""

    async def run():
        async with connected(org, watch) as sender:
            try:
                return await READS[name](OktaReader(sender), jane_of(org), org.now())
            except ConnectorError as error:
                return error

    return run_virtually(run())


@pytest.mark.parametrize("times", [1, 0], ids=["once", "from then on"])
@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("form", FORMS, ids=named)
def test_a_read_that_meets_the_fault_is_right_or_said_not_to_be_made(form, name, times):
    """Half of a past, or of a person, would decide about them."""
    kind, more = form
    with opened() as org:
        change(org, LifecycleCall.CLEAR_SESSIONS, Impatient(org.transport()))
        expected = read(org, name, Impatient(org.transport()))
        assert not isinstance(expected, ReadFailure | ConnectorError)
        org.faults.add(Fault(kind=kind, times=times, **dict(more)))
        found = read(org, name, Impatient(org.transport()))
        if isinstance(found, ReadFailure | ConnectorError):
            assert found.hint
            return
        is_denied = found is None and dict(more).get("status") == httpx.codes.NOT_FOUND
        assert _facts(found) == _facts(expected) or kind in SILENT or is_denied


def _facts(found):
    """What is compared: a log also says from when on it was asked, which is another instant."""
    return (found.events, getattr(found, "cleared", ())) if hasattr(found, "events") else found


def test_each_request_has_something_to_tell():
    """Else an empty answer would be right."""
    with opened() as org:
        change(org, LifecycleCall.CLEAR_SESSIONS, Impatient(org.transport()))
        found = {name: read(org, name, Impatient(org.transport())) for name in READS}
        assert found["profile"].department == "Sales"
        assert [user.login for user in found["candidates"]] == ["jane@example.com"]
        assert {(app.label, app.is_direct) for app in found["apps"]} >= {("Sales tool", False)}
        assert [event.kind.value for event in found["account log"].events] == ["user.session.clear"]
        assert len(found["membership log"].cleared) == 1
