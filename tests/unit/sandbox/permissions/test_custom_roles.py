"""Custom roles: permissions, on the groups of their resource sets."""

import pytest

from reconciler.sandbox import CustomRole, Group, OAuthClient, Sandbox, Token, User, World
from reconciler.sandbox.world.options import Choices, Options
from tests.support import signing

BOT, ADA, ROOT = "bot@x.example", "ada@x.example", "root@x.example"
TOOLS, OTHER = Group(name="tools"), Group(name="other", members=(ADA,))
URL = "https://acme.okta.com/oauth2/v1/token"
SCOPES = (
    *("okta.groups.manage", "okta.users.manage", "okta.apps.read", "okta.logs.read"),
    *("okta.orgs.read", "okta.roles.read"),
)
ALL = (
    "okta.groups.read",
    "okta.users.read",
    "okta.groups.members.manage",
    "okta.users.groupMembership.manage",
)


@pytest.fixture(params=["client", "user"])
def org(request):
    """Opens an org whose caller has a custom role: a service app, or the owner of a token."""

    def opened(*permissions, groups=(), roles=(), **choices):
        role = CustomRole(name="r", permissions=permissions, groups=groups)
        is_user = request.param == "user"
        given = {"roles": roles, "custom_roles": (role,)}
        return Sandbox.open(
            None,
            world=World(
                users=(
                    User(login=BOT, **(given if is_user else {})),
                    User(login=ADA),
                    User(login=ROOT, roles=("SUPER_ADMIN",)),
                    *(
                        User(login=f"{status.lower()}@x.example", status=status)
                        for status in ("SUSPENDED", "LOCKED_OUT", "STAGED", "PROVISIONED")
                    ),
                ),
                groups=(TOOLS, OTHER, Group(name="admins", roles=("APP_ADMIN",))),
                tokens=(Token(name="bot", owner=BOT),),
                oauth_clients=(
                    ()
                    if is_user
                    else (OAuthClient(label="app", scopes=SCOPES, generate=True, **given),)
                ),
                options=Options(choices=Choices(**choices)),
            ),
        )

    return opened


@pytest.fixture
def send(ask):
    """Sends a request as the one who holds the role."""

    def asked(org, method, path, **parts):
        if not org.clients():
            return ask(method, path, org=org, **parts)
        app = org.service_app(org.clients()[0].client_id, scopes=())
        signed = signing.assertion(app, org.now().timestamp(), URL)
        data = signing.form(signed, " ".join(SCOPES))
        given = ask("POST", "/oauth2/v1/token", org=org, headers={}, data=data).json()
        headers = {"Authorization": f"Bearer {given['access_token']}"}
        return ask(method, path, org=org, headers=headers, **parts)

    return asked


def member(group):
    """The membership of Ada in a group."""
    return f"/api/v1/groups/{group.id}/users/{User(login=ADA).id}"


@pytest.mark.parametrize(
    ("method", "path", "permissions"),
    [
        ("GET", "/api/v1/groups", ("okta.groups.read",)),
        ("GET", "/api/v1/groups", ("okta.groups.manage",)),
        ("GET", "/api/v1/users", ("okta.users.read",)),
        ("GET", f"/api/v1/groups/{TOOLS.id}/users", ("okta.groups.read",)),
        ("GET", "/api/v1/apps", ("okta.apps.read",)),
        ("GET", f"/api/v1/users/{ADA}/roles", ("okta.iam.read",)),
        ("PUT", member(TOOLS), ALL[2:]),
        ("DELETE", member(OTHER), ("okta.groups.manage", "okta.users.manage")),
        ("POST", f"/api/v1/users/{ADA}/lifecycle/suspend", ("okta.users.lifecycle.suspend",)),
        ("POST", f"/api/v1/users/{ADA}/lifecycle/suspend", ("okta.users.lifecycle.manage",)),
        (
            "POST",
            f"/api/v1/users/{ADA}/lifecycle/expire_password",
            ("okta.users.credentials.expirePassword",),
        ),
        *(
            (
                "POST",
                f"/api/v1/users/{name}@x.example/lifecycle/{operation}",
                (f"okta.users.{permission}",),
            )
            for operation, name, permission in (
                ("unsuspend", "suspended", "lifecycle.unsuspend"),
                ("unlock", "locked_out", "lifecycle.unlock"),
                ("deactivate", "ada", "lifecycle.deactivate"),
                ("activate", "staged", "lifecycle.activate"),
                ("reactivate", "provisioned", "lifecycle.activate"),
                ("reset_password?sendEmail=true", "ada", "credentials.resetPassword"),
            )
        ),
        (
            "DELETE",
            f"/api/v1/users/{ADA}/sessions",
            ("okta.users.lifecycle.clearSessions",),
        ),
        ("DELETE", f"/api/v1/groups/{TOOLS.id}", ("okta.groups.manage",)),
    ],
)
def test_a_permission_allows_its_own_and_no_more(org, send, method, path, permissions):
    """Both halves of a membership change have to be there."""
    with org(*permissions) as opened:
        assert send(opened, method, path).status_code < 300
    for absent in permissions:
        with org("okta.iam.manage", *(set(permissions) - {absent})) as opened:
            response = send(opened, method, path)
            assert (response.status_code, response.json()["errorCode"]) == (403, "E0000006")


