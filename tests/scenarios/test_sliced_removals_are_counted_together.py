"""A large removal cut into small runs is still a large removal: its slices of a day add up."""

import shutil
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.evidence.folder import read_chain
from tests.support.builders import CONNECTOR, NOW, Company
from tests.support.harness import Office, outcomes, printed_files

pytestmark = pytest.mark.slow

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


OLD = ("o1", "o2", "o3", "o4")
NEW = tuple(f"n{n}" for n in range(20))


def replaced(**more):
    """Everyone in a group without a grant, everyone with one outside it, and nobody watching."""
    bound = Company().tool(**more).bind(*OLD, authority="authoritative", unattended=True)
    return bound.granted(*NEW)


def run(office, *options):
    """A scheduled run; its code, and how many lines came to which end."""
    ran = office.run("--sandbox", "apply", "--scheduled", "--yes", *options)
    ended = Counter(line["outcome"] for line in office.result(ran)["lines"])
    return ran, dict(ended)


def test_a_group_that_would_be_emptied_stays_held_when_the_additions_are_made(tmp_path):
    """Else the guard would hold once, and pass by itself at the next run."""
    office = Office(tmp_path, replaced())
    first, ended = run(office, "--evidence", "ev")
    assert (first.code, ended) == (3, {"verified": 20, "held": 4})
    second, ended = run(office, "--evidence", "ev")
    assert (second.code, ended) == (3, {"held": 4})
    assert "all 4 members would go; the 20 added in the last 24 h are not counted" in second.out
    assert set(OLD) <= office.members()


@pytest.mark.parametrize("guard", ["group-removals", "min-members"])
def test_no_guard_of_a_group_passes_because_of_the_runs_own_additions(tmp_path, guard):
    """Shares and floors too are judged on what the group held before."""
    made = replaced(entitlements={"users": {"min_members": 2}})
    limits = {"group_removals": {"count": 2, "percent": 60}}
    office = Office(tmp_path, made.granted("o1").with_settings(guards=limits))
    for _ in range(2):
        ran, _ = run(office, "--evidence", "ev")
        assert ran.code == 3
        assert guard in ran.out
    assert set(OLD) <= office.members()


def test_a_group_emptied_in_slices_is_held_at_the_slice_that_empties_it(tmp_path):
    """Three of five, and then the other two, are all five."""
    first = Company().tool().bind(*OLD, "o5", authority="authoritative", unattended=True)
    office = Office(tmp_path, first.granted("o1", "o2"))
    assert run(office, "--evidence", "ev")[0].code == 0
    office.write(first.ended("o1", "o2"))
    ran, ended = run(office, "--evidence", "ev")
    assert (ran.code, ended) == (3, {"held": 2})
    assert "all 5 members would go, 2 in this run and 3 in the last 24 h" in ran.out


def test_what_cannot_be_counted_is_said(tmp_path):
    """Without evidence each run stands alone, and whoever runs it is told."""
    office = Office(tmp_path, company(*STRANGERS[:2]))
    office.plan()
    said = "without --evidence what earlier runs changed does not count towards the guards"
    assert said in office.apply().err
