"""The table says what is done with an account in each status, and Okta what comes of it.

Nobody else is touched, and no link or password is seen anywhere.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.accounts.table import Refuse
from reconciler.cli.exit_codes import ExitCode
from reconciler.model.accounts import AccountAction
from reconciler.sandbox.endpoints import user_lifecycle
from tests.scenarios.account_cells import (
    AT_ONCE,
    BY_FILE,
    CHOICES,
    EVERYONE,
    ON_CALL,
    company,
    sandbox_answer,
)
from tests.support.builders import CANARY, SERVICE, group_name
from tests.support.harness import Office, outcomes, printed_files, without

pytestmark = pytest.mark.slow

SECRET = re.compile(r"reset_password/|/tokens/|activationToken|PasswordUrl|tempPassword")
EVENTS = {
    "suspend": "user.lifecycle.suspend",
    "unsuspend": "user.lifecycle.unsuspend",
    "deactivate": "user.lifecycle.deactivate",
    "activate": "user.lifecycle.activate",
    "reactivate": "user.lifecycle.reactivate",
    "unlock": "user.account.unlock_by_admin",
    "reset_password": "user.account.reset_password",
    "clear_sessions": "user.session.clear",
}


WHY = (
    *("--reason", "so decided", "--ticket", "IT-9", "--by", "it-desk@example.com"),
    *("--approved-by", "it-admins@example.com", "--yes", "--evidence", "ev"),
)
REFUSED = re.compile(r"^error: (?P<code>\S+)\n  (?P<summary>.+)\nhint: (?P<hint>.+)$", re.MULTILINE)
MAILED = {"activate", "reactivate", "reset_password"}
CLEARS = AccountAction.CLEAR_SESSIONS.value


SCHEMAS = {
    name: Draft202012Validator(
        json.loads((Path(__file__).parents[2] / f"schemas/{name}.schema.json").read_text())
    )
    for name in ("plan", "result", "evidence")
}


class Talkative:
    """An office in which everything that a command prints is kept."""

    def __init__(self, folder, company):
        self.office, self.said = Office(folder, company), []

    def run(self, *words):
        """A command on the sandbox; its end has to be one of those that tell how it went."""
        ran = self.office.run("--sandbox", *words)
        assert ran.code in {0, 3, 4}, ran
        self.said += [ran.out, ran.err]
        return ran

    def plan(self, file):
        """A plan in a file."""
        self.run("plan", "--out", file)
        return self.office.read(file)

    def texts(self):
        """All that was printed, and every file that a run left, the org's own apart."""
        files = [path for path in self.office.folder.rglob("*") if path.is_file()]
        kept = [path for path in files if not path.name.startswith("sandbox.db")]
        assert {path.suffix for path in kept} >= {".json", ".jsonl", ".yaml"}
        return [*self.said, *(path.read_text(encoding="utf-8") for path in kept)]

    def records(self):
        """Each file that a run left for others, by the schema that it is published under."""
        folder = self.office.folder
        yield from (("plan", path.read_bytes()) for path in folder.glob("*.json"))
        yield from (("result", path.read_bytes()) for path in folder.rglob("results/*.json"))
        for path in (folder / "ev").rglob("*.jsonl"):
            yield from (("evidence", line) for line in path.read_bytes().splitlines())

    def status(self):
        """Everyone's status, by name."""
        with self.office.org() as org:
            return {without(user.login): user.status for user in org.users()}

    def memberships(self):
        """Who is in which group, but for the one that Okta keeps itself."""
        with self.office.org() as org:
            return {
                group.name: {user.login for user in org.members(group.id)}
                for group in org.groups()
                if group.name != "Everyone"
            }


@dataclass(frozen=True, kw_only=True)
class Done:
    """What was asked of everyone, and what became of it, by name."""

    office: Talkative
    planned: dict
    refused: dict
    ended: dict
    removed: tuple = ()
    """Those who lost a membership."""

    def mails(self):
        """How often Okta was asked to send one, and did."""
        lines = [line for lines in self.ended.values() for line in lines]
        return sum(n["call"] in MAILED and n["outcome"] == "verified" for n in lines)


def ask_by_files(asked, choices, folder):
    """Everyone's file says it, one plan shows it, one apply does it."""
    office = Talkative(folder, company(asked, choices))
    made = office.plan("plan.json")
    if made["guards"]:
        accept(office, company(asked, choices))
        made = office.plan("plan.json")
    assert not any(line["held_by"] for line in made["accounts"])
    ran = office.run("apply", "plan.json", "--yes", "--evidence", "ev")
    return Done(
        office=office,
        planned=by_person(made["accounts"]),
        refused=by_person(made["blocked_accounts"]),
        ended=by_person(flat(office.office.result(ran))),
    )


def ask_on_call(asked, choices, folder):
    """One command for each person, by two who may."""
    office = Talkative(folder, company(asked, choices))
    refused, ended = {}, {}
    for cell in EVERYONE:
        ran = office.run("user", asked.name, f"{cell.name}@example.com", *WHY)
        if ran.code == ExitCode.REFUSED:
            said = ran.err.replace("reconciler --sandbox ", "reconciler ")
            refused[cell.name] = [REFUSED.search(said).groupdict()]
            continue
        ended[cell.name] = flat(office.office.result(ran))
        assert bool(ended[cell.name]) != ("It is so already" in ran.err)
    return Done(office=office, planned=ended, refused=refused, ended=ended)


