"""A catalog read from a commit is the catalog that lay there when it was committed."""

import shutil

import pytest

from reconciler.catalog.files import MAX_BYTES, Folder
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import CommittedFolder, find_differences
from reconciler.catalog.load import load_and_judge, load_and_judge_from
from reconciler.catalog.rewrite import propose_files
from tests.support.catalogs import GRANT, SOUND, write
from tests.support.repository import committed, git, unfetched


def both(top, files, below="."):
    """The catalog from disk and from the commit made of it."""
    (top / below).mkdir(parents=True, exist_ok=True)
    root = write(top / below, files)
    sha = committed(top)
    from_git = load_and_judge_from(CommittedFolder(Repository.around(root), sha, "catalog"))
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
        {".gitattributes": "*.yaml -text\n", ".gitignore": "*.bak\n"},
        {"grants/claude/.GitAttributes": "*.yaml eol=crlf\n", ".hidden/.gitattributes": "x\n"},
    ],
)
def test_mistakes_are_told_alike(tmp_path, mistakes):
    """Also where a file is too large or oddly named."""
    disk, there = both(tmp_path, {**SOUND, **mistakes})
    assert there.diagnostics == disk.diagnostics
    assert there.files == disk.files


def test_what_a_change_adds_to_a_listing_is_not_in_the_commit(tmp_path):
    """Git is asked once what is there, and each change starts from that."""
    root, sha = write(tmp_path, SOUND), committed(tmp_path)
    source = CommittedFolder(Repository.around(root), sha, "catalog")
    before = source.list_files()
    added = propose_files(source, (), [("grants/claude/zoe.yaml", GRANT)]).list_files()
    assert len(added.files) == len(before.files) + 1
    assert source.list_files() == before


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
    again = load_and_judge_from(
        CommittedFolder(Repository.around(tmp_path / "catalog"), sha, "catalog")
    )
    assert again == before


def test_a_commit_without_the_folder_says_so(tmp_path):
    """An absent catalog is no empty one."""
    committed(tmp_path, "nothing yet")
    sha = committed(tmp_path, "still nothing")
    there = load_and_judge_from(
        CommittedFolder(Repository.around(tmp_path / "catalog"), sha, "catalog")
    )
    assert [d.code for d in there.diagnostics] == ["catalog-missing"]


@pytest.mark.parametrize("below", ["", "inner"])
def test_a_submodule_that_nobody_fetched_is_no_empty_catalog(tmp_path, below):
    """Neither as it lies nor in the commit, and wherever in it the catalog is said to be."""
    root = unfetched(tmp_path) / below
    root.mkdir(exist_ok=True)
    repository = Repository.around(root)
    sha = repository.commit("HEAD")
    disk = load_and_judge(root, display="catalog")
    there = load_and_judge_from(CommittedFolder(repository, sha, "catalog"))
    assert [d.code for d in there.diagnostics] == ["catalog-unfetched"]
    assert disk.diagnostics == there.diagnostics


def differs(top):
    """The files that are not what the commit holds."""
    repository = Repository.around(top / "catalog")
    folder = Folder(top / "catalog", "catalog")
    return list(find_differences(folder, repository, repository.commit("HEAD")))


@pytest.mark.parametrize("hashing", ["sha1", "sha256"])
def test_a_clean_file_that_says_something_else_is_found(tmp_path, hashing):
    """Git calls each of these clean."""
    git(tmp_path, "init", "-q", "-b", "main", f"--object-format={hashing}")
    root = write(tmp_path, {**SOUND, "grants/claude/joe.yaml": GRANT.replace("jane", "joe")})
    (root / "README.md").write_text("hello")
    committed(tmp_path)
    assert differs(tmp_path) == []
    jane, joe = (root / f"grants/claude/{name}.yaml" for name in ("jane", "joe"))
    text = jane.read_bytes()
    jane.write_bytes(text.replace(b"\n", b"\r\n"))
    assert differs(tmp_path) == []
    git(tmp_path, "update-index", "--assume-unchanged", "catalog/grants/claude/jane.yaml")
    jane.write_bytes(text.replace(b"jane@", b"mallory@"))
    (tmp_path / ".git/info/exclude").write_text("ignored.yaml\n")
    (root / "grants/claude/ignored.yaml").write_bytes(text)
    git(tmp_path, "update-index", "--skip-worktree", "catalog/grants/claude/joe.yaml")
    joe.unlink()
    assert not Repository.around(root).is_dirty()
    assert differs(tmp_path) == [f"grants/claude/{n}.yaml" for n in ("ignored", "jane", "joe")]


def test_an_encoding_that_git_hides_is_found(tmp_path):
    """The checkout is another text than the commit, and git calls it clean."""
    root = write(tmp_path, SOUND)
    (tmp_path / ".gitattributes").write_text("*.yaml working-tree-encoding=UTF-16\n")
    name = "grants/claude/joe.yaml"
    (root / name).write_text(GRANT.replace("jane", "joe"), encoding="utf-16")
    for path in root.glob("**/*.yaml"):
        if path.name != "joe.yaml":
            path.write_text(path.read_text(encoding="utf-8"), encoding="utf-16")
    committed(tmp_path)
    assert not Repository.around(root).is_dirty()
    assert name in differs(tmp_path)


def test_many_files_are_read_with_few_commands_and_few_bytes_at_once(tmp_path, monkeypatch):
    """However many there are, and in whatever order they are asked for again."""
    more = {f"grants/claude/{n:03}.yaml": GRANT.replace("jane", f"p{n}") for n in range(30)}
    root = write(tmp_path, {**SOUND, **more, "grants/claude/bad.yaml": "a: ["})
    sha = committed(tmp_path)
    source = CommittedFolder(Repository.around(root), sha, "catalog")
    whole = load_and_judge(root, display="catalog")
    asked = []
    real = Repository.read_contents
    monkeypatch.setattr(
        Repository,
        "read_contents",
        lambda self, ids: asked.append(ids := list(ids)) or real(self, ids),
    )
    assert load_and_judge_from(source) == whole
    assert len(asked) <= 2
    asked.clear()
    monkeypatch.setattr(
        "reconciler.catalog.git.tree._BATCH_BYTES",
        10 * len(GRANT),
    )
    again = CommittedFolder(source.repository, source.tree, "catalog")
    assert load_and_judge_from(again) == whole
    assert all(len(ids) <= 12 for ids in asked)
    assert 3 < len(asked) < 12
    files = again.list_files().files
    backwards = [again.read(file) for file in reversed(files)]
    assert backwards == [again.read(file) for file in files][::-1]


def test_a_folder_that_is_empty_and_has_files_by_its_commit_is_not_a_new_one(tmp_path):
    """A sparse checkout leaves them out, or somebody took them away."""
    root = write(tmp_path, SOUND)
    committed(tmp_path)
    shutil.rmtree(root)
    root.mkdir()
    (found,) = load_and_judge(root, display="catalog").diagnostics
    assert (found.code, found.summary) == (
        "catalog-unfetched",
        "the catalog folder is empty, and its commit has files in it",
    )


def test_attributes_in_the_catalog_are_refused_on_disk_and_in_git(tmp_path):
    """By them a checkout holds other bytes than the ones that were reviewed."""
    spelled = {"grants/claude/.GitAttributes": "*.yaml -text\n", ".hidden/.gitattributes": "*\n"}
    for side in both(tmp_path, {**SOUND, **spelled}):
        assert [(d.code, d.span.path) for d in side.diagnostics] == [
            ("file-attributes", "catalog/grants/claude/.GitAttributes")
        ]
