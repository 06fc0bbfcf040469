"""Okta's own Python client talks to a served sandbox as it would to Okta."""

import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from reconciler.sandbox import Sandbox
from tests.contract.endpoints import of_sandbox
from tests.contract.served import served
from tests.contract.session import WORLD, known

ASKED = ("okta.groups.manage", "okta.groups.read", "okta.roles.read", "okta.users.read")
CHANGING = ["sign_in_and_change"]
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
    "reset_a_password": ["RECOVERY", "OKTA"],
    "send_an_invitation_again": "PROVISIONED",
    "end_sessions": [[True]],
    "read_apps_of_a_user": [["Tool", "GROUP"]],
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
    "reset_a_password": {LIFECYCLE + "reset_password"},
    "send_an_invitation_again": {LIFECYCLE + "reactivate"},
    "end_sessions": {"DELETE /api/v1/users/{}/sessions"},
    "read_apps_of_a_user": {"GET /api/v1/apps"},
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


@dataclass(frozen=True)
class Sessions:
    """What the client saw at each step with a token, and in an org for each way to sign in."""

    seen: dict
    signed_in: dict


@dataclass(frozen=True)
class SignedIn:
    """What the client saw as a service app, and what the org knows of it."""

    saw: list
    asked: list
    changed_by: tuple
    client_id: str


@pytest.fixture(scope="module")
def sessions(steps, tmp_path_factory):
    """All sessions of one process: it takes seconds to import the client."""
    with (
        served(WORLD) as (url, sandbox),
        served(replace(WORLD, oauth_clients=())) as plain,
        served(replace(WORLD, oauth_clients=())) as proving,
    ):
        apps = {False: service_app(plain[1]), True: service_app(proving[1], dpop=True)}
        given = [
            {"url": url, "credential": {"token": sandbox.token()}, "steps": steps},
            *(
                {"url": where, "credential": signing(apps[is_dpop], is_dpop), "steps": CHANGING}
                for is_dpop, (where, _) in ((False, plain), (True, proving))
            ),
        ]
        seen, *found = taken(given, tmp_path_factory.mktemp("home"))
        signed_in = {
            is_dpop: _signed_in(*saw.values(), org, apps[is_dpop].client_id)
            for is_dpop, saw, (_, org) in zip(apps, found, (plain, proving), strict=True)
        }
    return Sessions(seen=seen, signed_in=signed_in)


def service_app(sandbox, *, dpop=False):
    """The app of the recorded world, with a key that its client can use."""
    client_id = WORLD.oauth_clients[0].client_id
    return sandbox.service_app(client_id, scopes=ASKED, dpop=dpop, key="RSA")


def signing(app, is_dpop):
    """How the client is told to sign in as the app."""
    return {
        "authorizationMode": "PrivateKey",
        "clientId": app.client_id,
        "privateKey": app.private_key,
        "kid": app.key_id,
        "scopes": list(ASKED),
        **({"dpopEnabled": True} if is_dpop else {}),
    }


def _signed_in(saw, sandbox, client_id):
    change = next(e for e in sandbox.log() if e.event == "group.user_membership.add")
    return SignedIn(
        saw=saw,
        asked=[each.status for each in sandbox.requests() if each.path == "/oauth2/v1/token"],
        changed_by=(change.actor, change.actor_type),
        client_id=client_id,
    )


def taken(sessions, home):
    """What the client saw at these steps of each session, in a process and a home of its own."""
    if importlib.util.find_spec("okta") is None:
        pytest.skip("Okta's client is not installed: pip install okta")
    environment = {name: text for name, text in os.environ.items() if not name.startswith("OKTA_")}
    environment |= {"HOME": str(home), "OKTA_TESTING_TESTINGDISABLEHTTPSCHECK": "true"}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("sdk_session.py"))],
        input=json.dumps([{**each, "world": known()} for each in sessions]),
        cwd=home,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_oktas_own_client_sees_what_it_should(sessions, steps, figures):
    """It checks every answer against its own models, and follows links by itself."""
    waiting = sorted(EXPECTED.keys() - set(steps))
    figures(f"steps of Okta's client: {len(steps)}; waiting for endpoints: {len(waiting)}")
    assert {step: EXPECTED[step] for step in steps} == sessions.seen


@pytest.mark.parametrize(("is_dpop", "asked"), [(False, [200]), (True, [400, 200])])
def test_oktas_own_client_signs_in_with_a_private_key(is_dpop, asked, sessions):
    """By the machine's clock, which is not the org's; with DPoP it proves every request."""
    found = sessions.signed_in[is_dpop]
    groups = ["Everyone", "directory", "ruled", "spare", "tool"]
    assert found.saw == [groups, ["active.1@acme.example"], ["SUPER_ADMIN"]]
    assert found.asked == asked
    assert found.changed_by == (found.client_id, "PublicClientApp")


def test_no_step_waits_for_an_endpoint_that_nothing_names(steps):
    """A step whose name was changed in one place would never be taken."""
    assert WAIT_FOR.keys() <= EXPECTED.keys()
    assert len(steps) >= len(EXPECTED) - len(WAIT_FOR)
