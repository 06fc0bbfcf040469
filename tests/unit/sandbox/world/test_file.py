"""A world read from a file."""

from datetime import UTC, datetime

import pytest

from reconciler.sandbox import Sandbox, WorldError, default_world, load_world
from reconciler.sandbox.world.options import Choices, Options

GOOD = """
now: 2026-09-01T09:00:00+02:00
org: {id: 00oAAAAAAAAAAAAAAAAA, subdomain: acme, name: Acme, domain: acme.okta.com}
users:
  - {login: jane.doe@acme.example, id: 00uAAAAAAAAAAAAAAAAA, created: 2026-01-02, roles: [CUSTOM]}
groups:
  - {name: g, description: The group, members: [Jane.Doe@acme.example]}
rules:
  - {name: r, expression: 'user.department=="Eng"', groups: [g], exclude: [jane.doe@acme.example]}
apps:
  - {label: Claude, groups: [g]}
tokens:
  - {name: t, owner: jane.doe@acme.example, value: 00abc}
oauth_clients:
  - {label: c, scopes: [okta.groups.read]}
"""


def read(tmp_path, text):
    """The world of a file with this text."""
    path = tmp_path / "world.yaml"
    path.write_text(text)
    return load_world(path)


def test_every_part_is_read(tmp_path):
    """Each kind of thing, with its ids and instants."""
    world = read(tmp_path, GOOD)
    assert world.now == datetime(2026, 9, 1, 7, 0, tzinfo=UTC)
    assert world.org.id == "00oAAAAAAAAAAAAAAAAA"
    assert world.users[0].created == datetime(2026, 1, 2, tzinfo=UTC)
    assert world.users[0].roles == ("CUSTOM",)
    assert world.groups[0].members == ("Jane.Doe@acme.example",)
    assert world.rules[0].exclude == ("jane.doe@acme.example",)
    assert world.apps[0].groups == ("g",)
    assert world.tokens[0].value == "00abc"
    assert world.oauth_clients[0].scopes == ("okta.groups.read",)


def test_all_problems_of_a_file_are_named_at_once(tmp_path):
    """Shape and meaning together, so that a file is repaired once."""
    text = """
colour: blue
now: soon
users:
  - {login: a@x.example, age: 7, created: yesterday}
  - {email: b@x.example}
  - 12
groups:
  - {name: g, members: [nobody@x.example]}
  - {name: h, members: a@x.example}
  - {name: i, description: [x]}
rules: {name: r}
tokens:
  - {name: t}
"""
    with pytest.raises(WorldError) as caught:
        read(tmp_path, text)
    found = "\n".join(caught.value.messages)
    for words in (
        "world: unknown key: colour",
        "world: now is no instant: soon",
        "users[0]: unknown key: age",
        "users[0]: created is no instant: yesterday",
        "users[1]: login is missing",
        "users[2]: not a mapping",
        "groups: g: the member nobody@x.example is no user",
        "groups[1]: members is not a list of texts",
        "groups[2]: description is not text",
        "rules: not a list",
        "tokens[0]: owner is missing",
    ):
        assert words in found


@pytest.mark.parametrize("text", ["[", "- a", "", "a: !!python/object:os.system x"])
def test_what_is_no_world_is_refused(tmp_path, text):
    """Also text that another loader would run."""
    with pytest.raises(WorldError):
        read(tmp_path, text)


def test_a_missing_file_is_refused(tmp_path):
    """With the same exception as a bad one."""
    with pytest.raises(WorldError, match="cannot be read"):
        load_world(tmp_path / "none.yaml")


def test_the_packaged_world_can_be_seeded():
    """It has a token and an admin."""
    world = default_world()
    assert world.tokens
    assert world.users


def test_rules_and_apps_say_whom_they_have(tmp_path):
    """By login, beside what an expression and a group mean."""
    text = """
users:
  - {login: a@x.example, department: Eng}
groups:
  - {name: g}
  - {name: synced, type: APP_GROUP, source: AD}
rules:
  - {name: r, expression: 'true', groups: [g], members: [a@x.example]}
apps:
  - {label: AD, name: active_directory, status: INACTIVE, users: [a@x.example]}
"""
    world = read(tmp_path, text)
    assert world.users[0].department == "Eng"
    assert world.groups[1].source == "AD"
    assert world.rules[0].members == ("a@x.example",)
    assert (world.apps[0].name, world.apps[0].status, world.apps[0].users) == (
        *("active_directory", "INACTIVE"),
        ("a@x.example",),
    )


def test_an_account_has_a_past_and_a_way_to_sign_in(tmp_path, ask):
    """As far as its file says it; what is left out follows from the status."""
    text = """
users:
  - {login: old@x.example, last_login: 2026-08-30T10:00:00Z, status_changed: 2026-02-01,
     password_changed: 2026-03-01, recovery_question: Who?}
  - {login: ready@x.example, status: STAGED, has_password: true}
  - {login: sso@x.example, has_password: false}
tokens:
  - {name: t, owner: old@x.example}
"""
    with Sandbox.open(None, world=read(tmp_path, text)) as org:
        old, ready, sso = (
            ask("GET", f"/api/v1/users/{name}@x.example", org=org).json()
            for name in ("old", "ready", "sso")
        )
    assert (old["lastLogin"], old["statusChanged"], old["passwordChanged"]) == (
        *("2026-08-30T10:00:00.000Z", "2026-02-01T00:00:00.000Z"),
        "2026-03-01T00:00:00.000Z",
    )
    assert old["credentials"]["recovery_question"] == {"question": "Who?"}
    assert ready["statusChanged"] == ready["passwordChanged"] == ready["created"]
    assert "password" in ready["credentials"]
    assert set(sso["credentials"]) == {"provider"}
    assert (sso["passwordChanged"], sso["lastLogin"]) == (None, None)


