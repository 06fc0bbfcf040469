"""The repository that `reconciler init` writes, and its workflows as data."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.policy.tool_pin import UNKNOWN

__all__ = [
    "OPTIONS",
    "ROOT",
    "Ended",
    "actions",
    "fill",
    "jobs",
    "made",
    "rehearsed",
    "run_step",
    "scripts",
    "step",
    "temp",
    "uses",
    "workflows",
]

ROOT = Path(__file__).parents[2]
OPTIONS = (
    *("--connector-id", "okta-main", "--domain", "https://acme.okta.com", "--branch", "trunk"),
    *("--admin", "it@example.org", "--admin-handle", "@acme/it"),
    *("--install-from", f"git+https://git.example.com/acme/tool@{'a' * 40}"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a step's script ended, and what it said to the job."""

    code: int
    said: str
    outputs: dict[str, str]
    summary: str
    calls: list[str]


def temp(folder: Path) -> Path:
    """The runner's own folder, outside the checkout, of a job that runs in `folder`."""
    return folder / "temp"


def made(folder: Path, *options: str) -> Path:
    """A repository, written with answers of its own rather than the defaults."""
    ran = CliRunner().invoke(cli, ["init", str(folder), *OPTIONS, *options])
    assert ran.exit_code == 0, ran.output
    return folder


def rehearsed(folder: Path, *options: str) -> Path:
    """The workflows of a rehearsal, written into a folder of their own."""
    ran = CliRunner().invoke(cli, ["init", str(folder), "--rehearsal", *options])
    assert ran.exit_code == 0, ran.output
    return folder


def fill(folder: Path) -> None:
    """Every placeholder has a value, as after the first step of the written README."""
    for path in [*(folder / "catalog").rglob("*.yaml"), folder / ".github" / "CODEOWNERS"]:
        text = path.read_text(encoding="utf-8").replace("replace-with-yours", "acme")
        path.write_text(text.replace("REPLACE", "1234567"), encoding="utf-8")
    pin = folder / ".github" / "reconciler.txt"
    pinned = f"git.example.com/acme/tool@{'a' * 40}"
    text = pin.read_text(encoding="utf-8")
    pin.write_text(text.replace(UNKNOWN.partition("https://")[2], pinned), encoding="utf-8")


def workflows(folder: Path) -> dict[str, dict[str, Any]]:
    """Every workflow by name; `on` stays a word, as GitHub reads it."""
    paths = sorted((folder / ".github" / "workflows").glob("*.yml"))
    return {path.stem: _read(path) for path in paths}


def actions(folder: Path) -> dict[str, dict[str, Any]]:
    """Every composite action by name."""
    paths = sorted((folder / ".github" / "actions").glob("*/action.yml"))
    return {path.parent.name: _read(path) for path in paths}


def _read(path: Path) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    return {("on" if key is True else key): value for key, value in yaml.safe_load(text).items()}


def jobs(folder: Path) -> dict[str, dict[str, Any]]:
    """Every job as `workflow/job`."""
    return {
        f"{name}/{job}": content
        for name, workflow in workflows(folder).items()
        for job, content in workflow["jobs"].items()
    }


def _steps(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    found = [(name, s) for name, job in jobs(folder).items() for s in job.get("steps", ())]
    for name, action in actions(folder).items():
        found += [(f"action/{name}", s) for s in action["runs"]["steps"]]
    return found


def scripts(folder: Path) -> list[tuple[str, str]]:
    """Every shell script, by the job or action it stands in."""
    return [(name, s["run"]) for name, s in _steps(folder) if "run" in s]


def uses(folder: Path) -> list[tuple[str, str]]:
    """Every action or workflow that is used, by the job or action that uses it."""
    called = [(name, job["uses"]) for name, job in jobs(folder).items() if "uses" in job]
    return called + [(name, s["uses"]) for name, s in _steps(folder) if "uses" in s]


def step(folder: Path, where: str, word: str) -> str:
    """The one script of a job or an action that has the word in it."""
    (found,) = [text for name, text in scripts(folder) if name == where and word in text]
    return found


def run_step(
    script: str, folder: Path, fakes: dict[str, str], env: dict[str, str] | None = None
) -> Ended:
    """The script, run by bash as GitHub runs it; `fakes` are programs that stand before real ones.

    Each call of one is written down before the fake's own text runs. The jobs run on Ubuntu, and on
    nothing else is a step run here.
    """
    if sys.platform != "linux":
        pytest.skip("the written workflows run on Ubuntu, with its bash and its tools")
    programs, calls = folder / "programs", folder / "calls.txt"
    programs.mkdir(exist_ok=True)
    for name, text in fakes.items():
        path = programs / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>"$CALLS"\n{text}\n', encoding="utf-8")
        path.chmod(0o755)
    temp(folder).mkdir(exist_ok=True)
    files = {name: folder / f"{name.lower()}.txt" for name in ("GITHUB_OUTPUT", "SUMMARY")}
    for path in (*files.values(), calls):
        path.write_text("", encoding="utf-8")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env={
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(folder),
            "CALLS": str(calls),
            "GITHUB_OUTPUT": str(files["GITHUB_OUTPUT"]),
            "GITHUB_STEP_SUMMARY": str(files["SUMMARY"]),
            "GITHUB_REPOSITORY": "acme/access",
            "GITHUB_RUN_ID": "77",
            "RUNNER_TEMP": str(temp(folder)),
            **(env or {}),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    outputs = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").splitlines()
    return Ended(
        code=done.returncode,
        said=done.stdout + done.stderr,
        outputs=dict(line.split("=", 1) for line in outputs),
        summary=files["SUMMARY"].read_text(encoding="utf-8"),
        calls=calls.read_text(encoding="utf-8").splitlines(),
    )
