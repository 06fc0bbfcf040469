"""Moving a user from one status to another, at once or after a while."""

from dataclasses import replace

import hypothesis.strategies as st
import pytest
from hypothesis import assume, given, settings

from reconciler.sandbox import (
    Choices,
    Operation,
    Options,
    Sandbox,
    SandboxError,
    Token,
    User,
    World,
)
from reconciler.sandbox.world.model import PROVIDERS

AMY = "amy@x.example"
PATH = f"/api/v1/users/{AMY}"
WORLD = World(
    users=(User(login=AMY), User(login="root@x.example", roles=("SUPER_ADMIN",))),
    tokens=(Token(name="bot", owner="root@x.example"),),
)
KEEPING = set(Operation) - {Operation.UNSUSPEND, Operation.DEACTIVATE, Operation.DELETE}
"""What does not end a suspension."""


def opened(wall=None, user=None, **options):
    """An org in which Amy may be someone else."""
    people = (user or WORLD.users[0], *WORLD.users[1:])
    world = replace(WORLD, users=people, options=Options(**options))
    return Sandbox.open(None, world=world, **({"wall": lambda: wall.seconds} if wall else {}))


def events(org):
    """What the log says, without who was asked."""
    return [(row.event, row.actor, row.outcome) for row in org.log()]


def try_all(org, operations):
    """Each is tried; what is refused changes nothing."""
    for operation in operations:
        try:
            org.change_account(operation, AMY)
        except SandboxError:
            continue


@given(
    st.lists(st.sampled_from(sorted(set(Operation) - {Operation.DELETE}, key=str)), max_size=6),
    st.lists(st.sampled_from(sorted(KEEPING, key=str)), max_size=6),
    st.sampled_from(sorted(PROVIDERS)),
)
@settings(max_examples=40, deadline=None)
def test_a_suspension_ends_in_the_status_before_it(past, between, provider):
    """Whatever came before it, and whatever was tried meanwhile."""
    choices = Choices(suspend_recovery="done", suspend_locked_out="done")
    with opened(user=User(login=AMY, provider=provider), choices=choices) as org:
        try_all(org, [each for each in past if each is not Operation.SUSPEND])
        before = org.users()[0].status
        assume(before != "DEPROVISIONED")
        org.change_account(Operation.SUSPEND, AMY)
        org.set_status(AMY, "SUSPENDED")
        try_all(org, between)
        assert org.users()[0].status == "SUSPENDED"
        org.change_account(Operation.UNSUSPEND, AMY)
        assert org.users()[0].status == before


@given(st.lists(st.sampled_from(sorted(set(Operation) - {Operation.DELETE}, key=str)), max_size=8))
@settings(max_examples=40, deadline=None)
def test_every_change_leaves_one_event_and_a_refusal_none(operations):
    """So that the log tells the whole story."""
    done = 0
    with opened() as org:
        for operation in operations:
            try:
                done += org.change_account(operation, AMY)
            except SandboxError:
                continue
        assert len(org.log()) == done


@pytest.mark.parametrize(
    "lock",
    [
        lambda org: org.change_account(Operation.LOCK, AMY),
        lambda org: org.set_status(AMY, "LOCKED_OUT"),
    ],
)
@pytest.mark.parametrize("choice", ["none", "user"])
def test_a_lock_is_the_failed_sign_in_of_the_person(ask, lock, choice):
    """Nobody else did it, and whether the event names its target is a choice."""
    with opened(choices=Choices(lock_target=choice)) as org:
        lock(org)
        assert events(org) == [("user.account.lock", AMY, "FAILURE")]
        (event,) = ask("GET", "/api/v1/logs", org=org).json()
        for field, found in (("actor.id", 1), ("target.id", int(choice == "user"))):
            query = {"filter": f'{field} eq "{org.users()[0].id}"'}
            assert len(ask("GET", "/api/v1/logs", org=org, params=query).json()) == found
    assert event["legacyEventType"] == "core.user_auth.account_locked"
    assert event["outcome"] == {"result": "FAILURE", "reason": "LOCKED_OUT"}
    assert event["severity"] == "DEBUG"
    assert [each["type"] for each in event["target"] or ()] == ["User"] * (choice == "user")


