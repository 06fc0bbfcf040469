"""Protected people, Okta admins, the credential's own owner and the canary are left alone."""

from dataclasses import replace

import pytest

from reconciler.sandbox import CustomRole
from tests.scenarios.passing_time import Weeks, account_codes, approved
from tests.support.builders import CANARY, SERVICE, Company, login, user_id
from tests.support.harness import without

pytestmark = pytest.mark.slow

ALIAS = "watchman@example.com"
AGREED = approved("2026-11-22T08:00Z")
REQUEST = {"requested_at": "2026-11-22T08:30Z", "reason": "cannot sign in", "approval": AGREED}
WORDS = {
    "suspended": {"state": "suspended", "reason": "left", "approval": AGREED},
    "deactivated": {"state": "deactivated", "reason": "left", "approval": AGREED},
    "password_reset": {"password_reset": REQUEST},
}
CUSTOM = {login("helper"): (CustomRole(name="Desk", permissions=("okta.users.read",)),)}
ROLES = {login("boss"): ("ORG_ADMIN",), SERVICE: ("SUPER_ADMIN",)}
COMPANY = (
    Company()
    .with_lifecycle()
    .with_settings(
        protected=[{"login": login("glass"), "id": user_id("glass"), "reason": "break-glass"}],
        identity={"match": ["login", "email"]},
    )
    .tool()
    .bind("kim")
    .granted("kim")
    .person("boss")
    .group("Admins", "chief")
    .admin_role("Admins")
    .person("chief")
    .person("helper")
    .person("glass")
    .person("canary", email=ALIAS)
)
LEFT_ALONE = {
    "a protected person": (login("root"), "account-protected"),
    "an Okta admin": (login("boss"), "account-admin"),
    "an admin by a group": (login("chief"), "account-admin"),
    "an admin by a custom role": (login("helper"), "account-admin"),
    "the owner of the credential": (SERVICE, "account-ours"),
    "the canary": (ALIAS, "account-canary"),
}
ACTIONS = ("suspend", "unsuspend", "unlock", "reset-password", "deactivate", "reactivate")
WHY = (
    *("--reason", "left", "--ticket", "HR-7", "--by", "it-desk@example.com"),
    *("--approved-by", "it-admins@example.com", "--yes"),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The org, in which the break-glass account has got another login than the one in the files."""
    world = COMPANY.world()
    users = tuple(
        replace(u, roles=ROLES.get(u.login, ()), custom_roles=CUSTOM.get(u.login, ()))
        for u in world.users
    )
    office = Weeks(tmp_path_factory.mktemp("made"), COMPANY, world=replace(world, users=users))
    with office.org() as org:
        org.rename_login(login("glass"), login("root"))
    return office


@pytest.fixture
def office(made, tmp_path):
    """The same, to be changed."""
    return made.copied(tmp_path / "office")


def everything(office):
    """Everyone's status, and all that ever happened to them."""
    with office.org() as org:
        return {user.login: user.status for user in org.users()}, office.happened()


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
@pytest.mark.parametrize(("person", "code"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_no_file_changes_the_account_under_whatever_name(office, person, code, words):
    """The line is blocked, nothing is applied, and the org stays as it is."""
    before = everything(office)
    office.write(COMPANY.file("users/person.yaml", {"user": person, **words}))
    planned = office.plan()
    assert planned["accounts"] == []
    assert list(account_codes(planned).values()) == [code]
    assert office.apply().code == 4
    assert everything(office) == before


def test_whom_the_files_themselves_name_so_is_refused_before_okta_is_asked(office):
    """By the login that stands in the settings, and in the connector."""
    for person in (login("glass"), CANARY):
        office.write(COMPANY.account(without(person), **WORDS["suspended"]))
        ran = office.run("--sandbox", "plan")
        assert ran.code == 1
        assert "error: account-of-protected\n" in ran.err


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize(("person", "code"), LEFT_ALONE.values(), ids=LEFT_ALONE)
def test_nobody_changes_the_account_on_call(made, person, code, action):
    """Whoever agrees to it."""
    before = everything(made)
    asked = CANARY if person == ALIAS else person
    ran = made.run("--sandbox", "user", action, asked, *WHY)
    assert (ran.code, ran.out) == (3, ""), ran
    assert f"error: {code}\n" in ran.err
    assert everything(made) == before
