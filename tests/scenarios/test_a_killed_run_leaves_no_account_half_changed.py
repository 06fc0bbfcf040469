"""A run that ends between the steps of an account says what it did, and the next does the rest.

A suspension has three: the account, its sessions, and the memberships that end with it.
"""

import json
import os
import signal

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company
from tests.support.harness import Office, changes, outcomes, until, without

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals"),
]

APPROVAL = {
    "ticket": "SEC-88",
    "requested_by": "boss@example.com",
    "approved_by": "it-desk@example.com",
    "approved_at": "2026-11-22T08:30Z",
}
COMPANY = (
    Company()
    .with_lifecycle()
    .tool()
    .bind("kim", "eve")
    .granted("kim")
    .ended("eve")
    .account("eve", state="suspended", reason="laptop stolen", approval=APPROVAL)
)
APPLY = ("--sandbox", "apply", "plan.json", "--yes", "--evidence", "ev")
SESSIONS = "/api/v1/users/*/sessions"
MEMBERSHIP = "/api/v1/groups/*/users/*"
FOREVER = 3600
EACH_ONCE = ["suspend", "clear", "remove"]
EVENTS = {
    "user.lifecycle.suspend",
    "user.lifecycle.unsuspend",
    "user.session.clear",
    "group.user_membership.remove",
}


@pytest.fixture
def office(tmp_path):
    """A thief has a laptop; the plan is made and reviewed."""
    found = Office(tmp_path, COMPANY)
    made = found.plan()
    assert [line["action"] for line in made["accounts"]] == ["suspend", "clear-sessions"]
    assert changes(made) == ["remove eve claude/users"]
    return found


def done(office):
    """What the org's log has of the run, in its order."""
    with office.org() as org:
        return [row.event.rpartition(".")[2] for row in org.log() if row.event in EVENTS]


def status(office):
    """How the account is."""
    with office.org() as org:
        (found,) = [user.status for user in org.users() if without(user.login) == "eve"]
    return found


def started(office, path):
    """The plan is being applied, and hangs where a request goes to that path."""
    with office.org() as org:
        org.faults.add(Fault(kind="delay", method="DELETE", path=path, seconds=FOREVER, times=0))
    return office.start(*APPLY)


def killed(office, path, is_so):
    """Once it is so, the run ends there and then."""
    process = started(office, path)
    try:
        until(is_so, process)
    finally:
        process.kill()
        process.communicate()
    with office.org() as org:
        org.faults.clear()


def journaled(office):
    """Event, action and outcome of each entry about a write."""
    return [
        (entry["event"], entry["action"], entry.get("outcome", ""))
        for entry in office.journal()
        if "action" in entry
    ]


def evidenced(office):
    """The same of the evidence's lines."""
    lines = [
        json.loads(line)
        for path in office.folder.glob("ev/**/*.jsonl")
        for line in path.read_bytes().splitlines(keepends=True)
        if line.endswith(b"}\n")
    ]
    kinds = ("account-begun", "account-answered")
    return [
        (line["event"], line["change"]["action"], line.get("outcome", ""))
        for line in lines
        if line["event"] in kinds
    ]


def account_outcomes(result):
    """How each account line ended."""
    return {line["change"]["action"]: line["outcome"] for line in result["accounts"]}


def begun(office, action):
    """Whether the write was announced."""
    return lambda: any(action == name for _, name, _ in journaled(office))


def test_killed_between_the_suspension_and_the_sessions(office):
    """Who is suspended and not yet signed out is so in the records, and is signed out next."""
    killed(office, SESSIONS, begun(office, "clear-sessions"))
    assert (done(office), status(office)) == (["suspend"], "SUSPENDED")
    accepted = "accepted, not yet visible"
    assert journaled(office) == [
        ("account-intent", "suspend", ""),
        ("account-outcome", "suspend", accepted),
        ("account-intent", "clear-sessions", ""),
    ]
    assert evidenced(office)[:2] == [
        ("account-begun", "suspend", ""),
        ("account-answered", "suspend", accepted),
    ]
    (first, *_) = [e for e in office.journal() if e["event"] == "account-intent"]
    assert (first["requested_by"], first["approved_by"], first["ticket"]) == (
        "boss@example.com",
        ["it-desk@example.com"],
        "SEC-88",
    )

    ran = office.apply("--evidence", "ev")
    assert ran.code == 0, ran
    assert f"run {first['run']} was cut short (2 writes begun, 1 recorded)" in ran.err
    result = office.result(ran)
    assert account_outcomes(result) == {"clear-sessions": "verified"}
    assert [line["change"]["action"] for line in result["left_accounts"]] == ["suspend"]
    assert outcomes(result) == {"remove eve claude/users": "verified"}
    assert done(office) == EACH_ONCE
    assert office.run("evidence", "verify", "ev").code == 0


def test_killed_between_the_account_and_the_membership(office):
    """What is left is a removal like any other, and the account is not touched again."""
    killed(office, MEMBERSHIP, begun(office, "remove"))
    assert (done(office), office.members()) == (["suspend", "clear"], {"kim", "eve"})
    assert [(event, action) for event, action, _ in journaled(office)] == [
        ("account-intent", "suspend"),
        ("account-outcome", "suspend"),
        ("account-intent", "clear-sessions"),
        ("account-outcome", "clear-sessions"),
        ("intent", "remove"),
    ]

    rest = office.plan(file="rest.json")
    assert (rest["accounts"], changes(rest)) == ([], ["remove eve claude/users"])
    ran = office.apply("--evidence", "ev", file="rest.json")
    assert ran.code == 0, ran
    assert done(office) == EACH_ONCE
    assert office.members() == {"kim"}
    assert office.run("evidence", "verify", "ev").code == 0


def test_asked_to_end_it_finishes_the_change_in_flight_and_records_the_rest(office):
    """SIGTERM while the suspension is on its way: it is read back, and the rest is not run."""
    with office.org() as org:
        suspend = "/api/v1/users/*/lifecycle/suspend"
        org.faults.add(Fault(kind="delay", method="POST", path=suspend, seconds=1))
    process = office.start(*APPLY)
    until(begun(office, "suspend"), process)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate()
    assert process.returncode == 130, err
    (path,) = [line.removeprefix("result: ") for line in err.splitlines() if "result: " in line]
    result = office.read(path)
    assert account_outcomes(result) == {"suspend": "verified", "clear-sessions": "not run"}
    assert outcomes(result) == {"remove eve claude/users": "not run"}
    assert (result["interrupted"], done(office)) == (True, ["suspend"])

    assert office.apply("--evidence", "ev").code == 0
    assert done(office) == EACH_ONCE
    assert office.run("evidence", "verify", "ev").code == 0
