"""Every name that has to become a person."""

from reconciler.model.catalog import Catalog
from reconciler.planning.people import granted_subjects, required_subjects, wanted_subjects
from tests.support.nouns import binding, grant, tool

CATALOG = Catalog(
    tools={
        "claude": tool(users={"required_members": ("lead@example.com",)}, admins={}),
        "cursor": tool("cursor", users={"required_members": ("else@example.com",)}),
    },
    grants=(
        grant("jane"),
        grant("joe", expires="2026-01-01"),
        grant("sam", entitlement="admins"),
        grant("kim", tool="cursor"),
    ),
)
BOUND = (binding(),)


def test_the_subjects_of_bound_grants_are_wanted_ended_ones_too():
    """Whom an ended grant means decides between ended and unapproved."""
    assert granted_subjects(CATALOG, BOUND) == ("jane@example.com", "joe@example.com")


def test_required_members_of_bound_entitlements_are_wanted():
    """A guard has to know them."""
    assert required_subjects(CATALOG, BOUND) == ("lead@example.com",)


def test_a_plan_resolves_granted_and_required_people():
    """And nobody of other groups."""
    expected = ("jane@example.com", "joe@example.com", "lead@example.com")
    assert expected == wanted_subjects(CATALOG, BOUND)
