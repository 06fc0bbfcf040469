"""What the environment says of a connector: its pin, and the secrets it may name."""

import json
import traceback
from pathlib import Path

import pytest

from reconciler.cli.secrets import credentials
from reconciler.cli.secrets.credentials import ApiToken, ServiceKey, find_pin
from reconciler.cli.secrets.pins import Pin
from reconciler.cli.secrets.source import SecretSource
from reconciler.model.catalog import Auth, Connector
from reconciler.model.errors import ConnectorError, GuardRefused, ReconcilerError
from reconciler.model.ids import SecretRef

TOKEN = "00-a-very-secret-token"
DOMAIN = "https://acme.okta.com"
PIN = "okta-prod=acme.okta.com#00oacme1"


def env(name="OKTA_PROD_TOKEN"):
    """A secret in a variable."""
    return SecretRef(kind="env", value=name)


def connector(**more):
    """A connector that plans and applies with one token."""
    auth = Auth(method="ssws", secret=env())
    facts = {"domain": DOMAIN, "plan_auth": auth, "apply_auth": auth, **more}
    return Connector(id="okta-prod", type="okta", name="Okta", **facts)


SEED = connector(config=env("OKTA_SEED"), domain=None, plan_auth=None, apply_auth=None)


@pytest.fixture
def variables(monkeypatch):
    """Sets variables for one test."""

    def put(**values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return put


def credential(made, *, is_apply):
    """What the connector signs in with."""
    source = SecretSource(connector=made.id, repository=Path("/repository"))
    return credentials.read_credential(made, source, is_apply=is_apply)


def test_a_pin_is_the_connectors_own(variables):
    """Another connector's pin says nothing about this one."""
    variables(RECONCILER_PINS=f"okta-lab=lab.okta.com#00olab1 {PIN}")
    assert Pin(host="acme.okta.com", org_id="00oacme1") == find_pin(connector())


def test_without_a_pin_a_laptop_goes_on(variables):
    """The pin of somebody else is none."""
    variables(RECONCILER_PINS="okta-lab=lab.okta.com#00olab1")
    assert find_pin(connector()) is None


def test_without_a_pin_ci_refuses(variables):
    """A repository must not choose the org that gets CI's token."""
    variables(CI="true")
    with pytest.raises(GuardRefused) as caught:
        find_pin(connector())
    assert caught.value.code == "pin-missing"


def test_a_domain_that_travels_with_the_secret_needs_no_pin_in_ci(variables):
    """Whoever stored the secret said where it goes."""
    variables(CI="true")
    assert find_pin(SEED) is None


def test_a_pin_that_cannot_be_read_is_an_error(variables):
    """A pin that is given but cannot be checked must not be ignored."""
    variables(RECONCILER_PINS="okta-prod=acme.okta.com")
    with pytest.raises(ConnectorError) as caught:
        find_pin(connector())
    assert caught.value.code == "pins-invalid"


@pytest.mark.parametrize("is_apply", [True, False])
def test_the_token_is_read_from_the_variable_that_is_named(variables, is_apply):
    """With the domain from the file."""
    variables(OKTA_PROD_TOKEN=TOKEN)
    expected = ApiToken(domain=DOMAIN, token=TOKEN)
    assert expected == credential(connector(), is_apply=is_apply)


@pytest.mark.parametrize(("name", "is_apply"), [("OKTA_READ", False), ("OKTA_WRITE", True)])
def test_plan_and_apply_may_have_tokens_of_their_own(variables, name, is_apply):
    """A plan never holds a token that can write; the other variable is not even set."""
    variables(**{name: TOKEN})
    split = connector(
        plan_auth=Auth(method="ssws", secret=env("OKTA_READ")),
        apply_auth=Auth(method="ssws", secret=env("OKTA_WRITE")),
    )
    assert credential(split, is_apply=is_apply).token == TOKEN


@pytest.mark.parametrize(
    ("client_id", "key_id"),
    [("0oaclient", "kid-1"), (env("OKTA_CLIENT"), env("OKTA_KID")), ("0oaclient", None)],
)
def test_a_service_app_is_named_by_values_or_references(variables, client_id, key_id):
    """The private key is a reference in any case."""
    variables(OKTA_CLIENT="0oaclient\n", OKTA_KID="kid-1", OKTA_KEY="a key")
    auth = Auth(
        method="private_key_jwt",
        secret=env("OKTA_KEY"),
        client_id=client_id,
        key_id=key_id,
        dpop="required",
    )
    assert credential(connector(plan_auth=auth), is_apply=False) == ServiceKey(
        domain=DOMAIN,
        client_id="0oaclient",
        key_id=None if key_id is None else "kid-1",
        private_key="a key",
        dpop="required",
    )


def test_the_seeds_json_is_accepted_whole(variables):
    """Domain and token in one secret, other fields left aside; the domain is then the pin."""
    variables(OKTA_SEED=f'{{"domain": "{DOMAIN}", "apiToken": "{TOKEN}", "more": 1}}')
    found = credential(SEED, is_apply=True)
    assert found == ApiToken(domain=DOMAIN, token=TOKEN, is_pinning=True)


def refusal(made, variables, **values):
    """The error, and all of its text that anything might print."""
    variables(**values)
    with pytest.raises(ReconcilerError) as caught:
        credential(made, is_apply=False)
    error = caught.value
    shown = "".join(traceback.format_exception(error))
    return error, " ".join([shown, str(error), repr(error), error.message, error.hint])


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("is not JSON", TOKEN),
        ("is JSON, but no object", f'"{TOKEN}"'),
        ("is JSON, but no object", f'["{TOKEN}"]'),
        ("has no `domain`", f'{{"apiToken": "{TOKEN}"}}'),
        ("has no `domain`", f'{{"orgUrl": "{DOMAIN}", "token": "{TOKEN}"}}'),
        ("has no `apiToken`", f'{{"domain": "{DOMAIN}", "{TOKEN}": 1}}'),
        ("has a `domain` that is no text", f'{{"domain": 1, "apiToken": "{TOKEN}"}}'),
        (
            "has a `apiToken` that is no text",
            f'{{"domain": "{DOMAIN}", "apiToken": ["{TOKEN}"]}}',
        ),
        ("has a `apiToken` that is no text", f'{{"domain": "{DOMAIN}", "apiToken": ""}}'),
        ("is not JSON", f'{{"domain": "{DOMAIN}", "apiToken": "{TOKEN}"'),
        ("is not JSON", "[" * 100_000 + TOKEN),
        ("is not JSON", f'{{"domain": "\udcff", "apiToken": "{TOKEN}"}}'),
    ],
)
def test_a_seed_that_is_not_the_json_says_what_is_wrong_without_quoting_it(variables, what, text):
    """The text holds the token, wherever the mistake is; the right form is shown."""
    error, shown = refusal(SEED, variables, OKTA_SEED=text)
    assert (error.code, TOKEN in shown) == ("config-invalid", False)
    assert error.message == f"the secret that holds the configuration of okta-prod {what}"
    assert json.loads(error.hint.removeprefix("store ").partition(", nothing")[0])


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("secret-missing", connector()),
        ("secret-missing", SEED),
        ("auth-missing", connector(plan_auth=None)),
        ("auth-missing", connector(domain=None)),
        ("client-id-missing", connector(plan_auth=Auth(method="private_key_jwt", secret=env()))),
    ],
)
def test_a_credential_that_cannot_be_had_says_why(variables, code, made):
    """Each way has its own next step."""
    assert code == refusal(made, variables)[0].code


@pytest.mark.parametrize(
    "held",
    [
        ApiToken(domain=DOMAIN, token=TOKEN),
        ServiceKey(domain=DOMAIN, client_id="0oa1", key_id=None, private_key=TOKEN, dpop="auto"),
    ],
)
def test_a_credential_never_shows_its_secret(held):
    """Whatever prints it: a log, an assertion, a traceback."""
    shown = f"{held} {held!r} {[held]} {held!s}"
    assert (TOKEN in shown, DOMAIN in shown) == (False, True)
