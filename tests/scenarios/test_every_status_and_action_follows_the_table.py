"""The table says what is done with an account in each status, and Okta what comes of it.

Nobody else is touched, and no link or password is seen anywhere.
"""

import re

import pytest

from reconciler.accounts.table import Refuse
from reconciler.model.accounts import AccountAction
from reconciler.sandbox.endpoints import user_lifecycle
from tests.scenarios.account_cells import (
    ASKS,
    CHOICES,
    EVERYONE,
    company,
    expected_actions,
    sandbox_answer,
)
from tests.support.builders import CANARY, SERVICE, group_name
from tests.support.harness import Office, printed_files, without

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


MAILED = {"activate", "reactivate", "reset_password"}
CLEARS = AccountAction.CLEAR_SESSIONS.value


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


def through_files(ask, choices, folder):
    """Everyone's file says it, one plan shows it, one apply does it."""
    office = Talkative(folder, company(ask, choices))
    made = office.plan("plan.json")
    if made["guards"]:
        accept(office, company(ask, choices))
        made = office.plan("plan.json")
    assert not any(line["held_by"] for line in made["accounts"])
    ran = office.run("apply", "plan.json", "--yes", "--evidence", "ev")
    return office, made, office.office.result(ran)


def accept(office, found):
    """What the plan prints for the held deactivations, signed."""
    files = printed_files(office.run("plan").out)
    for path, text in files.items():
        signed = text.replace("YOUR-EMAIL", "it-admins@example.com")
        found = found.file(path, signed.replace("WHY THIS IS RIGHT", "a merger"))
    office.office.write(found)


DOORS = {"files": through_files}
"""The ways to have something done with an account."""


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("choices", CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("ask", ASKS.values(), ids=ASKS)
def test_each_cell_is_planned_done_and_seen_as_the_tables_say(
    ask, choices, door, tmp_path, monkeypatch
):
    """The org hands out its links and passwords to whoever asks, and here to us unasked."""
    queries = []
    monkeypatch.setattr(
        user_lifecycle, "_sends_email", lambda call, **_: bool(queries.append(call.query))
    )
    office, made, result = door(ask, choices, tmp_path)

    planned, told = by_person(made["accounts"]), by_person(made["blocked_accounts"])
    ended = by_person({**line["change"], **line} for line in result["accounts"])
    statuses, happened, undone = office.status(), [], {}
    for cell in EVERYONE:
        assert_planned(ask, cell, planned.get(cell.name, []), told.get(cell.name, []))
        done, status = judge(ask, cell, ended.pop(cell.name, []), choices)
        assert statuses[cell.name] == status, cell
        happened += done
        if len(done) < len(planned.get(cell.name, [])):
            undone[cell.name] = [line["action"] for line in planned[cell.name]]
    assert ended == {}
    assert sorted(happened) == events(office)
    assert office.memberships() == {group_name(): set(), "Canary": {CANARY}}

    again = office.plan("again.json")
    assert actions(again) == undone
    assert codes(again) == codes(made)
    assert all(query["sendEmail"] == "true" for query in queries)
    assert len(queries) == mailed(result)
    assert [text for text in office.texts() if SECRET.search(text)] == []


def assert_planned(ask, cell, lines, blocked):
    """The plan has the table's line, its reason not to, or neither."""
    decided = ask.decide(cell)
    assert [line["action"] for line in lines] == expected_actions(ask, cell), cell
    for line in lines:
        if line["action"] != CLEARS:
            assert (line["call"], line["expects"]) == (decided.call.value, [*decided.expects])
    reasons = [(line["code"], line["hint"], decided.why in line["summary"]) for line in blocked]
    is_refused = isinstance(decided, Refuse)
    assert reasons == ([(decided.code, decided.hint, True)] if is_refused else []), cell


def judge(ask, cell, lines, choices):
    """What happened to the person, and their status after it; each line ended as it had to."""
    decided, done, status = ask.decide(cell), [], cell.status
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


def codes(plan):
    """Why each blocked line is."""
    return {without(n["person"]["login"]): n["code"] for n in plan["blocked_accounts"]}


def mailed(result):
    """How often Okta was asked to send a mail, and did."""
    lines = result["accounts"]
    return sum(n["change"]["call"] in MAILED and n["outcome"] == "verified" for n in lines)


def events(office):
    """All that happened in the org, and to whom; we did it."""
    with office.office.org() as org:
        rows = org.log()
    assert {row.actor for row in rows} == {SERVICE}
    assert {row.outcome for row in rows} == {"SUCCESS"}
    return sorted((row.event, without(row.user)) for row in rows)
