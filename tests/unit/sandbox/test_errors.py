"""What the sandbox refuses."""

from reconciler.sandbox import SandboxError, WorldError


def test_a_world_error_carries_every_message():
    """A person repairs the file once."""
    error = WorldError(("one", "two"))
    assert error.messages == ("one", "two")
    assert str(error) == "one\ntwo"
    assert isinstance(error, SandboxError)
