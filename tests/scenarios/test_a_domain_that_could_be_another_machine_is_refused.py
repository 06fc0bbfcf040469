"""A domain is an Okta org's and nobody else's, or nothing is sent and the right one is offered.

One table, judged twice: by `validate`, which reads the file, and by `OrgUrl`, which every request
goes through.
"""

import json
from contextlib import chdir

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from reconciler.model.errors import ReconcilerError
from reconciler.okta.org_url import OrgUrl
from tests.support.harness import CLEAN

ACME = "https://acme.okta.com"
GENERIC = "write the org's URL, for example https://acme.okta.com"
FINE, REFUSED = None, "connector-domain-invalid"
ORG, PIN_NEEDED, NO = "an org", "an org when pinned", "domain-invalid"

TABLE = [
    # (as written, what validate says, what it offers, what OrgUrl takes it for)
    (ACME, FINE, None, ORG),
    ("https://dev-123456.okta.com", FINE, None, ORG),
    ("https://acme.oktapreview.com", FINE, None, ORG),
    ("https://acme.okta-emea.com", FINE, None, ORG),
    ("https://acme.okta-gov.com", FINE, None, ORG),
    ("https://acme.okta.mil", FINE, None, ORG),
    ("https://acme.okta-miltest.com", FINE, None, ORG),
    ("https://acme.trex-govcloud.com", FINE, None, ORG),
    ("https://my-admin-team.okta.com", FINE, None, ORG),
    ("https://admin.okta.com", FINE, None, ORG),
    ("https://login.acme.com", FINE, None, PIN_NEEDED),
    ("https://id.acme.co.uk", FINE, None, PIN_NEEDED),
    ("https://sso-admin.acme.com", FINE, None, PIN_NEEDED),
    ("https://okta.acme.com", FINE, None, PIN_NEEDED),
    ("https://acmeokta.org", FINE, None, PIN_NEEDED),
    ("https://xn--kta-jmc.com", FINE, None, PIN_NEEDED),  # a homograph is another name, unpinned
    ("https://acme.xn--kta-jmc.com", FINE, None, PIN_NEEDED),
    # nearly right: the corrected value is offered
    ("acme.okta.com", REFUSED, ACME, NO),
    ("acme-admin.okta.com", REFUSED, ACME, NO),
    ("http://acme.okta.com", REFUSED, ACME, NO),
    ("http://acme-admin.okta.com/admin/dashboard", REFUSED, ACME, NO),
    ("ftp://acme.okta.com", REFUSED, ACME, NO),
    ("https://acme-admin.okta.com", REFUSED, ACME, NO),
    ("https://acme-admin.oktapreview.com", REFUSED, "https://acme.oktapreview.com", NO),
    ("https://acme-admin.okta.com/admin/dashboard", REFUSED, ACME, NO),
    ("https://acme.okta.com/admin/dashboard", REFUSED, ACME, NO),
    ("https://my-admin-team.okta.com/admin", REFUSED, "https://my-admin-team.okta.com", NO),
    ("https://acme.okta.com/", REFUSED, ACME, ORG),
    ("https://login.acme.com/", REFUSED, "https://login.acme.com", PIN_NEEDED),
    ("https://acme.okta.com//", REFUSED, ACME, NO),
    ("https://acme.okta.com/api/v1", REFUSED, ACME, NO),
    ("https://acme.okta.com/oauth2/default", REFUSED, ACME, NO),
    ("https://acme.okta.com?fromURI=%2Fapp", REFUSED, ACME, NO),
    ("https://acme.okta.com#top", REFUSED, ACME, NO),
    ("https://acme.okta.com:443", REFUSED, ACME, NO),
    ("https://acme.okta.com:8443/x", REFUSED, ACME, NO),
    ("https://acme.okta.com.", REFUSED, ACME, NO),
    ("https://ACME.okta.com", REFUSED, ACME, ORG),
    ("HTTPS://acme.okta.com", REFUSED, ACME, ORG),
    (" https://acme.okta.com", REFUSED, ACME, NO),
    ("https://acme.okta.com\n", REFUSED, ACME, NO),
    ("https://acme.okta.com\t", REFUSED, ACME, NO),
    ("https://acme.okta.com.com", REFUSED, ACME, NO),
    ("https://https://acme.okta.com", REFUSED, ACME, NO),
    ("https://http://acme-admin.okta.com/", REFUSED, ACME, NO),
    # somebody else's machine, or none: nothing is guessed
    ("", "value-wrong-form", None, NO),
    ("https://", REFUSED, None, NO),
    ("https:///acme.okta.com", REFUSED, None, NO),
    ("//acme.okta.com", REFUSED, None, NO),
    ("https://{yourOktaDomain}", REFUSED, None, NO),
    ("{yourOktaDomain}", REFUSED, None, NO),
    ("https://okta.com", REFUSED, None, NO),
    ("https://www.okta.com.", REFUSED, "https://www.okta.com", NO),
    ("https://.okta.com", REFUSED, None, NO),
    ("https://acme..okta.com", REFUSED, None, NO),
    ("https://-acme.okta.com", REFUSED, None, NO),
    ("https://acme_lab.okta.com", REFUSED, None, NO),
    ("https://acme lab.okta.com", REFUSED, None, NO),
    ("https://acme\n.okta.com", REFUSED, None, NO),
    ("https://evilokta.com", REFUSED, None, NO),
    ("https://evil-okta.com", REFUSED, None, NO),
    ("https://okta.com.evil.io", REFUSED, None, NO),
    ("https://acme.okta.com.evil.io", REFUSED, None, NO),
    ("https://acme.okta.com@evil.io", REFUSED, None, NO),
    ("https://acme.okta.com:x@evil.io", REFUSED, None, NO),
    ("https://user:password@acme.okta.com", REFUSED, None, NO),
    ("https://evil.io/acme.okta.com", REFUSED, None, NO),
    ("https://evil.io?acme.okta.com", REFUSED, None, NO),
    ("https://evil.io#acme.okta.com", REFUSED, None, NO),
    ("https://evil.io\\acme.okta.com", REFUSED, None, NO),
    ("https://\u0430cme.okta.com", REFUSED, None, NO),  # a Cyrillic letter
    ("https://acme.\uff4fkta.com", REFUSED, None, NO),  # a full-width letter
    ("https://acme\u3002okta.com", REFUSED, None, NO),  # an ideographic full stop
    ("https://acme.o\u212ata.com", REFUSED, None, NO),  # a Kelvin sign, which is k in lower case
    ("https://xn--cme-8cd.okta.com", REFUSED, None, NO),
    ("https://acme%2eokta.com", REFUSED, None, NO),
    ("https://localhost", REFUSED, None, NO),
    ("https://localhost:8765", REFUSED, None, NO),
    ("http://127.0.0.1:8765", REFUSED, None, NO),
    ("https://127.0.0.1", REFUSED, None, NO),
    ("https://127.1", REFUSED, None, NO),
    ("https://2130706433", REFUSED, None, NO),  # 127.0.0.1 in decimal
    ("https://0177.0.0.1", REFUSED, None, NO),  # and in octal
    ("https://0x7f.0.0.1", REFUSED, None, NO),
    ("https://0x7f000001", REFUSED, None, NO),
    ("https://10.0.0.8", REFUSED, None, NO),
    ("https://172.16.3.4", REFUSED, None, NO),
    ("https://192.168.1.1", REFUSED, None, NO),
    ("https://169.254.169.254", REFUSED, None, NO),  # a cloud's metadata
    ("https://8.8.8.8", REFUSED, None, NO),
    ("https://[::1]", REFUSED, None, NO),
    ("https://[fd00::1]:443", REFUSED, None, NO),
    ("https://[::ffff:127.0.0.1]", REFUSED, None, NO),
    ("https://okta.local", REFUSED, None, NO),
    ("https://okta.internal", REFUSED, None, NO),
    ("https://okta.localhost", REFUSED, None, NO),
    ("https://metadata.google.internal", REFUSED, None, NO),
    ("https://intranet", REFUSED, None, NO),
]


