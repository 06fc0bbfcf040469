"""What is fixed outside the repository is read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.errors import ConnectorError
from reconciler.okta.pins import Pin, is_allowed, parse_allowed_secrets, parse_pins

PROD = Pin(host="acme.okta.com", org_id="00o1abc")


@pytest.mark.parametrize(
    "text",
    [
        "okta-prod=acme.okta.com#00o1abc,okta-eu=id.acme.example#00o2",
        " okta-prod=ACME.okta.com#00o1abc \n okta-eu=id.acme.example#00o2 ",
        "okta-prod=acme.okta.com#00o1abc, ,okta-eu=id.acme.example#00o2,",
    ],
)
def test_pins_are_separated_by_commas_or_space(text):
    """Both ways are natural in CI settings."""
    eu = Pin(host="id.acme.example", org_id="00o2")
    assert parse_pins(text) == {"okta-prod": PROD, "okta-eu": eu}


def test_no_text_is_no_pin():
    """An unset variable is empty."""
    assert (parse_pins(""), parse_allowed_secrets(" ")) == ({}, {})


@pytest.mark.parametrize(
    "text",
    [
        "okta-prod",
        "okta-prod=",
        "=acme.okta.com#00o1",
        "okta-prod=acme.okta.com",
        "okta-prod=acme.okta.com#",
        "okta-prod=#00o1",
        "okta-prod=https://acme.okta.com#00o1",
        "okta-prod=acme.okta.com#0ob1",
        "okta-prod=acme.okta.com#00o1#00o2",
        "okta-prod=acme.okta.com#00o1,okta-prod=evil.okta.com#00o2",
        "okta prod=acme.okta.com#00o1",
    ],
)
def test_a_damaged_pin_is_an_error_and_never_no_pin(text):
    """A pin that is given but cannot be checked must not look absent."""
    with pytest.raises(ConnectorError) as caught:
        parse_pins(text)
    assert caught.value.code == "pins-invalid"


def test_allowed_secrets_add_up_per_connector():
    """A connector may need several families of variables."""
    text = "okta-prod=OKTA_PROD_*,okta-prod=OKTA_SHARED okta-eu=EU_TOKEN"
    assert parse_allowed_secrets(text) == {
        "okta-prod": ("OKTA_PROD_*", "OKTA_SHARED"),
        "okta-eu": ("EU_TOKEN",),
    }


@pytest.mark.parametrize("text", ["a=*", "a=*X", "a=X*Y", "a=X**", "a=X?", "a=1X", "a"])
def test_a_pattern_is_a_name_or_the_start_of_one(text):
    """A bare star would allow every secret of the machine."""
    with pytest.raises(ConnectorError) as caught:
        parse_allowed_secrets(text)
    assert caught.value.code == "secrets-invalid"


def test_a_name_is_allowed_by_its_own_pattern_only():
    """The star stands at the end; dots are no wildcards."""
    patterns = ("OKTA_PROD_*", "EXACT")
    allowed = ["OKTA_PROD_TOKEN", "OKTA_PROD_", "EXACT"]
    refused = ["OKTA_PROD", "XOKTA_PROD_A", "EXACTLY", "exact", ""]
    assert [n for n in allowed + refused if is_allowed(n, patterns)] == allowed


@given(st.text(), st.lists(st.from_regex(r"[A-Z_]{1,5}\*?", fullmatch=True)))
def test_nothing_is_allowed_that_no_pattern_starts(name, patterns):
    """Generated names."""
    starts = any(name.startswith(p.removesuffix("*")) for p in patterns)
    assert starts or not is_allowed(name, patterns)
