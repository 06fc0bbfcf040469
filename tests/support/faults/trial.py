"""One org, one credential, and the runs that are made on it, in virtual time.

A `Trial` calls the workflows as the commands do, with a journal and evidence kept in memory. Every
request passes a `Watch`, which counts it, gives up waiting as a real connection does, and looks
whether a write was announced in the journal before it left.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Literal, Self, TypeVar

import httpx

from reconciler.connector_checks.check_result import CheckResult, ConnectorTest
from reconciler.connector_checks.oauth_scopes import Purpose, needed_scopes
from reconciler.evidence.recorder import EvidenceRecorder
from reconciler.execution.executor import Orders
from reconciler.model.catalog import Catalog
from reconciler.model.ids import OktaGroupId, RunId
from reconciler.model.outcome import AccountWrite, ApplyResult, Prepared, Write
from reconciler.model.plan import Action, CatalogRevision, Plan
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.auth.keys import parse_key
from reconciler.okta.auth.service_app import OAuthAuth
from reconciler.okta.auth.signer import Signer, SswsAuth
from reconciler.okta.org_url import TOKEN_PATH, OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.planning.steps.assess import PlanInputs
from reconciler.sandbox import Sandbox, World
from reconciler.workflows.apply import prepare, prepare_scheduled
from reconciler.workflows.carry_out import Run, carry_out
from reconciler.workflows.check_connector import Question, probe
from reconciler.workflows.check_write import write_probe
from reconciler.workflows.plan import plan
from tests.support.builders import CONNECTOR
from tests.support.memory_journal import MemoryJournal
from tests.support.virtual_time import passed, run_virtually

__all__ = ["CREDENTIALS", "Credential", "Sent", "Trial", "Watch", "place_of"]

Credential = Literal["token", "app"]
CREDENTIALS: tuple[Credential, ...] = ("token", "app")
PATIENCE_S = 30.0
"""How long the product's own connections wait for an answer; they are not used in process."""
LONGEST_S = 45 * 60.0
"""Virtual seconds after which a run counts as hanging."""
MOST_REQUESTS = 1500
"""Requests after which a run counts as going round in circles."""
ORIGIN = OrgUrl.parse("https://acme.okta.com", pinned_host=None)
_WRITING = (Purpose.APPLY, Purpose.WRITE_PROBE)
T = TypeVar("T")

Sent = tuple[str, str]
"""A request: method and path."""
Place = tuple[str, str, str]
"""A write: what it does, and the ids of its group and its person."""


def place_of(write: Write) -> Place:
    """What the write does, and where."""
    person = write.change.person
    return write.change.action.value, write.group or "", (person and person.id) or ""


def account_place_of(write: AccountWrite) -> Place:
    """What the write does, and whose account it changes."""
    return write.change.call.value, "", write.change.person.id or ""


def _group_place(method: str, path: str) -> Place:
    action = {"PUT": "add", "DELETE": "remove", "POST": "create-group"}[method]
    _, _, _, _, group, _, person = (*path.split("/"), "", "", "", "")[:7]
    return action, group, person


def _account_place(path: str) -> Place | None:
    """The change of an account that a path asks for; None where it asks for something else."""
    match path.split("/"):
        case ["", "api", "v1", "users", user, "lifecycle", call]:
            return call, "", user
        case ["", "api", "v1", "users", user, "sessions"]:
            return "clear_sessions", "", user
    return None


@dataclass(slots=True)
class Watch(httpx.AsyncBaseTransport):
    """Stands before the org. `wrong` holds what no run may ever do, in words."""

    inner: httpx.AsyncBaseTransport
    journal: MemoryJournal
    probed: set[Place]
    """What a write probe sends without a journal."""
    sent: list[Sent] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The org's answer, unless it takes longer than anybody waits."""
        method, path = request.method, request.url.path
        self.sent.append((method, path))
        if method != "GET" and path != TOKEN_PATH:
            self._look(method, path)
        if len(self.sent) > MOST_REQUESTS:
            raise AssertionError(f"more than {MOST_REQUESTS} requests")
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await self.inner.handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("nothing came", request=request) from None

    def _look(self, method: str, path: str) -> None:
        place = _account_place(path) or _group_place(method, path)
        announced = self.probed | set(map(place_of, self.journal.begun))
        announced |= set(map(account_place_of, self.journal.accounts_begun))
        if place not in announced:
            self.wrong.append(f"{method} {path} left before its intent was in the journal")


