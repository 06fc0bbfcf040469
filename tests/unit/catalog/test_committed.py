"""A catalog read from a commit is the catalog that lay there when it was committed."""

import pytest

from reconciler.catalog.committed import Committed
from reconciler.catalog.files import MAX_BYTES
from reconciler.catalog.git import Repository
from reconciler.catalog.load import load_and_judge, load_and_judge_from
from tests.repository import committed
from tests.unit.catalog.world import GRANT, SOUND, write


def both(top, files, below="."):
    """The catalog from disk and from the commit made of it."""
    (top / below).mkdir(parents=True, exist_ok=True)
    root = write(top / below, files)
    sha = committed(top)
    from_git = load_and_judge_from(Committed(Repository.around(root), sha, "catalog"))
    return load_and_judge(root, display="catalog"), from_git


@pytest.mark.parametrize("below", [".", "deep/in"])
def test_it_declares_what_the_folder_declares(tmp_path, below):
    """Values, places and counts alike."""
    disk, there = both(tmp_path, SOUND, below)
    assert there == disk
    assert there.catalog.grants


@pytest.mark.parametrize(
    "mistakes",
    [
        {"grants/claude/joe.yml": GRANT},
        {"grants/joe.yaml": GRANT},
        {"notes.txt": "x"},
        {"grants/claude/bad.yaml": "a: ["},
        {"grants/claude/räksmörgås.yaml": "a: 1\n"},
        {"grants/claude/a b'\"c.yaml": "a: 1\n"},
        {"grants/claude/large.yaml": "#" * (MAX_BYTES + 1)},
        {"README.md": "hello", ".hidden/x.yaml": "a: ["},
    ],
)
def test_mistakes_are_told_alike(tmp_path, mistakes):
    """Also where a file is too large or oddly named."""
    disk, there = both(tmp_path, {**SOUND, **mistakes})
    assert there.diagnostics == disk.diagnostics
    assert there.files == disk.files


def test_a_link_is_no_file(tmp_path):
    """Git keeps a link's target as a blob: it must not be read as a grant."""
    write(tmp_path, SOUND)
    (tmp_path / "catalog/grants/claude/link.yaml").symlink_to("jane.yaml")
    disk, there = both(tmp_path, {})
    assert [d.code for d in there.diagnostics] == ["file-symlink"]
    assert there.diagnostics == disk.diagnostics


def test_what_is_not_utf8_is_said_with_its_place(tmp_path):
    """The same words as from disk."""
    (tmp_path / "catalog/tools").mkdir(parents=True)
    (tmp_path / "catalog/tools/bad.yaml").write_bytes(b"id: a\nname: \xff\n")
    disk, there = both(tmp_path, SOUND)
    assert there.diagnostics == disk.diagnostics
    assert "file-not-utf8" in [d.code for d in there.diagnostics]


def test_the_work_tree_is_not_looked_at(tmp_path):
    """What is not committed is no part of it."""
    _, before = both(tmp_path, SOUND)
    sha = committed(tmp_path, "again")
    write(tmp_path, {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")})
    again = load_and_judge_from(Committed(Repository.around(tmp_path / "catalog"), sha, "catalog"))
    assert again == before


def test_a_commit_without_the_folder_says_so(tmp_path):
    """An absent catalog is no empty one."""
    committed(tmp_path, "nothing yet")
    sha = committed(tmp_path, "still nothing")
    there = load_and_judge_from(Committed(Repository.around(tmp_path / "catalog"), sha, "catalog"))
    assert [d.code for d in there.diagnostics] == ["catalog-missing"]
