"""Git's objects, and refs that come from outside."""

import os
from pathlib import Path

import pytest

from reconciler.catalog.git.repository import Repository
from reconciler.model.errors import GuardRefused, StoreError, UsageError
from tests.support.repository import committed, git


@pytest.fixture
def repository(tmp_path):
    """A repository with two commits."""
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/a.yaml").write_text("a: 1\n")
    committed(tmp_path, "first")
    (tmp_path / "catalog/b.yaml").write_text("b: 1\n")
    committed(tmp_path, "second")
    return Repository.around(tmp_path / "catalog")


@pytest.mark.parametrize("ref", ["nowhere", "--output=x", "-h", "", "HEAD:catalog", "HEAD^{tree}"])
def test_a_ref_that_names_no_commit_is_a_usage_error(repository, ref):
    """None of them is ever an option of git's."""
    with pytest.raises(UsageError) as refused:
        repository.commit(ref)
    assert refused.value.code == "ref-unknown"
    assert not (repository.top / "x").exists()


@pytest.mark.parametrize("place", ["catalog/grants", "catalog", "."])
@pytest.mark.parametrize("name", ["", "gone"])
def test_a_folder_is_found_by_whichever_way_it_is_named(repository, monkeypatch, place, name):
    """From a folder below, as an editor's terminal names it; it may be gone."""
    here = repository.top / place
    here.mkdir(exist_ok=True)
    monkeypatch.chdir(here)
    upwards = os.path.relpath(repository.top / "catalog" / name, here)
    for way in (upwards, f"../{here.name}/{upwards}", f"nowhere/../{upwards}"):
        if (here / way).resolve().is_relative_to(repository.top):
            found = Repository.around(Path(way))
            assert found.top == repository.top
            assert found.prefix == f"catalog/{name}".rstrip("/")


def test_outside_a_repository_is_a_usage_error(tmp_path):
    """With what to do."""
    with pytest.raises(UsageError, match="is not in a git repository"):
        Repository.around(tmp_path / "catalog")


def test_a_merge_has_what_both_sides_brought(repository):
    """And nothing is checked out for it."""
    git(repository.top, "switch", "-q", "-c", "side", "HEAD~1")
    (repository.top / "catalog/c.yaml").write_text("c: 1\n")
    side = committed(repository.top, "side")
    main = repository.commit("main")
    merge = repository.merge_trees(main, side)
    assert merge.is_clean
    names = [e.parts for e in repository.list_entries(merge.tree)]
    assert names == [("a.yaml",), ("b.yaml",), ("c.yaml",)]
    assert not repository.contains(side, main)
    assert repository.contains(main, repository.commit("main~1"))
    assert not (repository.top / "catalog/b.yaml").exists()


def test_a_conflict_is_no_clean_merge(repository):
    """What would be merged by hand cannot be planned."""
    git(repository.top, "switch", "-q", "-c", "side", "HEAD~1")
    (repository.top / "catalog/b.yaml").write_text("b: other\n")
    side = committed(repository.top, "side")
    assert not repository.merge_trees(repository.commit("main"), side).is_clean


