"""An intent before each write, its outcome after, and what a killed run leaves."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.model.errors import StoreError
from reconciler.store.journal import Interrupted, Journal, interrupted_runs

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
