"""A person's hand in the console."""

import pytest

from reconciler.sandbox import Operation, SandboxError


def test_a_hand_is_logged_as_a_person(sandbox, ids):
    """No token, and an actor who is somebody else than the token's owner."""
    assert sandbox.add_member(ids["empty"], "ravi.rao@acme.example")
    assert not sandbox.add_member("empty", "RAVI.RAO@acme.example")
    assert sandbox.remove_member("empty", "ravi.rao@acme.example")
    assert not sandbox.remove_member("empty", "ravi.rao@acme.example")
    added, removed = sandbox.log()
    assert (added.event, removed.event) == (
        "group.user_membership.add",
        "group.user_membership.remove",
    )
    assert (added.actor, added.token_id) == ("Jane.Doe@acme.example", "")
    assert (added.user, added.group) == ("ravi.rao@acme.example", "empty")


@pytest.mark.parametrize(
    "touch",
    [
        lambda org: org.add_member("none", "ravi.rao@acme.example"),
        lambda org: org.add_member("empty", "nobody@acme.example"),
        lambda org: org.set_status("nobody@acme.example", "ACTIVE"),
        lambda org: org.set_status("ravi.rao@acme.example", "HAPPY"),
        lambda org: org.rename_login("ravi.rao@acme.example", "jane.doe@acme.example"),
        lambda org: org.delete_group("none"),
        lambda org: org.members("none"),
    ],
)
def test_what_is_not_there_is_refused(sandbox, touch):
    """With the sandbox's own exception."""
    with pytest.raises(SandboxError):
        touch(sandbox)
    assert sandbox.log() == ()


def test_a_status_changes_and_everyone_with_it(sandbox, ask):
    """The deprovisioned keep their own groups and leave Everyone."""
    sandbox.set_status("jane.doe@acme.example", "DEPROVISIONED")
    assert "Jane.Doe@acme.example" not in {user.login for user in sandbox.members("Everyone")}
    assert "Jane.Doe@acme.example" in {user.login for user in sandbox.members("claude-enterprise")}
    assert ask("GET", "/api/v1/users/jane.doe@acme.example").json()["status"] == "DEPROVISIONED"
    sandbox.set_status("jane.doe@acme.example", "ACTIVE")
    assert "Jane.Doe@acme.example" in {user.login for user in sandbox.members("Everyone")}


def test_names_change_and_ids_stay(sandbox, ask, ids):
    """A catalog that binds ids is not disturbed."""
    sandbox.rename_login("ravi.rao@acme.example", "r.rao@acme.example")
    sandbox.rename_group("empty", "full")
    found = ask("GET", "/api/v1/users/r.rao@acme.example").json()
    assert found["id"] == ids["ravi.rao@acme.example"]
    group = ask("GET", f"/api/v1/groups/{ids['empty']}").json()
    assert group["profile"]["name"] == "full"


def test_the_deleted_are_gone(sandbox, ask, ids):
    """From lists, memberships and look-ups."""
    sandbox.delete_user("jane.doe@acme.example")
    sandbox.delete_group("empty")
    assert ask("GET", f"/api/v1/users/{ids['jane.doe@acme.example']}").status_code == 404
    assert ask("GET", f"/api/v1/groups/{ids['empty']}").status_code == 404
    assert len(sandbox.members("claude-enterprise")) == 2


def test_an_account_is_changed_once_and_then_was_so_already(sandbox):
    """By a person, through no token."""
    ravi = "ravi.rao@acme.example"
    assert sandbox.change_account(Operation.SUSPEND, ravi)
    assert not sandbox.change_account(Operation.SUSPEND, ravi)
    assert sandbox.change_account(Operation.RESET_FACTORS, ravi)
    suspended, reset = sandbox.log()
    assert (suspended.event, suspended.user) == ("user.lifecycle.suspend", ravi)
    assert {(row.actor, row.token_id) for row in (suspended, reset)} == {
        ("Jane.Doe@acme.example", "")
    }


@pytest.mark.parametrize(
    ("operation", "login", "why"),
    [
        (Operation.SUSPEND, "new.comer@acme.example", "STAGED: Cannot suspend a user that is not"),
        (Operation.UNLOCK, "gone.away@acme.example", "DEPROVISIONED: The user is not locked out"),
        (Operation.RESET_PASSWORD, "sus.pended@acme.example", "SUSPENDED: This operation is not"),
        (Operation.LOCK, "nobody@acme.example", "no user"),
    ],
)
def test_what_the_status_forbids_is_said(sandbox, operation, login, why):
    """With Okta's reason."""
    with pytest.raises(SandboxError, match=why):
        sandbox.change_account(operation, login)
    assert sandbox.log() == ()
