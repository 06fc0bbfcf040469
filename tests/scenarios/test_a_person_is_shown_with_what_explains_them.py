"""`user show`, `groups` and `apps` say who a person is, and which grant gives what they have."""

import json

import pytest

from tests.support.builders import CONNECTOR, Company, group_id, group_name, user_id
from tests.support.harness import Office

JANE = "jane@example.com"
MAPPING = {"slack": "U07QK3Z9M1D", "okta": {"login": JANE}}
COMPANY = (
    Company()
    .tool("claude", {"users": {}, "admins": {}})
    .bind("jane")
    .bind("jane", "joe", entitlement="admins")
    .grant("slack:U07QK3Z9M1D", expires="2027-01-20")
    .grant("jane", entitlement="admins", expires="2026-11-15")
    .grant("jane", entitlement="admins", starts="2027-02-01")
    .group("Chess", "jane")
    .apps(group_name(), "Claude")
    .apps("Chess", "Board")
    .file("identities/jane.yaml", MAPPING)
)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The company, which nothing here changes."""
    return Office(tmp_path_factory.mktemp("office"), COMPANY)


def asked(office, verb, person=JANE, *options):
    """The command's answer as JSON."""
    ran = office.run("--sandbox", "user", verb, person, "--format", "json", *options)
    assert ran.code == 0, ran
    return json.loads(ran.out)


@pytest.mark.parametrize("person", [JANE, "slack:U07QK3Z9M1D", user_id("jane")])
def test_a_person_is_found_by_login_id_and_account_elsewhere(office, person):
    """Whoever asks has one of them at hand."""
    found = asked(office, "show", person)
    assert (found["login"], found["id"], found["status"]) == (JANE, user_id("jane"), "ACTIVE")
    assert [(g["entitlement"], g["phase"], g["origin"]) for g in found["grants"]] == [
        ("users", "live", "catalog/grants/claude/00000.yaml:1"),
        ("admins", "ended", "catalog/grants/claude/00001.yaml:1"),
        ("admins", "pending", "catalog/grants/claude/00002.yaml:1"),
    ]


def test_a_group_that_no_grant_explains_is_named(office):
    """Somebody put her there by hand, or the grant ended."""
    found = {g["name"]: g for g in asked(office, "groups")["groups"]}
    assert {name: bool(g["grants"]) for name, g in found.items() if g["bindings"]} == {
        group_name(): True,
        group_name(entitlement="admins"): False,
    }
    assert found["Chess"]["bindings"] == []
    ran = office.run("--sandbox", "user", "groups", JANE)
    assert "1 bound group has no live grant behind it." in ran.out
    admins = f'  ! "{group_name(entitlement="admins")}"'
    assert admins in ran.out
    assert "      no grant\n" in ran.out


def test_an_app_is_traced_to_the_grant_that_gives_it(office):
    """Or to a group that the catalog does not bind."""
    apps = {a["label"]: a for a in asked(office, "apps")["apps"]}
    assert [g["id"] for g in apps["Claude"]["groups"]] == [group_id(group_name())]
    assert apps["Claude"]["groups"][0]["grants"][0]["subject"] == "slack:U07QK3Z9M1D"
    assert (apps["Board"]["is_direct"], apps["Board"]["groups"]) == (False, [])
    out = office.run("--sandbox", "user", "apps", JANE).out
    assert "through a group that the catalog does not bind" in out


def test_where_assignments_may_not_be_read_the_dashboard_is_shown_and_it_is_said(office, tmp_path):
    """A link is no proof of an assignment."""
    twin = office.copied(tmp_path / "twin")
    fault = ("fault", "add", "--kind", "status", "--status", "403", "--path", "/api/v1/apps")
    assert twin.run("sandbox", *fault).code == 0
    found = asked(twin, "apps")
    assert found["source"] == "dashboard"
    assert {a["is_direct"] for a in found["apps"]} == {None}
    assert {"Board", "Claude", "Everything"} == {a["label"] for a in found["apps"]}
    twin.run("sandbox", *fault)
    out = twin.run("--sandbox", "user", "apps", JANE).out
    assert "which takes the scope okta.apps.read" in " ".join(out.split())


UNCLEAR = {
    "a part of a login": ("jan", "person-ambiguous", JANE),
    "a part of one login": ("jan", "person-ambiguous", "if that is who is meant"),
    "nobody": ("zoe@example.com", "person-unknown", "whole login"),
    "an account that nothing maps": ("github:zoe", "person-unknown", "whole name"),
}


@pytest.mark.parametrize(("person", "code", "hint"), UNCLEAR.values(), ids=UNCLEAR)
def test_a_name_that_is_not_exactly_one_person_shows_who_may_be_meant(office, person, code, hint):
    """And asks about nobody."""
    ran = office.run("--sandbox", "user", "show", person)
    assert (ran.code, ran.out) == (64, "")
    assert ran.err.startswith(f"error: {code}\n")
    assert hint in ran.err


def test_a_connector_has_to_be_one(office):
    """A login may be in several orgs."""
    assert asked(office, "show", JANE, "--connector", CONNECTOR)["login"] == JANE
    assert office.run("--sandbox", "user", "show", JANE, "--connector", "x").code == 64
