"""However a run ends, its evidence has an end; and without evidence nothing changes."""

import json
from dataclasses import replace

import click
import pytest

from reconciler.cli.session.evidence import EvidenceTarget, record_evidence
from reconciler.cli.terminal.screen import Screen
from reconciler.evidence.encoding import Opening
from reconciler.model.errors import GuardRefused, StoreError
from reconciler.model.plan import CatalogRevision
from tests.support.builders import CONNECTOR, NOW
from tests.support.chains import began, line_ended, opened, run_name, write_runs

OPENING = Opening(
    connector=CONNECTOR,
    sandbox=False,
    mode="file",
    tool_version="1",
    revision=CatalogRevision(digest="d"),
    claims={"GITHUB_ACTOR": "eve\n"},
)
NAME = run_name(NOW, 0xFFFFFF)


def kept(folder):
    """A run whose evidence goes into the folder."""
    return EvidenceTarget(folder=folder, run=NAME, clock=lambda: NOW, screen=Screen())


def told(folder):
    """The lines of this run."""
    (path,) = folder.rglob(f"{NAME}.jsonl")
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_without_a_folder_nothing_is_kept_and_nothing_is_said(tmp_path, monkeypatch, capsys):
    """An apply works as it always did."""
    monkeypatch.chdir(tmp_path)
    with record_evidence(kept(None), OPENING) as recorder:
        recorder.record_refused("declined", "no", 1)
    assert (list(tmp_path.iterdir()), recorder.recent.others) == ([], frozenset())
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("code", "exit_code", "error"),
    [
        ("stale", 3, GuardRefused("stale", "it is")),
        ("full", 1, StoreError("full", "it is")),
        ("interrupted", 130, click.Abort()),
        ("interrupted", 130, KeyboardInterrupt()),
        ("unexpected", 1, ZeroDivisionError("a secret")),
    ],
)
def test_whatever_ends_the_run_is_its_end(code, exit_code, error, tmp_path):
    """And goes on to whoever called; what an unforeseen error says may be anything."""
    with pytest.raises(type(error)), record_evidence(kept(tmp_path), OPENING):
        raise error
    first, last = told(tmp_path)
    assert (first["event"], first["claims"]) == ("run-started", {"GITHUB_ACTOR": "eve\n"})
    assert (last["refusal"]["code"], last["exit_code"]) == (code, exit_code)
    assert "secret" not in json.dumps(last)


def refused_twice(folder):
    """A run that was told to end, and after that failed."""
    with record_evidence(kept(folder), OPENING) as recorder:
        recorder.record_refused("declined", "no", 1)
        raise StoreError("full", "it is")


def test_an_end_that_was_told_is_not_told_again(tmp_path):
    """What fails after it, such as a result file, is no part of the run."""
    with pytest.raises(StoreError):
        refused_twice(tmp_path)
    assert [line["event"] for line in told(tmp_path)] == ["run-started", "run-ended"]


def lost(folder):
    """A run whose evidence vanished before it was refused."""
    with record_evidence(kept(folder), OPENING):
        (path,) = folder.rglob("*.jsonl")
        path.unlink()
        raise GuardRefused("stale", "it is")


def test_an_end_that_cannot_be_kept_hides_no_error(tmp_path, capsys):
    """The run's own error is what is raised."""
    with pytest.raises(GuardRefused):
        lost(tmp_path / "ev")
    assert "the end of the run is not in its evidence" in capsys.readouterr().err


def test_the_file_and_the_head_to_keep_are_said(tmp_path, capsys):
    """Whoever anchors the chain copies it from here."""
    with record_evidence(kept(tmp_path), OPENING) as recorder:
        recorder.record_refused("declined", "no", 1)
    err = capsys.readouterr().err
    assert f"head: {told(tmp_path)[-1]['hash']}\n" in err
    assert f"{NAME}.jsonl\n" in err


def test_removals_of_the_last_day_are_known_to_the_run(tmp_path):
    """Its guards count them."""
    line_ended(opened(tmp_path))
    with record_evidence(kept(tmp_path), OPENING) as recorder:
        assert recorder.recent.others == {("00gclaude", "00uold")}


def test_a_run_that_was_killed_before_is_said_once(tmp_path, capsys):
    """By the run that follows it, and by none after that."""
    write_runs(tmp_path, 1)
    began(opened(tmp_path, number=1))
    with record_evidence(kept(tmp_path), OPENING) as recorder:
        recorder.record_refused("declined", "no", 1)
    assert capsys.readouterr().err.count("run-unended") == 1
    later = EvidenceTarget(
        folder=tmp_path, run=run_name(NOW, 0xFFFFFE), clock=lambda: NOW, screen=Screen()
    )
    with record_evidence(later, OPENING) as recorder:
        recorder.record_refused("declined", "no", 1)
    assert "run-unended" not in capsys.readouterr().err


def test_a_broken_chain_refuses_before_the_run_begins(tmp_path):
    """A counter that can be reset is none."""
    (path,) = write_runs(tmp_path, 1)
    path.write_bytes(path.read_bytes()[1:])
    with pytest.raises(StoreError) as caught, record_evidence(kept(tmp_path), OPENING):
        pytest.fail("the run began")
    assert (caught.value.code, list(tmp_path.rglob(f"{NAME}*"))) == ("evidence-broken", [])


def test_each_line_is_signed_where_the_operator_named_a_key(tmp_path):
    """The first and the last."""
    signing = replace(kept(tmp_path), sign=lambda found: f"{found[:6]}==")
    with record_evidence(signing, OPENING) as recorder:
        recorder.record_refused("declined", "no", 1)
    assert all(line["signature"] == f"{line['hash'][:6]}==" for line in told(tmp_path))
