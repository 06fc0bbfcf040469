"""What every step asks of the context."""

from reconciler.model.catalog import Catalog, Risk
from tests.support.nouns import GROUP, NEW_GROUP, context, managed, tool


def test_the_risk_is_the_entitlements_own():
    """An admin seat is not as harmless as its tool."""
    catalog = Catalog(tools={"claude": tool(users={}, admins={"risk": Risk.HIGH})})
    known = context(catalog=catalog)
    assert [known.risk("claude", e) for e in ("users", "admins")] == [Risk.LOW, Risk.HIGH]


def test_a_person_keeps_their_other_groups():
    """A removal line says what is left, and not the group itself."""
    known = context(names_of={"00ujane": ("Claude users", "Other users")})
    assert known.keeps("00ujane", managed("jane")) == ("Other users",)
    assert known.keeps("00ujoe", managed("jane")) == ()


def test_the_apps_of_a_group_are_those_that_were_read():
    """A group that is yet to be made has none to lose."""
    known = context(apps={GROUP.id: ("Claude",)})
    assert known.apps_of(managed()) == ("Claude",)
    assert known.apps_of(managed(ref=NEW_GROUP)) == ()
    assert context().apps_of(managed()) == ()
