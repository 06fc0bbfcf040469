"""Creating users, and changing what they say."""

from dataclasses import replace

import pytest

from reconciler.sandbox import Sandbox
from reconciler.sandbox.world.options import Choices, Options

USERS = "/api/v1/users"
RAVI = f"{USERS}/ravi.rao@acme.example"
MINA = {
    "firstName": "Mina",
    "lastName": "Okafor",
    "login": "mina@acme.example",
    "email": "mina@acme.example",
}
SECRET = {"password": {"value": "Correct-Horse-9"}}
HASHED = {"password": {"hash": {"algorithm": "BCRYPT", "value": "x"}}}
ELSEWHERE = {"provider": {"type": "FEDERATION", "name": "FEDERATION"}}


def causes(response):
    """The causes of an error."""
    return [cause["errorSummary"] for cause in response.json()["errorCauses"]]


@pytest.mark.parametrize(
    ("query", "credentials", "status"),
    [
        ("", None, "PROVISIONED"),
        ("", {"password": {}}, "PROVISIONED"),
        ("", SECRET, "ACTIVE"),
        ("?activate=true", SECRET, "ACTIVE"),
        ("?activate=false", SECRET, "STAGED"),
        ("?activate=false", None, "STAGED"),
        ("?activate=true&nextLogin=changePassword", SECRET, "PASSWORD_EXPIRED"),
    ],
)
def test_the_first_status_depends_on_activation_and_password(ask, query, credentials, status):
    """200 with the user, who shows a password only when one was given."""
    body = {"profile": MINA, **({"credentials": credentials} if credentials else {})}
    response = ask("POST", USERS + query, json=body)
    user = response.json()
    assert (response.status_code, user["status"]) == (200, status)
    assert (user["activated"] is None) == (status == "STAGED")
    assert (user["statusChanged"] is None) == (status == "STAGED" and credentials != SECRET)
    has_password = credentials == SECRET
    assert ("password" in user["credentials"]) == has_password
    assert (user["passwordChanged"] is not None) == has_password
    assert ask("GET", f"{USERS}/{user['id']}").json() == user


def test_a_new_user_is_in_everyone_and_where_the_body_says(ask, ids, sandbox):
    """The log has an event of each step."""
    body = {"profile": MINA, "groupIds": [ids["empty"]]}
    user = ask("POST", USERS, json=body).json()
    names = [each["profile"]["name"] for each in ask("GET", f"{USERS}/{user['id']}/groups").json()]
    assert set(names) >= {"Everyone", "empty"}
    events = [row.event for row in sandbox.log() if row.user == "mina@acme.example"]
    assert events[:2] == ["user.lifecycle.create", "user.lifecycle.activate"]


@pytest.mark.parametrize("login", ["RAVI.RAO@acme.example", "räví.rao@acme.example"])
def test_a_login_is_taken_in_any_case_and_with_any_diacritics(ask, login):
    """400 with the field in the summary."""
    response = ask("POST", USERS, json={"profile": {**MINA, "login": login}})
    assert response.status_code == 400
    assert response.json()["errorSummary"] == "Api validation failed: login"
    assert causes(response) == [
        "login: An object with this field already exists in the current organization"
    ]


def test_every_missing_field_has_a_cause(ask):
    """One summary for all of them."""
    response = ask("POST", USERS, json={"profile": {"login": "x@acme.example"}})
    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000001")
    assert response.json()["errorSummary"] == "Api validation failed: login"
    assert causes(response) == [
        f"{name}: The field cannot be left blank" for name in ("email", "firstName", "lastName")
    ]


def test_an_unknown_attribute_is_named(ask):
    """As it was recorded."""
    response = ask("POST", USERS, json={"profile": {**MINA, "notValid": "x"}})
    assert response.json()["errorSummary"] == "Api validation failed: newUser"
    assert causes(response) == ["Property name 'notValid' is not defined in profile"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"boop": "bap"}, "E0000003"),
        ({"profile": ["x"]}, "E0000003"),
        ({"profile": {**MINA, "login": "no-address"}}, "E0000001"),
        ({"profile": {**MINA, "title": 7}}, "E0000001"),
    ],
)
def test_a_body_that_makes_no_user_is_refused(ask, sandbox, body, code):
    """And none is there afterwards."""
    before = sandbox.users()
    response = ask("POST", USERS, json=body)
    assert (response.status_code, response.json()["errorCode"]) == (400, code)
    assert sandbox.users() == before


