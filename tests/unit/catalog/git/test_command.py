"""Git is run for us alone, and each way of failing has its own name."""

import os
import shutil
import subprocess

import pytest

from reconciler.catalog.git import command
from reconciler.catalog.git.command import run_git
from reconciler.catalog.git.repository import Repository
from reconciler.model.errors import ReconcilerError
from tests.support.repository import committed, git


@pytest.fixture
def here(tmp_path):
    """A repository with a commit, and another one that the environment could point to."""
    for name in ("here", "other"):
        (tmp_path / name / "catalog").mkdir(parents=True)
        (tmp_path / name / "catalog/settings.yaml").write_text(f"# {name}\n")
        committed(tmp_path / name, name)
    return tmp_path / "here"


def code(folder):
    """Under which code git is of no use around a folder; empty where it is."""
    try:
        Repository.around(folder).commit("HEAD")
    except ReconcilerError as error:
        return error.code if error.hint else "no hint"
    return ""


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_DIR": "{other}/.git"},
        {"GIT_DIR": "{other}/.git", "GIT_WORK_TREE": "{other}"},
        {"GIT_OBJECT_DIRECTORY": "{other}/.git/objects"},
        {"GIT_INDEX_FILE": "{other}/.git/none"},
        {"GIT_NAMESPACE": "elsewhere"},
        {"GIT_CEILING_DIRECTORIES": "{here}"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "true"},
        {"GIT_CONFIG_PARAMETERS": "'core.bare=true'"},
        {"GIT_LITERAL_PATHSPECS": "0", "GIT_GLOB_PATHSPECS": "1"},
    ],
)
def test_nothing_in_the_environment_points_git_at_another_repository(here, monkeypatch, variables):
    """A hook sets some of these, and whoever starts us may set the others."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(here=here, other=here.parent / "other"))
    repository = Repository.around(here / "catalog")
    assert repository.top == here.resolve()
    (entry,) = repository.list_entries(repository.commit("HEAD"))
    assert repository.read_contents([entry.object_id]) == {entry.object_id: b"# here\n"}
    assert not repository.is_dirty()


def test_how_a_remote_is_reached_is_left_to_the_environment(here, monkeypatch, tmp_path):
    """A deploy key that a job set up is still used."""
    script = tmp_path / "ssh.sh"
    script.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-asked\nexit 1\n")
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    git(here, "remote", "add", "origin", "ssh://git@example.com/acme/access.git")
    assert run_git(here, "ls-remote", "origin").returncode != 0
    assert (tmp_path / "was-asked").exists()


def test_a_credential_reaches_what_asks_a_remote_and_nothing_else(here, monkeypatch, tmp_path):
    """And no other secret reaches even that."""
    fake = tmp_path / "programs" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\nenv\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("GH_TOKEN", "ghs_thejobs")
    monkeypatch.setenv("OKTA_PROD_APPLY_KEY", "the key")
    seen = run_git(here, "ls-remote", asks_a_remote=True).stdout.decode()
    assert "GH_TOKEN=ghs_thejobs" in seen
    assert "the key" not in seen
    assert "ghs_thejobs" not in run_git(here, "status").stdout.decode()


def test_without_git_that_is_the_error_where_there_is_a_repository(here, tmp_path, monkeypatch):
    """And where there is none, there is none."""
    monkeypatch.setenv("PATH", os.devnull)
    assert code(here / "catalog") == "git-missing"
    assert code(tmp_path / "elsewhere") == "repository-missing"


def test_a_git_that_hangs_is_not_waited_for(here, monkeypatch):
    """A disk may be gone."""
    monkeypatch.setattr(command, "_TIMEOUT_S", 0)
    assert code(here) == "git-timeout"


def test_a_repository_without_a_commit_says_so(tmp_path):
    """It is a repository all the same."""
    git(tmp_path, "init", "-q")
    assert code(tmp_path) == "head-unborn"


def test_a_damaged_repository_is_still_one(here):
    """Neither its configuration nor its commit has to be readable for that."""
    (loose,) = here.glob(f".git/objects/*/{git(here, 'rev-parse', 'HEAD')[2:]}")
    loose.unlink()
    assert code(here) == "git-damaged"
    (here / ".git/config").write_text("[core\n")
    with pytest.raises(ReconcilerError, match="bad config line 1") as refused:
        Repository.around(here / "catalog")
    assert refused.value.code == "git-damaged"


def test_a_linked_worktree_without_its_repository_says_what_is_missing(here, tmp_path):
    """A container gets the folder alone."""
    git(here, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    assert code(tmp_path / "linked/catalog") == ""
    shutil.rmtree(here)
    assert code(tmp_path / "linked/catalog") == "git-link-broken"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_repository_of_another_user_is_told_by_that(here):
    """A container mounts what the host's user checked out."""
    subprocess.run(["chown", "-R", "12345", str(here)], check=True)
    assert code(here / "catalog") == "git-ownership"


def test_a_repository_of_another_user_is_told_by_that_to_whoever_it_is(here, monkeypatch):
    """Git's answer is acted here; whose folder it is, is seen."""
    real = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: real + 1)
    told = command.explain_unusable(here / "catalog", b"fatal: detected dubious ownership\nmore\n")
    assert told.code == "git-ownership"
    assert told.message.endswith(": detected dubious ownership")
    assert str(here) in told.hint
