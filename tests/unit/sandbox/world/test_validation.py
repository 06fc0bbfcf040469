"""A world that does not hold together is refused with every reason."""

import pytest

from reconciler.sandbox import (
    App,
    Group,
    Rule,
    Sandbox,
    Token,
    User,
    World,
    WorldError,
    default_world,
    generate_world,
    problems,
)

BAD = World(
    users=(
        User(login="a@x.example"),
        User(login="A@x.example", status="HAPPY"),
        User(login="b@x.example", provider="FEDERATED"),
        User(login="c@x.example", provider="SOCIAL", has_password=True),
    ),
    groups=(
        Group(name="g", members=("nobody@x.example", "a@x.example", "A@x.example")),
        Group(name="G", type="CLUB", description="d" * 1025),
        Group(name="n" * 256, id="short"),
    ),
    rules=(Rule(name="r", expression="", status="OFF", groups=("no",), exclude=("no@x.example",)),),
    apps=(App(label="app", groups=("no",)),),
    tokens=(
        Token(name="t", owner="nobody@x.example", value="a b", status="OFF"),
        Token(name="u", owner="a@x.example", value="a b"),
    ),
)


def test_every_problem_is_named():
    """Nothing hides behind the first fault."""
    found = "\n".join(problems(BAD))
    for words in (
        "users: the login a@x.example is there more than once",
        "users: A@x.example: no such status: HAPPY",
        'users: b@x.example: no such provider: FEDERATED; did you mean "FEDERATION"?',
        "users: c@x.example: SOCIAL has no password",
        "groups: the name g is there more than once",
        "groups: g: the member nobody@x.example is no user",
        "groups: g: the member a@x.example is there more than once",
        "groups: G: no such type: CLUB",
        "groups: G: a description has at most 1024 characters",
        "a name has 1 to 255 characters",
        "rules: r: no such status: OFF",
        "rules: r: no such group: no",
        "rules: r: the excluded no@x.example is no user",
        "apps: app: no such group: no",
        "tokens: t: the owner nobody@x.example is no user",
        "tokens: t: no such status: OFF",
        "tokens: t: a value is printable ASCII without spaces",
        "tokens: the same value is given to t, u",
        "group: the id short is not 00g",
    ):
        assert words in found


def test_a_bad_world_is_never_seeded():
    """The check stands before every seed, not only before a file's."""
    with pytest.raises(WorldError, match="HAPPY"):
        Sandbox.open(None, world=BAD)


@pytest.mark.parametrize(
    "world", [World(), default_world(), generate_world(users=9, groups=2, members=3)]
)
def test_a_good_world_has_no_problems(world):
    """The empty one, the packaged one and a generated one."""
    assert problems(world) == ()


def test_app_groups_may_share_a_name():
    """Okta allows it, and a client must cope."""
    twin = World(groups=(Group(name="g"), Group(name="g", type="APP_GROUP", id="00g" + "a" * 17)))
    assert problems(twin) == ()


def test_every_problem_of_rules_and_apps_is_named():
    """Whom they have, and what they may have."""
    people = tuple(User(login=f"p{number}@x.example") for number in range(101))
    everybody = tuple(user.login for user in people)
    world = World(
        users=people,
        groups=(
            Group(name="synced", type="APP_GROUP", source="none"),
            Group(name="own", source="app"),
        ),
        rules=(
            Rule(name="r" * 51, expression="", groups=("synced",), members=("no@x.example",)),
            Rule(name="full", expression="", exclude=everybody),
        ),
        apps=(
            App(label="app", status="OFF", users=("no@x.example",)),
            App(label="app", id="0oa" + "a" * 17),
        ),
    )
    found = "\n".join(problems(world))
    for words in (
        "only an OKTA_GROUP can be fed: synced",
        "the member no@x.example is no user",
        "a name has at most 50 characters",
        "rules: full: at most 100 people are excluded",
        "apps: the label app is there more than once",
        "apps: app: no such status: OFF",
        "apps: app: the user no@x.example is no user",
        "groups: synced: none is no app whose group this can be",
        "groups: own: app is no app whose group this can be",
    ):
        assert words in found
