"""Risk is that of all a group gives."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import BindGroup, Catalog, CreateGroup, Risk, risks
from tests.support.nouns import binding, tool

TOOL = tool("claude", users={}, admins={"risk": Risk.HIGH}, guests={"risk": Risk.MEDIUM})
OTHER = BindGroup(id="00gother", name="Other")


def of(entitlement, *bindings):
    """The risk of the entitlement under these bindings."""
    return risks(Catalog(tools={"claude": TOOL}, bindings=bindings))["claude", entitlement]


def test_whoever_is_in_a_group_has_all_that_it_gives():
    """A new name for a group of high risk is of high risk."""
    both = (binding(entitlement="users"), binding(entitlement="admins"))
    assert of("users", *both) is Risk.HIGH
    assert of("admins", *both) is Risk.HIGH


@pytest.mark.parametrize(
    "second",
    [{"group": OTHER}, {"connector": "okta-z"}, {"group": CreateGroup(name="Claude users")}],
)
def test_another_group_does_not_matter(second):
    """Nor does a group of the same id in another org, or one of the same name yet to be made."""
    assert of("users", binding(), binding(entitlement="admins", **second)) is Risk.LOW


def test_a_retired_binding_still_says_what_the_group_gives():
    """The app does not know that git has given it up."""
    assert of("users", binding(), binding(entitlement="admins", retired=True)) is Risk.HIGH


def test_an_unbound_entitlement_has_its_own_and_an_unknown_one_none():
    """A binding may name what is not there."""
    assert of("guests", replace(binding(), entitlement="nobody")) is Risk.MEDIUM


def test_risks_compare_by_how_much_harm_they_stand_for():
    """Not by their names, of which the first in the alphabet is the worst."""
    assert sorted([Risk.HIGH, Risk.LOW, Risk.MEDIUM]) == [Risk.LOW, Risk.MEDIUM, Risk.HIGH]
    assert max(Risk.LOW, Risk.HIGH, Risk.MEDIUM) is Risk.HIGH
