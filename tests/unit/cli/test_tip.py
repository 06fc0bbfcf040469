"""In CI only the newest merged files are applied."""

from types import SimpleNamespace

import pytest

from reconciler.cli.tip import require_tip
from reconciler.model.errors import ReconcilerError
from tests.repository import committed, git

LIVE, SANDBOX = SimpleNamespace(is_sandbox=False), SimpleNamespace(is_sandbox=True)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A clone in CI, at the tip of its remote's default branch."""
    monkeypatch.setenv("CI", "true")
    remote, clone = tmp_path / "remote", tmp_path / "clone"
    (remote / "catalog").mkdir(parents=True)
    (remote / "catalog/settings.yaml").write_text("{}\n")
    committed(remote, "first")
    git(tmp_path, "clone", "-q", str(remote), str(clone))
    return SimpleNamespace(catalog=clone / "catalog", remote=remote, clone=clone)


def refused(checkout, connection=LIVE):
    """The code of the refusal, or nothing."""
    try:
        require_tip(checkout, connection)
    except ReconcilerError as refusal:
        return refusal.code
    return ""


def test_the_newest_commit_may_be_applied(checkout):
    """From a clean tree."""
    assert refused(checkout) == ""


def test_a_run_of_last_weeks_commit_is_refused(checkout):
    """It would bring back what was revoked since."""
    (checkout.remote / "catalog/more.yaml").write_text("{}\n")
    committed(checkout.remote, "second")
    assert refused(checkout) == "commit-not-tip"


def test_a_branch_that_is_not_merged_is_refused(checkout):
    """However well it was reviewed."""
    git(checkout.clone, "switch", "-q", "-c", "change")
    committed(checkout.clone, "not merged")
    assert refused(checkout) == "commit-not-tip"


def test_a_tree_that_differs_from_its_commit_is_refused(checkout):
    """Nobody reviewed those files."""
    (checkout.catalog / "settings.yaml").write_text("protected: []\n")
    assert refused(checkout) == "tree-dirty"


def test_a_remote_that_does_not_answer_is_no_yes(checkout):
    """What cannot be checked is not assumed."""
    git(checkout.clone, "remote", "remove", "origin")
    assert refused(checkout) == "tip-unknown"


def test_a_person_and_a_sandbox_apply_what_they_like(checkout, monkeypatch):
    """The rule is for runs that nobody watches."""
    (checkout.catalog / "settings.yaml").write_text("protected: []\n")
    assert refused(checkout, SANDBOX) == ""
    monkeypatch.delenv("CI")
    assert refused(checkout) == ""


def test_what_git_cannot_tell_is_the_error_and_never_a_dirty_tree(checkout, monkeypatch, tmp_path):
    """The cause is named; there is nothing to commit."""
    config = checkout.clone / ".git/config"
    kept = config.read_text()
    config.write_text("[core\n")
    assert refused(checkout) == "git-damaged"
    config.write_text(kept)
    (checkout.clone / ".git/index").write_bytes(b"no index")
    assert refused(checkout) == "git-failed"
    outside = SimpleNamespace(catalog=tmp_path / "files")
    outside.catalog.mkdir()
    assert refused(outside) == "repository-missing"
    git(outside.catalog, "init", "-q")
    assert refused(outside) == "head-unborn"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert refused(checkout) == "git-missing"
