"""No file of the repository can send the token to another host, nor name another secret."""

import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import CONNECTOR, Company
from tests.support.harness import Office, members_path

COMPANY = Company().tool().bind().granted("amy")
TOKEN = "a-secret-that-nobody-may-see"
OURS = "okta-prod=acme.okta.com#00okXc34tvSrziOTAjoc"
LIVE = {"OKTA_PROD_TOKEN": TOKEN, "RECONCILER_PINS": OURS, "RECONCILER_SECRETS": "okta-prod=OKTA_*"}

_reached = []


def _notice(event, arguments):
    """Every name that is looked up and every address that is connected to."""
    if event in {"socket.getaddrinfo", "socket.connect"}:
        _reached.append((event, arguments[:2]))


sys.addaudithook(_notice)


@pytest.fixture(autouse=True)
def reached():
    """What this test looked up or connected to."""
    _reached.clear()
    return _reached


def connector(**parts):
    """The company whose connector says this."""
    content = {
        "id": CONNECTOR,
        "type": "okta",
        "name": "Okta production",
        "domain": "https://acme.okta.com",
        "auth": {"method": "ssws", "token": {"env": "OKTA_PROD_TOKEN"}},
        **parts,
    }
    kept = {name: value for name, value in content.items() if value is not None}
    return COMPANY.file("connectors/okta-prod.yaml", kept)


def refused(folder, company, code, env, *, exit_code=3):
    """The plan was refused before anything was sent, and without a word of the secret."""
    ran = Office(folder, company).run("plan", env=env)
    assert ran.code == exit_code, ran
    assert f"error: {code}" in ran.err
    assert TOKEN not in ran.out + ran.err
    assert _reached == []


def test_a_changed_domain_is_refused_by_the_pin(tmp_path):
    """A pull request points the connector at its author's own Okta."""
    elsewhere = connector(domain="https://evil.okta.com")
    refused(tmp_path, elsewhere, "org-mismatch", LIVE)


def test_the_secret_is_not_even_asked_for_when_the_pin_refuses(tmp_path):
    """The refusal comes first: a missing secret would be another error."""
    elsewhere = connector(domain="https://evil.okta.com")
    refused(tmp_path, elsewhere, "org-mismatch", {"RECONCILER_PINS": OURS})


def test_a_domain_inside_the_secret_is_held_to_the_pin_too(tmp_path):
    """The whole configuration may come as one secret; the pin still decides."""
    whole = connector(domain=None, auth=None, config={"env": "OKTA_PROD_CONFIG"})
    secret = f'{{"domain": "https://evil.okta.com", "apiToken": "{TOKEN}"}}'
    refused(tmp_path, whole, "org-mismatch", {**LIVE, "OKTA_PROD_CONFIG": secret})


@pytest.mark.parametrize("secret", ["", "{", "[]", f'{{"apiToken": "{TOKEN}"}}', TOKEN])
def test_a_secret_that_is_no_configuration_is_not_echoed(secret, tmp_path):
    """The decoder's own words may quote what it read."""
    whole = connector(domain=None, auth=None, config={"env": "OKTA_PROD_CONFIG"})
    code = "config-invalid" if secret else "secret-missing"
    refused(tmp_path, whole, code, {**LIVE, "OKTA_PROD_CONFIG": secret}, exit_code=1)


def test_ci_without_a_pin_is_refused(tmp_path):
    """Where nobody watches, an org that nobody pinned is no org."""
    env = {"CI": "true", "OKTA_PROD_TOKEN": TOKEN, "RECONCILER_SECRETS": "okta-prod=OKTA_*"}
    refused(tmp_path, COMPANY, "pin-missing", env)


def test_a_pin_for_another_connector_is_none_for_this_one(tmp_path):
    """Pins are per connector."""
    env = {**LIVE, "CI": "true", "RECONCILER_PINS": OURS.replace("okta-prod", "okta-test")}
    refused(tmp_path, COMPANY, "pin-missing", env)


@pytest.mark.parametrize(
    "pins", ["okta-prod", "okta-prod=acme.okta.com", f"{OURS},{OURS}", "=x#00o1"]
)
def test_a_pin_that_cannot_be_read_is_an_error(pins, tmp_path):
    """A pin that is given but cannot be checked protects nobody."""
    refused(tmp_path, COMPANY, "pins-invalid", {**LIVE, "RECONCILER_PINS": pins}, exit_code=1)


def test_a_secret_that_is_not_the_connectors_own_is_refused(tmp_path):
    """A file must not read another system's password out of the environment."""
    other = connector(auth={"method": "ssws", "token": {"env": "DEPLOY_KEY"}})
    refused(tmp_path, other, "secret-not-allowed", {**LIVE, "DEPLOY_KEY": TOKEN})


def test_ci_without_a_list_of_secrets_allows_none(tmp_path):
    """What may be named is said outside the repository."""
    env = {"CI": "true", "OKTA_PROD_TOKEN": TOKEN, "RECONCILER_PINS": OURS}
    refused(tmp_path, COMPANY, "secret-not-allowed", env)


