"""A world put into the tables."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.sandbox import Group, Sandbox, User, World, WorldError


def test_instants_and_ids_of_the_world_are_kept(ask, world):
    """And what it leaves out is a year old."""
    born = datetime(2025, 3, 1, tzinfo=UTC)
    user = User(login="old@x.example", id="00u" + "a" * 17, created=born, activated=born)
    group = Group(name="old", id="00g" + "a" * 17, created=born)
    users, groups = (*world.users, user), (*world.groups, group)
    with Sandbox.open(None, world=replace(world, users=users, groups=groups)) as org:
        shown = ask("GET", f"/api/v1/users/{user.id}", org=org).json()
        assert shown["created"] == shown["activated"] == "2025-03-01T00:00:00.000Z"
        assert ask("GET", f"/api/v1/groups/{group.id}", org=org).json()["created"] == (
            "2025-03-01T00:00:00.000Z"
        )
        assert ask("GET", "/api/v1/users/jane.doe", org=org).json()["created"] == (
            "2025-09-01T09:00:00.000Z"
        )


def test_the_staged_were_never_activated(ask):
    """Null, as Okta shows it."""
    assert ask("GET", "/api/v1/users/new.comer").json()["activated"] is None


def test_a_failed_seed_leaves_the_old_org(sandbox, world):
    """The check stands before the first row is touched."""
    with pytest.raises(WorldError, match="nobody"):
        sandbox.seed(World(groups=(Group(name="g", members=("nobody@x.example",)),)))
    assert len(sandbox.users()) == len(world.users)
