"""The sandbox's commands: a rehearsal is only worth what it shows."""

import re

import httpx
import pytest

from tests.support.builders import Company, group_id, group_name
from tests.support.harness import Office, changes, members_path

COMPANY = Company().tool().bind("amy").granted("amy")
GROUP = group_name()


@pytest.fixture
def office(tmp_path):
    """One group with one member."""
    return Office(tmp_path, COMPANY)


@pytest.mark.parametrize("group", [GROUP, GROUP.lower(), group_id(GROUP)])
def test_a_member_is_put_in_and_taken_out_by_name_or_id(group, office):
    """And doing it twice says that it was so already."""
    person = "svc@example.com"
    said = [
        office.run("sandbox", "member", "add", group, person).err,
        office.run("sandbox", "member", "add", group, person).err,
        office.run("sandbox", "member", "remove", group, person).err,
        office.run("sandbox", "member", "remove", group, person).err,
    ]
    assert said == ["added\n", "was a member already\n", "removed\n", "was no member\n"]
    assert office.events() == [("add", "svc"), ("remove", "svc")]


def test_accounts_are_changed_as_in_the_console(office):
    """Each step says what it did, and that it was so already."""
    person = "svc@example.com"
    steps = ("lock", "unlock", "suspend", "unsuspend", "expire-password", "deactivate", "activate")
    said = [office.run("sandbox", "user", step, person).err for step in steps for _ in range(2)]
    done = ("locked", "unlocked", "suspended", "unsuspended", "expired", "deactivated")
    pairs = [(f"{word}\n", f"was {word} already\n") for word in done]
    assert said[:-2] == [line for pair in pairs for line in pair]
    assert said[-2] == "activated\n"
    assert office.run("sandbox", "user", "reset-password", person).err == "reset\n"
    shown = office.run("sandbox", "show", "users").out
    (line,) = [line for line in shown.splitlines() if line.endswith(person)]
    assert line.split()[1:3] == ["RECOVERY", "OKTA"]


