"""A large removal cut into small runs is still a large removal: its slices of a day add up."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.store.evidence import read_chain
from tests.builders import CONNECTOR, NOW, Company
from tests.harness import Office, outcomes, printed_files

MANY = tuple(f"k{n:03}" for n in range(200))
STRANGERS = tuple(f"s{n:02}" for n in range(40))
LIMITS = {"group_removals": {"count": 100, "percent": 100}}
BASE = Company().with_settings(guards=LIMITS).tool()


def company(*strangers, ended=()):
    """Two hundred people with grants, these strangers without, these with grants that ended."""
    bound = BASE.bind(*MANY, *strangers, *ended, authority="authoritative")
    return bound.granted(*MANY).ended(*ended)


def arrive(office, *names):
    """Somebody put these people into the group by hand."""
    with office.org() as org:
        for name in names:
            org.add_member("AI Clearance - claude - users", f"{name}@example.com")


def known(*strangers):
    """The same company, where more people have accounts and are in no group yet."""
    found = company(*strangers)
    for name in STRANGERS:
        if name not in strangers:
            found = found.person(name)
    return found


@pytest.fixture
def office(tmp_path):
    """A first slice of twelve removals is made, with evidence; twelve more wait."""
    office = Office(tmp_path, known(*STRANGERS[:12]))
    office.plan()
    assert office.apply("--evidence", "ev").code == 0
    arrive(office, *STRANGERS[12:24])
    office.plan()
    return office


def test_the_second_slice_is_held_with_the_first_in_its_figures(office):
    """Twelve and twelve are more than twenty; the plan alone could not know."""
    assert office.read("plan.json")["guards"] == []
    ran = office.apply("--evidence", "ev")
    assert (ran.code, set(outcomes(office.result(ran)).values())) == (3, {"held"})
    told = "24 removals, 12 in this run and 12 in the last 24 h, of 224 members read"
    assert f"{told}; the limit is more than 20" in ran.out
    assert set(STRANGERS[12:24]) <= office.members()


def test_without_evidence_each_run_stands_alone(office):
    """The count comes from evidence and from nowhere else."""
    assert office.apply().code == 0
    assert not set(STRANGERS) & office.members()


def test_the_printed_acknowledgement_lets_exactly_this_slice_pass(office):
    """A wanted clean-up goes on with a dated, reviewed file."""
    ran = office.apply("--evidence", "ev")
    ((path, text),) = printed_files(ran.out).items()
    text = text.replace("WHY", "clean-up").replace("YOUR-EMAIL", "lead@example.com")
    place = office.folder / "catalog" / path
    place.parent.mkdir()
    place.write_text(text + "\n", encoding="utf-8")
    office.plan()
    ran = office.apply("--evidence", "ev")
    assert (ran.code, set(STRANGERS) & office.members()) == (0, set())


def test_a_slice_of_another_day_is_not_counted(tmp_path):
    """A day later the limit is free again."""
    office = Office(tmp_path, known(*STRANGERS[:12]))
    office.plan()
    assert office.apply("--evidence", "ev").code == 0
    arrived = known(*STRANGERS[12:24])
    for after, code in ((timedelta(hours=23), 3), (timedelta(hours=25), 0)):
        folder = tmp_path / str(code)
        folder.mkdir()
        later = Office(folder, arrived, world=replace(arrived, now=NOW + after).world())
        shutil.copytree(tmp_path / "ev", folder / "ev")
        later.plan()
        assert later.apply("--evidence", "ev").code == code


def test_additions_and_ended_grants_go_on(tmp_path):
    """What is counted apart is held apart."""
    first = known(*STRANGERS[:12])
    office = Office(tmp_path, first.person("new").person("old"))
    office.plan()
    assert office.apply("--evidence", "ev").code == 0
    arrive(office, *STRANGERS[12:24], "old")
    office.write(first.granted("new").ended("old"))
    office.plan()
    ran = office.apply("--evidence", "ev")
    found = outcomes(office.result(ran))
    assert (ran.code, found["add new claude/users"]) == (3, "verified")
    assert found["remove old claude/users"] == "verified"
    assert [name for name, how in found.items() if how == "held"] == [
        f"remove {name} claude/users" for name in STRANGERS[12:24]
    ]


def test_a_rehearsal_counts_for_no_real_org(office):
    """Rehearsals lie in a folder of their own, which no run of the real org reads."""
    (rehearsed,) = (office.folder / "ev").iterdir()
    assert rehearsed.name == "okta-prod.sandbox"
    real = read_chain(office.folder / "ev", CONNECTOR, sandbox=False)
    assert (real.files, real.faults) == ((), ())
