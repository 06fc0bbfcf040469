"""Runs git for us alone: what our environment says of git is not passed on, and failures are named.

A hook or a wrapper sets variables that point git at another repository, index or configuration. So
a command gets the few variables that let it run at all, and finds the repository by its folder.
"""

import os
import subprocess
from pathlib import Path

from reconciler.model.errors import ReconcilerError, StoreError, UsageError

__all__ = ["NO_COMMIT", "NO_REPOSITORY", "explain_unusable", "quote_output", "run_git"]

NO_REPOSITORY = "repository-missing"
"""The code of the error that there is no repository, not that git does not accept it."""
NO_COMMIT = "head-unborn"
"""The code of the error that there is a repository, and no commit in it yet."""

_GIT = (
    "git",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.untrackedCache=false",
)
_PASSED_ON = frozenset(
    {
        "PATH",
        "HOME",
        "XDG_CONFIG_HOME",
        "USER",
        "LOGNAME",
        "TMPDIR",
        "SUDO_UID",
        # How a remote is reached; none of these changes what an object here says.
        "SSH_AUTH_SOCK",
        "SSH_ASKPASS",
        "GIT_ASKPASS",
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "SSL_CERT_FILE",
        "SSL_CERT_DIR",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
    }
)
_FOR_A_REMOTE = frozenset(
    {
        # What git's credential helpers read: gh (`gh auth setup-git`), which gives a token to its
        # own host alone, and Jenkins' `gitUsernamePassword`, of which the last two are.
        "GH_TOKEN",
        "GITHUB_TOKEN",
        "GH_ENTERPRISE_TOKEN",
        "GITHUB_ENTERPRISE_TOKEN",
        "GH_HOST",
        "GH_CONFIG_DIR",
        "GIT_USERNAME",
        "GIT_PASSWORD",
        # A company's own authority.
        "GIT_SSL_CAINFO",
        "GIT_SSL_CAPATH",
        "ALL_PROXY",
        "all_proxy",
    }
)
"""What a command that asks a remote gets besides; no other command sees a credential."""
_OURS = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "LC_ALL": "C",
}
_TIMEOUT_S = 60
_LONGEST_WORDS = 200


def run_git(
    root: Path, *arguments: str, stdin: bytes | None = None, asks_a_remote: bool = False
) -> "subprocess.CompletedProcess[bytes]":
    """A finished git command in `root`, whatever it returned; or `StoreError` where none ran."""
    passed_on = _PASSED_ON | _FOR_A_REMOTE if asks_a_remote else _PASSED_ON
    try:
        return subprocess.run(  # noqa: S603 - fixed words; refs are resolved before they get here
            [*_GIT, *arguments],
            cwd=root,
            env={n: v for n, v in os.environ.items() if n in passed_on} | _OURS,
            input=stdin if stdin is not None else b"",
            capture_output=True,
            check=False,
            timeout=_TIMEOUT_S,
        )
    except subprocess.TimeoutExpired as error:
        raise StoreError(
            "git-timeout",
            f"git {arguments[0]} was not done after {_TIMEOUT_S} seconds",
            "is the disk or the remote slow? run it again",
        ) from error
    except OSError as error:
        raise _not_run_error(root, error) from error


def _not_run_error(root: Path, error: OSError) -> StoreError:
    if isinstance(error, FileNotFoundError | NotADirectoryError) and root.is_dir():
        return StoreError(
            "git-missing",
            "git is not installed, or not on the PATH",
            "install git; the catalog's commit and history are read with it",
        )
    reason = (error.strerror or "unknown reason").lower()
    return StoreError("git-not-run", f"git could not be run in {root}: {reason}", "fix that first")


def explain_unusable(folder: Path, stderr: bytes) -> ReconcilerError:
    """Why git finds no repository that it would read around `folder`, by the cause.

    `stderr` is what git wrote; it is shown, and nothing is decided by it.
    """
    marker = _find_git_entry(folder)
    if marker is None:
        return UsageError(
            NO_REPOSITORY,
            f"{folder} is not in a git repository",
            "run it inside the catalog's checkout",
        )
    words = quote_output(stderr)
    target = _link_target(marker)
    if target is not None and not target.exists():
        return StoreError(
            "git-link-broken",
            f"{marker} points to {target}, which is not there{words}",
            "a linked worktree or a submodule needs the repository that it belongs to",
        )
    if any(_is_foreign(each) for each in (marker.parent, marker, target) if each is not None):
        return StoreError(
            "git-ownership",
            f"{marker.parent} belongs to another user, so git reads nothing of it{words}",
            f"if you trust it: git config --global --add safe.directory {marker.parent}",
        )
    return StoreError(
        "git-damaged",
        f"git does not accept the repository at {marker.parent}{words}",
        "`git status` there says the same; fix its configuration, or clone it anew",
    )


def _find_git_entry(folder: Path) -> Path | None:
    """The nearest `.git`, which is a folder, or a file that points to one."""
    above = (folder, *folder.parents)
    return next((each / ".git" for each in above if os.path.lexists(each / ".git")), None)


def _link_target(marker: Path) -> Path | None:
    """The folder that a `.git` file points to; None where it is no such file."""
    try:
        key, _, value = marker.read_bytes()[:4096].partition(b":")
    except OSError:
        return None
    if key != b"gitdir" or b"\0" in value:
        return None
    return marker.parent / os.fsdecode(value.strip())


def _is_foreign(path: Path) -> bool:
    """Whether it belongs to another user, as git judges it (git: safe.directory)."""
    try:
        owner = path.lstat().st_uid
    except OSError:
        return False
    mine = {str(os.geteuid())}
    if os.geteuid() == 0:
        mine.add(os.environ.get("SUDO_UID", ""))
    return str(owner) not in mine


def quote_output(stderr: bytes) -> str:
    """What git wrote of why it failed, to stand behind an error: one line, of a bearable length."""
    lines = stderr.decode("utf-8", "replace").splitlines()
    line = next((each for each in lines if each.startswith("fatal: ")), next(iter(lines), ""))
    shown = "".join(c for c in line if c.isprintable())[:_LONGEST_WORDS].removeprefix("fatal: ")
    return f": {shown}" if shown else ""
