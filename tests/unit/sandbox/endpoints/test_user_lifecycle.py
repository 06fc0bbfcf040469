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


def test_sessions_can_be_ended(ask, sandbox):
    """Nothing is left of it but the event."""
    assert ask("DELETE", f"{RAVI}/sessions").status_code == 204
    (row,) = sandbox.log()
    assert (row.event, row.user) == ("user.session.clear", "ravi.rao@acme.example")


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
