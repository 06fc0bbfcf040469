"""A file per run, only ever added to, each line on disk before the run goes on."""

import json
import stat

import pytest

from reconciler.evidence.folder import read_chain
from reconciler.evidence.records import Event
from reconciler.evidence.verification import verify
from reconciler.model.errors import StoreError
from tests.support.builders import CONNECTOR, NOW
from tests.support.chains import began, ended, line_ended, opened, run_name, write_runs


def lines(path):
    """What the file says."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_is_on_disk_when_append_returns(tmp_path):
    """It is read here while the run goes on."""
    appender = opened(tmp_path)
    assert [n["event"] for n in lines(appender.path)] == ["run-started"]
    began(appender)
    assert [n["event"] for n in lines(appender.path)] == ["run-started", "write-begun"]
    assert lines(appender.path)[-1]["hash"] == appender.head


def test_a_run_is_kept_by_connector_and_month_for_its_owner_alone(tmp_path):
    """It names people; git keeps no more of a mode than whether a file is executable."""
    path = opened(tmp_path / "ev").path
    name = "okta-prod/2026-11/20261122T090000Z-000000.jsonl"
    assert path.relative_to(tmp_path / "ev").as_posix() == name
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent)]
    assert modes == [0o600, 0o700]
    rehearsed = opened(tmp_path / "ev", sandbox=True).path
    assert rehearsed.parts[-3] == "okta-prod.sandbox"


def test_a_file_is_never_written_over(tmp_path):
    """Two runs of one name are a mistake."""
    path = opened(tmp_path).path
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        opened(tmp_path)
    assert (caught.value.code, path.read_bytes()) == ("evidence-not-writable", before)


def test_after_a_line_that_was_not_kept_no_other_is(tmp_path):
    """A disk that was full for a moment must not leave half a line in the middle."""
    appender = opened(tmp_path)
    aside = appender.path.with_suffix(".aside")
    appender.path.rename(aside)
    with pytest.raises(StoreError) as caught:
        ended(appender)
    assert caught.value.code == "evidence-not-writable"
    aside.rename(appender.path)
    with pytest.raises(StoreError) as caught:
        ended(appender)
    assert "a line before was not kept" in caught.value.message
    assert len(lines(appender.path)) == 1


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path):
    """Evidence is not written elsewhere."""
    appender = opened(tmp_path)
    target = tmp_path / "elsewhere"
    appender.path.rename(target)
    appender.path.symlink_to(target)
    with pytest.raises(StoreError):
        ended(appender)
    assert len(lines(target)) == 1


@pytest.mark.parametrize("linked", ["okta-prod", "okta-prod/2026-11"])
def test_a_link_in_place_of_a_folder_is_not_followed_and_is_told(tmp_path, linked):
    """Whoever may push the branch that keeps the evidence can bring one along."""
    folder, elsewhere = tmp_path / "ev", tmp_path / "elsewhere"
    for path in (elsewhere, (folder / linked).parent):
        path.mkdir(parents=True)
    (folder / linked).symlink_to(elsewhere)
    with pytest.raises(StoreError) as caught:
        opened(folder)
    assert (caught.value.code, list(elsewhere.iterdir())) == ("evidence-not-writable", [])
    faults = read_chain(folder, CONNECTOR, sandbox=False).faults
    assert [(fault.code, fault.file) for fault in faults] == [("file-misplaced", linked)]


def test_every_text_is_cleaned(tmp_path):
    """At any depth."""
    appender = opened(tmp_path)
    appender.clean = lambda text: text.replace("secret", "***")
    appender.append(Event.RUN_ENDED, {"a": {"b": ["secret", 1, None]}})
    assert lines(appender.path)[-1]["a"] == {"b": ["***", 1, None]}


def test_a_lone_surrogate_breaks_no_chain(tmp_path):
    """A variable of the environment may hold bytes that are no text."""
    appender = opened(tmp_path)
    appender.append(Event.RUN_ENDED, {"claims": {"USER": b"\xff".decode(errors="surrogateescape")}})
    found = verify(read_chain(tmp_path, CONNECTOR, sandbox=False))
    assert [f.code for f in found.errors] == ["line-malformed"]
    assert lines(appender.path)[-1]["claims"] == {"USER": "?"}


def test_what_this_appender_writes_is_whole(tmp_path):
    """Run after run, a killed one among them."""
    write_runs(tmp_path, 2)
    killed = opened(tmp_path, NOW.replace(hour=20))
    began(killed)
    last = opened(tmp_path, NOW.replace(hour=21), 1)
    line_ended(last)
    ended(last)
    found = verify(read_chain(tmp_path, CONNECTOR, sandbox=False))
    assert [(f.code, f.is_error) for f in found.faults] == [("run-unended", False)]
    assert [head.run for head in found.heads] == [run_name(NOW.replace(hour=21), 1)]
