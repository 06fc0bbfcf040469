"""Where the token may go."""

import pytest

from reconciler.github.transport import PUBLIC_API, address_problem, is_below


@pytest.mark.parametrize(
    "address",
    [
        PUBLIC_API,
        "https://github.example.com/api/v3",
        "https://ghe.example.com:8443/api/v3/",
        "http://127.0.0.1:8080",
        "http://localhost",
        "http://[::1]:80",
    ],
)
def test_an_api_address_is_https_or_loopback(address):
    """A path is allowed: an enterprise server's API lies below one."""
    assert address_problem(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "http://api.github.com",
        "http://127.0.0.1.example.com",
        "http://localhost@example.com",
        "https://user:word@api.github.com",
        "https://api.github.com?x=1",
        "https://api.github.com#x",
        "ftp://127.0.0.1",
        "https://",
        "https:///x",
        "//api.github.com",
        "api.github.com",
        "https://xn--0.example",
        "https://api.github.com/{x}",
        "https://api.github.com:99999999",
        "https://a b",
        "",
        "\u212aocalhost",
    ],
)
def test_no_other_address_gets_a_token(address):
    """In doubt nothing is sent."""
    assert address_problem(address)


@pytest.mark.parametrize(
    ("link", "is_ours"),
    [
        ("https://h.example.com/api/v3/repos", True),
        ("https://h.example.com:443/api/v3/repos", True),
        ("https://H.example.com/api/v3/repos", True),
        ("https://h.example.com/repos", False),
        ("https://h.example.com/api/v3evil/repos", False),
        ("https://h.example.com:444/api/v3/repos", False),
        ("http://h.example.com/api/v3/repos", False),
        ("https://evil.example.com/api/v3/repos", False),
        ("https://x@h.example.com/api/v3/repos", False),
        ("https://h.example.com@evil.example.com/api/v3/repos", False),
        ("https://h.example.com:x/api/v3/", False),
        ("https://xn--0.example/api/v3/", False),
    ],
)
def test_a_link_stays_with_its_api(link, is_ours):
    """The next page is asked for with the token."""
    assert is_below("https://h.example.com/api/v3", link) is is_ours
