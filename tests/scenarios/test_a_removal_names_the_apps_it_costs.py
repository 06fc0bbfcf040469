"""Whoever reviews a removal sees what it takes from the person, and what a group gives at all."""

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company, group_id, group_name
from tests.support.harness import Office, Rehearsal, changes

NAME = group_name()
COMPANY = (
    Company()
    .tool()
    .bind("amy", "old")
    .granted("amy", "bob")
    .ended("old")
    .apps(NAME, "Claude Enterprise", "Claude Code")
    .tool("cursor")
    .bind("old", tool="cursor")
    .granted("old", "cid", tool="cursor")
)
APPS = f"/api/v1/groups/{group_id(NAME)}/apps"


def asked(office):
    """Whose apps were asked for while planning; the requests are those of `-v`."""
    ran = office.run("--sandbox", "-v", "plan")
    assert ran.code == 0
    return [line for line in ran.err.splitlines() if line.endswith("/apps") and "GET" in line]


def test_the_line_names_the_apps_and_what_the_person_keeps(tmp_path):
    """In the file and in words."""
    office = Office(tmp_path, COMPANY)
    made = office.plan()
    (removal,) = [c for c in made["changes"] if c["action"] == "remove"]
    assert removal["apps"] == ["Claude Code", "Claude Enterprise"]
    assert removal["keeps"] == [group_name("cursor")]
    ran = office.run("--sandbox", "plan")
    assert "      apps assigned through this group: Claude Code, Claude Enterprise\n" in ran.out
    assert f'      keeps "{group_name("cursor")}"\n' in ran.out


def test_only_a_group_that_loses_somebody_is_asked_for_its_apps(tmp_path):
    """An addition takes nothing from anybody."""
    assert asked(Office(tmp_path, COMPANY)) == [f"GET {APPS}"]


def test_a_plan_without_removals_asks_for_no_apps(tmp_path):
    """It costs no request more than before."""
    assert asked(Office(tmp_path, COMPANY.bind("amy"))) == []


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_apps_that_cannot_be_read_hold_nothing_back(status, tmp_path):
    """They explain the line; they do not decide it."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.sandbox.faults.add(Fault(kind="status", status=status, path=APPS, times=0))
        removal = office.plan().changes[0]
        assert (removal.person.login, removal.apps) == ("old@example.com", ())


def test_a_group_without_an_app_is_warned_of(tmp_path):
    """Everything is done right, and nobody gains anything by it."""
    office = Office(tmp_path, COMPANY.apps(NAME))
    made = office.plan()
    assert [w["code"] for w in made["warnings"]] == ["group-without-app"]
    assert made["warnings"][0]["summary"].startswith(f'no app is assigned to "{NAME}"')
    with office.org() as org:
        org.assign_app("Everything", NAME)
    assert office.plan()["warnings"] == []


def test_what_apps_hang_on_a_group_is_no_part_of_what_was_reviewed(tmp_path):
    """An app assigned after the review changes what a line says, not what it does."""
    office = Office(tmp_path, COMPANY)
    before = office.plan()
    with office.org() as org:
        org.assign_app("Everything", NAME)
    after = office.plan(file="later.json")
    assert before["digest"] == after["digest"]
    assert office.apply().code == 0


def test_a_removal_that_a_further_question_allowed_names_its_apps_too(tmp_path):
    """Whose origin was asked one by one, and who goes."""
    company = (
        COMPANY.bind("amy", "bob", "eve", authority="authoritative")
        .behaving(attribution="ignored")
        .rule("Engineers", NAME, "rob")
    )
    made = Office(tmp_path, company).plan()
    assert changes(made)[0] == "remove eve claude/users"
    assert made["changes"][0]["apps"] == ["Claude Code", "Claude Enterprise"]
