"""What is fixed outside the repository is read strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.secrets.pins import (
    DoorPin,
    Pin,
    is_allowed,
    parse_allowed_commands,
    parse_allowed_secrets,
    parse_door_pin,
    parse_pins,
)
from reconciler.model.errors import ConnectorError

PROD = Pin(host="acme.okta.com", org_id="00o1abc")
CLOUD = "1a2b3c4d-0000-4000-8000-00000000abcd"


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


@pytest.mark.parametrize(("name", "other"), [("jira", "okta-prod"), ("okta-prod", "jira")])
def test_a_pin_in_another_form_is_answered_with_one_of_its_own_kind(name, other):
    """An org has another id than a site of Jira."""
    with pytest.raises(ConnectorError) as caught:
        parse_pins(f"{name}=acme.example.com")
    assert f"RECONCILER_PINS='{name}=" in caught.value.hint
    assert other not in caught.value.hint


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
        "jira=acme.atlassian.net",
        "jira=acme.atlassian.net#00o1abc",
        f"okta-prod=acme.okta.com#{CLOUD}",
        f"jira=https://acme.atlassian.net#{CLOUD}",
        f"jira=acme.atlassian.net#{CLOUD} jira=evil.atlassian.net#{CLOUD}",
    ],
)
@pytest.mark.parametrize("parse", [parse_pins, parse_door_pin])
def test_a_damaged_pin_is_an_error_and_never_no_pin(text, parse):
    """A pin that is given but cannot be checked must not look absent."""
    with pytest.raises(ConnectorError) as caught:
        parse(text)
    assert caught.value.code == "pins-invalid"


def test_the_pin_of_jira_is_its_site_and_cloud_id():
    """It stands among those of the connectors, and is none of them."""
    text = f"okta-prod=acme.okta.com#00o1abc,jira=ACME.atlassian.net#{CLOUD.upper()}"
    assert parse_door_pin(text) == DoorPin(host="acme.atlassian.net", cloud_id=CLOUD)
    assert parse_pins(text) == {"okta-prod": PROD}
    assert parse_door_pin("okta-prod=acme.okta.com#00o1abc") is None


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


def test_allowed_commands_are_json_per_connector():
    """An argument may hold a space, a comma or an equals sign."""
    text = (
        '{"okta-prod": [["op", "read", "op://ci/okta prod/key"], ["vault", "a=b"]], "okta-eu": []}'
    )
    assert parse_allowed_commands(text) == {
        "okta-prod": {("op", "read", "op://ci/okta prod/key"), ("vault", "a=b")},
        "okta-eu": frozenset(),
    }
    assert parse_allowed_commands("") == {}


@pytest.mark.parametrize(
    "text",
    [
        "okta-prod=op read x",
        "[]",
        '"x"',
        '{"okta-prod": "op read x"}',
        '{"okta-prod": ["op", "read", "x"]}',
        '{"okta-prod": [[]]}',
        '{"okta-prod": [["op", 1]]}',
        '{"": [["op"]]}',
        '{"okta-prod": [["op"]]',
        '{"okta-prod": null}',
        "[" * 100_000,
    ],
)
def test_damaged_commands_are_an_error_that_quotes_none(text):
    """An argument may be a secret; and one string is not a list of words."""
    with pytest.raises(ConnectorError) as caught:
        parse_allowed_commands(text)
    assert caught.value.code == "commands-invalid"
    assert text not in caught.value.message
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "text", ["a-secret", "a-secret=", "a-secret==", "x=a-secret#1", "a-secret=1b"]
)
@pytest.mark.parametrize("parse", [parse_pins, parse_allowed_secrets])
def test_a_damaged_entry_is_counted_and_not_quoted(parse, text):
    """Somebody may have put the secret into the wrong variable."""
    with pytest.raises(ConnectorError, match="entry 2") as caught:
        parse(f"okta-prod={'OKTA' if parse is parse_allowed_secrets else 'a.okta.com#00o1'} {text}")
    assert "a-secret" not in caught.value.message + caught.value.hint