@dataclass
class Trial:
    """An org and a credential. Runs follow each other; `seconds` is the virtual time until now."""

    catalog: Catalog
    world: World
    credential: Credential
    seconds: float = 0.0
    journal: MemoryJournal = field(init=False)
    evidence: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    warned: set[str] = field(default_factory=set)
    """The codes of what the plans that were carried out warned of."""
    org: Sandbox = field(init=False)
    watch: Watch = field(init=False)
    is_renewed: bool = False

    def __post_init__(self) -> None:
        self.org = Sandbox.open(None, world=self.world, wall=self._wall, rate_limit="off")
        self._start_watch()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.org.close()

    def renew(self, *, has_other_token: bool = True) -> None:
        """The faults are over, and whoever runs this was given back what a fault took for good."""
        self.org.faults.clear()
        self.is_renewed = has_other_token
        for client in self.org.clients():
            given = replace(client, scopes=self._scopes(*_WRITING), roles=("SUPER_ADMIN",))
            self.org.change_client(given)
        self.evidence.clear()
        self._start_watch()

    def plan(self) -> Plan:
        """A plan made now, with a credential that reads."""
        return self._run(self._plan(), Purpose.PLAN)

    def apply(self, reviewed: Plan | None) -> ApplyResult:
        """The plan, prepared and carried out; without one, what a scheduled run does."""
        return self._run(self._apply(reviewed), Purpose.APPLY)

    def probe(self) -> ConnectorTest:
        """The connector's test, which only reads."""
        return self._run(self._probe(), Purpose.APPLY)

    def write_probe(self) -> tuple[CheckResult, ...]:
        """The canary, taken out and put back."""
        return self._run(self._write_probe(), Purpose.WRITE_PROBE)

    def _start_watch(self) -> None:
        self.journal = MemoryJournal()
        self.watch = Watch(self.org.transport(), self.journal, set())

    def _wall(self) -> float:
        try:
            return self.seconds + passed()
        except RuntimeError:
            return self.seconds

    def _run(self, work: Awaitable[T], purpose: Purpose) -> T:
        self._signer = self._signer_for(purpose)

        async def bounded() -> T:
            try:
                async with asyncio.timeout(LONGEST_S):
                    return await work
            except TimeoutError:
                raise AssertionError(f"the run hangs: {LONGEST_S:.0f} s are over") from None
            finally:
                self._took = passed()

        try:
            return run_virtually(bounded())
        finally:
            self.seconds += self._took

    def _signer_for(self, purpose: Purpose) -> Signer:
        if self.credential == "token":
            tokens = self.world.tokens
            return SswsAuth(tokens[-1 if self.is_renewed else 0].value)
        app = self.org.service_app("0oaservice", scopes=self._scopes(*_WRITING), dpop=True)
        return OAuthAuth(
            origin=ORIGIN,
            client_id=app.client_id,
            key=parse_key(app.private_key, app.key_id),
            scopes=self._scopes(purpose),
            dpop="auto",
            clock=self.org.now,
        )

    def _scopes(self, *purposes: Purpose) -> tuple[str, ...]:
        connector = self.catalog.connectors[CONNECTOR]
        every = {n.scope for p in purposes for n in needed_scopes(self.catalog, connector, p)}
        return tuple(sorted(every))

    def _sender(self, writes: WriteAllowlist | None = None) -> Sender:
        options = SenderOptions(clock=self.org.now, jitter=lambda: 0.5)
        return Sender(ORIGIN, self._signer, options, writes=writes, transport=self.watch)

    def _beside(self) -> PlanInputs:
        now = self.org.now().replace(microsecond=0)
        return PlanInputs(
            as_of=now, created_at=now, revision=CatalogRevision(digest="same"), sandbox=True
        )

    async def _plan(self) -> Plan:
        async with self._sender() as sender:
            made = await plan(
                self.catalog, CONNECTOR, OktaReader(sender), self._beside(), is_read_only=True
            )
        return made.plan

    async def _apply(self, reviewed: Plan | None) -> ApplyResult:
        async with self._sender() as sender:
            reader, beside = OktaReader(sender), self._beside()
            if reviewed is None:
                ready = await prepare_scheduled(self.catalog, CONNECTOR, reader, beside)
            else:
                ready = await prepare(reviewed, self.catalog, reader, beside)
        return await self._carry_out(ready)

    async def _carry_out(self, ready: Prepared) -> ApplyResult:
        run = RunId("trial")
        recorder = EvidenceRecorder(
            run=run,
            append=lambda event, fields: self.evidence.append((event.value, dict(fields))),
            clock=self.org.now,
        )
        recorder.record_prepared(ready)
        self.warned |= {warning.code for warning in ready.plan.warnings}
        allowed = WriteAllowlist(
            [OktaGroupId(g.group.id) for g in ready.plan.groups if g.group.id],
            [c.group.name for c in ready.changes if c.action is Action.CREATE_GROUP],
            [(a.call, a.person.id) for a in ready.accounts if a.person.id and not a.held_by],
        )
        async with self._sender(allowed) as sender:
            result = await carry_out(
                ready,
                Run(
                    id=run,
                    writer=OktaWriter(sender),
                    reader=OktaReader(sender),
                    journal=self.journal,
                    beside=(recorder,),
                    clock=self.org.now,
                    sleep=asyncio.sleep,
                    orders=lambda lines: Orders(changes=lines),
                ),
            )
        recorder.record_ended(result, 0)
        return result

    async def _probe(self) -> ConnectorTest:
        async with self._sender() as sender:
            connector = self.catalog.connectors[CONNECTOR]
            question = Question(
                catalog=self.catalog, connector=connector, now=self.org.now(), is_sandbox=True
            )
            return await probe(question, OktaReader(sender))

    async def _write_probe(self) -> tuple[CheckResult, ...]:
        canary = self.catalog.connectors[CONNECTOR].canary
        assert canary is not None
        self.watch.probed |= {
            (action, canary.group_id, user.id)
            for action in ("add", "remove")
            for user in self.org.users()
            if user.login == canary.user
        }
        async with self._sender(WriteAllowlist([canary.group_id])) as sender:
            return await write_probe(canary, OktaReader(sender), OktaWriter(sender), asyncio.sleep)
