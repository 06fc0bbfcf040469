"""What a caller may do."""

from dataclasses import replace

import pytest

from reconciler.sandbox import CustomRole, Fault, Group, Sandbox, Token, User, World
from reconciler.sandbox.world.options import Choices, Options

BOT, ADA, EVE = "bot@x.example", "ada@x.example", "eve@x.example"
GROUP, ADMINS, OTHER = Group(name="tools"), Group(name="admins"), Group(name="other")
MEMBER = f"/api/v1/groups/{GROUP.id}/users/{User(login=ADA).id}"
PROFILE = {"profile": {"name": "new"}}
REQUESTS = {
    "read": ("GET", "/api/v1/groups", None),
    "members": ("PUT", MEMBER, None),
    "groups": ("POST", "/api/v1/groups", PROFILE),
    "users": ("POST", f"/api/v1/users/{EVE}", {"profile": {"title": "x"}}),
    "credentials": ("POST", f"/api/v1/users/{EVE}/lifecycle/reset_factors", None),
    "see tokens": ("GET", "/api/v1/api-tokens", None),
    "tokens": ("DELETE", f"/api/v1/api-tokens/{Token(name='spare', owner=ADA).id}", None),
}
MAY = {
    "SUPER_ADMIN": set(REQUESTS),
    "ORG_ADMIN": set(REQUESTS),
    "USER_ADMIN": {"read", "members", "groups", "users", "credentials"},
    "GROUP_MEMBERSHIP_ADMIN": {"read", "members"},
    "HELP_DESK_ADMIN": {"read", "credentials"},
    "READ_ONLY_ADMIN": {"read", "see tokens"},
    "REPORT_ADMIN": {"read"},
}


def org_of(*roles, targets=(), **choices):
    """An org whose token has these roles."""
    world = World(
        users=(
            User(login=BOT, roles=roles, targets=targets),
            User(login=ADA, roles=("SUPER_ADMIN",)),
            User(login=EVE),
        ),
        groups=(replace(GROUP, members=()), replace(ADMINS, roles=("APP_ADMIN",)), OTHER),
        tokens=(Token(name="bot", owner=BOT), Token(name="spare", owner=ADA)),
        options=Options(choices=Choices(**choices)),
    )
    return Sandbox.open(None, world=world)


@pytest.mark.parametrize("role", MAY)
@pytest.mark.parametrize("request_", REQUESTS)
def test_a_role_may_do_its_own_and_no_more(ask, role, request_):
    """403 E0000006 for the rest."""
    method, path, body = REQUESTS[request_]
    with org_of(role) as org:
        response = ask(method, path, org=org, **({"json": body} if body else {}))
    if request_ in MAY[role]:
        assert response.status_code in {200, 204}
    else:
        assert (response.status_code, response.json()["errorCode"]) == (403, "E0000006")


def test_a_refused_write_changes_nothing(ask):
    """Neither the group nor the log."""
    with org_of("READ_ONLY_ADMIN") as org:
        ask("PUT", MEMBER, org=org)
        assert org.members("tools") == ()
        assert org.log() == ()


def test_the_roles_of_two_ways_add_up(ask):
    """A membership may be all that makes an admin."""
    with org_of("READ_ONLY_ADMIN") as org:
        apps = f"/api/v1/users/{BOT}/roles"
        org.add_member("admins", BOT)
        assert len(ask("GET", apps, org=org).json()) == 2


@pytest.mark.parametrize(
    ("role", "status"), [("SUPER_ADMIN", 204), ("ORG_ADMIN", 403), ("USER_ADMIN", 403)]
)
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_group_with_a_role_is_for_the_super_admin(ask, role, status, method):
    """Whoever fills it makes admins."""
    path = MEMBER.replace(GROUP.id, ADMINS.id)
    with org_of(role) as org:
        assert ask(method, path, org=org).status_code == status
        assert ask("GET", f"/api/v1/groups/{ADMINS.id}/users", org=org).status_code == 200


def test_without_a_role_only_the_own_account_is_seen(ask):
    """Everything else is refused."""
    with org_of() as org:
        me = ask("GET", "/api/v1/users/me", org=org)
        assert me.status_code == 200
        assert ask("GET", f"/api/v1/users/{me.json()['id']}", org=org).status_code == 200
        for path in ("groups", "users", f"users/{ADA}", "org", "users/me/groups"):
            assert ask("GET", f"/api/v1/{path}", org=org).status_code == 403


def test_without_a_role_lists_can_be_empty(ask):
    """The answer that looks like an org where nobody is in any group."""
    with org_of(no_role="empty") as org:
        for path in ("groups", f"groups/{GROUP.id}/users", "users"):
            response = ask("GET", f"/api/v1/{path}", org=org)
            assert (response.status_code, response.json()) == (200, [])
            assert 'rel="self"' in response.headers["link"]
        assert ask("GET", f"/api/v1/groups/{GROUP.id}", org=org).status_code == 403
        assert ask("PUT", MEMBER, org=org).status_code == 403


