"""Several files are written together or not at all."""

import os
import stat

import pytest

from reconciler.model.errors import StoreError
from reconciler.store.atomic import Rewrite, rewrite_all


def files(folder):
    """Every file below, with what it holds; and every folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def folder(tmp_path):
    """A folder with two files."""
    (tmp_path / "a").write_bytes(b"one")
    (tmp_path / "b").write_bytes(b"two")
    return tmp_path


def test_every_file_has_its_new_content_and_its_old_mode(folder):
    """They are a person's files: others may read them as before."""
    (folder / "a").chmod(0o664)
    umask = os.umask(0o027)
    try:
        rewrite_all(
            [Rewrite(folder / "a", b"one", b"1"), Rewrite(folder / "new" / "c", None, b"3")]
        )
    finally:
        os.umask(umask)
    assert files(folder) == {"a": b"1", "b": b"two", "new": None, "new/c": b"3"}
    assert stat.S_IMODE((folder / "a").stat().st_mode) == 0o664
    assert stat.S_IMODE((folder / "new/c").stat().st_mode) == 0o640


def changed_meanwhile(folder):
    """Another person saved the second file."""
    return Rewrite(folder / "b", b"what was read", b"2")


def there_meanwhile(folder):
    """Another person made the file that was to be new."""
    return Rewrite(folder / "b", None, b"2")


def gone_meanwhile(folder):
    """Another person removed the second file."""
    return Rewrite(folder / "c", b"three", b"3")


def linked_meanwhile(folder):
    """A link would be followed to a file elsewhere."""
    (folder / "link").symlink_to(folder / "b")
    return Rewrite(folder / "link", b"two", b"2")


@pytest.mark.parametrize(
    "second", [changed_meanwhile, there_meanwhile, gone_meanwhile, linked_meanwhile]
)
def test_a_file_that_is_not_as_it_was_read_leaves_all_as_they_are(folder, second):
    """What another person wrote is never lost, and no half of a change is left."""
    wanted = [
        Rewrite(folder / "a", b"one", b"1"),
        Rewrite(folder / "new" / "c", None, b"n"),
        second(folder),
    ]
    before = files(folder)
    with pytest.raises(StoreError) as caught:
        rewrite_all(wanted)
    assert caught.value.code == "file-changed"
    assert files(folder) == before


def test_a_folder_that_cannot_be_written_to_is_an_error_and_no_trace_is_left(folder):
    """The error names the place."""
    before = files(folder)
    with pytest.raises(StoreError) as caught:
        rewrite_all([Rewrite(folder / "b" / "c", None, b"3"), Rewrite(folder / "a", b"one", b"1")])
    assert caught.value.code == "file-not-writable"
    assert files(folder) == before