def test_an_admin_unlocks_and_so_does_time(wall, ask):
    """By other events, and by other actors."""
    with opened(wall, unlock_after=900) as org:
        org.change_account(Operation.LOCK, AMY)
        ask("POST", f"{PATH}/lifecycle/unlock", org=org)
        org.change_account(Operation.LOCK, AMY)
        wall.seconds += 899
        assert ask("GET", PATH, org=org).json()["status"] == "LOCKED_OUT"
        wall.seconds += 61
        user = ask("GET", PATH, org=org).json()
        assert (user["status"], user["statusChanged"]) == ("ACTIVE", "2026-09-01T09:15:00.000Z")
        wall.seconds += 9_000
        assert events(org) == [
            ("user.account.lock", AMY, "FAILURE"),
            ("user.account.unlock_by_admin", "root@x.example", "SUCCESS"),
            ("user.account.lock", AMY, "FAILURE"),
            ("user.account.unlock", "system@okta.com", "SUCCESS"),
        ]


@pytest.mark.parametrize(
    ("operation", "was", "becomes"),
    [
        ("deactivate", "ACTIVE", "DEPROVISIONED"),
        ("activate", "STAGED", "PROVISIONED"),
        ("activate", "DEPROVISIONED", "PROVISIONED"),
    ],
)
def test_activating_and_deactivating_can_take_a_while(wall, ask, operation, was, becomes):
    """The status stays, another one is announced, and nothing else may be done meanwhile."""
    with opened(wall, user=User(login=AMY, status=was), transition_lag=30) as org:
        assert ask("POST", f"{PATH}/lifecycle/{operation}", org=org).status_code == 200
        for _ in range(2):
            user = ask("GET", PATH, org=org).json()
            assert (user["status"], user["transitioningToStatus"]) == (was, becomes)
            assert org.log() == ()
            wall.seconds += 10
        for method, path in (("POST", f"{PATH}/lifecycle/deactivate"), ("POST", PATH)):
            answer = ask(method, path, org=org, json={})
            assert (answer.status_code, answer.json()["errorCode"]) == (409, "E0000112")
        wall.seconds += 60
        user = ask("GET", PATH, org=org).json()
        assert (user["status"], user["statusChanged"]) == (becomes, "2026-09-01T09:00:30.000Z")
        assert "transitioningToStatus" not in user
        (row,) = org.log()
        assert (row.event, row.actor) == (f"user.lifecycle.{operation}", "root@x.example")
        assert (row.published, row.user) == ("2026-09-01T09:00:30.000Z", AMY)


def test_an_announced_status_comes_in_another_process_too(wall, tmp_path):
    """The org is in its file."""
    world = replace(WORLD, options=Options(transition_lag=30))
    path = tmp_path / "org.db"
    with Sandbox.open(path, world=world, wall=lambda: wall.seconds) as one:
        one.change_account(Operation.DEACTIVATE, AMY)
        assert (one.users()[0].status, one.users()[0].moving_to) == ("ACTIVE", "DEPROVISIONED")
        with pytest.raises(SandboxError, match="ACTIVE, becoming DEPROVISIONED"):
            one.change_account(Operation.SUSPEND, AMY)
    wall.seconds += 31
    with Sandbox.open(path, wall=lambda: wall.seconds) as other:
        assert (other.users()[0].status, other.users()[0].moving_to) == ("DEPROVISIONED", "")


def test_who_is_deleted_or_given_a_status_meanwhile_is_left_alone(wall):
    """What was to come does not come."""
    with opened(wall, transition_lag=30) as org:
        org.change_account(Operation.DEACTIVATE, AMY)
        org.set_status(AMY, "SUSPENDED")
        wall.seconds += 60
        assert org.users()[0].status == "SUSPENDED"
        org.change_account(Operation.DEACTIVATE, AMY)
        org.delete_user(AMY)
        wall.seconds += 60
        assert [user.login for user in org.users()] == ["root@x.example"]
