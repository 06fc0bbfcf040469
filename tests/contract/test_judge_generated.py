"""Requests made up from Okta's OpenAPI document: none may break the sandbox."""

import asyncio
import importlib.util
import json
import subprocess
import sys
from collections import Counter

import httpx
import pytest

from reconciler.sandbox import Sandbox
from tests.contract.served import served
from tests.contract.session import HOST, WORLD, known
from tests.contract.slice import METHODS
from tests.contract.tables import Table

EXAMPLES = "8"
"""How many requests are made up for an endpoint, beside those at the edges of its schemas."""


LEFT_OUT = {"DELETE /api/v1/api-tokens/current"}
"""It would revoke the token of all requests after it."""
USERS = ("active0", "active1", "staged0", "suspended0", "locked_out0", "deprovisioned0", "nobody")
IDS = {
    "pathGroupId": ("tool", "ruled", "spare", "directory", "everyone", "nogroup"),
    "pathId": USERS,
    "pathUserId": USERS,
    "pathAppId": ("apptool", "appother"),
    "pathGroupRuleId": ("ruleresting", "rulerunning"),
    "pathApiTokenId": ("tokenold",),
}
"""What parameters of paths name, so that requests come through to what is behind a look-up."""


@pytest.fixture
def narrowed(document, where, excused, tmp_path):
    """The document with the sandbox's endpoints and ids, and with the statuses that are excused."""
    made = json.loads(json.dumps(document.document, default=str))
    for endpoint in document.endpoints:
        method, _, path = endpoint.partition(" ")
        if where.is_present(endpoint) and endpoint not in LEFT_OUT:
            responses = made["paths"][path][method.lower()]["responses"]
            for status in _statuses(endpoint, excused):
                responses.setdefault(status, {"description": "recorded, or in the table"})
        else:
            del made["paths"][path][method.lower()]
    verbs = {method.lower() for method in METHODS}
    made["paths"] = {path: item for path, item in made["paths"].items() if verbs & item.keys()}
    ids = known()
    for name, things in IDS.items():
        words = [ids[thing] for thing in things]
        made["components"]["parameters"][name]["schema"] = {"type": "string", "enum": words}
    file = tmp_path / "document.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    return file


def _statuses(endpoint, excused):
    """The statuses that the document lacks and a recording or the table has."""
    rows = [row.what for row in Table("undocumented.yaml").rows if row.endpoint in (endpoint, "*")]
    recorded = [what for each, what in excused if each == endpoint]
    return {
        what.removeprefix("status ") for what in (*rows, *recorded) if what.startswith("status ")
    }


@pytest.mark.skipif(
    importlib.util.find_spec("schemathesis") is None, reason="schemathesis is not installed"
)
def test_no_made_up_request_breaks_the_sandbox(narrowed, tmp_path, figures):
    """No 500, and no status that the document does not have; the same requests every time."""
    with served(WORLD) as (url, sandbox):
        done = subprocess.run(
            _command(narrowed, url, sandbox.token()),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        statuses = Counter(f"{each.status // 100}xx" for each in sandbox.requests())
    assert done.returncode in (0, 1), f"{done.stdout}\n{done.stderr}"
    answered = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
    figures(f"made-up requests: {statuses.total()}, answered {answered}")
    assert done.returncode == 0, done.stdout.partition("= FAILURES =")[2]
    assert statuses["2xx"] >= 100, "hardly any request came through"


@pytest.mark.parametrize(
    "path",
    [
        "groups/%00",
        "groups/%ff",
        "groups/%2e%2e",
        "groups/" + "x" * 5000,
        "users/%E2%80%AE",
        "users/a%2Fb@acme.example",
        "groups/x/users/%25",
        "users?filter=%00",
        "groups/a%0Ab/users/x",
    ],
)
def test_no_odd_path_breaks_the_sandbox(path):
    """What a generator found once is asked for ever after."""
    with Sandbox.open(None, world=WORLD) as sandbox:

        async def answer():
            headers = {"Authorization": f"SSWS {sandbox.token()}"}
            async with httpx.AsyncClient(transport=sandbox.transport(), headers=headers) as client:
                return await client.delete(f"{HOST}/api/v1/{path}")

        assert asyncio.run(answer()).status_code in (400, 404, 405)


def _command(file, url, token):
    return [
        *(sys.executable, "-m", "schemathesis.cli", "run", str(file)),
        *("--url", url, "--header", f"Authorization: SSWS {token}"),
        *("--checks", "not_a_server_error,status_code_conformance", "--continue-on-failure"),
        *("--phases", "coverage,fuzzing", "--max-examples", EXAMPLES, "--workers", "1"),
        *("--generation-deterministic", "--no-color", "--warnings", "off"),
    ]
