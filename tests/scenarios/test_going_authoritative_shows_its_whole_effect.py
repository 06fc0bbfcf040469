"""Switching a large group to authoritative removes nobody before somebody said so by name."""

import pytest

from tests.support.builders import Company, user_id
from tests.support.harness import Office, changes, outcomes, printed_files

pytestmark = pytest.mark.slow

CROWD = tuple(f"m{number:03}" for number in range(40))
KEPT, GOING = CROWD[:12], CROWD[12:]
ADDITIVE = (
    Company()
    .tool()
    .bind(*CROWD)
    .granted(*KEPT)
    .tool("cursor")
    .bind(tool="cursor")
    .granted("zoe", tool="cursor")
)
AUTHORITATIVE = ADDITIVE.bind(*CROWD, authority="authoritative")
REMOVALS = [f"remove {name} claude/users" for name in GOING]


@pytest.fixture
def office(tmp_path):
    """The company on the day of the switch."""
    return Office(tmp_path, AUTHORITATIVE)


def signed(text):
    """The printed file with what only its writer knows."""
    filled = text.replace("WHY THIS IS RIGHT", "the team moved").replace(
        "YOUR-EMAIL", "it-lead@example.com"
    )
    assert filled != text
    return filled


def acknowledged(files):
    """The company with the files in acknowledgements/."""
    company = AUTHORITATIVE
    for path, text in files.items():
        company = company.file(path, text)
    return company


def test_an_additive_group_only_reports_them(tmp_path):
    """Before the switch nobody is removed, and everybody unexplained is named."""
    made = Office(tmp_path, ADDITIVE).plan()
    assert changes(made) == ["add zoe cursor/users"]
    assert len(made["drift"]["unapproved"]) == len(GOING)


def test_the_plan_shows_every_removal_and_what_holds_it(office):
    """28 of 40: the group's guard and the run's both speak."""
    made = office.plan()
    assert changes(made) == [*REMOVALS, "add zoe cursor/users"]
    held = {tuple(c["held_by"]) for c in made["changes"] if c["action"] == "remove"}
    assert held == {("group-removals", "run-removals")}
    assert {g["guard"]: len(g["people"]) for g in made["guards"]} == {
        "group-removals": 28,
        "run-removals": 28,
    }


def test_only_the_addition_elsewhere_is_made(office):
    """A guard holds what it judges; the run says by its code that something was held."""
    office.plan()
    ran = office.apply()
    assert ran.code == 3
    assert outcomes(office.result(ran)) == {
        **dict.fromkeys(REMOVALS, "held"),
        "add zoe cursor/users": "verified",
    }
    assert office.members() == set(CROWD)


def test_the_printed_files_let_it_pass(office):
    """Copied as they stand, with a reason and a name."""
    files = printed_files(office.run("--sandbox", "plan").out)
    assert list(files) == [
        "acknowledgements/group-removals.yaml",
        "acknowledgements/run-removals.yaml",
    ]
    office.write(acknowledged({path: signed(text) for path, text in files.items()}))
    made = office.plan()
    assert {g["guard"]: g["acknowledged_by"] for g in made["guards"]} == {
        "group-removals": "it-lead@example.com",
        "run-removals": "it-lead@example.com",
    }
    assert office.apply().code == 0
    assert office.members() == set(KEPT)


def test_the_printed_files_are_not_taken_unsigned(office):
    """A copied file in which nobody gave a reason and a name acknowledges nothing."""
    files = printed_files(office.run("--sandbox", "plan").out)
    office.write(acknowledged(files))
    office.run("--sandbox", "plan", "--out", "plan.json")
    office.run("--sandbox", "apply", "plan.json", "--yes")
    assert office.members() == set(CROWD)


@pytest.mark.parametrize("lacking", ["group-removals", "run-removals"])
def test_an_acknowledgement_that_lacks_one_person_lets_nobody_pass(lacking, office):
    """It is an exception for the people it names; one more is a different question."""
    files = {p: signed(t) for p, t in printed_files(office.run("--sandbox", "plan").out).items()}
    path = f"acknowledgements/{lacking}.yaml"
    lines = files[path].splitlines()
    kept = [line for line in lines if user_id(GOING[7]) not in line]
    assert len(kept) == len(lines) - 1
    office.write(acknowledged({**files, path: "\n".join(kept)}))

    made = office.plan()
    assert {tuple(c["held_by"]) for c in made["changes"] if c["action"] == "remove"} == {(lacking,)}
    assert office.apply().code == 3
    assert office.members() == set(CROWD)


def test_an_acknowledgement_outlives_people_who_went_by_hand(office):
    """What the guard holds became less than what was acknowledged."""
    files = {p: signed(t) for p, t in printed_files(office.run("--sandbox", "plan").out).items()}
    office.write(acknowledged(files))
    with office.org() as org:
        assert org.remove_member("AI Clearance - claude - users", f"{GOING[0]}@example.com")
    office.plan()
    assert office.apply().code == 0
    assert office.members() == set(KEPT)


def test_an_acknowledgement_of_another_day_lets_nobody_pass(office):
    """It is dated: after its last day it is only a file to delete."""
    files = {
        path: signed(text).replace("expires: 2026-11-29", "expires: 2026-11-21")
        for path, text in printed_files(office.run("--sandbox", "plan").out).items()
    }
    assert all("2026-11-21" in text for text in files.values())
    office.write(acknowledged(files))
    made = office.plan()
    assert {w["code"] for w in made["warnings"]} == {"acknowledgement-expired"}
    assert office.apply().code == 3
    assert office.members() == set(CROWD)


def test_no_removals_leaves_them_all_whatever_was_acknowledged(office):
    """The switch for a run that is only to add."""
    files = {p: signed(t) for p, t in printed_files(office.run("--sandbox", "plan").out).items()}
    office.write(acknowledged(files))
    office.plan()
    ran = office.apply("--no-removals")
    assert ran.code == 4
    assert outcomes(office.result(ran)) == {
        **dict.fromkeys(REMOVALS, "not run"),
        "add zoe cursor/users": "verified",
    }
    assert office.members() == set(CROWD)


def test_an_acknowledgement_withdrawn_after_the_review_holds_again(office):
    """Guards are judged on what is now, not on what a plan file says of them."""
    files = {p: signed(t) for p, t in printed_files(office.run("--sandbox", "plan").out).items()}
    office.write(acknowledged(files))
    assert not any(change["held_by"] for change in office.plan()["changes"])
    office.write(AUTHORITATIVE)
    assert office.apply().code == 3
    assert office.members() == set(CROWD)