def test_a_password_that_must_be_changed_has_to_be_given(ask):
    """There is nothing to change otherwise."""
    response = ask("POST", f"{USERS}?nextLogin=changePassword", json={"profile": MINA})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "word", ["abc", "correcthorse9", "CORRECTHORSE9", "Correct-Horse", "Okafor-9x", "1Acme-Horse"]
)
@pytest.mark.parametrize("way", ["create", "change"])
def test_a_password_that_the_policy_does_not_allow_is_refused(ask, sandbox, word, way):
    """Eight characters of three kinds, and no part of the login; nothing is changed."""
    before = sandbox.users()
    credentials = {"password": {"value": word}}
    login = "mina.okafor@acme.example"
    if way == "create":
        body = {"profile": {**MINA, "login": login}, "credentials": credentials}
        response = ask("POST", USERS, json=body)
    else:
        sandbox.rename_login("ravi.rao@acme.example", login)
        before = sandbox.users()
        response = ask("PUT", f"{USERS}/{login}", json={"credentials": credentials})
    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000001")
    assert response.json()["errorSummary"] == "Api validation failed: password"
    assert sandbox.users() == before


@pytest.mark.parametrize("word", ["Correct-Horse-9", "Example-9", "Min-Abc-9"])
def test_a_password_may_hold_the_parent_domain_and_short_parts_of_the_login(ask, word):
    """Only the parts of a login that have four characters count, and no parent domain."""
    profile = {**MINA, "login": "min.zzzz@acme.example"}
    body = {"profile": profile, "credentials": {"password": {"value": word}}}
    assert ask("POST", USERS, json=body).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_password_alone_is_set_and_leaves_the_profile(ask, sandbox, wall, method):
    """A whole replacement without a profile too; the log tells the two changes apart."""
    old = ask("GET", RAVI).json()
    wall.seconds += 5
    response = ask(method, RAVI, json={"credentials": SECRET})
    assert (response.status_code, response.json()["profile"]) == (200, old["profile"])
    assert response.json()["passwordChanged"] > old["passwordChanged"]
    assert [row.event for row in sandbox.log()] == ["user.account.update_password"]


def test_a_replacement_that_says_nothing_is_refused(ask):
    """There is no profile to put in the place of the old one."""
    assert ask("PUT", RAVI, json={}).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_hashed_password_is_an_imported_one(ask, method):
    """On creation and on change; no policy can judge it."""
    imported = {"type": "IMPORT", "name": "IMPORT"}
    made = ask("POST", USERS, json={"profile": MINA, "credentials": HASHED}).json()
    assert (made["status"], made["credentials"]["provider"]) == ("ACTIVE", imported)
    changed = ask(method, RAVI, json={"credentials": HASHED}).json()
    assert changed["credentials"]["provider"] == imported
    assert ask("POST", f"{RAVI}/lifecycle/suspend").status_code == 200
    assert ask("GET", RAVI).json()["credentials"]["provider"] == imported


@pytest.mark.parametrize(
    ("query", "kind", "status"),
    [
        ("?provider=true", "FEDERATION", "ACTIVE"),
        ("?provider=true&activate=false", "FEDERATION", "STAGED"),
        ("?provider=false", "OKTA", "PROVISIONED"),
        ("", "OKTA", "PROVISIONED"),
    ],
)
def test_a_provider_is_kept_where_the_query_asks_for_it(ask, query, kind, status):
    """Whose users sign in elsewhere, so that they need no password to be active."""
    body = {"profile": MINA, "credentials": ELSEWHERE}
    user = ask("POST", USERS + query, json=body).json()
    assert (user["credentials"]["provider"]["type"], user["status"]) == (kind, status)
    assert "password" not in user["credentials"]


def test_a_password_reset_makes_who_signed_in_elsewhere_an_okta_account(ask):
    """Without a word: a tool that resets passwords has to look first."""
    body = {"profile": MINA, "credentials": ELSEWHERE}
    user = ask("POST", f"{USERS}?provider=true", json=body).json()
    path = f"{USERS}/{user['id']}"
    assert ask("POST", f"{path}/lifecycle/suspend").status_code == 200
    assert ask("POST", f"{path}/lifecycle/unsuspend").status_code == 200
    kept = ask("GET", path).json()["credentials"]
    assert kept == {"provider": {"type": "FEDERATION", "name": "FEDERATION"}}
    assert ask("POST", f"{path}/lifecycle/reset_password?sendEmail=false").status_code == 200
    after = ask("GET", path).json()["credentials"]
    assert (after["provider"]["type"], after["password"]) == ("OKTA", {})


def test_only_an_org_that_shows_addresses_shows_them(ask, sandbox):
    """Wherever a user stands; the choice is one of orgs, not of users."""
    places = (
        RAVI,
        USERS,
        f"{USERS}?search=status pr",
        f"{USERS}?fields=id,credentials",
        f"/api/v1/groups/{ask('GET', '/api/v1/groups').json()[0]['id']}/users",
    )
    assert all('"emails"' in ask("GET", place).text for place in places)
    sandbox.set_options(Options(choices=Choices(user_emails="hidden")))
    assert not any('"emails"' in ask("GET", place).text for place in places)
    made = ask("POST", USERS, json={"profile": MINA, "credentials": SECRET}).json()
    assert set(made["credentials"]) == {"password", "provider"}
    expired = ask("POST", f"{USERS}/{made['id']}/lifecycle/expire_password").json()
    assert set(expired["credentials"]) == {"password", "provider"}


