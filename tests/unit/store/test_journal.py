"""An intent before each write, its outcome after, and what a killed run leaves."""

import json
import os
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reconciler.model.errors import StoreError
from reconciler.model.evidence import RECENT
from reconciler.model.outcome import LineResult, Outcome, Prepared, Write
from reconciler.model.validity import ApprovalSource
from reconciler.store.journal import (
    InterruptedRun,
    Journal,
    find_interrupted_runs,
    read_recent_runs,
)
from tests.support.builders import CONNECTOR
from tests.support.nouns import (
    GROUP,
    ORG,
    change,
    creation,
    grant_ref,
    plan,
    removal,
    result,
    review_ref,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RUN = "20261122T090000Z-abc123"
INTENT = '{"at":"2026-11-22T09:00:00+00:00","event":"intent"}\n'
OUTCOME = '{"at":"2026-11-22T09:00:00+00:00","event":"outcome"}\n'
ENDED = '{"at":"2026-11-22T09:00:00+00:00","event":"run-ended"}\n'


def opened(folder, run=RUN):
    """A journal whose clock gains a second an entry."""
    instants = iter(NOW + timedelta(seconds=n) for n in range(9))
    return Journal(folder / "journal", run, lambda: next(instants))


WRITE = Write(number=1, change=change("jane", grants=(grant_ref("a1"),)), group=GROUP.id)
BEGUN = (
    '{"at":"2026-11-22T09:00:00+00:00","event":"intent","action":"add","group":"00gclaude",'
    '"group_name":"Claude users","person":"00ujane","grants":["a1"],'
    '"approvals":[{"ticket":"AI-1","requested_by":"","approved_by":["lead@example.com"],'
    '"approved_at":"2026-11-01","approval":"claimed","source":"","seen":[]}]}\n'
)


def entries(journal):
    """What the file says, without the instants."""
    found = [json.loads(line) for line in journal.path.read_text().split("\n")[:-1]]
    return [{key: value for key, value in entry.items() if key != "at"} for entry in found]


def test_each_entry_is_a_line_on_disk_when_it_was_recorded(tmp_path):
    """It is read here while the journal is still open: nothing waits in a buffer."""
    failed = LineResult(change=WRITE.change, outcome=Outcome.FAILED, detail="a\nb \u2028 ü")
    with opened(tmp_path) as journal:
        journal.record_begun(WRITE)
        first = journal.path.read_text()
        journal.record_answered(WRITE, failed)
        lines = journal.path.read_text().split("\n")
    assert first == BEGUN
    assert (first.rstrip("\n"), "", 3) == (lines[0], lines[2], len(lines))
    assert json.loads(lines[1]) == without_approvals(json.loads(BEGUN)) | {
        "at": "2026-11-22T09:00:01+00:00",
        "event": "outcome",
        "outcome": "failed",
        "request_id": "",
        "detail": "a\nb \u2028 ü",
    }


def test_a_write_that_was_broken_off_has_an_unknown_outcome(tmp_path):
    """Nothing is said of an answer, because none is known."""
    with opened(tmp_path) as journal:
        journal.record_begun(WRITE)
        journal.record_answered(WRITE, None)
        begun, answered = entries(journal)
    assert answered == without_approvals(begun) | {"event": "outcome", "outcome": "unknown"}


def without_approvals(entry):
    """Who agreed is told once, before the write."""
    return {key: value for key, value in entry.items() if key != "approvals"}


def test_who_asked_who_agreed_and_where_is_told_with_the_write(tmp_path):
    """Beside the run that carries it out."""
    grant = grant_ref(
        source=ApprovalSource.GITHUB,
        requested_by="joe@example.com",
        approval="verified",
        review=review_ref("lead", 1),
        other_reviews=(review_ref("jo", 2),),
    )
    with opened(tmp_path) as journal:
        journal.record_begun(replace(WRITE, change=replace(WRITE.change, grants=(grant,))))
        ((told,),) = (entry["approvals"] for entry in entries(journal))
    assert told == {
        "ticket": "AI-1",
        "requested_by": "joe@example.com",
        "approved_by": ["lead@example.com"],
        "approved_at": "2026-11-01",
        "approval": "verified",
        "source": "github",
        "seen": ["https://x/1", "https://x/2"],
    }


def test_a_run_is_journaled_from_its_start_to_its_end(tmp_path):
    """Run, org, digest and commit first; then what Okta did not show, and outcomes counted."""
    late, held = change("joe"), removal("old", held_by=("ourselves",))
    lines = (
        LineResult(change=WRITE.change, outcome=Outcome.VERIFIED),
        LineResult(change=late, outcome=Outcome.ACCEPTED),
        LineResult(change=held, outcome=Outcome.HELD),
    )
    made = plan(WRITE.change, late, held)
    with opened(tmp_path) as journal:
        prepared = Prepared(plan=made, reviewed_digest="d" * 64, changes=made.changes)
        journal.record_started(prepared)
        journal.record_ended(result(*lines))
        assert entries(journal) == [
            {
                "event": "run-started",
                "run": RUN,
                "connector": CONNECTOR,
                "org": ORG.id,
                "sandbox": False,
                "digest": "d" * 64,
                "commit": "c0ffee",
                "lines": 3,
                "accounts": 0,
            },
            {
                "event": "not-visible",
                "action": "add",
                "group": GROUP.id,
                "group_name": GROUP.name,
                "person": "00ujoe",
                "login": "joe@example.com",
            },
            {
                "event": "run-ended",
                "run": RUN,
                "outcomes": {"verified": 1, "accepted, not yet visible": 1, "held": 1},
            },
        ]


def test_a_journal_is_its_owners_alone(tmp_path):
    """It names people."""
    with opened(tmp_path) as journal:
        modes = [stat.S_IMODE(p.stat().st_mode) for p in (journal.path.parent, journal.path)]
    assert modes == [0o700, 0o600]


def test_a_journal_is_never_written_over(tmp_path):
    """Two runs of one name are a mistake, and evidence is not lost to it."""
    with opened(tmp_path) as journal:
        journal.record_begun(WRITE)
    before = journal.path.read_text()
    with pytest.raises(StoreError) as caught:
        opened(tmp_path)
    assert ("journal-not-writable", before) == (caught.value.code, journal.path.read_text())


def test_a_record_that_cannot_be_kept_is_an_error(tmp_path):
    """A write that leaves no trace must not happen."""
    with opened(tmp_path) as journal:
        pass
    with pytest.raises(StoreError) as caught:
        journal.record_begun(WRITE)
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
        else (InterruptedRun(run=RUN, intents=expected[0], outcomes=expected[1]),)
    )
    assert found == find_interrupted_runs(tmp_path)


