"""A token goes to the org the operator named, or nowhere."""

import pytest

from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.okta.org_url import OrgUrl, same_origin

GOOD = {
    "https://acme.okta.com": "https://acme.okta.com",
    "https://acme.okta.com/": "https://acme.okta.com",
    "https://ACME.Okta.COM": "https://acme.okta.com",
    "HTTPS://acme.okta.com": "https://acme.okta.com",
    "https://acme.oktapreview.com": "https://acme.oktapreview.com",
    "https://acme.okta-emea.com": "https://acme.okta-emea.com",
    "https://acme.okta-gov.com": "https://acme.okta-gov.com",
    "https://acme.okta.mil": "https://acme.okta.mil",
    "https://acme.okta-miltest.com": "https://acme.okta-miltest.com",
    "https://acme.trex-govcloud.com": "https://acme.trex-govcloud.com",
    "https://my-admin-team.okta.com": "https://my-admin-team.okta.com",
    "https://dev-123456.okta.com": "https://dev-123456.okta.com",
}
BAD = [
    "",
    "acme.okta.com",
    "http://acme.okta.com",
    "ftp://acme.okta.com",
    "//acme.okta.com",
    "https:acme.okta.com",
    "https:/acme.okta.com",
    "https://",
    "https:///acme.okta.com",
    "https://okta.com",
    "https://.okta.com",
    "https://acme..okta.com",
    "https://acme.okta.com.",
    "https://-acme.okta.com",
    "https://acme_.okta.com",
    "https://acmeokta.com",
    "https://evil-okta.com",
    "https://acme.okta.com.evil.io",
    "https://acme.okta.com@evil.io",
    "https://evil.io@acme.okta.com",
    "https://a:b@acme.okta.com",
    "https://acme.okta.com\\@evil",
    "https://evil\\.okta.com",
    "https://acme.okta.com:443",
    "https://acme.okta.com:8443",
    "https://acme.okta.com:",
    "https://acme.okta.com//",
    "https://acme.okta.com/api/v1",
    "https://acme.okta.com/%2e",
    "https://acme.okta.com?x=1",
    "https://acme.okta.com/?",
    "https://acme.okta.com#x",
    "https://acme.okta.com#",
    " https://acme.okta.com",
    "https://acme.okta.com\n",
    "https://acme.okta.com\t",
    "https://acme\n.okta.com",
    "https://acme.okta.com\x00",
    "https://acme%2eokta.com",
    "https://{yourOktaDomain}",
    "https://https://acme.okta.com",
    "https://\u0430cme.okta.com",  # a Cyrillic letter
    "https://acme\u3002okta.com",  # an ideographic full stop
    "https://acme.\uff4fkta.com",  # a full-width letter
    "https://acme.o\u200bkta.com",  # a zero-width space
    "https://xn--okta-.com",
    "https://localhost",
    "https://localhost.localdomain",
    "https://okta",
    "https://okta.local",
    "https://okta.internal",
    "https://127.0.0.1",
    "https://2130706433",
    "https://0x7f.1",
    "https://127.1",
    "https://10.0.0.1",
    "https://192.168.1.1",
    "https://169.254.169.254",
    "https://8.8.8.8",
    "https://[::1]",
    "https://[fe80::1]",
    "https://id.acme.example",
    "http://127.0.0.1:8765",
    "http://localhost:8765",
]


@pytest.mark.parametrize(("text", "base"), GOOD.items())
def test_an_org_address_is_taken_as_it_is(text, base):
    """Upper case and one slash at the end are the only things that are made good."""
    url = OrgUrl.parse(text, pinned_host=None)
    assert (base, base.removeprefix("https://")) == (url.base, url.host)


@pytest.mark.parametrize("text", BAD)
def test_an_address_that_could_mean_another_machine_is_refused(text):
    """Every refusal says what to write instead."""
    with pytest.raises(ConnectorError) as caught:
        OrgUrl.parse(text, pinned_host=None)
    assert caught.value.code == "domain-invalid"
    assert caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "https://acme-admin.okta.com",
        "https://acme-admin.okta.com/admin/dashboard",
        "https://acme.okta.com/api/v1",
        "https://acme-admin.okta.com?x",
    ],
)
def test_the_hint_holds_the_corrected_address_when_it_is_plain(text):
    """An operator pastes from the browser's bar."""
    with pytest.raises(ConnectorError) as caught:
        OrgUrl.parse(text, pinned_host=None)
    assert caught.value.hint == "write https://acme.okta.com"


def test_a_custom_domain_is_accepted_when_it_is_pinned():
    """Only the pin can say that a custom domain is the org's."""
    url = OrgUrl.parse("https://ID.acme.io", pinned_host="id.acme.io")
    assert url.base == "https://id.acme.io"
    with pytest.raises(ConnectorError, match="not an Okta domain"):
        OrgUrl.parse("https://id.acme.io", pinned_host="id.other.io")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "okta.internal", "okta"])
def test_a_pin_does_not_admit_a_machine_nearby(host):
    """A pin is for custom domains, not for a way inside."""
    with pytest.raises(ConnectorError) as caught:
        OrgUrl.parse(f"https://{host}", pinned_host=host)
    assert caught.value.code == "domain-invalid"


def test_another_okta_org_than_the_pinned_one_is_refused():
    """A changed domain in git must not move the token."""
    with pytest.raises(GuardRefused) as caught:
        OrgUrl.parse("https://evil.okta.com", pinned_host="acme.okta.com")
    assert caught.value.code == "org-mismatch"


@pytest.mark.parametrize(
    "text",
    ["http://127.0.0.1:8765", "http://localhost:1", "http://[::1]:65535", "http://localhost"],
)
def test_loopback_is_accepted_only_on_demand(text):
    """The sandbox is served there; nothing else is."""
    url = OrgUrl.parse(text, pinned_host=None, allow_loopback=True)
    assert (text, text.removeprefix("http://")) == (url.base, url.host)


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:0",
        "http://127.0.0.1:99999",
        "http://127.0.0.2:80",
        "http://0.0.0.0:80",
        "http://localhost.evil.io:80",
        "http://localhost:80@evil.io",
        "http://127.0.0.1:80/x",
        "http://10.0.0.1:80",
    ],
)
def test_only_plain_loopback_is_loopback(text):
    """The permission is for this machine."""
    with pytest.raises(ConnectorError):
        OrgUrl.parse(text, pinned_host=None, allow_loopback=True)


@pytest.mark.parametrize(
    ("link", "is_same"),
    [
        ("https://acme.okta.com/api/v1/users?after=x", True),
        ("https://ACME.okta.com/api", True),
        ("https://acme.okta.com:443/api", True),
        ("http://acme.okta.com/api", False),
        ("https://acme.okta.com:444/api", False),
        ("https://acme-admin.okta.com/api", False),
        ("https://acme.okta.com.evil.io/api", False),
        ("https://acme.okta.com@evil.io/api", False),
        ("https://x@acme.okta.com/api", False),
        ("https://@acme.okta.com/api", False),
        ("https://acme.okta.com\\@evil.io", False),
        ("/api/v1/users", False),
        ("//acme.okta.com/api", False),
        ("https://\u0430cme.okta.com/api", False),
        ("https://acme.okta.com/a b", False),
        ("https://acme.okta.com/\n", False),
        ("https://acme.okta.com:x/", False),
        ("", False),
    ],
)
def test_a_link_is_followed_only_within_the_origin(link, is_same):
    """A foreign link would carry the token with it."""
    assert same_origin("https://acme.okta.com", link) is is_same