def test_a_partial_update_leaves_the_rest(ask, wall):
    """Null takes an attribute away."""
    wall.seconds += 5
    user = ask("POST", RAVI, json={"profile": {"title": "Clerk", "email": "r@x.example"}}).json()
    assert user["profile"]["title"] == "Clerk"
    assert user["profile"]["firstName"] == "Ravi"
    assert user["credentials"]["emails"][0]["value"] == "r@x.example"
    assert user["lastUpdated"] == "2026-09-01T09:00:05.000Z"
    assert user["lastUpdated"] > user["statusChanged"]
    user = ask("POST", RAVI, json={"profile": {"title": None}}).json()
    assert "title" not in user["profile"]


def test_a_full_update_loses_what_it_does_not_say(ask):
    """A field that no user is without has to be said."""
    ask("POST", RAVI, json={"profile": {"title": "Clerk"}})
    whole = {**MINA, "login": "ravi.rao@acme.example"}
    user = ask("PUT", RAVI, json={"profile": whole}).json()
    assert "title" not in user["profile"]
    assert user["profile"]["lastName"] == "Okafor"
    response = ask("PUT", RAVI, json={"profile": {"login": "ravi.rao@acme.example"}})
    assert response.status_code == 400
    assert len(causes(response)) == 3


def test_a_new_password_moves_its_own_date(ask, wall):
    """And no other password is touched."""
    wall.seconds += 5
    assert ask("POST", RAVI, json={"profile": {}}).json()["passwordChanged"] < "2026-09"
    for path in (RAVI, f"{USERS}/new.comer"):
        user = ask("POST", path, json={"credentials": SECRET}).json()
        assert user["passwordChanged"] == "2026-09-01T09:00:05.000Z"
        assert user["credentials"]["password"] == {}


def test_a_recovery_question_is_shown_without_its_answer(ask):
    """An answer of three letters is refused, in the recorded words."""
    asked = {"question": "Which colour?", "answer": "red"}
    body = {"credentials": {"recovery_question": asked}}
    response = ask("POST", RAVI, json=body)
    assert response.json()["errorSummary"] == "Api validation failed: securityAnswer"
    assert causes(response) == [
        "securityAnswer: The security question answer must be at least 4 characters in length"
    ]
    asked["answer"] = "crimson"
    user = ask("POST", RAVI, json=body).json()
    assert user["credentials"]["recovery_question"] == {"question": "Which colour?"}
    assert "password" in user["credentials"]
    ask("POST", f"{RAVI}/lifecycle/suspend")
    assert "recovery_question" in ask("GET", RAVI).json()["credentials"]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_an_update_with_an_unknown_key_is_refused(ask, method):
    """As a new user with one is."""
    response = ask(method, RAVI, json={"boop": "bap"})
    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000003")


def test_the_deprovisioned_cannot_be_changed(ask, world):
    """403, or 404 as it once was."""
    gone = f"{USERS}/gone.away"
    response = ask("POST", gone, json={"profile": {"title": "x"}})
    assert (response.status_code, response.json()["errorCode"]) == (403, "E0000038")
    options = Options(choices=Choices(update_deprovisioned="404"))
    with Sandbox.open(None, world=replace(world, options=options)) as org:
        response = ask("POST", gone, org=org, json={"profile": {"title": "x"}})
        assert (response.status_code, response.json()["errorCode"]) == (404, "E0000007")


def test_an_update_can_be_bound_to_a_version(ask):
    """The second of two writers with one tag is refused."""
    tag = ask("GET", RAVI).headers["etag"]
    headers = {"If-Match": tag, "Authorization": ask("GET", RAVI).request.headers["authorization"]}
    first = ask("POST", RAVI, headers=headers, json={"profile": {"title": "One"}})
    assert first.status_code == 200
    assert "etag" not in first.headers
    assert ask("GET", RAVI).headers["etag"] != tag
    second = ask("PUT", RAVI, headers=headers, json={"profile": {**MINA, "login": "r@x.example"}})
    assert (second.status_code, second.json()["errorCode"]) == (412, "E0000231")
    bad = ask("POST", RAVI, headers={**headers, "If-Match": "7"}, json={"profile": {}})
    assert (bad.status_code, bad.json()["errorCode"]) == (400, "E0000242")
    assert ask("GET", RAVI).json()["profile"]["title"] == "One"
