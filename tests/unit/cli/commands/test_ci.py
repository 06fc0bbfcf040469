"""In CI only the newest merged files are applied."""

import base64
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest

from reconciler.cli.commands.apply import require_tip
from reconciler.model.errors import ReconcilerError
from tests.support.repository import committed, git

_TOKEN = "GH_TOKEN"
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


class _Private(BaseHTTPRequestHandler):
    """A private repository as GitHub serves it: to whoever shows the token, and to nobody else."""

    repository = Path()
    token = ""

    def do_GET(self) -> None:
        """What `git ls-remote` asks first; the answer has the symbolic HEAD in it."""
        shown = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        if self.headers["Authorization"] != f"Basic {shown}":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
            self.end_headers()
            return
        words = ("upload-pack", "--stateless-rpc", "--advertise-refs", str(self.repository))
        refs = subprocess.run(["git", *words], check=True, capture_output=True).stdout
        self.send_response(200)
        self.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
        self.end_headers()
        self.wfile.write(b"001e# service=git-upload-pack\n0000" + refs)

    def log_message(self, *_: object) -> None:
        """Not to the screen."""


@pytest.fixture
def private(checkout, tmp_path, monkeypatch):
    """The same clone, of a remote that demands the job's token, as after `gh auth setup-git`.

    actions/checkout 3d3c42e5 with `persist-credentials: false` leaves none in the clone
    (src/git-source-provider.ts: `removeAuth`), and what `gh auth setup-git` writes asks gh, which
    has the token from its environment (cli/cli: pkg/cmd/auth/shared/gitcredentials).
    """
    kind = type("Private", (_Private,), {"repository": checkout.remote, "token": "ghs_thejobs"})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    git(checkout.clone, "remote", "set-url", "origin", f"{url}/acme/access")
    home, gh = tmp_path / "home", tmp_path / "gh"
    home.mkdir()
    gh.write_text(f'#!/bin/sh\necho username=x-access-token\necho "password=${{{_TOKEN}}}"\n')
    gh.chmod(0o755)
    helper = f'[credential "{url}"]\n\thelper =\n\thelper = !{gh} auth git-credential\n'
    (home / ".gitconfig").write_text(helper)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield checkout
    server.shutdown()
    server.server_close()


def test_the_tip_of_a_private_repository_is_read_with_the_jobs_token(private, monkeypatch):
    """The job hands it to gh by a variable, and git's helper is gh."""
    monkeypatch.setenv(_TOKEN, "ghs_thejobs")
    assert refused(private) == ""
    (private.remote / "catalog/more.yaml").write_text("{}\n")
    committed(private.remote, "second")
    assert refused(private) == "commit-not-tip"


@pytest.mark.parametrize("token", [None, "ghs_anothers"])
def test_a_private_repository_that_lets_nobody_in_is_no_yes(private, monkeypatch, token):
    """And what git said of it is told."""
    if token is not None:
        monkeypatch.setenv(_TOKEN, token)
    with pytest.raises(ReconcilerError, match="Authentication failed") as refusal:
        require_tip(private, LIVE)
    assert refusal.value.code == "tip-unknown"
    assert "gh auth setup-git" in (refusal.value.hint or "")
