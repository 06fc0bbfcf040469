"""A change is judged by the repository that it lies in, and not at all where git cannot tell."""

import json

import pytest

from tests.support.builders import Company
from tests.support.harness import Office
from tests.support.repository import committed, git

COMPANY = Company().tool().bind("amy").granted("amy", "bob")
LESS = Company().tool().bind("amy").granted("amy")


@pytest.fixture
def office(tmp_path):
    """A repository in which a grant was just deleted, and another in which nothing is wrong."""
    found = Office(tmp_path / "here", COMPANY)
    committed(found.folder)
    other = tmp_path / "other"
    other.mkdir()
    committed(other)
    for path in found.folder.glob("catalog/grants/*/00001.yaml"):
        path.unlink()
    return found


def judged(office, *words, **env):
    """The codes of what is wrong with the change, or the error."""
    words = ("validate", "--base", "HEAD", "--format", "json", *words)
    ran = office.run(*words, env=env)
    if not ran.out:
        return [ran.err.split()[1]]
    return [d["code"] for d in json.loads(ran.out)["diagnostics"] if d["severity"] == "error"]


def test_a_hook_points_git_at_no_other_repository(office, tmp_path):
    """In a linked worktree git sets both for the hooks it runs."""
    other = tmp_path / "other"
    assert judged(office) == ["grant-deleted"]
    assert judged(office, GIT_DIR=str(other / ".git")) == ["grant-deleted"]
    both = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)}
    assert judged(office, **both) == ["grant-deleted"]
    committed(office.folder, "deleted")
    assert judged(office, "--base", "HEAD~1", "--head", "HEAD", **both) == ["grant-deleted"]


def test_a_shallow_clone_judges_no_change_by_an_older_commit(tmp_path):
    """Both sides took in one old branch, and where they parted lies beyond the end."""
    office = Office(tmp_path / "here", LESS)
    folder = office.folder
    committed(folder)
    git(folder, "switch", "-q", "-c", "both")
    committed(folder)
    git(folder, "switch", "-q", "main")
    office.write(COMPANY)
    committed(folder)
    git(folder, "branch", "change")
    for branch in ("main", "change"):
        git(folder, "switch", "-q", branch)
        if branch == "change":
            (folder / "catalog/grants/claude/00001.yaml").unlink()
        committed(folder)
        committed(folder)
        git(folder, "merge", "-q", "--no-ff", "-m", "m", "both")
    change = ("--base", "origin/main", "--head", "origin/change")
    words = ("clone", "-q", "--no-single-branch", f"file://{folder}")
    for depth, expected in ((["--depth", "2"], "history-short"), ([], "grant-deleted")):
        git(tmp_path, *words, *depth, f"clone{len(depth)}")
        office.folder = tmp_path / f"clone{len(depth)}"
        assert judged(office, *change) == [expected]


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda f: (f / ".git/config").write_text("[core\n"), "git-damaged"),
        (lambda f: (f / ".git/HEAD").write_text("nonsense\n"), "git-damaged"),
        (lambda f: (f / ".git").rename(f / "moved"), "repository-missing"),
    ],
)
def test_each_failure_of_git_is_told_by_its_cause(office, spoil, code):
    """And never as a change that is valid."""
    spoil(office.folder)
    assert judged(office) == [code]
