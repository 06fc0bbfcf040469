"""What the environment says of a connector: its pin, and the secrets it may name."""

import traceback

import pytest

from reconciler.cli.environment import Credential, credential, is_ci, pin_of
from reconciler.model.catalog import Auth, Connector, SecretRef
from reconciler.model.errors import ConnectorError, GuardRefused, ReconcilerError
from reconciler.okta.pins import Pin

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


@pytest.mark.parametrize(("expected", "value"), [(False, ""), (True, "true"), (True, "1")])
def test_ci_is_a_variable_that_says_something(variables, expected, value):
    """An empty one is not set."""
    variables(CI=value)
    assert is_ci() is expected


def test_a_pin_is_the_connectors_own(variables):
    """Another connector's pin says nothing about this one."""
    variables(RECONCILER_PINS=f"okta-lab=lab.okta.com#00olab1 {PIN}")
    assert Pin(host="acme.okta.com", org_id="00oacme1") == pin_of(connector())


def test_without_a_pin_a_laptop_goes_on(variables):
    """The pin of somebody else is none."""
    variables(RECONCILER_PINS="okta-lab=lab.okta.com#00olab1")
    assert pin_of(connector()) is None


def test_without_a_pin_ci_refuses(variables):
    """A repository must not choose the org that gets CI's token."""
    variables(CI="true")
    with pytest.raises(GuardRefused) as caught:
        pin_of(connector())
    assert caught.value.code == "pin-missing"


def test_a_domain_that_travels_with_the_secret_needs_no_pin_in_ci(variables):
    """Whoever stored the secret said where it goes."""
    variables(CI="true")
    assert pin_of(SEED) is None


def test_a_pin_that_cannot_be_read_is_an_error(variables):
    """A pin that is given but cannot be checked must not be ignored."""
    variables(RECONCILER_PINS="okta-prod=acme.okta.com")
    with pytest.raises(ConnectorError) as caught:
        pin_of(connector())
    assert caught.value.code == "pins-invalid"


@pytest.mark.parametrize("is_apply", [True, False])
def test_the_token_is_read_from_the_variable_that_is_named(variables, is_apply):
    """With the domain from the file."""
    variables(OKTA_PROD_TOKEN=TOKEN)
    expected = Credential(domain=DOMAIN, token=TOKEN)
    assert expected == credential(connector(), is_apply=is_apply)


@pytest.mark.parametrize(("name", "is_apply"), [("OKTA_READ", False), ("OKTA_WRITE", True)])
def test_plan_and_apply_may_have_tokens_of_their_own(variables, name, is_apply):
    """A plan never holds a token that can write."""
    variables(**{name: TOKEN})
    split = connector(
        plan_auth=Auth(method="ssws", secret=env("OKTA_READ")),
        apply_auth=Auth(method="ssws", secret=env("OKTA_WRITE")),
    )
    assert credential(split, is_apply=is_apply).token == TOKEN


def test_the_seeds_json_is_accepted_whole(variables):
    """Domain and token in one secret, other fields left aside."""
    variables(OKTA_SEED=f'{{"domain": "{DOMAIN}", "apiToken": "{TOKEN}", "more": 1}}')
    assert Credential(domain=DOMAIN, token=TOKEN) == credential(SEED, is_apply=True)


def refusal(made, variables, **values):
    """The error, and all of its text that anything might print."""
    variables(**values)
    with pytest.raises(ReconcilerError) as caught:
        credential(made, is_apply=False)
    error = caught.value
    shown = "".join(traceback.format_exception(error))
    return error, " ".join([shown, str(error), repr(error), error.message, error.hint])


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f'"{TOKEN}"',
        f'{{"apiToken": "{TOKEN}"}}',
        f'{{"domain": 1, "apiToken": "{TOKEN}"}}',
        f'{{"domain": "{DOMAIN}", "apiToken": ["{TOKEN}"]}}',
        f'{{"domain": "{DOMAIN}", "apiToken": "{TOKEN}"',
        "[" * 100_000 + TOKEN,
        f'{{"domain": "\udcff", "apiToken": "{TOKEN}"}}',
    ],
)
def test_a_seed_that_is_not_the_json_is_refused_without_quoting_it(variables, text):
    """The text holds the token, wherever the mistake is."""
    error, shown = refusal(SEED, variables, OKTA_SEED=text)
    assert (error.code, TOKEN in shown) == ("config-invalid", False)


@pytest.mark.parametrize(
    ("code", "made"),
    [
        ("secret-missing", connector()),
        ("secret-missing", SEED),
        ("auth-missing", connector(plan_auth=None)),
        ("auth-missing", connector(domain=None)),
        (
            "auth-method-unsupported",
            connector(plan_auth=Auth(method="private_key_jwt", secret=env())),
        ),
        (
            "secret-kind-unsupported",
            connector(
                plan_auth=Auth(method="ssws", secret=SecretRef(kind="file", value="/run/token"))
            ),
        ),
        (
            "secret-kind-unsupported",
            connector(
                plan_auth=Auth(method="ssws", secret=SecretRef(kind="command", value=("op", "x")))
            ),
        ),
    ],
)
def test_a_credential_that_cannot_be_had_says_why(variables, code, made):
    """Each way has its own next step."""
    assert code == refusal(made, variables)[0].code


@pytest.mark.parametrize(
    ("code", "values"),
    [
        (None, {}),
        (None, {"RECONCILER_SECRETS": "okta-prod=OKTA_PROD_*"}),
        (None, {"RECONCILER_SECRETS": "okta-prod=OKTA_PROD_TOKEN", "CI": "true"}),
        ("secret-not-allowed", {"RECONCILER_SECRETS": "okta-prod=OTHER_*"}),
        ("secret-not-allowed", {"RECONCILER_SECRETS": "okta-lab=OKTA_PROD_TOKEN"}),
        ("secret-not-allowed", {"RECONCILER_SECRETS": "okta-prod=OKTA_PROD"}),
        ("secret-not-allowed", {"CI": "true"}),
        ("secrets-invalid", {"RECONCILER_SECRETS": "nonsense"}),
    ],
)
def test_a_connector_names_only_the_secrets_it_was_allowed(variables, code, values):
    """A pull request must not point at another secret of the same runner."""
    variables(OKTA_PROD_TOKEN=TOKEN, **values)
    if code is None:
        assert credential(connector(), is_apply=False).token == TOKEN
    else:
        error, shown = refusal(connector(), variables)
        assert (code, False) == (error.code, TOKEN in shown)


def test_a_credential_never_shows_its_token():
    """Whatever prints it: a log, an assertion, a traceback."""
    held = Credential(domain=DOMAIN, token=TOKEN)
    shown = f"{held} {held!r} {[held]} {held!s}"
    assert (TOKEN in shown, DOMAIN in shown) == (False, True)
