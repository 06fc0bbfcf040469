"""The nouns of a world fill in what is left out."""

from reconciler.sandbox import Group, Org, Token, User, World, derived_id


def test_ids_left_out_are_derived():
    """A world in a test is as short as its point."""
    assert User(login="a@b.example").id == derived_id("user", "a@b.example")
    assert Group(name="g").id == derived_id("group", "g")
    assert Org(subdomain="acme").domain == "acme.okta.com"


def test_names_come_from_the_login():
    """So that a log reads well."""
    user = User(login="jane.doe@acme.example")
    assert (user.first_name, user.last_name, user.email) == ("Jane", "Doe", user.login)


def test_a_token_does_not_show_its_value():
    """A failing test prints no token."""
    token = Token(name="t", owner="a@b.example")
    assert token.value not in repr(token)


def test_everyone_holds_all_but_the_deprovisioned(world):
    """The group is made when the file has none."""
    everyone = world.with_everyone().groups[0]
    assert everyone.type == "BUILT_IN"
    assert len(everyone.members) == 6
    assert "gone.away@acme.example" not in everyone.members


def test_an_everyone_of_the_file_stays():
    """The file decides."""
    world = World(groups=(Group(name="Everyone", type="BUILT_IN"),))
    assert world.with_everyone() is world
