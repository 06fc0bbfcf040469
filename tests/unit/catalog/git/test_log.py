"""The log is read by its separators, whatever the names between them hold."""

from datetime import UTC, datetime

from reconciler.catalog.git.log import log_arguments, read_log
from tests.support.repository import committed, git

ODD = "a\n:100644 x\tb \x01.yaml"


def edits(folder, path="c"):
    """What git prints of a folder, read; its paths lose the folder."""
    words = log_arguments("HEAD", f"{path}/")
    return list(read_log(git(folder, *words).encode("utf-8", "surrogateescape"), f"{path}/"))


def test_each_commit_has_its_instant_its_parent_and_its_files(tmp_path, monkeypatch):
    """Newest first; a link and a removal have no content."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T10:00:00+02:00")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / ODD).write_text("one")
    first = committed(tmp_path)
    (tmp_path / "elsewhere").write_text("x")
    committed(tmp_path)
    blob = git(tmp_path, "hash-object", f"c/{ODD}")
    (tmp_path / "c" / ODD).unlink()
    (tmp_path / "c/link").symlink_to("nowhere")
    last = committed(tmp_path)
    newest, oldest = edits(tmp_path)
    assert (oldest.commit, oldest.parent, oldest.files) == (first, None, {ODD: (None, blob)})
    assert oldest.at == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert newest.commit == last
    assert newest.files == {ODD: (blob, None), "link": (None, None)}


def test_nothing_printed_is_no_edit():
    """A folder without a past has none."""
    assert list(read_log(b"", "")) == []
