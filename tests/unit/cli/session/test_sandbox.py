"""The embedded org: opened, and made to fit the catalog when it is new."""

from datetime import datetime
from pathlib import Path

import pytest

from reconciler.catalog.load import load_and_judge
from reconciler.cli.options import Settings
from reconciler.cli.secrets.credentials import ApiToken
from reconciler.cli.session.sandbox import build_world, credential_for, open_sandbox
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Auth, Catalog, Connector
from reconciler.model.errors import StoreError
from reconciler.model.ids import SecretRef
from reconciler.planning.steps.assess import assess
from reconciler.planning.steps.complete import complete
from reconciler.sandbox import Group, Org, Token, World, default_world, derived_id
from tests.support.builders import CANARY, CONNECTOR, NOW, Company, group_id, group_name, user_id
from tests.support.nouns import beside, brief, codes

DOMAIN = "https://acme.okta.com"
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


def world(company, folder):
    """The org that fits the company's catalog."""
    return build_world(company.catalog(folder), NOW)


def test_an_org_fits_its_catalog(tmp_path):
    """The bound groups, empty, the canary in its own, and an account for everyone named."""
    company = Company().tool(entitlements={"users": {"required_members": ["lead@example.com"]}})
    company = company.bind().granted("jane").grant("JANE@example.com", expires="2026-12-01")
    company = company.with_settings(protected=[{"login": "glass@example.com", "reason": "x"}])
    made = world(company, tmp_path)
    assert (NOW, Org(subdomain="acme", domain="acme.okta.com")) == (made.now, made.org)
    assert made.groups == (
        Group(id=group_id(group_name()), name=group_name()),
        Group(id=group_id("Canary"), name="Canary", members=(CANARY,)),
    )
    logins = sorted(user.login.casefold() for user in made.users)
    named = ("canary", "glass", "jane", "lead", "svc-reconciler")
    assert logins == [f"{name}@example.com" for name in named]
    assert {(LONG_AGO, LONG_AGO, "ACTIVE")} == {
        (user.created, user.activated, user.status) for user in made.users
    }
    assert made.tokens == (Token(name="embedded", owner="svc-reconciler@example.com"),)


def test_a_mapped_person_has_the_id_that_was_mapped(tmp_path):
    """And the outside account itself is nobody's login."""
    mapping = {"jira": "5b10", "okta": {"login": "jane@example.com", "id": user_id("mapped")}}
    company = Company().tool().bind().granted("jane").grant("jira:5b10")
    made = world(company.file("identities/jane.yaml", mapping), tmp_path)
    ids = {user.login: user.id for user in made.users}
    assert ids["jane@example.com"] == user_id("mapped")
    assert "jira:5b10" not in ids


def test_a_person_of_whom_only_an_account_is_asked_has_one():
    """By login; who is outside is known by a mapping alone."""
    asked = tuple(AccountDeclaration(subject=each) for each in ("ann@example.com", "jira:5b10"))
    made = build_world(Catalog(accounts=asked), NOW)
    assert [user.login for user in made.users] == ["ann@example.com", "svc-reconciler@example.com"]


def test_a_protected_person_has_the_id_that_is_protected(tmp_path):
    """Otherwise every rehearsal says that they are missing and holds removals."""
    person = {"login": "glass@example.com", "id": user_id("renamed"), "reason": "x"}
    made = world(Company().tool().bind().with_settings(protected=[person]), tmp_path)
    assert {u.login: u.id for u in made.users}["glass@example.com"] == user_id("renamed")


def test_a_canary_in_a_bound_group_is_its_member(tmp_path):
    """The group is one, not two."""
    company = Company().tool().bind()
    canary = {
        "id": CONNECTOR,
        "type": "okta",
        "name": "Okta",
        "domain": "https://acme.okta.com",
        "auth": {"method": "ssws", "token": {"env": "OKTA_PROD_TOKEN"}},
        "canary": {"user": CANARY, "group": {"id": group_id(group_name()), "name": group_name()}},
    }
    # `validate` refuses it; the org is made for whatever can be read.
    folder = company.file("connectors/okta-prod.yaml", canary).write(tmp_path)
    made = build_world(load_and_judge(folder).catalog, NOW)
    assert made.groups == (Group(id=group_id(group_name()), name=group_name(), members=(CANARY,)),)


def test_an_empty_catalog_gives_an_org_with_a_way_in():
    """`sandbox show` works anywhere."""
    made = build_world(Catalog(), NOW)
    assert (Org(subdomain="acme"), (), 1, 1) == (
        made.org,
        made.groups,
        len(made.users),
        len(made.tokens),
    )


def test_a_plan_against_the_made_org_adds_everyone_and_asks_nothing(tmp_path):
    """A rehearsal of a fresh catalog shows its whole effect."""
    company = Company().tool().bind().granted("jane", "joe")
    catalog = company.catalog(tmp_path)
    fitting = Company(
        people=company.people, files=company.files, members=((group_name(), ()),)
    ).live()
    made = complete(assess(catalog, CONNECTOR, fitting, beside()))
    assert brief(made) == [("add", "jane@example.com"), ("add", "joe@example.com")]
    assert codes(made.blocked) == []


def chosen(folder, **more):
    """The settings of a run whose embedded org lies in the folder."""
    facts = {
        "catalog": folder / "catalog",
        "sandbox": True,
        "sandbox_file": None,
        "endpoints": (),
        "verbose": 0,
        "no_color": True,
    }
    return Settings(**{**facts, **more})


