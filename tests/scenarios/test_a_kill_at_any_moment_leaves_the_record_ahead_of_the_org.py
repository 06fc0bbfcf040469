"""SIGKILL before and after every line of the journal and of the evidence: nothing is lost.

Whatever the org holds of a run was announced in both before, a later run does just the rest, and
the chain of evidence is whole.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.builders import Company, group_name
from tests.support.harness import CLEAN, Office

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals"),
]

COMPANY = (
    Company()
    .tool()
    .bind("kim", "old")
    .granted("kim")
    .ended("old")
    .tool("codex")
    .create(tool="codex")
    .granted("amy", tool="codex")
    .with_lifecycle()
    .account(
        "old",
        state="suspended",
        reason="laptop stolen",
        approval={
            "ticket": "SEC-88",
            "approved_by": "it-desk@example.com",
            "approved_at": "2026-11-22T08:30Z",
        },
    )
)
"""A suspension, a group to be made, somebody to be put into it, and a removal."""
VERBS = {
    "group.user_membership.add": "add",
    "group.user_membership.remove": "remove",
    "group.lifecycle.create": "create-group",
    "user.lifecycle.suspend": "suspend",
    "user.session.clear": "clear-sessions",
}
EACH_ONCE = ["add", "clear-sessions", "create-group", "remove", "suspend"]
INTENTS = {"intent", "account-intent"}
BEGUN = {"write-begun", "account-begun"}

KILLER = """
import os, shutil, signal, sys
from pathlib import Path
from reconciler.cli.main import cli

template, folder = Path(sys.argv[1]), Path(sys.argv[2])
command = ["--sandbox", "apply", "plan.json", "--yes", "--evidence", "ev"]

def run(here, last):
    # In a child of its own: the call number `last` of those that put a line on disk is its end.
    shutil.copytree(template, here)
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    os.chdir(here)
    said = os.open("said", os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    calls = [0]
    def counted(call):
        def instead(*given):
            calls[0] += 1
            if calls[0] == last:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given)
        return instead
    # A kill is no power cut: what was written stays, so nothing has to wait for the disk.
    os.write, os.fsync = counted(os.write), counted(lambda handle: None)
    try:
        cli(command, standalone_mode=False)
    except BaseException:
        pass
    Path("calls").write_text(str(calls[0]))
    os._exit(0)

# What is imported late is imported here, and not once more in each child.
shutil.copytree(template, folder / "first")
os.chdir(folder / "first")
cli(command, standalone_mode=False)
run(folder / "whole", 0)
for last in range(1, int((folder / "whole" / "calls").read_text()) + 1):
    ended = run(folder / f"at-{last:03}", last)
    assert os.WIFSIGNALED(ended) and os.WTERMSIG(ended) == signal.SIGKILL, ended
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """A folder for every moment at which the same apply was killed."""
    root = tmp_path_factory.mktemp("kills")
    Office(root / "template", COMPANY).plan()
    kept = {name: value for name, value in os.environ.items() if name not in CLEAN}
    command = [sys.executable, "-c", KILLER, str(root / "template"), str(root)]
    repository = Path(__file__).parents[2]
    subprocess.run(command, env=kept, cwd=repository, check=True, capture_output=True)
    return sorted(root.glob("at-*"))


def office_at(folder):
    """The office as the kill left it."""
    found = Office.__new__(Office)
    found.folder = folder
    return found


def done(office):
    """What the org holds of the run: the kinds of change, in order of their names."""
    with office.org() as org:
        return sorted(VERBS[row.event] for row in org.log() if row.event in VERBS)


def begun(office):
    """What the journal and the evidence announced."""
    journal = sorted(e["action"] for e in office.journal() if e["event"] in INTENTS)
    lines = [
        json.loads(line)
        for path in (office.folder / "ev").rglob("*.jsonl")
        for line in path.read_bytes().splitlines(keepends=True)
        if line.endswith(b"}\n")
    ]
    evidence = [e["change"]["action"] for e in lines if e["event"] in BEGUN]
    return journal, sorted(evidence)


def test_there_are_kills_between_any_two_steps(killed):
    """Before the first write, between a write and its outcome, and after the last."""
    seen = {(len(done(o)), *map(len, begun(o))) for o in map(office_at, killed)}
    for number in range(len(EACH_ONCE)):
        assert (number, number + 1, number) in seen, "announced in the journal alone"
        assert (number, number + 1, number + 1) in seen, "announced in both, and not sent"
    assert (len(EACH_ONCE),) * 3 in seen
    assert len(killed) > 50


def test_what_the_org_holds_was_announced_before(killed):
    """In the journal first, and in the evidence."""
    for office in map(office_at, killed):
        journal, evidence = begun(office)
        assert set(done(office)) <= set(evidence) <= set(journal), office.folder.name


def test_the_next_run_does_just_the_rest(killed, tmp_path):
    """By the same plan; each change is made once, and the chain of evidence is whole.

    One of the kills that left the same behind stands for all of them.
    """
    left = {}
    for folder in killed:
        office = office_at(folder)
        ends = [entry["event"] for entry in office.journal()]
        left[len(done(office)), *map(len, begun(office)), len(ends)] = folder
    assert len(left) >= 10
    for folder in left.values():
        office = office_at(shutil.copytree(folder, tmp_path / folder.name))
        ran = office.apply("--evidence", "ev")
        assert ran.code == 0, (folder.name, ran)
        assert done(office) == EACH_ONCE, folder.name
        assert office.members(group_name("codex")) == {"amy"}, folder.name
        assert office.members() == {"kim"}, folder.name
        assert office.run("evidence", "verify", "ev").code == 0, folder.name
