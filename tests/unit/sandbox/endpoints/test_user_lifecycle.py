"""The endpoints that move a user from one status to another."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from reconciler.sandbox import Sandbox
from reconciler.sandbox.world.options import Choices, Options

JANE = "/api/v1/users/Jane.Doe@acme.example"
RAVI = "/api/v1/users/ravi.rao@acme.example"
NEW = "/api/v1/users/new.comer@acme.example"
GONE = "/api/v1/users/gone.away@acme.example"


def status_of(ask, path):
    """The user's status."""
    return ask("GET", path).json()["status"]


@pytest.mark.parametrize(
    ("path", "operation", "status"),
    [
        (NEW, "activate", "PROVISIONED"),
        (GONE, "activate?sendEmail=true", "PROVISIONED"),
        (RAVI, "suspend", "SUSPENDED"),
        (RAVI, "deactivate", "DEPROVISIONED"),
        (RAVI, "reset_password?sendEmail=true", "RECOVERY"),
        (RAVI, "reset_factors", "ACTIVE"),
        ("/api/v1/users/sus.pended", "unsuspend", "ACTIVE"),
    ],
)
def test_an_operation_is_answered_with_an_empty_object(ask, path, operation, status):
    """200 with `{}`, and the user is where the table says."""
    response = ask("POST", f"{path}/lifecycle/{operation}")
    assert (response.status_code, response.json()) == (200, {})
    assert status_of(ask, path) == status


def test_without_a_mail_the_caller_gets_what_it_would_have_carried(ask):
    """An activation link, or one to set a password."""
    made = ask("POST", f"{NEW}/lifecycle/activate?sendEmail=false").json()
    assert set(made) == {"activationUrl", "activationToken"}
    assert made["activationToken"] in urlsplit(made["activationUrl"]).path
    again = ask("POST", f"{NEW}/lifecycle/reactivate").json()
    assert set(again) == {"activationUrl", "activationToken"}
    reset = ask("POST", f"{RAVI}/lifecycle/reset_password?sendEmail=false").json()
    assert list(reset) == ["resetPasswordUrl"]


def test_a_reset_must_say_whether_to_send_a_mail(ask):
    """The only parameter that cannot be left out."""
    response = ask("POST", f"{RAVI}/lifecycle/reset_password")
    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000028")
    assert status_of(ask, RAVI) == "ACTIVE"


def test_expiring_a_password_answers_with_the_user(ask, wall):
    """Whole, with links, and yet with the old instant; a temporary password is shown alone."""
    wall.seconds += 60
    old = ask("GET", RAVI).json()
    user = ask("POST", f"{RAVI}/lifecycle/expire_password").json()
    assert user["status"] == "PASSWORD_EXPIRED"
    assert user["statusChanged"] == old["statusChanged"]
    assert user["lastUpdated"] == "2026-09-01T09:01:00.000Z"
    assert ask("GET", RAVI).json()["statusChanged"] == user["lastUpdated"]
    assert "suspend" in user["_links"]
    temporary = ask("POST", f"{RAVI}/lifecycle/expire_password_with_temp_password").json()
    assert list(temporary) == ["tempPassword"]


def test_who_is_deprovisioned_never_set_a_password_and_can_have_factors_reset(ask):
    """As recorded, whether it was so at the start or came about."""
    ask("POST", f"{RAVI}/lifecycle/deactivate")
    for path in (GONE, RAVI):
        user = ask("GET", path).json()
        assert user["passwordChanged"] is None
        assert "resetFactors" in user["_links"]


@pytest.mark.parametrize(
    ("path", "operation", "status", "code", "causes"),
    [
        (RAVI, "activate", 403, "E0000016", []),
        (RAVI, "reactivate", 403, "E0000038", []),
        (RAVI, "unlock", 403, "E0000032", ["The user is not locked out."]),
        (NEW, "suspend", 400, "E0000001", ["Cannot suspend a user that is not active"]),
        (GONE, "deactivate", 404, "E0000007", []),
        ("/api/v1/users/nobody", "suspend", 404, "E0000007", []),
    ],
)
def test_the_wrong_status_has_its_own_error(ask, path, operation, status, code, causes):
    """Codes and texts as they were recorded, and nothing moves."""
    response = ask("POST", f"{path}/lifecycle/{operation}")
    assert (response.status_code, response.json()["errorCode"]) == (status, code)
    assert [cause["errorSummary"] for cause in response.json()["errorCauses"]] == causes


