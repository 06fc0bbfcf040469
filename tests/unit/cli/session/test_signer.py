"""What signs a connector's requests."""

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from reconciler.cli.secrets.credentials import ApiToken, ServiceKey
from reconciler.cli.session.connection import scopes, signer
from reconciler.connector_checks.oauth_scopes import Purpose
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.errors import ConnectorError
from reconciler.okta.auth.service_app import OAuthAuth
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from tests.support.builders import NOW, Company

DOMAIN = "https://acme.okta.com"
ORIGIN = OrgUrl.parse(DOMAIN, pinned_host=None)
RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
PKCS8, SEC1 = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL


def pem(key, kind=PKCS8):
    """The key as a file has it."""
    return key.private_bytes(Encoding.PEM, kind, NoEncryption()).decode()


def made(text, key_id="kid-1", dpop="auto"):
    """The signer for a private key that was stored so."""
    found = ServiceKey(domain=DOMAIN, client_id="0oa1", key_id=key_id, private_key=text, dpop=dpop)
    return signer(found, ORIGIN, ("okta.users.read",), lambda: NOW)


def test_an_api_token_signs_as_itself():
    """It has no scopes to ask for."""
    found = signer(ApiToken(domain=DOMAIN, token="a-token"), ORIGIN, ("x",), lambda: NOW)
    assert isinstance(found, SswsAuth)
    assert found.secrets == ("a-token",)


@pytest.mark.parametrize("key", [RSA, EC], ids=["rsa", "ec"])
@pytest.mark.parametrize("kind", [PKCS8, SEC1])
@pytest.mark.parametrize(
    "stored",
    [
        str,
        str.strip,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.strip().replace("\n", "\\n"),
        lambda text: text.replace("\n", "\\n"),
        lambda text: text.replace("\n", "\\r\\n"),
        lambda text: f"\n{text}\n",
    ],
    ids=["file", "bare", "crlf", "spelled", "spelled-end", "spelled-crlf", "padded"],
)
def test_a_private_key_is_read_however_it_was_stored(key, kind, stored):
    """CI variables hold a PEM on one line, with the line ends spelled out."""
    found = made(stored(pem(key, kind)))
    assert isinstance(found, OAuthAuth)
    assert (found.client_id, found.asked) == ("0oa1", {"okta.users.read"})


def test_a_jwk_is_a_private_key_too():
    """Okta's console hands out both forms."""
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(EC, as_dict=True)
    assert isinstance(made(json.dumps({**jwk, "kid": "kid-1"})), OAuthAuth)


def test_a_key_that_cannot_be_read_is_an_error_without_a_word_of_it():
    """Half of it was copied."""
    half = pem(RSA)[:700]
    with pytest.raises(ConnectorError) as caught:
        made(half)
    assert caught.value.code == "key-malformed"
    assert half.splitlines()[1] not in caught.value.message + caught.value.hint


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_plan_asks_for_nothing_that_writes(purpose):
    """And nothing else asks for more than its purpose needs."""
    lab = Connector(id="okta-lab", type="okta", name="Lab")
    asked = scopes(Catalog(connectors={lab.id: lab}), lab, purpose)
    assert any(scope.endswith(".manage") for scope in asked) is purpose.writes


def test_the_scopes_asked_for_come_from_the_catalog(tmp_path):
    """Each named once, in one order."""
    catalog = Company().tool().bind().granted("amy").catalog(tmp_path)
    (connector,) = catalog.connectors.values()
    asked = scopes(catalog, connector, Purpose.APPLY)
    assert {"okta.groups.manage", "okta.users.read"} <= set(asked)
    assert list(asked) == sorted(set(asked))
