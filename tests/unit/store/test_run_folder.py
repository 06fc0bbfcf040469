"""Run files lie in a folder of our own, which no commit can put somewhere else."""

import os
import stat
import subprocess

import pytest

from reconciler.model.errors import StoreError
from reconciler.store.run_folder import make_run_folder, read_run_file, require_own_folder


def mode(path):
    """Its permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def code_of(call, *arguments):
    """Why it is refused."""
    with pytest.raises(StoreError) as caught:
        call(*arguments)
    return caught.value.code


def test_a_folder_is_made_for_its_owner_alone_and_ignored_by_git(tmp_path):
    """Run files name people."""
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    made = make_run_folder(tmp_path / ".reconciler", "journal")
    assert made == tmp_path / ".reconciler" / "journal"
    assert [mode(made.parent), mode(made)] == [0o700] * 2
    (made / "run.jsonl").touch()
    found = subprocess.run(
        ["git", "-C", tmp_path, "status", "--short"], check=True, capture_output=True
    )
    assert found.stdout == b""


def test_a_folder_that_was_there_becomes_private(tmp_path):
    """A checkout makes folders that others may look into."""
    root = tmp_path / ".reconciler"
    (root / "results").mkdir(parents=True)
    root.chmod(0o755)
    (root / "results").chmod(0o777)
    made = make_run_folder(root, "results")
    assert [mode(root), mode(made)] == [0o700] * 2


@pytest.mark.parametrize("linked", [".reconciler", ".reconciler/journal"])
def test_a_link_is_never_followed(tmp_path, linked):
    """Not for writing, and not to make what it leads to ours."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    place = tmp_path / linked
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(elsewhere)
    assert code_of(make_run_folder, tmp_path / ".reconciler", "journal") == "run-folder-refused"
    assert (list(elsewhere.iterdir()), mode(elsewhere)) == ([], 0o755)


def test_a_folder_of_another_user_is_refused(tmp_path, monkeypatch):
    """They could read and change what is kept there."""
    make_run_folder(tmp_path / ".reconciler")
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert code_of(make_run_folder, tmp_path / ".reconciler") == "run-folder-refused"


def test_an_ignore_file_that_was_there_is_left_alone(tmp_path):
    """Whatever it is; a link is not written through."""
    root = tmp_path / ".reconciler"
    root.mkdir()
    (tmp_path / "mine").write_text("x")
    (root / ".gitignore").symlink_to(tmp_path / "mine")
    make_run_folder(root)
    assert (tmp_path / "mine").read_text() == "x"


def test_a_file_in_the_way_is_an_error(tmp_path):
    """And so is one that is to be read as a folder."""
    (tmp_path / ".reconciler").touch()
    assert code_of(make_run_folder, tmp_path / ".reconciler") == "folder-not-writable"
    assert (
        code_of(require_own_folder, tmp_path / ".reconciler" / "journal") == "folder-not-writable"
    )


def test_a_run_file_is_read_itself(tmp_path):
    """Bytes that are no text are told by a sign."""
    (tmp_path / "run.jsonl").write_bytes(b"a\xff\n")
    assert read_run_file(tmp_path / "run.jsonl") == "a\ufffd\n"


def test_a_link_or_a_pipe_is_not_read(tmp_path):
    """The one leads elsewhere, the other never ends."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    assert code_of(read_run_file, tmp_path / "link") == "journal-unreadable"
    assert code_of(read_run_file, tmp_path / "pipe") == "run-folder-refused"
    assert code_of(read_run_file, tmp_path / "missing") == "journal-unreadable"
