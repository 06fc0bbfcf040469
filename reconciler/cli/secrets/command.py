"""A secret that a command prints: run without a shell, in a bare environment, and bounded.

What it writes on stderr is discarded: password managers quote there what they were asked for.
"""

import os
import selectors
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from reconciler.cli.clock import stopwatch
from reconciler.cli.secrets.file import LARGEST
from reconciler.model.errors import ConnectorError, GuardRefused

__all__ = ["LARGEST", "TIMEOUT_S", "build_environment", "read_command_output"]

TIMEOUT_S = 30.0
_ALWAYS = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "LC_ALL", "TZ"),
    *("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "NO_PROXY", "https_proxy", "no_proxy"),
)
"""What a password manager needs to find its configuration and the network; no credential."""


def build_environment(own: Iterable[str]) -> dict[str, str]:
    """The variables a command gets: the usual ones, and those the connector may name itself."""
    wanted = {*_ALWAYS, *own}
    return {name: value for name, value in os.environ.items() if name in wanted}


def read_command_output(
    argv: tuple[str, ...],
    variables: Mapping[str, str],
    repository: Path,
    timeout_s: float = TIMEOUT_S,
) -> bytes:
    """What the command printed on stdout, at most `LARGEST` bytes, after it ended with 0.

    It runs in `/`, so that no relative path means a file of the checkout. Raises `ConnectorError`
    with its exit code, never with anything it printed.
    """
    program = _find_program(argv[0], variables.get("PATH", os.defpath), repository)
    try:
        process = subprocess.Popen(  # noqa: S603 - an argv the operator allowed whole, no shell
            [program, *argv[1:]],
            cwd="/",
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise _command_error(argv, "cannot be started") from error
    try:
        return _read_to_end(process, argv, timeout_s)
    finally:
        _end_process(process)


def _find_program(name: str, path: str, repository: Path) -> str:
    """The program's own file: on the path or absolute, and nothing that a change can propose."""
    if "/" in name and not Path(name).is_absolute():
        raise GuardRefused(
            "command-not-allowed",
            f"the command {name} is a relative path",
            "name a program on the PATH, or its absolute path",
        )
    places = [place for place in path.split(os.pathsep) if Path(place).is_absolute()]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise ConnectorError(
            "secret-missing",
            f"the command {name} is not on this machine",
            "install it, or take the secret from a variable: {env: NAME}",
        )
    if Path(found).resolve().is_relative_to(repository):
        raise GuardRefused(
            "command-not-allowed",
            f"the command {name} is inside the repository",
            "nothing from the catalog's repository is executed; install the program elsewhere",
        )
    return found


def _read_to_end(
    process: "subprocess.Popen[bytes]", argv: tuple[str, ...], timeout_s: float
) -> bytes:
    """Everything it prints until it ends, which it does in time, by itself and with 0."""
    elapsed = stopwatch()
    data = b"".join(_read_chunks(process, argv, lambda: timeout_s - elapsed()))
    try:
        code = process.wait(max(0.0, timeout_s - elapsed()))
    except subprocess.TimeoutExpired:
        raise _command_error(argv, "did not end in time") from None
    if code != 0:
        raise _command_error(argv, f"ended with exit code {code}")
    return data


def _read_chunks(
    process: "subprocess.Popen[bytes]", argv: tuple[str, ...], left_s: Callable[[], float]
) -> Iterator[bytes]:
    """What it prints, as it comes; too much or too slow is an error."""
    length = 0
    with selectors.DefaultSelector() as selector:
        pipe = process.stdout
        if pipe is None:
            return
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, left_s())):
                raise _command_error(argv, "did not end in time")
            chunk = os.read(pipe.fileno(), LARGEST)
            length += len(chunk)
            if length > LARGEST:
                raise _command_error(argv, f"printed more than {LARGEST // 1024} KiB")
            if not chunk:
                return
            yield chunk


def _end_process(process: "subprocess.Popen[bytes]") -> None:
    """The command is gone, and all that it started. One that ended by itself is left at that."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _command_error(argv: tuple[str, ...], what: str) -> ConnectorError:
    return ConnectorError(
        "secret-command-failed",
        f"the command {argv[0]} {what}",
        "run it yourself to see why; what it prints is never shown here",
    )