@pytest.mark.parametrize(("status", "answer"), [(None, (200, [])), (403, (403, None))])
def test_a_role_can_be_missing_for_a_while(ask, sandbox, status, answer):
    """An empty list, or a refusal; a write is always refused."""
    sandbox.faults.add(Fault(kind="missing-role", status=status, times=2))
    response = ask("GET", "/api/v1/groups")
    assert response.status_code == answer[0]
    assert answer[1] is None or response.json() == answer[1]
    assert ask("POST", "/api/v1/groups", json=PROFILE).status_code == 403
    assert len(ask("GET", "/api/v1/groups").json()) == 4


@pytest.mark.parametrize(
    ("choice", "status", "names"),
    [
        ("hidden", 404, ["tools"]),
        ("404", 404, ["admins", "other", "tools"]),
        ("403", 403, ["admins", "other", "tools"]),
    ],
)
def test_a_group_that_is_no_target_is_hidden_or_refused(ask, choice, status, names):
    """What Okta does is not known; the client must not take it for deleted."""
    with org_of("USER_ADMIN", targets=("tools",), role_filtered_group=choice) as org:
        listed = ask("GET", "/api/v1/groups", org=org).json()
        assert [group["profile"]["name"] for group in listed] == names
        assert ask("GET", f"/api/v1/groups/{GROUP.id}", org=org).status_code == 200
        assert ask("PUT", MEMBER, org=org).status_code == 204
        for path in (OTHER.id, f"{OTHER.id}/users"):
            assert ask("GET", f"/api/v1/groups/{path}", org=org).status_code == status
        assert ask("PUT", MEMBER.replace(GROUP.id, OTHER.id), org=org).status_code == status


def test_a_hidden_group_is_not_among_a_users_either(ask):
    """Or it would show there."""
    for choice, count in (("hidden", 1), ("404", 3)):
        with org_of("USER_ADMIN", targets=("tools",), role_filtered_group=choice) as org:
            org.add_member("tools", ADA)
            org.add_member("other", ADA)
            groups = ask("GET", f"/api/v1/users/{ADA}/groups", org=org).json()
            assert len(groups) == count


def test_group_admins_do_not_see_everyone_in_the_list(ask):
    """Other admins do."""
    for roles, count in ((("USER_ADMIN",), 3), (("USER_ADMIN", "READ_ONLY_ADMIN"), 4)):
        with org_of(*roles) as org:
            response = ask("GET", "/api/v1/groups", org=org)
            assert len(response.json()) == count
            assert 'rel="self"' in response.headers["link"]


def test_targets_limit_group_admins_only(ask):
    """Who may do everything may do it everywhere."""
    with org_of("USER_ADMIN", "ORG_ADMIN", targets=("tools",)) as org:
        assert ask("GET", f"/api/v1/groups/{OTHER.id}", org=org).status_code == 200
        assert len(ask("GET", "/api/v1/groups", org=org).json()) == 4


@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("SUPER_ADMIN", set()),
        ("ORG_ADMIN", {ADA}),
        ("USER_ADMIN", {ADA, "app@x.example", "custom@x.example"}),
        ("HELP_DESK_ADMIN", {ADA, "app@x.example", "custom@x.example"}),
    ],
)
@pytest.mark.parametrize(
    ("method", "ending"), [("POST", "lifecycle/reset_factors"), ("DELETE", "sessions")]
)
def test_an_admins_account_is_for_higher_admins(ask, role, refused, method, ending):
    """403 E0000006; whom the role does not cover is not changed, and can still be read."""
    custom = CustomRole(name="c", permissions=("okta.users.read",))
    world = World(
        users=(
            User(login=BOT, roles=(role,)),
            User(login=ADA, roles=("SUPER_ADMIN",)),
            User(login="app@x.example"),
            User(login="custom@x.example", custom_roles=(custom,)),
            User(login=EVE),
        ),
        groups=(replace(ADMINS, roles=("APP_ADMIN",), members=("app@x.example",)),),
        tokens=(Token(name="bot", owner=BOT),),
    )
    with Sandbox.open(None, world=world) as org:
        found = set()
        for user in world.users[1:]:
            path = f"/api/v1/users/{user.login}"
            assert ask("GET", path, org=org).status_code == 200
            answer = ask(method, f"{path}/{ending}", org=org)
            if answer.status_code == 403:
                assert answer.json()["errorCode"] == "E0000006"
                found.add(user.login)
        assert found == refused
        assert len(org.log()) == len(world.users) - 1 - len(refused)
        missing = ask(method, f"/api/v1/users/nobody@x.example/{ending}", org=org)
        assert missing.status_code == 404
