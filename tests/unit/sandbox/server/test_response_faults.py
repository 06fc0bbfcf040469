"""How each fault spoils an answer."""

from reconciler.sandbox import Fault
from reconciler.sandbox.server.response import Reply
from reconciler.sandbox.server.response_faults import apply_to_reply


def test_an_error_is_not_spoilt_further():
    """A client must see the reason it was refused."""
    reply = Reply(status=403, headers=(), body=b"{}")
    assert apply_to_reply(Fault(kind="empty"), reply, "https://h/") == reply


def test_an_empty_body_cannot_be_short():
    """There is nothing to leave out."""
    reply = Reply(status=204, headers=(), body=b"")
    assert not apply_to_reply(Fault(kind="short"), reply, "https://h/").is_short
