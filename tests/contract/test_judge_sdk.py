"""Okta's own Python client talks to a served sandbox as it would to Okta."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox
from tests.contract.endpoints import of_sandbox
from tests.contract.served import served
from tests.contract.session import WORLD, known

ASKED = ("okta.groups.manage", "okta.groups.read", "okta.roles.read", "okta.users.read")
LIFECYCLE = "POST /api/v1/users/{}/lifecycle/"
ALL_MEMBERS = dict.fromkeys(
    (
        "ACTIVE",
        "DEPROVISIONED",
        "LOCKED_OUT",
        "PASSWORD_EXPIRED",
        "PROVISIONED",
        "RECOVERY",
        "STAGED",
        "SUSPENDED",
    ),
    3,
)
EXPECTED = {
    "list_groups_page_by_page": ["directory", "Everyone", "ruled", "spare", "tool"],
    "search_groups": ["spare"],
    "create_group": ["OKTA_GROUP", "by the client"],
    "update_group": "anew",
    "add_member": ["active.0@acme.example", "staged.0@acme.example"],
    "remove_member": ["staged.0@acme.example"],
    "delete_group": [404, "E0000007"],
    "list_members_page_by_page": ALL_MEMBERS,
    "search_users": ["active.1@acme.example"],
    "get_user_by_login": [True, "SUSPENDED"],
    "list_groups_of_a_user": ["Everyone", "tool"],
    "read_the_org": "acme",
    "suspend_and_unsuspend": ["SUSPENDED", "ACTIVE"],
    "activate_a_staged_user": [True, "PROVISIONED"],
    "unlock": "ACTIVE",
    "deactivate_and_delete": ["DEPROVISIONED", 404],
    "read_roles": ["SUPER_ADMIN"],
    "read_tokens": ["reconciler", "old"],
    "read_rules": [["resting", "INACTIVE"], ["running", "ACTIVE"]],
    "read_apps_of_a_group": ["Tool"],
    "read_the_log": [
        "group.user_membership.add",
        "group.user_membership.add",
        "group.user_membership.remove",
    ],
}
"""What each step sees, in the order in which the steps are taken."""
WAIT_FOR = {
    "suspend_and_unsuspend": {LIFECYCLE + "suspend", LIFECYCLE + "unsuspend"},
    "activate_a_staged_user": {LIFECYCLE + "activate"},
    "unlock": {LIFECYCLE + "unlock"},
    "deactivate_and_delete": {LIFECYCLE + "deactivate", "DELETE /api/v1/users/{}"},
    "read_roles": {"GET /api/v1/users/{}/roles"},
    "read_tokens": {"GET /api/v1/api-tokens"},
    "read_rules": {"GET /api/v1/groups/rules"},
    "read_apps_of_a_group": {"GET /api/v1/groups/{}/apps"},
    "read_the_log": {"GET /api/v1/logs"},
}
"""Steps that are taken once the sandbox has their endpoints."""


@pytest.fixture(scope="module")
def steps():
    """The steps whose endpoints the sandbox has."""
    with Sandbox.open(None) as sandbox:
        present = of_sandbox(sandbox)
    return [step for step in EXPECTED if WAIT_FOR.get(step, set()) <= present]


@pytest.fixture(scope="module")
def seen(steps, tmp_path_factory):
    """What the client saw at each step, with an API token."""
    with served(WORLD) as (url, sandbox):
        return taken(url, {"token": sandbox.token()}, steps, tmp_path_factory)


def taken(url, credential, steps, tmp_path_factory):
    """What the client saw at these steps, in a process and a home of its own."""
    if importlib.util.find_spec("okta") is None:
        pytest.skip("Okta's client is not installed: pip install okta")
    home = str(tmp_path_factory.mktemp("home"))
    environment = {name: text for name, text in os.environ.items() if not name.startswith("OKTA_")}
    environment |= {"HOME": home, "OKTA_TESTING_TESTINGDISABLEHTTPSCHECK": "true"}
    given = {"url": url, "credential": credential, "world": known(), "steps": steps}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("sdk_session.py"))],
        input=json.dumps(given),
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_oktas_own_client_sees_what_it_should(seen, steps, figures):
    """It checks every answer against its own models, and follows links by itself."""
    waiting = sorted(EXPECTED.keys() - set(steps))
    figures(f"steps of Okta's client: {len(steps)}; waiting for endpoints: {len(waiting)}")
    assert {step: EXPECTED[step] for step in steps} == seen


@pytest.mark.parametrize("is_dpop", [False, True])
def test_oktas_own_client_signs_in_with_a_private_key(is_dpop, tmp_path_factory):
    """By the machine's clock, which is not the org's; with DPoP it proves every request."""
    with served(replace(WORLD, oauth_clients=())) as (url, sandbox):
        app = sandbox.service_app(
            WORLD.oauth_clients[0].client_id, scopes=ASKED, dpop=is_dpop, key="RSA"
        )
        credential = {
            "authorizationMode": "PrivateKey",
            "clientId": app.client_id,
            "privateKey": app.private_key,
            "kid": app.key_id,
            "scopes": list(ASKED),
            **({"dpopEnabled": True} if is_dpop else {}),
        }
        found = taken(url, credential, ["sign_in_and_change"], tmp_path_factory)
        asked = [each.status for each in sandbox.requests() if each.path == "/oauth2/v1/token"]
        change = next(e for e in sandbox.log() if e.event == "group.user_membership.add")
    groups = ["Everyone", "directory", "ruled", "spare", "tool"]
    assert found["sign_in_and_change"] == [groups, ["active.1@acme.example"], ["SUPER_ADMIN"]]
    assert asked == ([400, 200] if is_dpop else [200])
    assert (change.actor, change.actor_type) == (app.client_id, "PublicClientApp")


def test_no_step_waits_for_an_endpoint_that_nothing_names(steps):
    """A step whose name was changed in one place would never be taken."""
    assert WAIT_FOR.keys() <= EXPECTED.keys()
    assert len(steps) >= len(EXPECTED) - len(WAIT_FOR)
