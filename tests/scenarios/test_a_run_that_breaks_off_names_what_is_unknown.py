"""A run that cannot keep its record, or is interrupted for good, says which writes are unknown."""

import errno
import os
import signal

import pytest

from tests.support.builders import Company
from tests.support.harness import Office, until

pytestmark = pytest.mark.slow

COMPANY = Company().tool().bind().granted("amy", "ben", "cid")


@pytest.fixture
def office(tmp_path):
    """Three additions, reviewed."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    return office


@pytest.mark.parametrize(("room", "least"), [(0, 0), (2, 1), (4, 1)])
def test_a_full_disk_stops_the_run_before_the_next_write(office, monkeypatch, room, least):
    """No write is made whose intent is not on disk; one without its outcome is named."""
    real, kept = os.write, []

    def write(handle, data):
        if b'"event":' in bytes(data):
            if len(kept) >= room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            kept.append(bytes(data))
        return real(handle, data)

    monkeypatch.setattr(os, "write", write)
    ran = office.run("--sandbox", "apply", "plan.json", "--yes")
    assert ran.code == 1
    assert "error: journal-not-writable" in ran.err
    assert "Traceback" not in ran.err
    unknown = {line for line in ran.err.splitlines() if line.startswith("unknown: add ")}
    intents = [entry for entry in kept if b'"event":"intent"' in entry]
    outcomes = [entry for entry in kept if b'"event":"outcome"' in entry]
    answered = [entry for entry in outcomes if b'"outcome":"unknown"' not in entry]
    assert len(unknown) == len(intents) - len(answered) >= least
    named = {name for name in ("amy", "ben", "cid") if any(f"add {name}@" in u for u in unknown)}
    done = {person for _, person in office.events()}
    assert len(done - named) <= len(answered)
    assert len(done) <= len(intents)
    assert ("the next plan shows what holds" in ran.err) is bool(unknown)


def test_a_second_interrupt_ends_at_once_and_names_what_is_unknown(office):
    """The first waits for the writes in flight; who presses again must know what is open."""
    office.run("sandbox", "fault", "add", "--kind", "delay", "--seconds", "60", "--method", "PUT")
    process = office.start("--sandbox", "apply", "plan.json", "--yes")
    journal = office.folder / ".reconciler" / "journal"
    until(lambda: any(b"intent" in path.read_bytes() for path in journal.glob("*.jsonl")), process)
    process.send_signal(signal.SIGINT)
    while "asked to end" not in (said := process.stderr.readline()):
        assert said
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "unknown: add " in said
    assert "the next plan shows what holds" in said
    assert "Traceback" not in said
