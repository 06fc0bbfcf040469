"""The exact requests of one plan and one apply, pinned.

A request that is added, lost or spelled otherwise fails here first. How to record anew stands in
`recorder.py`.
"""

import asyncio
import json
import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from reconciler.catalog.load import load_and_judge
from reconciler.cli.clock import wall_clock
from reconciler.execution.executor import Orders
from reconciler.model.ids import RunId
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Action, CatalogRevision
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist
from reconciler.planning.steps.assess import PlanInputs
from reconciler.workflows.apply import prepare
from reconciler.workflows.carry_out import Run, carry_out
from reconciler.workflows.plan import plan
from tests.contract.recorder import (
    FOLDER,
    HOST,
    Scrubber,
    cassette,
    mode,
    recordable,
    without_links,
)
from tests.support.builders import NOW, Company
from tests.support.memory_journal import MemoryJournal

CATALOG = FOLDER / "catalog"
NOTES = FOLDER / "run.json"


def company():
    """A plan with an addition, an ended grant, an unapproved member and a group to create."""
    return (
        Company()
        .tool()
        .bind("ann", "bob", "stray", authority="authoritative")
        .granted("ann", "new")
        .ended("bob")
        .tool("gemini")
        .create("gemini")
        .grant("ann", tool="gemini")
    )


def accounts():
    """One of each change of an account that a file can ask for, but for a deactivation."""
    agreed = {"ticket": "IT-1", "approved_by": ["it-admins@example.com"]}
    agreed["approved_at"] = "2026-11-22T08:30:00Z"
    asked = {"requested_at": "2026-11-22T08:30:00Z", "reason": "called", "approval": agreed}
    desk = {"email": "desk@example.com", "github": "@desk", "may": ["unlock"]}
    stated = {"reason": "agreed", "approval": agreed}
    return (
        Company()
        .with_lifecycle()
        .with_settings(
            admins=[{"email": "it-admins@example.com", "github": "@it"}], operators=[desk]
        )
        .person("back", status="SUSPENDED")
        .person("lost", status="LOCKED_OUT")
        .tool()
        .bind("ann", "thief")
        .granted("ann", "back", "thief")
        .account("thief", state="suspended", **stated)
        .account("back", state="active", **stated)
        .account("lost", unlock=asked)
        .account("ann", password_reset=asked)
    )


class Rig:
    """What the two runs are made against: a recording, the sandbox, or a real org."""

    def __init__(self, token, made=None, catalog=CATALOG):
        made = made or company()
        self.sandbox = made.sandbox() if mode() == "sandbox" else None
        self.domain = os.environ.get("RECONCILER_RECORD_DOMAIN") if mode() == "org" else None
        self.domain = self.domain or f"https://{HOST}"
        self.token = token or "00" + "x" * 40
        if self.sandbox:
            self.token = self.sandbox.token()
        self.host = self.domain.removeprefix("https://")
        notes = json.loads(NOTES.read_text(encoding="utf-8"))
        self.now = datetime.fromisoformat(notes["now"])
        folder = Path(os.environ["RECONCILER_RECORD_CATALOG"]) if mode() == "org" else catalog
        loaded = load_and_judge(folder)
        assert not loaded.diagnostics, loaded.diagnostics
        self.catalog = loaded.catalog
        self.connector = next(iter(self.catalog.connectors))

    def sender(self, writes=None):
        """A sender to whatever answers."""

        async def sleep(_):
            """Waiting is free where answers are recorded."""

        options = SenderOptions(clock=lambda: self.now, sleep=sleep, concurrency=1)
        return Sender(
            OrgUrl.parse(self.domain, pinned_host=self.host),
            SswsAuth(self.token),
            options,
            writes=writes,
            transport=recordable(self.sandbox.transport()) if self.sandbox else None,
        )

    @property
    def beside(self):
        """What stands beside the plan."""
        revision = CatalogRevision(digest="the same")
        return PlanInputs(as_of=self.now, created_at=self.now, revision=revision)

    async def plan(self):
        """The plan, read through the wire."""
        async with self.sender() as sender:
            reader = OktaReader(sender)
            return (await plan(self.catalog, self.connector, reader, self.beside)).plan

    async def apply(self, reviewed):
        """The reviewed plan, prepared and carried out through the wire."""
        async with self.sender() as sender:
            prepared = await prepare(reviewed, self.catalog, OktaReader(sender), self.beside)
        groups = [g.group.id for g in prepared.plan.groups if g.group.id]
        names = [c.group.name for c in prepared.changes if c.action is Action.CREATE_GROUP]
        changed = [(line.call, line.person.id) for line in prepared.accounts]
        async with self.sender(WriteAllowlist(groups, names, changed)) as sender:

            async def sleep(_):
                """Recorded answers do not lag."""

            return await carry_out(
                prepared,
                Run(
                    id=RunId("recorded"),
                    writer=OktaWriter(sender),
                    reader=OktaReader(sender),
                    journal=MemoryJournal(),
                    clock=lambda: self.now,
                    sleep=sleep,
                    orders=lambda changes: Orders(changes=changes, concurrency=1),
                ),
            )


