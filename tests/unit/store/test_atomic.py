"""A file is whole or not there, and only its owner reads it."""

import os
import stat
from pathlib import Path

import pytest

from reconciler.model.errors import StoreError
from reconciler.store.atomic import make_private_folder, read, write


def mode(path):
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _generous_umask():
    """Nothing below depends on a careful shell."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_file_holds_exactly_what_was_written(tmp_path):
    """Also when it replaces a longer one, and nothing else is left beside it."""
    path = tmp_path / "plan.json"
    write(path, b"a longer text")
    write(path, b"short\x00\xff")
    assert (b"short\x00\xff", [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_a_file_is_its_owners_alone(tmp_path):
    """A plan names people; whatever was there before does not widen it."""
    path = tmp_path / "plan.json"
    path.touch(mode=0o644)
    write(path, b"{}")
    assert mode(path) == 0o600


def test_a_write_that_fails_leaves_the_old_file_and_no_half_one(tmp_path):
    """A reader never sees half a plan."""
    path = tmp_path / "plan.json"
    write(path, b"old")
    with pytest.raises(TypeError):
        write(path, "text is no bytes")
    assert (b"old", [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_a_reader_that_opened_the_old_file_keeps_it_whole(tmp_path):
    """The new file takes the name; it is never written into the old one."""
    path = tmp_path / "plan.json"
    write(path, b"old")
    with path.open("rb") as file:
        write(path, b"new and longer")
        assert (file.read(), path.read_bytes()) == (b"old", b"new and longer")


@pytest.mark.parametrize("place", ["missing/plan.json", "file/plan.json", "folder"])
def test_a_place_that_cannot_be_written_is_a_store_error(tmp_path, place):
    """The message names the path that was asked for, and nothing is left behind."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError) as caught:
        write(tmp_path / place, b"{}")
    assert caught.value.code == "file-not-writable"
    assert str(tmp_path / place) in caught.value.message
    assert sorted(tmp_path.iterdir()) == [tmp_path / "file", tmp_path / "folder"]


def test_a_pipe_or_a_device_is_not_replaced_by_a_file(tmp_path):
    """Nor whatever a link to one is, such as /dev/stdout."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for place in (pipe, link):
        with pytest.raises(StoreError, match="is no file"):
            write(place, b"x")
    assert pipe.is_fifo()
    assert link.is_symlink()


@pytest.mark.parametrize("folder", ["run", "run/journal"])
def test_a_folder_that_is_made_is_its_owners_alone(tmp_path, folder):
    """Every part of it that is new, not the last one only."""
    assert tmp_path / folder == make_private_folder(tmp_path / folder)
    made = [tmp_path / part for part in ("run", folder)]
    assert [mode(path) for path in made] == [0o700] * 2


def test_a_folder_that_is_there_is_used_as_it_is(tmp_path):
    """Its files stay."""
    (tmp_path / "kept").touch()
    assert tmp_path == make_private_folder(tmp_path)
    assert [tmp_path / "kept"] == list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path):
    """A file stands in its way."""
    (tmp_path / "run").touch()
    with pytest.raises(StoreError) as caught:
        make_private_folder(tmp_path / "run" / "journal")
    assert caught.value.code == "folder-not-writable"


def test_a_file_is_read_up_to_its_limit(tmp_path):
    """Exactly the limit is still read."""
    path = tmp_path / "plan.json"
    path.write_bytes(b"12345")
    assert read(path, limit=5) == b"12345"
    with pytest.raises(StoreError) as caught:
        read(path, limit=4)
    assert caught.value.code == "file-too-large"


@pytest.mark.parametrize(
    ("code", "name"), [("file-missing", "missing"), ("file-unreadable", "folder")]
)
def test_a_file_that_cannot_be_read_says_why(tmp_path, code, name):
    """A wrong path is the commonest mistake of all."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError) as caught:
        read(tmp_path / name)
    assert code == caught.value.code
    assert str(Path(name)) in caught.value.message
