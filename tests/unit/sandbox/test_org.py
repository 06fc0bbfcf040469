"""The public face of an org."""

from datetime import timedelta

import pytest

from reconciler.sandbox import Options, Sandbox, SandboxError, User, World


def test_the_clock_runs_from_the_worlds_now(sandbox, world, wall):
    """In real time, from the seed."""
    assert sandbox.now() == world.now
    wall.seconds += 90
    assert sandbox.now() == world.now + timedelta(seconds=90)


def test_a_reset_brings_the_world_back(sandbox, world, wall):
    """Members, clock and log."""
    sandbox.add_member("empty", "ravi.rao@acme.example")
    sandbox.delete_user("jane.doe@acme.example")
    wall.seconds += 90
    sandbox.reset()
    assert sandbox.members("empty") == ()
    assert len(sandbox.users()) == len(world.users)
    assert sandbox.log() == ()
    assert sandbox.now() == world.now


def test_another_seed_replaces_everything(sandbox):
    """Nothing of the old world is left."""
    sandbox.seed(World(users=(User(login="a@x.example"),)))
    assert [user.login for user in sandbox.users()] == ["a@x.example"]
    assert [group.name for group in sandbox.groups()] == ["Everyone"]
    with pytest.raises(SandboxError, match="no active token"):
        sandbox.token()


def test_a_file_that_has_an_org_keeps_it(tmp_path, world):
    """The world given at opening is for a new file only."""
    with Sandbox.open(tmp_path / "org.db", world=world) as org:
        org.add_member("empty", "ravi.rao@acme.example")
    with Sandbox.open(tmp_path / "org.db", world=World()) as org:
        assert len(org.members("empty")) == 1
        assert org.token() == world.tokens[0].value


def test_without_a_world_the_packaged_one_is_seeded():
    """`--sandbox` needs no file."""
    with Sandbox.open(None) as org:
        assert org.token()
        assert org.users()


def test_an_org_behaves_as_told_until_it_is_reset(sandbox):
    """A lag that a test turns on is gone with the next world."""
    sandbox.set_options(Options(log_delay=5))
    assert sandbox.options == Options(log_delay=5)
    sandbox.reset()
    assert sandbox.options == Options()