def test_suspension_remembers_where_the_user_came_from(ask):
    """And the groups stay."""
    ask("POST", f"{JANE}/lifecycle/expire_password")
    ask("POST", f"{JANE}/lifecycle/suspend")
    names = [each["profile"]["name"] for each in ask("GET", f"{JANE}/groups").json()]
    assert set(names) == {"Everyone", "claude-enterprise"}
    ask("POST", f"{JANE}/lifecycle/unsuspend")
    assert status_of(ask, JANE) == "PASSWORD_EXPIRED"


def test_deactivation_leaves_everyone_and_no_other_group(ask):
    """Memberships survive their users; only the built-in group knows who is there."""
    ask("POST", f"{JANE}/lifecycle/deactivate")
    names = [each["profile"]["name"] for each in ask("GET", f"{JANE}/groups").json()]
    assert names == ["claude-enterprise"]
    assert "password" not in ask("GET", JANE).json()["credentials"]
    ask("POST", f"{JANE}/lifecycle/activate")
    assert len(ask("GET", f"{JANE}/groups").json()) == 2
    assert status_of(ask, JANE) == "PROVISIONED"


def test_deactivation_ends_the_tokens_of_the_user_for_good(ask, sandbox):
    """Coming back does not bring them back."""
    sandbox.set_status("svc-access@acme.example", "DEPROVISIONED")
    sandbox.set_status("svc-access@acme.example", "ACTIVE")
    assert ask("GET", "/api/v1/org").status_code == 401


def test_a_user_is_deleted_in_two_steps(ask, sandbox):
    """The first one only deactivates."""
    assert ask("DELETE", RAVI).status_code == 204
    assert status_of(ask, RAVI) == "DEPROVISIONED"
    assert ask("DELETE", RAVI).status_code == 204
    assert ask("GET", RAVI).status_code == 404
    assert ask("DELETE", RAVI).status_code == 404
    assert [row.event for row in sandbox.log()] == [
        "user.lifecycle.deactivate",
        "user.lifecycle.delete.initiated",
        "user.lifecycle.delete.completed",
    ]


@pytest.mark.parametrize(
    ("query", "flags"),
    [
        ({}, {"oauthTokens": "false", "forgetDevices": "true"}),
        ({"oauthTokens": "true"}, {"oauthTokens": "true", "forgetDevices": "true"}),
        (
            {"oauthTokens": "TRUE", "forgetDevices": "false"},
            {"oauthTokens": "true", "forgetDevices": "false"},
        ),
    ],
)
def test_sessions_can_be_ended(ask, sandbox, query, flags):
    """Nothing is left of it but the event, which says what went with them."""
    answer = ask("DELETE", f"{RAVI}/sessions", params=query)
    assert (answer.status_code, answer.content) == (204, b"")
    (row,) = sandbox.log()
    assert (row.event, row.user) == ("user.session.clear", "ravi.rao@acme.example")
    (event,) = ask("GET", "/api/v1/logs").json()
    assert flags.items() <= event["debugContext"]["debugData"].items()
    assert event["legacyEventType"] == "core.user_auth.session_clear"
    assert [target["type"] for target in event["target"]] == ["User"]


def test_sessions_that_cannot_be_ended_say_why(ask, sandbox):
    """Of nobody, or with a flag that is neither true nor false."""
    missing = ask("DELETE", "/api/v1/users/nobody/sessions")
    assert (missing.status_code, missing.json()["errorCode"]) == (404, "E0000007")
    wrong = ask("DELETE", f"{RAVI}/sessions", params={"oauthTokens": "yes"})
    assert (wrong.status_code, wrong.json()["errorCode"]) == (400, "E0000001")
    assert sandbox.log() == ()


@pytest.mark.parametrize(
    ("choice", "code"), [("204", None), ("403", "E0000038"), ("404", "E0000007")]
)
def test_the_sessions_of_who_is_gone_are_a_choice(ask, world, choice, code):
    """What Okta answers is not known."""
    options = Options(choices=Choices(clear_sessions_deprovisioned=choice, forget_devices="false"))
    with Sandbox.open(None, world=replace(world, options=options)) as org:
        answer = ask("DELETE", f"{GONE}/sessions", org=org)
        assert answer.status_code == int(choice)
        assert code is None or answer.json()["errorCode"] == code
        assert len(org.log()) == (1 if code is None else 0)
        ask("DELETE", f"{RAVI}/sessions", org=org)
        event = ask("GET", "/api/v1/logs", org=org).json()[-1]
        assert event["debugContext"]["debugData"]["forgetDevices"] == "false"