def test_bytes_that_are_no_text_do_not_hide_the_lines_before(tmp_path):
    """A torn page may hold anything."""
    (tmp_path / f"{RUN}.jsonl").write_bytes(INTENT.encode() + b"\xff\xfe{")
    assert find_interrupted_runs(tmp_path) == (InterruptedRun(run=RUN, intents=1, outcomes=0),)


def test_interrupted_runs_stand_oldest_first(tmp_path):
    """Run names begin with their instant; other files are no journals."""
    for name in ("20261122T2.jsonl", "20261122T1.jsonl", "notes.txt"):
        (tmp_path / name).write_text(INTENT)
    assert [each.run for each in find_interrupted_runs(tmp_path)] == ["20261122T1", "20261122T2"]


def test_a_folder_that_is_not_there_has_no_runs(tmp_path):
    """The first apply of all."""
    assert find_interrupted_runs(tmp_path / "journal") == ()


def test_a_line_that_the_disk_takes_in_parts_is_whole(tmp_path, monkeypatch):
    """`write` may take less than it is given, and says so only by a number."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:7]))
    with opened(tmp_path) as journal:
        journal.record_begun(WRITE)
        assert journal.path.read_text() == BEGUN


OLD = removal("old")


def run_journal(folder, at, *lines, connector=CONNECTOR, sandbox=False, has_end=True):
    """A journal of a run that began then; of each line, its outcome at first and at last."""
    run = f"{at:%Y%m%dT%H%M%SZ}-abc123"
    made = replace(plan(), connector=connector, sandbox=sandbox)
    with Journal(folder, run, lambda: at) as journal:
        journal.record_started(Prepared(plan=made, reviewed_digest="d", changes=()))
        for number, (line, first, _) in enumerate(lines, start=1):
            write = Write(number=number, change=line, group=line.group.id)
            journal.record_begun(write)
            journal.record_answered(write, LineResult(change=line, outcome=first))
        if has_end:
            ends = (LineResult(change=line, outcome=last) for line, _, last in lines)
            journal.record_ended(result(*ends))
    return run


ACCEPTED, VERIFIED, FAILED = Outcome.ACCEPTED, Outcome.VERIFIED, Outcome.FAILED


@pytest.mark.parametrize(
    ("expected", "line", "has_end"),
    [
        (["verified"], (OLD, ACCEPTED, VERIFIED), True),
        (["verified", "accepted, not yet visible"], (OLD, ACCEPTED, ACCEPTED), True),
        ([], (OLD, FAILED, FAILED), True),
        ([], (creation(), FAILED, ACCEPTED), True),
        (None, (OLD, ACCEPTED, ACCEPTED), False),
    ],
)
def test_a_journal_tells_which_accepted_writes_were_not_to_be_seen(
    tmp_path, expected, line, has_end
):
    """Of a run that came to its end; one that did not is told of as cut short."""
    run_journal(tmp_path, NOW, line, has_end=has_end)
    found = [
        [line.outcome for line in run.lines]
        for run in read_recent_runs(tmp_path, CONNECTOR, NOW, sandbox=False)
    ]
    assert found == ([] if expected is None else [expected])


def test_the_last_run_counts_however_old_and_others_for_a_day(tmp_path):
    """Oldest first; runs of another connector, or rehearsals, are not its own."""
    unseen = (OLD, ACCEPTED, ACCEPTED)
    runs = [run_journal(tmp_path, NOW + timedelta(hours=h), unseen) for h in (0, 30, 40)]
    run_journal(tmp_path, NOW + timedelta(hours=41), unseen, connector="other")
    run_journal(tmp_path, NOW + timedelta(hours=42), unseen, sandbox=True)
    late = NOW + timedelta(hours=30) + RECENT
    for expected, at in ((runs[1:], late), (runs[2:], late + timedelta(days=9))):
        assert expected == [r.run for r in read_recent_runs(tmp_path, CONNECTOR, at, sandbox=False)]


UNSEEN = {
    "at": "2026-11-22T09:00:00+00:00",
    "event": "not-visible",
    "action": "remove",
    "group": "00gclaude",
    "group_name": "Claude users",
    "person": "00uold",
    "login": "old@example.com",
}


@pytest.mark.parametrize(
    ("number", "altered"),
    [
        (1, {}),
        (0, {"at": ""}),
        (0, {"at": "yesterday"}),
        (0, {"at": "2026-11-22T09:00:00"}),
        (0, {"group": None}),
        (0, {"person": None}),
    ],
)
def test_a_line_without_an_instant_or_a_membership_is_left_out(tmp_path, number, altered):
    """A journal is a file that anyone on the machine may have touched."""
    run = run_journal(tmp_path, NOW)
    path = tmp_path / f"{run}.jsonl"
    path.write_text(path.read_text() + json.dumps(UNSEEN | altered) + "\n")
    (found,) = read_recent_runs(tmp_path, CONNECTOR, NOW, sandbox=False)
    assert number == len(found.lines)