def test_apply_is_refused_like_plan(tmp_path):
    """The plan in the file is no way round the pin."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    office.write(connector(domain="https://evil.okta.com"))
    ran = office.run("apply", "plan.json", "--yes", env=LIVE)
    assert (ran.code, _reached) == (3, [])


@pytest.mark.parametrize(
    "domain",
    [
        "http://acme.okta.com",
        "https://acme.okta.com.evil.net",
        "https://acme.okta.com@evil.net",
        "https://acme.okta.com:8443",
        "https://evil.net/acme.okta.com",
        "https://acme-admin.okta.com",
        "https://127.0.0.1",
        "https://10.0.0.8",
        "https://okta.local",
        "https://acme.okta.com?x=.okta.com",
    ],
)
def test_a_domain_that_is_no_okta_org_fails_validation(domain, tmp_path):
    """Offline, with its place in the file, before any secret is looked at."""
    office = Office(tmp_path, COMPANY)
    office.write(connector(domain=domain))
    for command in (("validate",), ("plan",)):
        ran = office.run(*command, env=LIVE)
        assert ran.code == 1
        assert "catalog/connectors/okta-prod.yaml:" in ran.out + ran.err
    assert _reached == []


@pytest.mark.parametrize(
    "secret",
    [
        "00" + "aB3dE6gH9j" * 4,
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w",
    ],
    ids=["token", "private-key", "jwt"],
)
@pytest.mark.parametrize("place", ["auth", "purpose", "key"])
def test_a_literal_secret_fails_validation_and_is_not_repeated(secret, place, tmp_path):
    """Wherever it stands; the log of the pipeline must not be its second leak."""
    company = {
        "auth": connector(auth={"method": "ssws", "token": secret}),
        "purpose": COMPANY.grant("bob", purpose=secret),
        "key": connector(**{secret: 1}),
    }[place]
    office = Office(tmp_path, COMPANY)
    office.write(company)
    for command in (("validate",), ("validate", "--format", "json"), ("--sandbox", "plan")):
        ran = office.run(*command)
        assert ran.code == 1
        assert "secret-literal" in ran.out + ran.err
        assert secret[4:20] not in ran.out + ran.err


def test_a_sandbox_run_reads_no_secret_and_reaches_nobody(tmp_path):
    """Not in CI either; and every output says that it is the sandbox."""
    office = Office(tmp_path, COMPANY)
    ran = office.run("--sandbox", "plan", "--out", "plan.json", env={"CI": "true"})
    assert ran.code == 0
    assert "· sandbox" in ran.out
    assert office.read("plan.json")["sandbox"] is True
    ran = office.run("--sandbox", "apply", "plan.json", "--yes", env={"CI": "true"})
    assert ran.code == 0
    assert "· sandbox" in ran.out
    assert _reached == []


def test_a_plan_of_the_sandbox_is_not_applied_to_the_real_org(tmp_path):
    """Without --sandbox the real org is asked for, and there is no secret for it."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    assert office.run("apply", "plan.json", "--yes").code == 1
    assert office.events() == []


def test_a_page_on_another_host_is_never_fetched(tmp_path):
    """A `next` link to another host is not followed; nothing is looked up or connected to."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.faults.add(Fault(kind="foreign-next", path=members_path(), times=0))
    assert [b["code"] for b in office.plan()["blocked"]] == ["group-malformed"]
    assert _reached == []


@contextmanager
def server(answer):
    """A server on loopback that answers every GET so, and the headers it was sent."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, dict(self.headers)))
            answer(self)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}", seen
        finally:
            httpd.shutdown()
            thread.join()


def test_a_redirect_to_another_server_is_not_followed(tmp_path):
    """Whoever answers for the org cannot pass the token on."""

    def nothing(handler):
        handler.send_response(200)
        handler.end_headers()

    with server(nothing) as (there, seen_there):

        def away(handler):
            handler.send_response(302)
            handler.send_header("Location", f"{there}/api/v1/users/me")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        with server(away) as (here, seen_here):
            ran = Office(tmp_path, COMPANY).run(
                "--endpoint",
                f"okta-prod={here}",
                "plan",
                env={"RECONCILER_ENDPOINT_TOKEN": TOKEN},
            )
    assert ran.code == 1
    assert _reached  # the probe of the other tests sees what is connected to
    assert seen_there == []
    assert [path for path, _ in seen_here] == ["/.well-known/okta-organization"]
    assert TOKEN not in str(seen_here) + ran.out + ran.err


@pytest.mark.parametrize(
    "url",
    ["https://evil.okta.com", "http://evil.example.net", "http://10.0.0.8", "https://127.0.0.1"],
)
def test_an_endpoint_is_on_a_loopback_address_or_refused(url, tmp_path):
    """Its token is for a server on this machine."""
    office = Office(tmp_path, COMPANY)
    env = {"RECONCILER_ENDPOINT_TOKEN": TOKEN}
    ran = office.run("--endpoint", f"okta-prod={url}", "plan", env=env)
    assert ran.code in {1, 3, 64}
    assert _reached == []
    assert TOKEN not in ran.out + ran.err


def test_an_endpoint_is_refused_in_ci(tmp_path):
    """There it could only be a way round the pin."""
    env = {"CI": "true", "RECONCILER_ENDPOINT_TOKEN": TOKEN}
    ran = Office(tmp_path, COMPANY).run(
        "--endpoint", "okta-prod=http://127.0.0.1:9", "plan", env=env
    )
    assert (ran.code, _reached) == (64, [])