def test_an_account_has_a_provider_and_a_place_at_work(tmp_path, ask):
    """As Okta shows them: who signs in elsewhere has no password here."""
    text = """
transition_lag: 20
unlock_after: 900
users:
  - {login: root@x.example, roles: [SUPER_ADMIN]}
  - {login: ad@x.example, provider: ACTIVE_DIRECTORY, provider_name: corp.example}
  - {login: fed@x.example, provider: FEDERATION, title: Analyst, department: Support,
     manager: Mira Lindqvist, manager_id: mira@x.example}
  - {login: moved@x.example, provider: IMPORT}
tokens:
  - {name: t, owner: root@x.example}
"""
    world = read(tmp_path, text)
    assert (world.options.transition_lag, world.options.unlock_after) == (20, 900)
    with Sandbox.open(None, world=world) as org:
        shown = {
            name: ask("GET", f"/api/v1/users/{name}@x.example", org=org).json()
            for name in ("ad", "fed", "moved", "root")
        }
        assert [row.provider for row in org.users()] == [
            *("OKTA", "ACTIVE_DIRECTORY", "FEDERATION", "IMPORT"),
        ]
    assert {name: user["credentials"]["provider"] for name, user in shown.items()} == {
        "ad": {"type": "ACTIVE_DIRECTORY", "name": "corp.example"},
        "fed": {"type": "FEDERATION", "name": "FEDERATION"},
        "moved": {"type": "IMPORT", "name": "IMPORT"},
        "root": {"type": "OKTA", "name": "OKTA"},
    }
    assert {name for name, user in shown.items() if "password" in user["credentials"]} == {
        *("moved", "root"),
    }
    profile = shown["fed"]["profile"]
    assert [profile[key] for key in ("title", "department", "manager", "managerId")] == [
        *("Analyst", "Support", "Mira Lindqvist", "mira@x.example"),
    ]
    assert "manager" not in shown["ad"]["profile"]


def test_an_unknown_key_names_the_nearest(tmp_path):
    """A slip of the pen is found at once."""
    with pytest.raises(WorldError, match=r"unknown key: memebers.*members"):
        read(tmp_path, "rules:\n  - {name: r, expression: 'true', memebers: []}\n")
    with pytest.raises(WorldError, match="unknown key: lable"):
        read(tmp_path, "apps:\n  - {label: a, lable: b}\n")


BEHAVIOUR = """
index_lag: 2
member_lag: 1.5
touch_lag: 0
log_delay: 0.5
concurrency: 35
choices: {remove_non_member: 404, no_role: empty}
users:
  - {login: a@x.example, roles: [USER_ADMIN], targets: [g]}
groups:
  - {name: g, roles: [HELP_DESK_ADMIN]}
tokens:
  - {name: t, owner: a@x.example, share: 75, created: 2026-08-01, status: EXPIRED}
"""


def test_the_behaviour_of_the_org_is_read(tmp_path):
    """Beside its users and groups."""
    world = read(tmp_path, BEHAVIOUR)
    choices = Choices(remove_non_member="404", no_role="empty")
    assert world.options == Options(
        index_lag=2.0,
        member_lag=1.5,
        touch_lag=0.0,
        log_delay=0.5,
        concurrency=35,
        choices=choices,
    )
    assert (world.users[0].roles, world.users[0].targets) == (("USER_ADMIN",), ("g",))
    assert world.groups[0].roles == ("HELP_DESK_ADMIN",)
    token = world.tokens[0]
    assert (token.share, token.created) == (75, datetime(2026, 8, 1, tzinfo=UTC))


def test_what_an_org_cannot_do_is_named_with_what_it_can(tmp_path):
    """The nearest known word, or all of a few."""
    text = """
index_lags: 2
concurrency: 0
choices: {no_role: "404", no_rôle: x}
users:
  - {login: a@x.example, roles: [USER_ADMN], targets: [tool]}
groups:
  - {name: tools, roles: [KING]}
tokens:
  - {name: t, owner: a@x.example, share: 0}
"""
    with pytest.raises(WorldError) as caught:
        read(tmp_path, text)
    found = "\n".join(caught.value.messages)
    for words in (
        'world: unknown key: index_lags; did you mean "index_lag"?',
        "choices: no_role is none of 403, empty: 404",
        'choices: unknown key: no_rôle; did you mean "no_role"?',
        'users: a@x.example: no such role: USER_ADMN; did you mean "USER_ADMIN"?',
        'users: a@x.example: no such group: tool; did you mean "tools"?',
        "groups: tools: no such role: KING",
        "tokens: t: a share is from 1 to 100 percent",
        "concurrency: an org with no place answers nothing",
    ):
        assert words in found
