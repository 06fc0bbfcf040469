"""Which URLs may be an Okta org's, by their letters alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.policy.okta_domain import domain_problem, is_custom_domain

ORGS = [
    "https://acme.okta.com",
    "https://acme-lab.oktapreview.com",
    "https://acme.okta-emea.com",
    "https://acme.okta-gov.com",
    "https://acme.okta.mil",
    "https://acme.okta-miltest.com",
    "https://acme.trex-govcloud.com",
    "https://a.b.okta.com",
    "https://dev-123456.okta.com",
]
CUSTOM = [
    "https://login.acme.com",
    "https://id.acme.co.uk",
    "https://sso-admin.acme.com",
    "https://okta.acme.com",
]
REFUSED = [
    "http://acme.okta.com",
    "HTTPS://acme.okta.com",
    "ftp://acme.okta.com",
    "acme.okta.com",
    "",
    "https://",
    "https:///acme.okta.com",
    "//acme.okta.com",
    "https://okta.com",
    "https://oktapreview.com",
    "https://evilokta.com",
    "https://evil-okta.com",
    "https://okta.com.evil.io",
    "https://acme.okta.com.evil.io",
    "https://acme.oktapreview.com.evil.io",
    "https://acme.okta.com@evil.io",
    "https://evil.io#acme.okta.com",
    "https://evil.io?acme.okta.com",
    "https://evil.io/acme.okta.com",
    "https://evil.io\\acme.okta.com",
    "https://user@acme.okta.com",
    "https://user:password@acme.okta.com",
    "https://acme.okta.com:443",
    "https://acme.okta.com:8443",
    "https://acme.okta.com/",
    "https://acme.okta.com/api/v1",
    "https://acme.okta.com?x=1",
    "https://acme.okta.com#x",
    "https://acme.okta.com.",
    "https://.okta.com",
    "https://acme..okta.com",
    "https://-acme.okta.com",
    "https://acme_.okta.com",
    "https://ACME.okta.com",
    "https://acmé.okta.com",
    "https://acme\u3002okta.com",
    "https://acme.okta.com\n",
    " https://acme.okta.com",
    "https://acme okta.com",
    "https://acme-admin.okta.com",
    "https://acme-admin.oktapreview.com",
    "https://localhost",
    "https://localhost:8765",
    "https://okta.localhost",
    "https://okta.local",
    "https://okta.internal",
    "https://intranet",
    "https://127.0.0.1",
    "https://10.0.0.1",
    "https://192.168.1.1",
    "https://169.254.169.254",
    "https://[::1]",
    "https://2130706433",
    "https://0x7f.0x1",
    "https://127.1",
    "https://" + "a" * 64 + ".okta.com",
    "https://" + "a." * 130 + "okta.com",
]


@pytest.mark.parametrize("url", ORGS)
def test_an_orgs_url_has_no_problem(url):
    """Every suffix that Okta gives out."""
    assert (domain_problem(url), is_custom_domain(url)) == (None, False)


@pytest.mark.parametrize("url", CUSTOM)
def test_a_custom_domain_is_allowed_and_told_apart(url):
    """It needs a pin before anything is sent to it."""
    assert (domain_problem(url), is_custom_domain(url)) == (None, True)


@pytest.mark.parametrize("url", REFUSED)
def test_every_other_url_is_refused_with_a_hint(url):
    """A token must never go to somebody else's server."""
    summary, hint = domain_problem(url)
    assert summary
    assert hint.startswith("write ")
    assert not is_custom_domain(url)


@pytest.mark.parametrize(
    ("url", "org"),
    [
        ("https://acme-admin.okta.com", "https://acme.okta.com"),
        ("https://acme.okta.com/", "https://acme.okta.com"),
        ("acme.okta.com", "https://acme.okta.com"),
    ],
)
def test_a_url_that_is_nearly_right_is_answered_with_the_right_one(url, org):
    """People copy what the browser shows them."""
    assert f"write {org}" == domain_problem(url)[1]


@given(st.text(max_size=60))
def test_no_text_makes_the_judge_raise(text):
    """The domain comes from a file."""
    domain_problem(text)
    domain_problem(f"https://{text}")
    domain_problem(f"https://{text}.okta.com")