@pytest.mark.parametrize(
    ("choice", "permission", "status"),
    [
        ("activate", "activate", 200),
        ("activate", "deactivate", 403),
        ("manage", "activate", 403),
        ("manage", "manage", 200),
    ],
)
def test_which_permission_reactivating_needs_is_a_choice(org, send, choice, permission, status):
    """Okta names none of that name."""
    held = f"okta.users.lifecycle.{permission}"
    with org(held, reactivate_permission=choice) as opened:
        path = "/api/v1/users/provisioned@x.example/lifecycle/reactivate?sendEmail=true"
        assert send(opened, "POST", path).status_code == status


@pytest.mark.parametrize("path", ["/api/v1/logs", "/api/v1/org", "/api/v1/groups/rules"])
def test_some_things_are_for_standard_roles_alone(org, send, path):
    """The log, the settings, and the rules unless the org chooses otherwise."""
    with org(*ALL, "okta.groups.manage", custom_role_rules="403") as opened:
        assert send(opened, "GET", path).status_code == 403
    with org(*ALL, custom_role_rules="200") as opened:
        assert send(opened, "GET", "/api/v1/groups/rules").status_code == 200


def test_a_resource_set_shows_its_own_groups(org, send):
    """The others are in no list, and are not found."""
    with org(*ALL, groups=("tools",)) as opened:
        names = [each["profile"]["name"] for each in send(opened, "GET", "/api/v1/groups").json()]
        assert names == ["tools"]
        assert send(opened, "PUT", member(TOOLS)).status_code == 204
        assert send(opened, "PUT", member(OTHER)).status_code == 404
        assert send(opened, "GET", f"/api/v1/groups/{OTHER.id}/users").status_code == 404
        mine = send(opened, "GET", f"/api/v1/users/{ADA}/groups").json()
        assert [each["profile"]["name"] for each in mine] == ["tools"]


def test_a_group_outside_can_be_refused_instead(org, send):
    """What Okta does is not known."""
    with org(*ALL, groups=("tools",), role_filtered_group="403") as opened:
        assert send(opened, "PUT", member(OTHER)).status_code == 403
        assert len(send(opened, "GET", "/api/v1/groups").json()) == 4


def test_a_new_group_is_in_no_set_of_single_groups(org, send):
    """Creating one needs the permission on all groups."""
    body = {"json": {"profile": {"name": "new"}}}
    with org("okta.groups.create", groups=("tools",)) as opened:
        assert send(opened, "POST", "/api/v1/groups", **body).status_code == 403
    with org("okta.groups.create") as opened:
        assert send(opened, "POST", "/api/v1/groups", **body).status_code == 200


def test_a_group_that_makes_admins_stays_closed(org, send):
    """Only a super admin fills it."""
    with org("okta.groups.manage", "okta.users.manage") as opened:
        admins = next(group for group in opened.groups() if group.name == "admins")
        assert send(opened, "PUT", member(admins)).status_code == 403


def test_a_standard_role_and_a_custom_one_add_up(org, send):
    """What one of them allows is allowed."""
    with org("okta.users.lifecycle.suspend", roles=("READ_ONLY_ADMIN",)) as opened:
        assert send(opened, "GET", "/api/v1/groups/rules").status_code == 200
        assert send(opened, "POST", f"/api/v1/users/{ADA}/lifecycle/suspend").status_code == 200
        assert send(opened, "PUT", member(TOOLS)).status_code == 403
