"""An intent before each write, its outcome after, and what a killed run leaves."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.model.errors import StoreError
from reconciler.model.evidence import RECENT
from reconciler.store.journal import Interrupted, Journal, interrupted_runs, late_runs

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RUN = "20261122T090000Z-abc123"
INTENT = '{"at":"2026-11-22T09:00:00+00:00","event":"intent"}\n'
OUTCOME = '{"at":"2026-11-22T09:00:00+00:00","event":"outcome"}\n'
ENDED = '{"at":"2026-11-22T09:00:00+00:00","event":"run-ended"}\n'


def opened(folder, run=RUN):
    """A journal whose clock gains a second an entry."""
    instants = iter(NOW + timedelta(seconds=n) for n in range(9))
    return Journal(folder / "journal", run, lambda: next(instants))


def test_each_entry_is_a_line_on_disk_when_record_returns(tmp_path):
    """It is read here while the journal is still open: nothing waits in a buffer."""
    with opened(tmp_path) as journal:
        journal.record("intent", {"person": "00ujane"})
        first = journal.path.read_text()
        journal.record("outcome", {"outcome": "failed", "detail": "a\nb \u2028 ü"})
        lines = journal.path.read_text().split("\n")
    assert first == '{"at":"2026-11-22T09:00:00+00:00","event":"intent","person":"00ujane"}\n'
    assert (first.rstrip("\n"), "", 3) == (lines[0], lines[2], len(lines))
    assert json.loads(lines[1]) == {
        "at": "2026-11-22T09:00:01+00:00",
        "event": "outcome",
        "outcome": "failed",
        "detail": "a\nb \u2028 ü",
    }


def test_a_journal_is_its_owners_alone(tmp_path):
    """It names people."""
    with opened(tmp_path) as journal:
        modes = [stat.S_IMODE(p.stat().st_mode) for p in (journal.path.parent, journal.path)]
    assert modes == [0o700, 0o600]


def test_a_journal_is_never_written_over(tmp_path):
    """Two runs of one name are a mistake, and evidence is not lost to it."""
    with opened(tmp_path) as journal:
        journal.record("intent", {})
    before = journal.path.read_text()
    with pytest.raises(StoreError) as caught:
        opened(tmp_path)
    assert ("journal-not-writable", before) == (caught.value.code, journal.path.read_text())


def test_a_record_that_cannot_be_kept_is_an_error(tmp_path):
    """A write that leaves no trace must not happen."""
    with opened(tmp_path) as journal:
        pass
    with pytest.raises(StoreError) as caught:
        journal.record("intent", {})
    assert caught.value.code == "journal-not-writable"


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        (None, INTENT + OUTCOME + ENDED),
        (None, ENDED),
        ((1, 0), INTENT),
        ((2, 1), INTENT + OUTCOME + INTENT),
        ((1, 0), INTENT + OUTCOME[:-20]),
        ((1, 1), INTENT + OUTCOME + ENDED[:-3]),
        ((1, 0), INTENT + "\x00" * 64),
        ((1, 0), INTENT + "[1]\n"),
        ((1, 0), INTENT + '{"event":["run-ended"]}\n'),
        ((1, 0), INTENT + "[" * 100_000),
        ((0, 0), ""),
    ],
)
def test_a_run_without_an_end_was_interrupted(tmp_path, expected, text):
    """A last line that a power cut tore says nothing; the lines before it count."""
    (tmp_path / f"{RUN}.jsonl").write_text(text)
    found = (
        ()
        if expected is None
        else (Interrupted(run=RUN, intents=expected[0], outcomes=expected[1]),)
    )
    assert found == interrupted_runs(tmp_path)


def test_bytes_that_are_no_text_do_not_hide_the_lines_before(tmp_path):
    """A torn page may hold anything."""
    (tmp_path / f"{RUN}.jsonl").write_bytes(INTENT.encode() + b"\xff\xfe{")
    assert interrupted_runs(tmp_path) == (Interrupted(run=RUN, intents=1, outcomes=0),)


def test_interrupted_runs_stand_oldest_first(tmp_path):
    """Run names begin with their instant; other files are nobody's journal."""
    for name in ("20261122T2.jsonl", "20261122T1.jsonl", "notes.txt"):
        (tmp_path / name).write_text(INTENT)
    assert [each.run for each in interrupted_runs(tmp_path)] == ["20261122T1", "20261122T2"]


def test_a_folder_that_is_not_there_has_no_runs(tmp_path):
    """The first apply of all."""
    assert interrupted_runs(tmp_path / "journal") == ()


def test_a_line_that_the_disk_takes_in_parts_is_whole(tmp_path, monkeypatch):
    """`write` may take less than it is given, and says so only by a number."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:7]))
    with opened(tmp_path) as journal:
        journal.record("intent", {})
        assert journal.path.read_text() == INTENT


WRITE = {"action": "remove", "group": "00g", "group_name": "G", "person": "00uold", "login": "o@x"}


def kept(folder, at, *events, connector="okta-prod", sandbox=False):
    """A journal of a run that began then."""
    run = f"{at:%Y%m%dT%H%M%SZ}-abc123"
    with Journal(folder, run, lambda: at) as journal:
        journal.record("run-started", {"connector": connector, "sandbox": sandbox})
        for event, fields in events:
            journal.record(event, WRITE | fields)
    return run


ACCEPTED = ("outcome", {"outcome": "accepted, not yet visible"})
UNSEEN = ("not-visible", {})
END = ("run-ended", {})


@pytest.mark.parametrize(
    ("expected", "events"),
    [
        (["verified"], (ACCEPTED, END)),
        (["verified", "accepted, not yet visible"], (ACCEPTED, UNSEEN, END)),
        ([], (("outcome", {"outcome": "failed"}), END)),
        ([], (("not-visible", {"person": None}), END)),
        ([], (("not-visible", {"group": None}), END)),
        (None, (ACCEPTED, UNSEEN)),
    ],
)
def test_a_journal_tells_which_accepted_writes_were_not_to_be_seen(tmp_path, expected, events):
    """Of a run that came to its end; one that did not is told of as cut short."""
    kept(tmp_path, NOW, *events)
    found = [
        [line.outcome for line in run.lines]
        for run in late_runs(tmp_path, "okta-prod", NOW, sandbox=False)
    ]
    assert found == ([] if expected is None else [expected])


def test_the_last_run_counts_however_old_and_others_for_a_day(tmp_path):
    """Oldest first; runs of another connector, or rehearsals, are not its own."""
    runs = [kept(tmp_path, NOW + timedelta(hours=h), UNSEEN, END) for h in (0, 30, 40)]
    kept(tmp_path, NOW + timedelta(hours=41), UNSEEN, END, connector="other")
    kept(tmp_path, NOW + timedelta(hours=42), UNSEEN, END, sandbox=True)
    late = NOW + timedelta(hours=30) + RECENT
    for expected, at in ((runs[1:], late), (runs[2:], late + timedelta(days=9))):
        assert [r.run for r in late_runs(tmp_path, "okta-prod", at, sandbox=False)] == expected


@pytest.mark.parametrize("at", ["", "yesterday", "2026-11-22T09:00:00"])
def test_a_line_whose_instant_is_none_is_left_out(tmp_path, at):
    """A journal is a file that anybody on the machine may have touched."""
    run = kept(tmp_path, NOW, END)
    line = json.dumps({"at": at, "event": "not-visible", **WRITE})
    path = tmp_path / f"{run}.jsonl"
    path.write_text(path.read_text() + line + "\n")
    (found,) = late_runs(tmp_path, "okta-prod", NOW, sandbox=False)
    assert found.lines == ()