def test_a_commit_says_when_it_was_made(repository, monkeypatch):
    """To the second, in UTC."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T10:00:00+02:00")
    sha = committed(repository.top, "dated")
    assert repository.committed_at(sha).isoformat() == "2026-11-20T08:00:00+00:00"


def test_an_object_that_is_not_there_is_said_to_be_missing(repository):
    """A partial clone looks like this."""
    with pytest.raises(StoreError, match="has no object"):
        repository.read_contents(["0" * 40])


def test_two_paths_of_one_content_are_read_once(repository):
    """Objects are named by what they hold."""
    (repository.top / "catalog/a2.yaml").write_text("a: 1\n")
    sha = committed(repository.top, "twice")
    ids = [e.object_id for e in repository.list_entries(sha)]
    assert len(ids) == 3
    assert sorted(repository.read_contents(ids).values()) == [b"a: 1\n", b"b: 1\n"]


def test_the_tip_is_what_the_remote_says_now(repository, tmp_path_factory):
    """Not what a checkout believed when it was made."""
    remote = tmp_path_factory.mktemp("remote")
    git(remote, "init", "-q", "--bare", "-b", "trunk")
    with pytest.raises(GuardRefused, match="could not be read"):
        repository.fetch_tip()
    git(repository.top, "remote", "add", "origin", str(remote))
    with pytest.raises(GuardRefused, match="could not be read"):
        repository.fetch_tip()
    git(repository.top, "push", "-q", "origin", "main~1:refs/heads/trunk")
    assert repository.fetch_tip() == ("trunk", repository.commit("main~1"))
    git(repository.top, "push", "-q", "origin", "main:refs/heads/trunk")
    assert repository.fetch_tip() == ("trunk", repository.commit("main"))


def test_an_object_is_what_its_name_says_whatever_replaces_it(repository):
    """A replacement is a local word, and no commit's."""
    (entry,) = (
        e for e in repository.list_entries(repository.commit("main")) if e.parts == ("a.yaml",)
    )
    (repository.top / "other").write_text("a: 2\n")
    other = git(repository.top, "hash-object", "-w", "other")
    git(repository.top, "replace", entry.object_id, other)
    assert repository.read_contents([entry.object_id]) == {entry.object_id: b"a: 1\n"}


def test_a_shallow_clone_takes_no_older_commit_for_the_place_of_the_fork(tmp_path):
    """Where the two forked lies beyond its end, and it does hold an older commit of both."""
    committed(tmp_path, "old")
    git(tmp_path, "switch", "-q", "-c", "both")
    committed(tmp_path, "in both")
    git(tmp_path, "switch", "-q", "main")
    committed(tmp_path, "main")
    git(tmp_path, "branch", "side")
    for branch in ("side", "main"):
        git(tmp_path, "switch", "-q", branch)
        committed(tmp_path, f"{branch} 1")
        committed(tmp_path, f"{branch} 2")
        git(tmp_path, "merge", "-q", "--no-ff", "-m", "m", "both")
    clone = tmp_path / "clone"
    source = f"file://{tmp_path}"
    git(tmp_path, "clone", "-q", "--depth", "2", "--no-single-branch", source, str(clone))
    seen = git(clone, "merge-base", "origin/main", "origin/side")
    assert seen == git(tmp_path, "rev-parse", "both")
    found = Repository.around(clone)
    main, side = found.commit("origin/main"), found.commit("origin/side")
    for ask in (found.find_merge_base, found.merge_trees):
        with pytest.raises(StoreError) as refused:
            ask(main, side)
        assert refused.value.code == "history-short"
    assert found.find_merge_base(main, found.commit("origin/main~1")) == found.commit(
        "origin/main~1"
    )
    assert found.find_merge_base(found.commit("origin/main~1"), main) == found.commit(
        "origin/main~1"
    )


def test_a_commit_that_is_not_here_is_no_answer_about_what_it_grew_from(repository):
    """No is said only by a commit that was looked at."""
    with pytest.raises(StoreError):
        repository.contains(repository.commit("HEAD"), "f" * 40)


def test_what_two_commits_differ_in_is_all_of_the_repository(repository):
    """With what each path is, and was; a name is whatever it is."""
    top = repository.top
    before = repository.commit("HEAD")
    (top / "catalog/a.yaml").unlink()
    (top / "catalog/b.yaml").chmod(0o755)
    (top / "be side\tü").symlink_to("x")
    (top / "module").mkdir()
    committed(top / "module")
    after = committed(top, "all kinds")
    assert {
        (each.path, each.was, each.mode) for each in repository.list_changes(before, after)
    } == {
        ("catalog/a.yaml", "100644", "000000"),
        ("catalog/b.yaml", "100644", "100755"),
        ("be side\tü", "000000", "120000"),
        ("module", "000000", "160000"),
    }
    assert repository.list_changes(after, after) == ()
