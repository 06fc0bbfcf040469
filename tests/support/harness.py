"""Drives the product as people do: the command line in a folder, and the workflows in process.

`Office` is a folder with a company's catalog and its sandbox, in which commands are run.
`Rehearsal` calls the workflows on an org in memory, whose clock only waiting moves: a retry costs
no time.
"""

import asyncio
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import chdir, contextmanager
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, Self

import httpx
from click.testing import CliRunner

from reconciler.catalog.load import load_and_judge
from reconciler.cli.main import cli
from reconciler.cli.session.connection import add_pacing
from reconciler.connector_checks.check_result import CheckResult, ConnectorTest
from reconciler.execution.executor import Orders
from reconciler.model.catalog import Catalog
from reconciler.model.ids import OktaGroupId, RunId
from reconciler.model.outcome import ApplyResult, Prepared
from reconciler.model.plan import Action, CatalogRevision, Change, Plan
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.planning.steps.assess import PlanInputs
from reconciler.sandbox import RateLimit, Sandbox, World
from reconciler.workflows.apply import prepare
from reconciler.workflows.carry_out import Run, carry_out
from reconciler.workflows.check_connector import Question, probe
from reconciler.workflows.check_write import write_probe
from reconciler.workflows.plan import Planned, plan
from tests.support.builders import CONNECTOR, Company, group_id, group_name
from tests.support.memory_journal import MemoryJournal

__all__ = [
    "CLEAN",
    "Office",
    "Ran",
    "Rehearsal",
    "blocked",
    "changes",
    "members_path",
    "outcomes",
    "printed_files",
    "until",
    "without",
]

DOMAIN = "@example.com"
MEMBERSHIP = {f"group.user_membership.{verb}" for verb in ("add", "remove")}
MOST_LOOKS = 6000
CLEAN: dict[str, str | None] = dict.fromkeys(
    (
        "CI",
        "NO_COLOR",
        "FORCE_COLOR",
        "COLUMNS",
        "OKTA_PROD_TOKEN",
        "RECONCILER_PINS",
        "RECONCILER_SECRETS",
        "RECONCILER_SECRET_DIR",
        "RECONCILER_COMMANDS",
        "RECONCILER_ENDPOINT_TOKEN",
        "RECONCILER_EVIDENCE_KEY",
        "RECONCILER_RATE_SHARE",
        "RECONCILER_PROXY",
        "RECONCILER_NO_PROXY",
        "RECONCILER_CA_FILE",
        "RECONCILER_GITHUB_TOKEN",
        "GITHUB_TOKEN",
        "GITHUB_API_URL",
        "GITHUB_REPOSITORY",
    )
)
"""Variables that would change what a command does, unset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended, and what it printed where."""

    code: int
    out: str
    err: str


