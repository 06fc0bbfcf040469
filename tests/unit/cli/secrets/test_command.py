"""A command that prints a secret is bounded in every way, and nothing it prints is shown."""

import os
import sys
import time
import traceback
from pathlib import Path
from threading import Event

import pytest

from reconciler.cli.secrets.command import LARGEST, build_environment, read_command_output
from reconciler.model.errors import ConnectorError, GuardRefused, ReconcilerError

SECRET = "a-very-secret-value"
NOWHERE = Path("/nowhere")


def run(code, *, timeout_s=20.0, repository=NOWHERE):
    """What this Python code prints, run as a command."""
    return read_command_output(
        (sys.executable, "-c", code), build_environment(()), repository, timeout_s
    )


def failure(code, **more):
    """How it went wrong; never with its words."""
    with pytest.raises(ReconcilerError) as caught:
        run(code, **more)
    error = caught.value
    assert SECRET not in "".join(traceback.format_exception(error)) + error.message + error.hint
    return error


def test_what_it_prints_is_the_secret_to_the_byte():
    """Dropping a line end is the reader's business."""
    assert run(f"print({SECRET!r})") == f"{SECRET}\n".encode()


def test_it_runs_without_a_shell_and_without_a_terminal():
    """Nothing in an argument is interpreted, and nobody is asked anything."""
    code = "import sys; print(repr(sys.stdin.read()), sys.argv)"
    found = read_command_output(
        (sys.executable, "-c", code, "$HOME;`id`"), build_environment(()), NOWHERE
    )
    assert found.decode() == "'' ['-c', '$HOME;`id`']\n"


def test_it_runs_outside_the_checkout():
    """A relative path in an argument is no file of the repository."""
    assert run("import os; print(os.getcwd())") == b"/\n"


def test_its_environment_is_bare(monkeypatch):
    """What it needs to start, what it was given, and nothing else."""
    monkeypatch.setenv("OKTA_PROD_TOKEN", SECRET)
    monkeypatch.setenv("LD_PRELOAD", "/evil.so")
    monkeypatch.setenv("OP_TOKEN", "x")
    found = build_environment(["OP_TOKEN"])
    assert {"PATH", "OP_TOKEN"} <= found.keys()
    assert not {"OKTA_PROD_TOKEN", "LD_PRELOAD", "PYTHONPATH"} & found.keys()


def test_a_failure_says_the_exit_code_and_nothing_it_printed(capfd):
    """Password managers quote secrets on stderr."""
    error = failure(
        f"import sys; print({SECRET!r}); print({SECRET!r}, file=sys.stderr); sys.exit(7)"
    )
    assert (error.code, "exit code 7" in error.message) == ("secret-command-failed", True)
    assert SECRET not in "".join(capfd.readouterr())


def test_a_command_that_a_signal_ended_is_a_failure():
    """Its exit code is negative."""
    assert "exit code -9" in failure("import os; os.kill(os.getpid(), 9)").message


def test_too_much_output_is_cut_off():
    """Also when it would never end."""
    error = failure("while True: print('x' * 1000)")
    assert f"more than {LARGEST // 1024} KiB" in error.message


@pytest.mark.slow
@pytest.mark.parametrize(
    "code",
    [
        "import time; time.sleep(60)",
        "import os, sys, time; os.close(1); time.sleep(60)",
        "import subprocess; subprocess.Popen(['sleep', '60'])",
    ],
    ids=["silent", "closed", "child"],
)
def test_a_command_that_does_not_end_in_time_is_ended(code):
    """It may wait for a person who is not there, or leave a child behind."""
    began = time.monotonic()
    assert "in time" in failure(code, timeout_s=1.0).message
    assert time.monotonic() - began < 15


@pytest.mark.slow
def test_nothing_of_it_is_left_running(tmp_path):
    """Its children neither: they hold what it was given."""
    mark = tmp_path / "pid"
    child = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    failure(
        f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {child!r}]); "
        "time.sleep(60)",
        timeout_s=2.0,
    )
    assert gone(int(mark.read_text(encoding="utf-8")))


def gone(pid):
    """Whether the process ends: the kill was sent, and the system may take a moment over it."""
    state = Path(f"/proc/{pid}/stat")
    for _ in range(500):
        try:
            if state.read_text(encoding="utf-8").split()[2] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        Event().wait(0.01)
    return False


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("secret-missing", "no-such-program-anywhere"),
        ("secret-missing", "/no/such/program"),
        ("command-not-allowed", "./program"),
        ("command-not-allowed", "scripts/program"),
    ],
)
def test_a_program_is_on_the_path_or_absolute(code, name):
    """A relative one would be whatever the checkout holds."""
    with pytest.raises(ReconcilerError) as caught:
        read_command_output((name,), build_environment(()), NOWHERE)
    assert caught.value.code == code


def test_a_program_of_the_repository_is_never_run(tmp_path, monkeypatch):
    """Not by its path, not by a path entry, not through a link."""
    ran = tmp_path / "ran"
    program = tmp_path / "repository" / "program"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch {ran}\n", encoding="utf-8")
    program.chmod(0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "linked").symlink_to(program)
    monkeypatch.setenv("PATH", f"{program.parent}:{tmp_path / 'bin'}:{os.environ['PATH']}")
    for name in (str(program), "program", "linked"):
        with pytest.raises(GuardRefused):
            read_command_output((name,), build_environment(()), program.parent)
    assert not ran.exists()


def test_a_relative_place_on_the_path_is_not_searched(tmp_path, monkeypatch):
    """`.` on the PATH is the checkout."""
    (tmp_path / "program").write_text("#!/bin/sh\n", encoding="utf-8")
    (tmp_path / "program").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    with pytest.raises(ConnectorError) as caught:
        read_command_output(("program",), build_environment(()), NOWHERE)
    assert caught.value.code == "secret-missing"


def test_a_file_that_cannot_be_started_is_a_failure(tmp_path):
    """It is executable and no program."""
    (tmp_path / "program").write_bytes(b"\x7fELF")
    (tmp_path / "program").chmod(0o755)
    with pytest.raises(ConnectorError) as caught:
        read_command_output((str(tmp_path / "program"),), build_environment(()), NOWHERE)
    assert caught.value.code == "secret-command-failed"
