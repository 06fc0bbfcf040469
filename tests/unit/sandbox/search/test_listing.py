"""The org's contents, for people to look at."""

from reconciler.sandbox import GroupRow, UserRow, derived_id


def test_rows_show_what_is_there(sandbox, world):
    """Users, groups with their sizes, and rules."""
    login = "Jane.Doe@acme.example"
    assert sandbox.users()[0] == UserRow(
        id=derived_id("user", login),
        login=login,
        email=login,
        first_name="Jane",
        last_name="Doe",
        status="ACTIVE",
        provider="OKTA",
    )
    assert sandbox.groups()[1] == GroupRow(
        id=derived_id("group", "claude-enterprise"),
        name="claude-enterprise",
        type="OKTA_GROUP",
        description=None,
        members=3,
    )
    assert sandbox.rules() == world.rules
