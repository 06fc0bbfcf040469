"""New files are written all or none, and nothing that was there is touched."""

import pytest

from reconciler.model.errors import StoreError
from reconciler.store.atomic import write_new

FILES = {"a.txt": "one\n", "deep/er/b.txt": "two\n"}


def test_every_file_is_there(tmp_path):
    """Folders included, with the usual modes: people edit these."""
    write_new(tmp_path / "new", FILES)

    assert (tmp_path / "new" / "deep" / "er" / "b.txt").read_text() == "two\n"
    assert (tmp_path / "new" / "a.txt").stat().st_mode & 0o044


def test_one_that_is_there_refuses_all(tmp_path):
    """The message counts the others."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("mine\n")
    with pytest.raises(StoreError, match="and 1 more") as caught:
        write_new(tmp_path, {**FILES, "c.txt": "three\n"})

    assert caught.value.code == "file-exists"
    assert not (tmp_path / "c.txt").exists()
    assert (tmp_path / "a.txt").read_text() == "mine\n"


def test_a_link_counts_as_there_wherever_it_points(tmp_path):
    """Writing through it would make a file somewhere else."""
    (tmp_path / "a.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError):
        write_new(tmp_path, FILES)

    assert not (tmp_path / "elsewhere").exists()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    """A file stands in its place."""
    (tmp_path / "deep").write_text("")
    with pytest.raises(StoreError) as caught:
        write_new(tmp_path, FILES)

    assert caught.value.code == "file-not-writable"
