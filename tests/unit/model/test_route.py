"""Which proxy a request takes, and how it is shown."""

import pytest

from reconciler.model.catalog import DIRECT, Route

WAY = Route(proxy="http://me:hunter22@proxy.example.com:3128/", straight=("ghe.example.com",))


@pytest.mark.parametrize(
    ("host", "is_straight"),
    [
        ("acme.okta.com", False),
        ("ghe.example.com", True),
        ("api.GHE.example.com", True),
        ("evilghe.example.com", False),
        ("ghe.example.com.evil.io", False),
    ],
)
def test_named_hosts_and_those_below_them_are_reached_straight(host, is_straight):
    """A name that only ends alike is another host."""
    assert (WAY.proxy_for(host) == "") is is_straight
    assert DIRECT.proxy_for(host) == ""


def test_a_proxy_is_shown_without_its_password():
    """Neither in its name nor in its repr."""
    assert WAY.proxy_name == "proxy.example.com:3128"
    assert "hunter22" not in repr(WAY)
    assert DIRECT.proxy_name == ""