def validated(folder, domain):
    """Code, summary and hint of what `validate` finds wrong with a connector of this domain."""
    connector = {
        "id": "okta-prod",
        "type": "okta",
        "name": "Okta",
        "domain": domain,
        "auth": {"method": "ssws", "token": {"env": "OKTA_PROD_TOKEN"}},
    }
    place = folder / "catalog" / "connectors" / "okta-prod.yaml"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(connector), encoding="utf-8")
    with chdir(folder):
        ran = CliRunner(env=CLEAN).invoke(cli, ["validate", "--format", "json"])
    found = json.loads(ran.stdout)["diagnostics"]
    return [(d["code"], d["hint"]) for d in found if d["severity"] == "error"]


def opened(domain, pin=None):
    """The address that requests would go to, or the code of the refusal."""
    try:
        return OrgUrl.parse(domain, pinned_host=pin).base
    except ReconcilerError as error:
        return error.code


@pytest.mark.parametrize(("domain", "code", "offered", "taken"), TABLE)
def test_validate_refuses_it_and_offers_the_right_one_where_that_is_plain(
    domain, code, offered, taken, tmp_path
):
    """People paste what the browser shows them; an attacker writes what looks alike."""
    del taken
    found = validated(tmp_path, domain)
    assert [code] * (code is not FINE) == [row[0] for row in found]
    if code is REFUSED:
        assert found[0][1] == (f"write {offered}" if offered else GENERIC)


@pytest.mark.parametrize(("domain", "code", "offered", "taken"), TABLE)
def test_no_request_is_made_from_it_unless_it_is_an_org(domain, code, offered, taken):
    """The last look before the first byte; a pin admits its own host and no other."""
    del code, offered
    plain = domain.lower().removesuffix("/")
    host = plain.removeprefix("https://")
    expected = {ORG: (plain, plain), PIN_NEEDED: (NO, plain), NO: (NO, NO)}[taken]
    assert expected == (opened(domain), opened(domain, host))
    assert opened(domain, "other.okta.com") == ("org-mismatch" if taken is ORG else NO)


@pytest.mark.parametrize(("domain", "code", "offered", "taken"), TABLE)
def test_what_is_offered_is_an_org(domain, code, offered, taken):
    """A hint that is followed leads to no second refusal."""
    del domain, code, taken
    assert offered is None or opened(offered, offered.removeprefix("https://")) == offered


def test_each_url_is_in_the_table_once():
    """Forty was the least."""
    assert len({row[0] for row in TABLE}) == len(TABLE) > 40