class Office:
    """A folder with a company's catalog and the sandbox that matches it."""

    def __init__(self, folder: Path, company: Company, *, world: World | None = None) -> None:
        self.folder = folder
        self.write(company)
        Sandbox.open(self.database, world=world or company.world(), rate_limit="off").close()

    def copied(self, folder: Path) -> Self:
        """The same office elsewhere, as it is now: what many tests start from is made once."""
        shutil.copytree(self.folder, folder)
        twin = copy(self)
        twin.folder = folder
        return twin

    @property
    def database(self) -> Path:
        """The file of the embedded org."""
        return self.folder / ".reconciler" / "sandbox.db"

    def write(self, company: Company) -> None:
        """The catalog says this and nothing else; the org stays as it is."""
        shutil.rmtree(self.folder / "catalog", ignore_errors=True)
        company.write(self.folder)

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None, typed: str | None = None
    ) -> Ran:
        """A command, run in the folder."""
        runner = CliRunner(env={**CLEAN, **(env or {})})
        with chdir(self.folder):
            result = runner.invoke(cli, list(arguments), input=typed)
        return Ran(code=result.exit_code, out=result.stdout, err=result.stderr)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """A command in a process of its own, which can be killed."""
        kept = {name: value for name, value in os.environ.items() if name not in CLEAN}
        return subprocess.Popen(
            [sys.executable, "-m", "reconciler", *arguments],
            cwd=self.folder,
            env=kept,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def plan(self, *options: str, file: str = "plan.json") -> dict[str, Any]:
        """A plan, written to the file."""
        ran = self.run("--sandbox", "plan", "--out", file, *options)
        assert ran.code == 0, ran
        return self.read(file)

    def apply(self, *options: str, file: str = "plan.json") -> Ran:
        """The plan in the file, applied without a question."""
        return self.run("--sandbox", "apply", file, "--yes", *options)

    def read(self, file: str) -> dict[str, Any]:
        """A JSON file of the folder."""
        found: dict[str, Any] = json.loads((self.folder / file).read_bytes())
        return found

    def rewrite(self, file: str, **fields: object) -> None:
        """The plan file says this instead, under a file digest that fits."""
        made = {**self.read(file), **fields}
        rest = {key: value for key, value in made.items() if key != "file_digest"}
        text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
        made["file_digest"] = hashlib.sha256(text.encode()).hexdigest()
        (self.folder / file).write_text(json.dumps(made), encoding="utf-8")

    def result(self, ran: Ran) -> dict[str, Any]:
        """The result file that the command named."""
        (path,) = re.findall(r"^result: (.+)$", ran.err, re.MULTILINE)
        return self.read(path)

    @contextmanager
    def org(self) -> Iterator[Sandbox]:
        """The embedded org, opened beside whatever else uses it."""
        with Sandbox.open(self.database) as sandbox:
            yield sandbox

    def members(self, group: str | None = None) -> set[str]:
        """Who is in the group, by login without the domain."""
        with self.org() as org:
            return {without(user.login) for user in org.members(group or group_name())}

    def events(self) -> list[tuple[str, str]]:
        """Every change of a membership since the seed: `add` or `remove`, and whose."""
        with self.org() as org:
            return [
                (row.event.rpartition(".")[2], without(row.user))
                for row in org.log()
                if row.event in MEMBERSHIP
            ]

    def journal(self) -> list[dict[str, Any]]:
        """The entries of every journal, a cut line left out."""
        return [
            json.loads(line)
            for path in sorted((self.folder / ".reconciler" / "journal").glob("*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
            if line.endswith("\n")
        ]


@dataclass
class Rehearsal:
    """The workflows on an org in memory; `seconds` is the time since the seed."""

    folder: Path
    company: Company
    world: World | None = None
    rate_limit: RateLimit = "off"
    transport: httpx.AsyncBaseTransport | None = None
    """What stands before the org, when anything does."""
    share: int | None = None
    """Percent of each rate limit that is kept to; without it, everything is sent at once."""
    seconds: float = 0.0
    journal: MemoryJournal = field(default_factory=MemoryJournal)
    sandbox: Sandbox = field(init=False)
    catalog: Catalog = field(init=False)

    def __post_init__(self) -> None:
        self.catalog = self.company.catalog(self.folder)
        self.sandbox = Sandbox.open(
            None,
            world=self.world or self.company.world(),
            wall=lambda: self.seconds,
            rate_limit=self.rate_limit,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.sandbox.close()

    def write(self, company: Company) -> None:
        """The catalog says this from now on."""
        shutil.rmtree(self.folder / "catalog")
        company.write(self.folder)
        self.catalog = load_and_judge(self.folder / "catalog").catalog

    def plan(self) -> Plan:
        """A plan made now."""
        return asyncio.run(self._plan()).plan

    def prepare(self, reviewed: Plan) -> Prepared:
        """What applying the plan would do now."""
        return asyncio.run(self._prepare(reviewed))

    def apply(self, reviewed: Plan) -> ApplyResult:
        """The plan, prepared and carried out."""
        return self.carry_out(self.prepare(reviewed))

    def carry_out(self, prepared: Prepared) -> ApplyResult:
        """What was prepared, some time ago or just now."""
        return asyncio.run(self._carry_out(prepared))

    def probe(self) -> ConnectorTest:
        """The connector's test, which only reads."""
        return asyncio.run(self._probe())

    def write_probe(self) -> tuple[CheckResult, ...]:
        """The canary, taken out and put back."""
        return asyncio.run(self._write_probe())

    def members(self, group: str | None = None) -> set[str]:
        """Who is in the group, by login without the domain."""
        return {without(user.login) for user in self.sandbox.members(group or group_name())}

    def events(self) -> list[tuple[str, str]]:
        """Every change of a membership since the seed: `add` or `remove`, and whose."""
        return [
            (row.event.rpartition(".")[2], without(row.user))
            for row in self.sandbox.log()
            if row.event in MEMBERSHIP
        ]

    def writes(self) -> list[tuple[str, str, int]]:
        """Every request that was no read: method, path and status."""
        return [(e.method, e.path, e.status) for e in self.sandbox.requests() if e.method != "GET"]

    async def _sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)

    async def _plan(self) -> Planned:
        async with self._sender() as sender:
            return await plan(self.catalog, CONNECTOR, OktaReader(sender), self._beside())

    async def _prepare(self, reviewed: Plan) -> Prepared:
        async with self._sender() as sender:
            return await prepare(reviewed, self.catalog, OktaReader(sender), self._beside())

    async def _carry_out(self, prepared: Prepared) -> ApplyResult:
        allowed = WriteAllowlist(
            [OktaGroupId(g.group.id) for g in prepared.plan.groups if g.group.id],
            [c.group.name for c in prepared.changes if c.action is Action.CREATE_GROUP],
            [(line.call, line.person.id) for line in prepared.accounts if line.person.id],
        )
        async with self._sender(allowed) as sender:
            run = Run(
                id=RunId("rehearsal"),
                writer=OktaWriter(sender),
                reader=OktaReader(sender),
                journal=self.journal,
                clock=self.sandbox.now,
                sleep=self._sleep,
                orders=_orders,
            )
            return await carry_out(prepared, run)

    def _sender(self, writes: WriteAllowlist | None = None) -> Sender:
        options = SenderOptions(clock=self.sandbox.now, sleep=self._sleep, jitter=lambda: 0.5)
        return Sender(
            OrgUrl.parse("https://acme.okta.com", pinned_host=None),
            SswsAuth(self.sandbox.token()),
            options if self.share is None else add_pacing(options, self.share),
            writes=writes,
            transport=self.transport or self.sandbox.transport(),
        )

    async def _probe(self) -> ConnectorTest:
        async with self._sender() as sender:
            connector = self.catalog.connectors[CONNECTOR]
            question = Question(
                catalog=self.catalog, connector=connector, now=self.sandbox.now(), is_sandbox=True
            )
            return await probe(question, OktaReader(sender))

    async def _write_probe(self) -> tuple[CheckResult, ...]:
        canary = self.catalog.connectors[CONNECTOR].canary
        assert canary is not None
        async with self._sender(WriteAllowlist([canary.group_id])) as sender:
            return await write_probe(canary, OktaReader(sender), OktaWriter(sender), self._sleep)

    def _beside(self) -> PlanInputs:
        now = self.sandbox.now().replace(microsecond=0)
        return PlanInputs(
            as_of=now, created_at=now, revision=CatalogRevision(digest="same"), sandbox=True
        )


def _orders(lines: tuple[Change, ...]) -> Orders:
    return Orders(changes=lines)


def without(login: str) -> str:
    """The login without the domain that all share."""
    return login.removesuffix(DOMAIN)


def members_path(group: str | None = None) -> str:
    """Where a group's members are listed."""
    return f"/api/v1/groups/{group_id(group or group_name())}/users"


def changes(plan_: Mapping[str, Any]) -> list[str]:
    """The lines of a plan file, short: `add amy claude/users`."""
    return [_short(change) for change in plan_["changes"]]


def outcomes(result: Mapping[str, Any]) -> dict[str, str]:
    """How each line of a result file ended."""
    return {_short(line["change"]): line["outcome"] for line in result["lines"]}


def blocked(plan_: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Code, entitlement and person of each blocked line; the person may be empty."""
    return [
        (
            line["code"],
            f"{line['tool']}/{line['entitlement']}",
            without(line["person"]["login"]) if line["person"] else "",
        )
        for line in plan_["blocked"]
    ]


def printed_files(text: str) -> dict[str, str]:
    """The files that a printed plan offers to be copied, by path, just as they stand there."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in text.splitlines():
        offer = re.search(r"have this file reviewed: (\S+)$", line)
        if offer:
            current = found.setdefault(offer.group(1), [])
        elif current is not None and line.startswith(" " * 8):
            current.append(line[8:])
        else:
            current = None
    return {path: "\n".join(lines) for path, lines in found.items()}


def until(is_so: Callable[[], object], process: "subprocess.Popen[str]") -> None:
    """Returns once it is so; fails when the process ended before, or it never comes."""
    for _ in range(MOST_LOOKS):
        if is_so():
            return
        if process.poll() is not None:
            raise AssertionError(process.communicate())
        Event().wait(0.01)
    raise AssertionError("it never came")


def _short(change: Mapping[str, Any]) -> str:
    parts: Iterable[str] = (
        change["action"],
        without(change["person"]["login"]) if change["person"] else "",
        f"{change['tool']}/{change['entitlement']}",
    )
    return " ".join(part for part in parts if part)