def ask_to_leave(asked, choices, folder):
    """One command for each person, which leaves files that say the same."""
    office = Talkative(folder, company(asked, choices))
    words = ("--now", *(("--deactivate",) if asked.name == "deactivate" else ()), *WHY)
    ended, removed = {}, []
    for cell in EVERYONE:
        ran = office.run("offboard", f"{cell.name}@example.com", *words)
        result = office.office.result(ran)
        ended[cell.name] = flat(result)
        assert outcomes(result) == {f"remove {cell.name} claude/users": "verified"}
        removed.append(cell.name)
    return Done(office=office, planned=ended, refused={}, ended=ended, removed=tuple(removed))


def flat(result):
    """The lines about accounts, each with its outcome."""
    return [{**line["change"], **line} for line in result["accounts"]]


def accept(office, found):
    """What the plan prints for the held deactivations, signed."""
    files = printed_files(office.run("plan").out)
    for path, text in files.items():
        signed = text.replace("YOUR-EMAIL", "it-admins@example.com")
        found = found.file(path, signed.replace("WHY THIS IS RIGHT", "a merger"))
    office.office.write(found)


WAYS = [
    *((ask_by_files, asked) for asked in BY_FILE),
    *((ask_on_call, asked) for asked in ON_CALL),
    *((ask_to_leave, asked) for asked in AT_ONCE),
]


@pytest.mark.parametrize("choices", CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize(
    ("ask", "asked"), WAYS, ids=lambda value: getattr(value, "name", None) or value.__name__
)
def test_each_cell_is_planned_done_and_seen_as_the_tables_say(
    ask, asked, choices, tmp_path, monkeypatch
):
    """The org hands out its links and passwords to whoever asks, and here to us unasked."""
    queries = []
    monkeypatch.setattr(
        user_lifecycle, "_sends_email", lambda call, **_: bool(queries.append(call.query))
    )
    done = ask(asked, choices, tmp_path)

    statuses, undone = done.office.status(), {}
    happened = [("group.user_membership.remove", name) for name in done.removed]
    for cell in EVERYONE:
        planned, refused = done.planned.get(cell.name, []), done.refused.get(cell.name, [])
        assert_planned(asked, cell, planned, refused)
        seen, status = judge(asked, cell, done.ended.get(cell.name, []), choices)
        assert statuses[cell.name] == status, cell
        happened += seen
        if len(seen) < len(planned):
            undone[cell.name] = [line["action"] for line in planned]
    assert sorted(happened) == events(done.office)
    assert done.office.memberships() == {group_name(): set(), "Canary": {CANARY}}

    again = done.office.plan("again.json")
    assert actions(again) == (undone if asked.is_filed else {})
    assert codes(again) == (refusals(asked) if asked.is_filed else {})
    assert all(query["sendEmail"] == "true" for query in queries)
    assert len(queries) == done.mails()
    assert [text for text in done.office.texts() if SECRET.search(text)] == []
    assert done.office.office.run("evidence", "verify", "ev").code == 0
    records = list(done.office.records())
    assert {schema for schema, _ in records} == set(SCHEMAS)
    for schema, text in records:
        SCHEMAS[schema].validate(json.loads(text))


def assert_planned(asked, cell, lines, blocked):
    """The plan has the table's line, its reason not to, or neither."""
    decided = asked.decide(cell)
    assert [line["action"] for line in lines] == asked.actions(cell), cell
    for line in lines:
        if line["action"] != CLEARS:
            assert (line["call"], line["expects"]) == (decided.call.value, [*decided.expects])
    reasons = [(line["code"], line["hint"], decided.why in line["summary"]) for line in blocked]
    refusal = asked.refusal(cell)
    assert reasons == ([(refusal.code, refusal.hint, True)] if refusal else []), cell


def judge(asked, cell, lines, choices):
    """What happened to the person, and their status after it; each line ended as it had to."""
    decided, done, status = asked.decide(cell), [], cell.status
    for line in lines:
        to = status
        if line["action"] != CLEARS:
            to = sandbox_answer(cell, decided.call, choices)
        if to is None:
            assert (decided.is_certain, line["outcome"]) == (False, "refused"), (cell, line)
            continue
        assert line["outcome"] == "verified", (cell, line)
        assert line["action"] == CLEARS or to in (decided.expects or {cell.status}), cell
        done.append((EVENTS[line["call"]], cell.name))
        status = to
    return done, status


def by_person(lines):
    """The plan's lines of each, in their order."""
    found = {}
    for line in lines:
        found.setdefault(without(line["person"]["login"]), []).append(line)
    return found


def actions(plan):
    """What each person's lines do."""
    return {
        name: [line["action"] for line in lines]
        for name, lines in by_person(plan["accounts"]).items()
    }


def refusals(asked):
    """Why the next plan blocks what the files ask for."""
    decided = {cell.name: asked.decide(cell) for cell in EVERYONE}
    return {name: cell.code for name, cell in decided.items() if isinstance(cell, Refuse)}


def codes(plan):
    """Why each blocked line is."""
    return {without(n["person"]["login"]): n["code"] for n in plan["blocked_accounts"]}


def events(office):
    """All that happened in the org, and to whom; we did it."""
    with office.office.org() as org:
        rows = org.log()
    assert {row.actor for row in rows} == {SERVICE}
    assert {row.outcome for row in rows} == {"SUCCESS"}
    return sorted((row.event, without(row.user)) for row in rows)
