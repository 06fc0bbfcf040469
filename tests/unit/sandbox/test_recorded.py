"""The shapes of bodies and headers, judged by recorded traffic when that is at hand."""

import json
import os
from pathlib import Path

import pytest

GIVEN = os.environ.get("RECONCILER_TEST_DATA")
pytestmark = pytest.mark.skipif(not GIVEN, reason="RECONCILER_TEST_DATA names no folder")

OPTIONAL = {"realmId", "errorLink", "transitioningToStatus"}


@pytest.fixture
def recorded():
    """Recorded answers by file, method and status."""

    def find(name, method, status, ending=""):
        text = (Path(GIVEN or "") / "okta-traffic" / name).read_text()
        for exchange in json.loads(text):
            request, response = exchange["request"], exchange["response"]
            if (request["method"], response["status"]) == (method, status) and request[
                "path"
            ].endswith(ending):
                yield response

    return find


def keys(body):
    """The names of an object's members, without those that only some orgs have."""
    return set(body) - OPTIONAL


def test_group_bodies_have_the_recorded_keys(ask, recorded):
    """One group, and each of a list."""
    ours = ask("GET", "/api/v1/groups").json()[1]
    theirs = [
        body for answer in recorded("groups_list.json", "GET", 200) for body in answer["body"]
    ]
    assert theirs
    for body in theirs:
        if body["type"] == "OKTA_GROUP" and "source" not in body:
            assert keys(ours) == keys(body) - {"source"}
            assert set(ours["profile"]) <= set(body["profile"])
            assert set(ours["_links"]) == set(body["_links"])


def test_member_bodies_have_the_recorded_keys(ask, ids, recorded):
    """A user in a list links to itself only."""
    ours = ask("GET", f"/api/v1/groups/{ids['claude-enterprise']}/users").json()[0]
    answers = list(recorded("group_members.json", "GET", 200, "/users"))
    theirs = [body for answer in answers for body in answer["body"]]
    assert theirs
    for body in theirs:
        assert keys(ours) == keys(body)
        assert set(ours["_links"]) == set(body["_links"])
        assert set(ours["profile"]) <= set(body["profile"])


def test_a_user_body_has_the_recorded_keys(ask, recorded):
    """With the links of its status."""
    ours = ask("GET", "/api/v1/users/jane.doe").json()
    found = [answer["body"] for answer in recorded("users_crud.json", "GET", 200)]
    same = [body for body in found if body["status"] == "ACTIVE" and "type" in body]
    assert same
    for body in same:
        assert keys(ours) == keys(body)
        assert set(ours["_links"]) >= set(body["_links"]) - {"resetFactors"}


def test_error_bodies_have_the_recorded_keys(ask, recorded):
    """And the summary of a missing group."""
    ours = ask("GET", "/api/v1/groups/00gsfck5wNqOPYMfS4x6").json()
    (theirs,) = [answer["body"] for answer in recorded("groups_crud.json", "GET", 404)]
    assert set(ours) == set(theirs)
    assert {key: ours[key] for key in ours if key != "errorId"} == {
        key: theirs[key] for key in theirs if key != "errorId"
    }
    assert len(ours["errorId"]) == len(theirs["errorId"])


def test_answers_have_the_recorded_headers(ask, recorded):
    """Those that say something of the answer, not of Okta's servers."""
    wanted = {
        "content-type",
        "date",
        "x-okta-request-id",
        "x-rate-limit-limit",
        "x-rate-limit-remaining",
        "x-rate-limit-reset",
        "cache-control",
        "pragma",
        "expires",
        "x-content-type-options",
        "link",
    }
    ours = {name.lower() for name in ask("GET", "/api/v1/groups").headers}
    theirs = next(iter(recorded("groups_list.json", "GET", 200)))["headers"]
    assert wanted <= {name.lower() for name in theirs}
    assert wanted <= ours


def test_the_open_document_has_the_recorded_keys(ask, recorded):
    """Whose id a client pins."""
    ours = ask("GET", "/.well-known/okta-organization").json()
    (theirs,) = list(recorded("org_discovery.json", "GET", 200, "okta-organization"))
    assert set(ours) == set(theirs["body"])
    assert set(ours["settings"]) == set(theirs["body"]["settings"])


def test_the_settings_have_the_recorded_keys(ask, recorded):
    """Down to the links."""
    ours = ask("GET", "/api/v1/org").json()
    theirs = next(iter(recorded("org_discovery.json", "GET", 200, "/org")))["body"]
    assert list(ours) == list(theirs)
    assert set(ours["_links"]) == set(theirs["_links"])


def test_a_rule_body_has_the_recorded_keys(ask, recorded):
    """In the recorded order, with nobody excluded."""
    (ours,) = ask("GET", "/api/v1/groups/rules").json()
    answers = list(recorded("group_rules.json", "GET", 200, "/rules"))
    theirs = [rule for answer in answers for rule in answer["body"] if "allGroupsValid" in rule]
    assert theirs
    for rule in theirs:
        assert list(ours) == list(rule)
        assert set(ours["conditions"]) == set(rule["conditions"]) - {"people"}
        assert ours["actions"].keys() == rule["actions"].keys()


def test_an_app_body_has_the_recorded_keys(ask, recorded, world):
    """A bookmark of today, down to the links."""
    ours = ask("GET", f"/api/v1/apps/{world.apps[0].id}").json()
    answers = list(recorded("apps.json", "GET", 200))
    today = [each["body"] for each in answers if isinstance(each["body"], dict)]
    theirs = [app for app in today if app["name"] == "bookmark" and "orn" in app]
    assert theirs
    for app in theirs:
        assert list(ours) == list(app)
        assert list(ours["_links"]) == list(app["_links"])
        assert set(ours["settings"]) == set(app["settings"]) - {"emOptInStatus"}


def test_assignments_have_the_recorded_keys(ask, recorded, world):
    """Of users and of groups."""
    home = f"/api/v1/apps/{world.apps[0].id}"
    for part in ("users", "groups"):
        ours = ask("GET", f"{home}/{part}").json()[0]
        answers = recorded("app_assignments.json", "GET", 200, f"/{part}")
        theirs = [each for answer in answers for each in answer["body"] if "_embedded" not in each]
        assert theirs
        for each in theirs:
            assert set(ours) == set(each)
            assert set(each["_links"]) <= {*ours["_links"], "self"}


def test_an_event_has_the_recorded_keys(ask, recorded, sandbox):
    """In the recorded order."""
    sandbox.add_member("empty", "ravi.rao@acme.example")
    (ours,) = ask("GET", "/api/v1/logs").json()
    theirs = [each for got in recorded("logs.json", "GET", 200, "/logs") for each in got["body"]]
    assert theirs
    for event in theirs:
        assert list(ours) == list(event)
        for part in ("actor", "client", "authenticationContext", "outcome", "securityContext"):
            assert list(ours[part]) == list(event[part])
        assert set(ours["debugContext"]["debugData"]) <= set(event["debugContext"]["debugData"])
