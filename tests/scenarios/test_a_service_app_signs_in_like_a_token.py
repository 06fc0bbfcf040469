"""A connector with a private key rehearses, plans and applies as one with an API token does."""

import re

import pytest

from tests.support.builders import CONNECTOR, Company, group_id
from tests.support.harness import Office

COMPANY = Company().tool().bind("old").granted("amy").ended("old")
READS = {"okta.groups.read", "okta.users.read", "okta.logs.read", "okta.roles.read"}


def office(folder, dpop="auto", **split):
    """The company, whose connector signs in as a service app; its key is kept nowhere."""
    auth = {
        "method": "private_key_jwt",
        "client_id": "0oa1abcdefGHIJKLM5d7",
        "private_key": {"env": "OKTA_PROD_PRIVATE_KEY"},
        "dpop": dpop,
    }
    connector = {
        "id": CONNECTOR,
        "type": "okta",
        "name": "Okta production",
        "domain": "https://acme.okta.com",
        "auth": split or auth,
        "canary": {
            "user": "canary@example.com",
            "group": {"id": group_id("Canary"), "name": "Canary"},
        },
    }
    made = Office(folder, COMPANY)
    made.write(COMPANY.file(f"connectors/{CONNECTOR}.yaml", connector))
    return made


@pytest.mark.parametrize("dpop", ["auto", "required", "off"])
def test_the_test_of_its_connector_passes(dpop, tmp_path):
    """No secret is resolved: the embedded org makes a key for it."""
    ran = office(tmp_path, dpop).run("--sandbox", "connector", "test", env={"CI": "true"})
    assert ran.code == 0, ran
    assert "0 failed" in ran.out


@pytest.mark.parametrize("dpop", ["auto", "required", "off"])
def test_what_is_planned_is_applied(dpop, tmp_path):
    """With the very same digest as by a token."""
    here = office(tmp_path / "app", dpop)
    token = Office(tmp_path / "token", COMPANY)
    assert here.plan()["digest"] == token.plan()["digest"]
    ran = here.apply()
    assert ran.code == 0, ran
    assert here.members() == {"amy"}


def test_a_plan_asks_only_to_read(tmp_path):
    """A leaked token of a plan can write nothing."""
    here = office(tmp_path)
    here.plan()
    with here.org() as org:
        (client,) = org.clients()
        assert set(client.scopes) <= READS
    here.apply()
    with here.org() as org:
        (client,) = org.clients()
        assert set(client.scopes) - READS == {"okta.groups.manage"}


def test_plan_and_apply_may_be_two_apps(tmp_path):
    """The one that plans is never granted a scope that writes."""
    key = {"method": "private_key_jwt", "private_key": {"env": "OKTA_KEY"}}
    here = office(
        tmp_path,
        plan={**key, "client_id": "0oa1readsGHIJKLM5d70"},
        apply={**key, "client_id": "0oa1writesHIJKLM5d70"},
    )
    here.plan()
    assert here.apply().code == 0
    with here.org() as org:
        scopes = {client.client_id: set(client.scopes) for client in org.clients()}
    assert scopes["0oa1readsGHIJKLM5d70"] <= READS
    assert "okta.groups.manage" in scopes["0oa1writesHIJKLM5d70"]


def test_an_app_that_a_person_registered_is_not_widened(tmp_path):
    """What Okta would refuse for want of a scope, the rehearsal refuses too."""
    here = office(tmp_path)
    added = here.run(
        *("sandbox", "client", "add", "--client-id", "0oa1abcdefGHIJKLM5d7", "--dpop"),
        *("--scope", "okta.groups.read", "--scope", "okta.users.read"),
        *("--role", "READ_ONLY_ADMIN", "--key-out", str(tmp_path / "app.pem")),
    )
    assert added.code == 0, added
    assert here.plan()["changes"]
    ran = here.apply()
    assert ran.code == 3, ran
    assert "okta.groups.manage" in ran.err
    assert here.members() == {"old"}
    tested = here.run("--sandbox", "connector", "test")
    assert tested.code == 1
    assert "scope-missing" in tested.out


def test_a_rehearsals_own_app_has_no_more_than_it_needs(tmp_path):
    """Its test has nothing to say against its roles."""
    ran = office(tmp_path).run("--sandbox", "connector", "test")
    assert not {"app-super-admin", "role-too-large"} & set(re.findall(r"\[([a-z-]+)\]", ran.out))
