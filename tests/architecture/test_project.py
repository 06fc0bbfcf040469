"""What the project says of itself, in its metadata, its hooks and its CI, is true and agrees."""

import hashlib
import shlex
import sys
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
APACHE = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""The hash of LICENSE-2.0.txt as the Apache Software Foundation publishes it."""


def parsed(name):
    """A YAML file of the repository."""
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def hooks():
    """Every hook, with the repository it comes from."""
    return [
        (repo["repo"], hook)
        for repo in parsed(".pre-commit-config.yaml")["repos"]
        for hook in repo["hooks"]
    ]


def test_the_licence_is_apaches_own_words():
    """A licence with a word changed is another one."""
    (name,) = PROJECT["license-files"]

    assert PROJECT["license"] == "Apache-2.0"
    assert hashlib.sha256((ROOT / name).read_bytes()).hexdigest() == APACHE


def test_the_pythons_that_are_promised_are_those_that_ci_runs():
    """The lowest is the one that an installer enforces; the gate runs at both ends."""
    prefix = "Programming Language :: Python :: 3."
    promised = [c.rpartition(" ")[2] for c in PROJECT["classifiers"] if c.startswith(prefix)]
    jobs = parsed(".github/workflows/ci.yml")["jobs"]

    assert promised == ["3.11", "3.12", "3.13", "3.14"]
    assert jobs["fast"]["strategy"]["matrix"]["python"] == promised
    assert jobs["full"]["strategy"]["matrix"]["python"] == [promised[0], promised[-1]]
    assert PROJECT["requires-python"] == f">={promised[0]}"


def test_ci_runs_what_people_run():
    """A command of its own would tell what nobody can see at home."""
    jobs = parsed(".github/workflows/ci.yml")["jobs"]
    run = {name: [s["run"] for s in job["steps"] if "run" in s] for name, job in jobs.items()}

    assert run == {"fast": [".ci/run fast"], "full": [".ci/run"]}


def test_hooks_fetch_nothing_and_their_programs_come_with_the_dev_extra():
    """A hook from elsewhere would be another version than the gate's."""
    programs = {shlex.split(hook["entry"])[0] for _, hook in hooks()}
    there = Path(sys.executable).parent

    assert {repo for repo, _ in hooks()} == {"local"}
    assert {hook["language"] for _, hook in hooks()} == {"system"}
    assert [name for name in sorted(programs) if not (there / name).is_file()] == []


def test_every_hook_is_part_of_the_gate():
    """What a hook finds, the gate finds too, for those who have no hooks."""
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [shlex.split(hook["entry"]) for _, hook in hooks()]
    stems = [" ".join(words[:2] if len(words) > 1 else words) for words in commands]

    assert len(stems) > 8
    assert [stem for stem in stems if f".venv/bin/{stem}" not in gate] == []