def test_a_reset_can_end_the_sessions_too(ask, sandbox):
    """Each with its own event."""
    ask("POST", f"{RAVI}/lifecycle/reset_password?sendEmail=true&revokeSessions=true")
    assert [row.event for row in sandbox.log()] == [
        *("user.account.reset_password", "user.session.clear"),
    ]


@pytest.mark.parametrize(
    ("provider", "status", "after"),
    [
        ("FEDERATION", 200, "OKTA"),
        ("SOCIAL", 200, "OKTA"),
        ("IMPORT", 200, "IMPORT"),
        ("ACTIVE_DIRECTORY", 403, "ACTIVE_DIRECTORY"),
        ("LDAP", 403, "LDAP"),
    ],
)
def test_a_reset_changes_where_one_signs_in(ask, world, provider, status, after):
    """Silently, unless a directory keeps the password."""
    people = (replace(world.users[1], provider=provider), *world.users[2:])
    world = replace(world, users=people, groups=(), apps=(), rules=())
    with Sandbox.open(None, world=world) as org:
        reset = f"{RAVI}/lifecycle/reset_password?sendEmail=true"
        assert ask("POST", reset, org=org).status_code == status
        user = ask("GET", RAVI, org=org).json()
    assert user["credentials"]["provider"]["type"] == after
    assert user["status"] == ("RECOVERY" if status == 200 else "ACTIVE")
    assert ("password" in user["credentials"]) == (after in {"OKTA", "IMPORT"})


@pytest.mark.parametrize(
    ("status", "links"),
    [
        ("STAGED", {"activate"}),
        ("PROVISIONED", {"suspend", "resetPassword", "reactivate", "deactivate"}),
        ("ACTIVE", {"suspend", "resetPassword", "expirePassword", "deactivate"}),
        ("PASSWORD_EXPIRED", {"suspend", "resetPassword", "expirePassword", "deactivate"}),
        ("RECOVERY", {"resetPassword", "reactivate", "deactivate"}),
        ("LOCKED_OUT", {"unlock", "resetPassword", "deactivate"}),
        ("SUSPENDED", {"unsuspend", "deactivate"}),
        ("DEPROVISIONED", {"activate", "delete"}),
    ],
)
def test_a_user_links_to_what_may_come_next(ask, sandbox, status, links):
    """By the status; the calls that change something of the account."""
    sandbox.set_status("ravi.rao@acme.example", status)
    shown = set(ask("GET", RAVI).json()["_links"])
    others = {"self", "schema", "type", "resetFactors", "forgotPassword", "changePassword"}
    assert shown - others - {"changeRecoveryQuestion"} == links


@pytest.mark.parametrize(
    ("operation", "event"),
    [
        ("suspend", "user.lifecycle.suspend"),
        ("deactivate", "user.lifecycle.deactivate"),
        ("reset_factors", "user.mfa.factor.reset_all"),
        ("expire_password", "user.account.expire_password"),
        ("reset_password?sendEmail=true", "user.account.reset_password"),
    ],
)
def test_the_log_names_who_did_it_and_to_whom(ask, sandbox, world, operation, event):
    """The owner of the token, through the token."""
    ask("POST", f"{RAVI}/lifecycle/{operation}")
    (row,) = sandbox.log()
    assert (row.event, row.user) == (event, "ravi.rao@acme.example")
    assert (row.actor, row.token_id) == ("svc-access@acme.example", world.tokens[0].id)


def test_what_is_not_known_of_okta_can_be_chosen(ask, world):
    """The status after unlocking, and the code of a password that cannot be reset."""
    choices = Choices(unlocked="PASSWORD_EXPIRED", reset_refused="E0000017")
    with Sandbox.open(None, world=replace(world, options=Options(choices=choices))) as org:
        org.set_status("ravi.rao@acme.example", "LOCKED_OUT")
        ask("POST", f"{RAVI}/lifecycle/unlock", org=org)
        assert ask("GET", RAVI, org=org).json()["status"] == "PASSWORD_EXPIRED"
        response = ask("POST", f"{NEW}/lifecycle/reset_password?sendEmail=true", org=org)
        assert (response.status_code, response.json()["errorCode"]) == (403, "E0000017")
