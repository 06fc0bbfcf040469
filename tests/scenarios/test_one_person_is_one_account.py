"""Who somebody is: an account of Okta, whatever else looks like their name."""

import itertools
import re

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company
from tests.support.harness import Office, Rehearsal, blocked, changes
from tests.support.repository import committed

TWO = Company().tool().bind().person("weiß").person("weiss")


@pytest.mark.parametrize("order", list(itertools.permutations(["weiß", "weiss"])))
def test_two_accounts_that_look_alike_get_each_their_own_grant(order, tmp_path):
    """Whatever the order of the files, and though a German writes one for the other."""
    office = Office(tmp_path, TWO.grant(order[0]).grant(order[1]))
    made = office.plan()
    assert sorted(changes(made)) == ["add weiss claude/users", "add weiß claude/users"]
    assert blocked(made) == []
    assert office.apply().code == 0
    assert office.members() == {"weiß", "weiss"}


@pytest.mark.parametrize(("named", "other"), [("weiß", "weiss"), ("weiss", "weiß")])
def test_a_grant_is_of_the_account_it_spells_and_no_other(named, other, tmp_path):
    """Where both are members, the one whom no grant names is unapproved."""
    company = TWO.bind("weiß", "weiss", authority="authoritative").grant(named)
    assert changes(Office(tmp_path, company).plan()) == [f"remove {other} claude/users"]


def test_a_search_that_is_behind_hides_nobody(tmp_path):
    """The login is new, and the index that answers a search does not know it yet."""
    company = Company().tool().bind().person("ann.old").grant("ann.new")
    office = Office(tmp_path, company)
    with office.org() as org:
        org.rename_login("ann.old@example.com", "ann.new@example.com")
        org.faults.add(Fault(kind="index-lag", seconds=3600, times=0))
    made = office.plan()
    assert (changes(made), blocked(made)) == (["add ann.new claude/users"], [])


def test_nobody_is_nobody_only_after_a_direct_question(tmp_path):
    """One request more for the one whom nothing shows, and none for the others."""
    with Rehearsal(tmp_path, Company().tool().bind().granted("amy").grant("ghost")) as office:
        made = office.plan()
        direct = [e.path for e in office.sandbox.requests() if "ghost" in e.path]
        by_name = [e.path for e in office.sandbox.requests() if "amy@" in e.path]
    assert [line.code for line in made.blocked] == ["subject-missing"]
    assert direct == ["/api/v1/users/ghost@example.com"]
    assert by_name == []


def test_an_approval_by_ones_own_address_adds_nobody(tmp_path):
    """Only Okta knows that the address is hers: the files show two names."""
    company = Company().tool().bind().person("jane", email="lead@example.com").grant("jane")
    office = Office(tmp_path, company)
    assert blocked(office.plan()) == [("approver-is-account", "claude/users", "jane")]
    assert office.apply().code == 4
    assert office.members() == set()


def test_a_managed_users_handle_is_a_name_like_any_other(tmp_path):
    """An enterprise that manages its GitHub accounts has an underscore in each of them."""
    mona = {"email": "mona@example.com", "github": "@mona_acme"}
    company = (
        Company()
        .with_settings(admins=[mona])
        .file("doors/github.yaml", {"type": "github", "repository": "mona_acme/access"})
        .tool(owners=[mona], policy={"approvers": [mona]})
        .bind()
        .person("mona")
        .file(
            "identities/mona.yaml", {"github": "mona_acme", "okta": {"login": "mona@example.com"}}
        )
    )
    approval = {"ticket": "AI-1", "approved_by": "@mona_acme", "approved_at": "2026-11-01"}
    office = Office(tmp_path, company.grant("jane", approval=approval).person("jane"))
    assert office.run("validate").code == 0
    committed(tmp_path)
    assert office.run("codeowners").code == 0
    owners = (tmp_path / ".github/CODEOWNERS").read_text(encoding="utf-8")
    assert "/catalog/grants/claude/ @mona_acme" in owners.splitlines()
    own = company.grant("github:mona_acme", approval=approval)
    office.write(own)
    assert "approver-is-subject" in office.run("validate").out


def test_init_takes_a_managed_users_handle(tmp_path):
    """As the admin, and as the owner of the repository."""
    words = ("init", "access", "--admin-handle", "@mona_acme", "--repository", "mona_acme/access")
    office = Office(tmp_path, Company().tool().bind())
    assert office.run(*words).code == 0
    said = office.run("validate", "--catalog", "access/catalog").out
    assert set(re.findall(r"^error: (.+)$", said, re.MULTILINE)) == {"placeholder-unfilled"}
    assert "@mona_acme" in (tmp_path / "access/.github/CODEOWNERS").read_text(encoding="utf-8")
