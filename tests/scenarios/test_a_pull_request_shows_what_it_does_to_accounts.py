"""A pull request shows its changes of accounts apart from others, and is no window on anybody."""

from dataclasses import replace

import pytest

from tests.scenarios.passing_time import Weeks, account_codes, approved, ends
from tests.support.builders import SERVICE, Company, group_name, login
from tests.support.harness import without
from tests.support.repository import committed, git

pytestmark = pytest.mark.slow

ADMIN_ROLES = {login("boss"): ("ORG_ADMIN",), SERVICE: ("SUPER_ADMIN",)}
LEAVE = {
    "state": "suspended",
    "reason": "leave",
    "until": "2026-11-25",
    "approval": approved("2026-11-17T08:00Z"),
}
STOLEN = {"state": "suspended", "reason": "stolen", "approval": approved("2026-11-22T08:00Z")}
PARTED = {**STOLEN, "state": "deactivated", "reason": "left the company"}
BASE = (
    Company()
    .with_lifecycle()
    .tool()
    .bind("kim", "eve")
    .granted("kim", "eve")
    .apps(group_name(), "Secret app")
    .person("boss")
    .person("new")
    .person("wait")
    .person("gone")
    .account("wait", **LEAVE)
    .account("gone", **LEAVE)
)
CHANGE = (
    replace(BASE, files=tuple(f for f in BASE.files if f[0] != "users/gone.yaml"))
    .account("eve", **STOLEN)
    .account("boss", **STOLEN)
    .account("new", **PARTED)
)


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A repository whose base waits for two suspensions; one of its people is an Okta admin."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-18T12:00:00+00:00")
    world = BASE.world()
    users = tuple(replace(u, roles=ADMIN_ROLES.get(u.login, ())) for u in world.users)
    found = Weeks(tmp_path, BASE, world=replace(world, users=users))
    (tmp_path / ".gitignore").write_text(".reconciler\nplan*.json\n")
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    return found


def proposed(office, company=CHANGE):
    """The plan of the company as a change on top of the base."""
    office.write(company)
    committed(office.folder, "change")
    return office.plan("--base", "main")


def caused(plan, cause):
    """Whose accounts the lines of that cause change, in order."""
    lines = [line for line in plan["accounts"] if line["cause"] == cause]
    return [f"{line['action']} {without(line['person']['login'])}" for line in lines]


def test_each_line_has_its_cause_and_a_withdrawn_one_is_told(office):
    """What waited is not the change's doing, and what it takes away is."""
    made = proposed(office)
    assert caused(made, "change") == [
        "suspend boss",
        "clear-sessions boss",
        "suspend eve",
        "clear-sessions eve",
        "clear-sessions new",
        "deactivate new",
    ]
    assert caused(made, "pending") == ["suspend wait", "clear-sessions wait"]
    assert [
        f"{n['action']} {without(n['person']['login'])}" for n in made["withdrawn_accounts"]
    ] == ["suspend gone", "clear-sessions gone"]
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert "takes back 2 pending lines. 2 other lines wait anyway." in shown
    first, _, rest = shown.partition("Already pending (2)")
    assert login("eve") in first
    assert login("wait") not in first
    assert login("wait") in rest
    assert f"no longer: suspend {login('gone')}" in first


def test_what_time_brings_is_not_the_changes_doing(office):
    """A suspension of the base has ended since it was committed."""
    assert ends(office.reviewed())["suspend wait"] == "verified"
    office.wait(days=4)
    assert caused(proposed(office), "time") == ["unsuspend wait"]


def test_neither_apps_nor_admin_roles_of_a_person_are_shown(office):
    """Whoever opens a pull request could read them of anybody, by a file that is never merged."""
    made = proposed(office)
    assert account_codes(made) == {}
    own = [line["consequences"] for line in made["accounts"] if line["cause"] == "change"]
    assert [each["apps"] for each in own] == [[]] * 6
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert "Secret app" not in shown
    assert "is an Okta admin" not in shown
    (warning,) = [w for w in made["warnings"] if w["code"] == "admin-roles-unasked"]
    assert [without(p["login"]) for p in warning["people"]] == ["boss", "eve", "new"]


def test_once_it_is_merged_an_admin_is_left_alone_and_the_apps_are_told(office):
    """The plan that is applied asks."""
    office.write(CHANGE)
    made = office.plan()
    assert account_codes(made) == {"boss": "account-admin"}
    eve = next(n for n in made["accounts"] if n["person"]["login"] == login("eve"))
    assert eve["consequences"]["apps"] == ["Secret app"]
    result = office.reviewed()
    assert set(ends(result).values()) == {"verified"}
    assert (office.status("boss"), office.status("new")) == ("ACTIVE", "DEPROVISIONED")


def test_where_the_base_has_errors_it_is_no_window_either(office):
    """All that is said then is what the change's files would do."""
    broken = office.folder / "catalog/grants/claude/broken.yaml"
    git(office.folder, "switch", "-q", "main")
    broken.write_text("tool: none\n")
    committed(office.folder, "broken")
    git(office.folder, "switch", "-q", "-C", "change")
    made = proposed(office)
    assert made["against"]["problem"]
    assert account_codes(made) == {}
    assert {line["action"] for line in made["accounts"]} >= {"suspend", "deactivate"}
    assert not any(line["consequences"]["apps"] for line in made["accounts"])
    (warning,) = [w for w in made["warnings"] if w["code"] == "admin-roles-unasked"]
    assert "boss" in {without(p["login"]) for p in warning["people"]}
