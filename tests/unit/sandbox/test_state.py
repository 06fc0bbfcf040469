"""What every part of a running org shares."""

from reconciler.sandbox.state import Exchange


def test_an_exchange_is_a_plain_tuple():
    """Tests compare it with one."""
    assert Exchange("GET", "/x", "", 200) == ("GET", "/x", "", 200)