@pytest.mark.parametrize(
    ("arguments", "about"),
    [
        (("member", "add", "No such group", "amy@example.com"), "No such group"),
        (("member", "add", GROUP, "nobody@example.com"), "nobody@example.com"),
        (("member", "remove", "No such group", "amy@example.com"), "No such group"),
        (("member", "remove", GROUP, "nobody@example.com"), "nobody@example.com"),
        (("user", "lock", "nobody@example.com"), "nobody@example.com"),
        (("user", "unsuspend", "nobody@example.com"), "nobody@example.com"),
        (("show", "members", "No such group"), "No such group"),
        (("seed", "missing.yaml"), "missing.yaml"),
        (("fault", "add", "--kind", "status"), "status"),
        (("fault", "add", "--status", "200"), "status"),
        (("fault", "add", "--status", "503", "--times", "-1"), "negative"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_done_is_said_and_ends_1(arguments, about, office):
    """By name, in a sentence."""
    ran = office.run("sandbox", *arguments)
    assert ran.code == 1, ran
    assert ran.out == ""
    assert about in ran.err
    assert "unexpected" not in ran.err


def test_the_command_to_type_next_keeps_to_the_org_that_was_asked(office):
    """After a plan, and in the hint of an error from whatever floor."""
    ran = office.run("plan", "--sandbox", "--out", "plan.json")
    assert "reconciler --sandbox apply plan.json" in ran.err
    (office.folder / "no-plan.json").write_text("{}", encoding="utf-8")
    ran = office.run("--sandbox", "apply", "no-plan.json", "--yes")
    assert "`reconciler --sandbox plan --out FILE`" in ran.err


def test_a_world_file_that_is_no_world_ends_1(office):
    """With the reason, and the org as it was."""
    (office.folder / "world.yaml").write_text("users: [{nonsense: 1}]\n", encoding="utf-8")
    ran = office.run("sandbox", "seed", "world.yaml")
    assert ran.code == 1
    assert "nonsense" in ran.err
    assert "unexpected" not in ran.err
    assert office.members() == {"amy"}


def test_show_prints_each_thing(office):
    """One line for each, on stdout."""
    office.run("sandbox", "member", "add", GROUP, "svc@example.com")
    expected = {
        ("users",): "amy@example.com",
        ("groups",): f"2 members  {GROUP}",
        ("members", GROUP): "svc@example.com",
        ("rules",): "",
        ("log",): "group.user_membership.add",
    }
    for what, text in expected.items():
        ran = office.run("sandbox", "show", *what)
        assert (ran.code, ran.err) == (0, "")
        assert text in ran.out
    assert office.run("sandbox", "show").out == office.run("sandbox", "show", "groups").out


def test_faults_are_added_listed_used_up_and_cleared(office):
    """Another process sees them: the plan after this meets the first one."""
    added = office.run(
        "sandbox", "fault", "add", "--kind", "malformed", "--path", members_path(), "--times", "1"
    )
    assert added.code == 0
    assert "malformed" in office.run("sandbox", "fault", "list").out
    assert [b["code"] for b in office.plan()["blocked"]] == ["group-malformed"]
    assert office.run("sandbox", "fault", "list").out == ""
    assert office.plan()["blocked"] == []

    office.run("sandbox", "fault", "add", "--status", "503", "--times", "0")
    assert re.match(r"status\s+503", office.run("sandbox", "fault", "list").out)
    assert office.run("sandbox", "fault", "clear").code == 0
    assert office.run("sandbox", "fault", "list").out == ""


def test_reset_takes_back_what_was_done(office):
    """The org is as it was seeded."""
    office.run("sandbox", "member", "remove", GROUP, "amy@example.com")
    assert office.members() == set()
    assert office.run("sandbox", "reset").code == 0
    assert office.members() == {"amy"}
    assert office.events() == []


def test_seed_from_the_catalog_makes_an_org_in_which_the_plan_adds_everyone(office):
    """Its groups are there and empty, and everyone it names has an account."""
    ran = office.run("sandbox", "seed", "--from-catalog")
    assert ran.code == 0
    assert ran.err.startswith("seeded ")
    made = office.plan("--as-of", "2026-11-22")
    assert (changes(made), made["blocked"]) == (["add amy claude/users"], [])


def test_seed_by_size_makes_that_many(office):
    """For trying out what a large org is like."""
    ran = office.run("sandbox", "seed", "--users", "30", "--groups", "4", "--members", "5")
    assert ran.code == 0
    assert len(office.run("sandbox", "show", "users").out.splitlines()) >= 30
    counted = re.findall(r"\b5 members", office.run("sandbox", "show", "groups").out)
    assert len(counted) == 4


def test_seed_without_anything_is_the_packaged_company(office):
    """The one that the page of the sandbox speaks of."""
    assert office.run("sandbox", "seed").code == 0
    assert "AI Clearance - Claude Enterprise - Users" in office.run("sandbox", "show").out


def test_the_sandbox_can_be_looked_at_while_the_catalog_has_errors(office):
    """Whoever is mending a file may still ask the org."""
    (office.folder / "catalog" / "tools" / "claude.yaml").write_text("id: [", encoding="utf-8")
    assert office.run("sandbox", "show", "members", GROUP).code == 0


def test_a_sandbox_file_that_is_none_is_said_to_be_none(office):
    """A file of another kind in its place: a sentence, not a traceback."""
    (office.folder / "other.db").write_bytes(
        b"this is no database, and long enough to be read\n" * 99
    )
    ran = office.run("--sandbox-file", "other.db", "plan")
    assert ran.code == 1
    assert "other.db" in ran.err
    assert "unexpected" not in ran.err


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "sandbox.example.com"])  # noqa: S104 - refused
def test_an_org_is_put_before_other_machines_only_when_that_is_said(office, host):
    """Anybody there could read it, and its token crosses the network unencrypted."""
    ran = office.run("sandbox", "serve", "--host", host, "--port", "0")
    assert (ran.code, ran.out) == (64, "")
    assert "host-not-loopback" in ran.err
    assert "--allow-remote" in ran.err


def test_an_org_before_other_machines_says_so(office):
    """It listens, and warns before it does."""
    process = office.start("sandbox", "serve", "--host", "0.0.0.0", "--port", "0", "--allow-remote")  # noqa: S104 - what it is about
    try:
        assert process.stderr.readline().startswith("warning: the org is reached from other")
        assert process.stdout.readline().startswith("url: http://0.0.0.0:")
    finally:
        process.terminate()
        process.communicate()


def test_an_address_of_version_6_is_printed_as_a_url_needs_it(office):
    """In brackets: without them the port is a part of the address."""
    process = office.start("sandbox", "serve", "--host", "::1", "--port", "0")
    try:
        said = process.stdout.readline()
        assert re.fullmatch(r"url: http://\[::1\]:[0-9]+\n", said), process.stderr.read()
        token = process.stdout.readline().removeprefix("token: ").strip()
        answer = httpx.get(
            said.removeprefix("url: ").strip() + "/api/v1/org",
            headers={"Authorization": f"SSWS {token}"},
        )
        assert answer.status_code == 200
        url = said.removeprefix("url: ").strip()
        listed = office.run(
            "--endpoint",
            f"okta-prod={url}",
            "plan",
            env={"RECONCILER_ENDPOINT_TOKEN": token},
        )
        assert listed.code == 0, listed
    finally:
        process.terminate()
        process.communicate()
