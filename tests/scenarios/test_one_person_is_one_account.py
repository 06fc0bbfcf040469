"""Who somebody is: an account of Okta, whatever else looks like their name."""

import itertools

import pytest

from tests.builders import Company
from tests.harness import Office, blocked, changes

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