def test_an_org_is_made_when_it_is_first_needed_and_kept(tmp_path):
    """From the catalog when that binds other groups, and not made anew by the next command."""
    catalog = Company().tool().bind().granted("jane").catalog(tmp_path)
    with open_sandbox(chosen(tmp_path), catalog) as sandbox:
        sandbox.add_member(group_name(), "jane@example.com")
    assert Path(tmp_path / ".reconciler" / "sandbox.db").exists()
    with open_sandbox(chosen(tmp_path), catalog) as sandbox:
        found = [user.login for user in sandbox.members(group_name())]
    assert found == ["jane@example.com"]


def test_an_org_that_is_made_around_a_mistyped_group_is_not_made_in_silence(tmp_path, capsys):
    """Every group that the packaged company lacks is named, with the one that may be meant."""
    packaged = next(g for g in default_world().groups if g.name.startswith("AI Clearance"))
    slip = packaged.id[:-1] + ("a" if packaged.id[-1] != "a" else "b")
    company = Company().tool().bind(group={"bind": {"id": slip, "name": packaged.name}})
    catalog = company.catalog(tmp_path)
    with open_sandbox(chosen(tmp_path), catalog) as sandbox:
        assert slip in {group.id for group in sandbox.groups()}
    told = capsys.readouterr()
    assert told.out == ""
    assert f'{slip} ("{packaged.name}"); did you mean {packaged.id}?' in told.err
    assert "made from the catalog" in told.err
    with open_sandbox(chosen(tmp_path), catalog):
        pass
    assert capsys.readouterr().err == ""


def test_an_org_that_is_older_than_all_that_is_bound_says_how_to_make_another(tmp_path, capsys):
    """Every placeholder of `init` was rehearsed with, and then replaced."""
    before, after = Company().tool().bind(), Company().tool("cursor").bind(tool="cursor")
    with open_sandbox(chosen(tmp_path / "a"), before.catalog(tmp_path / "a")):
        pass
    capsys.readouterr()
    with open_sandbox(chosen(tmp_path / "a"), after.catalog(tmp_path / "b")):
        pass
    told = capsys.readouterr().err
    assert "the org was made earlier, and has none of the groups that are bound now" in told
    assert "sandbox seed --from-catalog" in told


def test_what_an_org_is_made_around_is_told_in_a_few_lines(tmp_path, capsys):
    """A catalog of another company lacks all of the packaged groups, and that is no slip."""
    company = Company()
    for number in range(12):
        name = f"tool-{number}"
        company = company.tool(name).bind(tool=name)
    with open_sandbox(chosen(tmp_path), company.catalog(tmp_path)):
        pass
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) < 12


def test_the_packaged_company_answers_where_the_catalog_binds_nothing_else(tmp_path):
    """The example catalog and an empty one rehearse against it."""
    with open_sandbox(chosen(tmp_path), Catalog()) as sandbox:
        names = {group.name for group in sandbox.groups()}
    expected = {group.name for group in World.with_everyone(default_world()).groups}
    assert expected == names


def test_a_file_that_is_no_org_is_a_store_error(tmp_path):
    """It is named, and left as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, whatever its name says; " * 40)
    before = path.read_text()
    with (
        pytest.raises(StoreError),
        open_sandbox(chosen(tmp_path, sandbox_file=path), Catalog()) as sandbox,
    ):
        sandbox.groups()
    assert before == path.read_text()


KEY = SecretRef(kind="env", value="OKTA_PROD_PRIVATE_KEY")


def signing_in(method="private_key_jwt", **more):
    """A connector that plans and applies so; its secret is kept in a variable that is not set."""
    auth = Auth(method=method, secret=KEY, **more)
    return Connector(
        id=CONNECTOR, type="okta", name="Okta", domain=DOMAIN, plan_auth=auth, apply_auth=auth
    )


def test_a_token_of_its_own_signs_in_where_the_connector_has_one(tmp_path):
    """The connector's own secret is not looked for."""
    seed = Connector(id="okta-seed", type="okta", name="Seed", config=KEY)
    with open_sandbox(chosen(tmp_path), Catalog()) as sandbox:
        for connector in (signing_in("ssws"), seed):
            found = credential_for(connector, sandbox, (), is_apply=False)
            domain = connector.domain or "https://sandbox.okta.com"
            assert found == ApiToken(domain=domain, token=sandbox.token())


@pytest.mark.parametrize(
    ("client_id", "named"),
    [
        ("0oa1abcdefGHIJKLM5d7", "0oa1abcdefGHIJKLM5d7"),
        (SecretRef(kind="env", value="CLIENT"), derived_id("client", CONNECTOR)),
    ],
)
@pytest.mark.parametrize("dpop", ["auto", "required", "off"])
def test_a_service_app_is_registered_for_a_connector_that_has_one(tmp_path, client_id, named, dpop):
    """Under its own id, so that a rehearsal signs in as production does; found again later."""
    connector = signing_in(client_id=client_id, dpop=dpop)
    with open_sandbox(chosen(tmp_path), Catalog()) as sandbox:
        first = credential_for(connector, sandbox, ("okta.users.read",), is_apply=False)
        again = credential_for(connector, sandbox, ("okta.groups.manage",), is_apply=True)
    assert (first.client_id, first.dpop, first.domain) == (named, dpop, DOMAIN)
    assert first == again