@pytest.fixture(scope="module", autouse=True)
def _material():
    """When recording: the catalog beside the cassettes, scrubbed, and the instant of the run."""
    if not mode():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    now = wall_clock().replace(microsecond=0) if mode() == "org" else NOW
    NOTES.write_text(json.dumps({"now": now.isoformat()}) + "\n", encoding="utf-8")
    if mode() == "sandbox":
        company().write(FOLDER)
        accounts().write(FOLDER / "accounts")
        return
    source = Path(os.environ["RECONCILER_RECORD_CATALOG"])
    scrub = Scrubber(os.environ["RECONCILER_RECORD_DOMAIN"].removeprefix("https://"))
    for path in sorted(source.rglob("*.yaml")):
        target = CATALOG / scrub.text(path.relative_to(source).as_posix())
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(scrub.text(path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.fixture(scope="module")
def rig():
    """One org for both runs, so that the apply finds what the plan saw."""
    made = Rig(os.environ.get("RECONCILER_RECORD_TOKEN"))
    yield made
    if made.sandbox:
        made.sandbox.close()


def test_a_plan_and_its_apply_send_exactly_the_recorded_requests(rig):
    """No request more, none less, none different: calls are the first cost."""
    with cassette("plan", rig.host) as tape:
        reviewed = asyncio.run(rig.plan())
        assert mode() or tape.all_played
        assert reviewed.reads.calls == len(tape)
    with cassette("apply", rig.host) as tape:
        result = asyncio.run(rig.apply(reviewed))
        assert mode() or tape.all_played

    assert reviewed.changes
    assert {Outcome.VERIFIED} == {line.outcome for line in result.lines}


@pytest.mark.skipif(mode() == "org", reason="nobody's account is changed to record it")
def test_changes_of_accounts_send_exactly_the_recorded_requests():
    """Each is read, sent once and read back; the log shows what no status tells."""
    rig = Rig(None, accounts(), FOLDER / "accounts" / "catalog")
    with cassette("accounts-plan", rig.host) as tape:
        reviewed = asyncio.run(rig.plan())
        assert mode() or tape.all_played
    with cassette("accounts-apply", rig.host) as tape:
        result = asyncio.run(rig.apply(reviewed))
        assert mode() or tape.all_played
        sent = [each for each in tape.requests if each.method != "GET"]
    if rig.sandbox:
        rig.sandbox.close()

    assert {Outcome.VERIFIED} == {line.outcome for line in (*result.accounts, *result.lines)}
    assert [line.change.call.value for line in result.accounts] == [
        "suspend",
        "clear_sessions",
        "reset_password",
        "unsuspend",
        "unlock",
    ]
    assert [each.body for each in sent] == [b""] * len(sent)


def test_a_cassette_holds_no_credential():
    """What is committed can be read by anybody."""
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").casefold()
        assert "authorization" not in text
        assert "ssws" not in text
        assert "set-cookie" not in text


def test_a_link_into_an_account_is_never_recorded():
    """The next reader of the cassette could follow it."""
    link = "https://acme.okta.com/welcome/XE6wE17z"
    sent = {"activationUrl": link, "activationToken": "XE6wE17z", "tempPassword": "XE6wE17z"}
    kept = without_links(json.dumps({"id": "00u1", **sent, "resetPasswordUrl": link}).encode())
    assert json.loads(kept) == {"id": "00u1", **dict.fromkeys([*sent, "resetPasswordUrl"], "***")}


def test_people_and_ids_of_a_real_org_are_replaced_alike_everywhere(monkeypatch):
    """The same person is the same stand-in in a path, a query and a body."""
    monkeypatch.setenv("RECONCILER_RECORD", "org")
    scrub = Scrubber("corp.okta.com")
    group, who = "00gAbCdEfGhIjKlMnOp1", "jane.doe@corp.example"

    path = scrub.text(f"https://corp.okta.com/api/v1/groups/{group}/users?q={who}")
    body = json.loads(scrub.body(json.dumps({"id": group, "login": who, "firstName": "Jane"})))

    assert "corp" not in path
    assert body["id"] in path
    assert body["login"] in path
    assert {"X"} == {body["firstName"]}
    assert len(body["id"]) == len(group)
