"""Whatever the moment of a kill, the next run reads Okta again and does just the rest."""

import os
import signal

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company
from tests.support.harness import Office, changes, outcomes, until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals"),
]

TEN = tuple(f"p{number}" for number in range(10))
OLD = ("old1", "old2")
KEPT = tuple(f"k{number}" for number in range(10))
COMPANY = Company().tool().bind(*KEPT, *OLD).granted(*KEPT, *TEN).ended(*OLD)
CREATING = Company().tool().create().granted(*TEN)
EACH_ONCE = sorted([*[("add", n) for n in TEN], *[("remove", n) for n in OLD]])
APPLY = ("--sandbox", "apply", "plan.json", "--yes")
FOREVER = 3600


def begun(office, number):
    """Whether so many writes were begun."""
    return lambda: sum(1 for e in office.journal() if e["event"] == "intent") >= number


def killed(office, fault, is_so):
    """The plan was being applied, with this fault in the org, and was killed once it was so."""
    with office.org() as org:
        org.faults.add(fault)
    process = office.start(*APPLY)
    try:
        until(is_so, process)
    finally:
        process.kill()
        process.communicate()
    with office.org() as org:
        org.faults.clear()
    assert process.returncode == -signal.SIGKILL


def test_the_next_plan_shows_just_the_rest(tmp_path):
    """Killed with three additions made and four more on their way."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    hanging = Fault(kind="delay", method="PUT", seconds=FOREVER, times=0, skip=3)
    killed(office, hanging, begun(office, 7))
    done = {name for _, name in office.events()}
    assert len(done) == 3

    rest = office.plan()
    assert changes(rest) == [
        *[f"remove {name} claude/users" for name in OLD],
        *[f"add {name} claude/users" for name in TEN if name not in done],
    ]
    assert office.apply().code == 0
    assert office.members() == {*KEPT, *TEN}
    assert sorted(office.events()) == EACH_ONCE


def test_the_same_plan_file_carries_on(tmp_path):
    """What was done is already so, the rest is done, and the killed run is named."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    hanging = Fault(kind="delay", method="PUT", seconds=FOREVER, times=0, skip=3)
    killed(office, hanging, begun(office, 7))
    (run,) = {e["run"] for e in office.journal() if e["event"] == "run-started"}

    ran = office.apply()
    assert ran.code == 0
    assert f"run {run} was cut short (7 writes begun, 3 recorded)" in ran.err
    assert len(office.result(ran)["left"]) == 3
    assert {line["why"] for line in office.result(ran)["left"]} == {"already so"}
    assert office.members() == {*KEPT, *TEN}
    assert sorted(office.events()) == EACH_ONCE


def test_a_write_whose_outcome_was_never_recorded_is_not_repeated(tmp_path):
    """Okta did it and the answer was lost; then the run was killed while it asked again."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    lost = Fault(kind="after-write", method="PUT", times=0)
    killed(office, lost, lambda: len(office.events()) >= 4)
    assert not [e for e in office.journal() if e["event"] == "outcome"]

    assert office.apply().code == 0
    assert office.members() == {*KEPT, *TEN}
    assert sorted(office.events()) == EACH_ONCE


def test_a_run_killed_among_removals_removes_the_rest_once(tmp_path):
    """All additions made, no removal yet."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    hanging = Fault(kind="delay", method="DELETE", seconds=FOREVER, times=0)
    killed(office, hanging, begun(office, 12))
    assert office.members() == {*KEPT, *TEN, *OLD}
    assert office.apply().code == 0
    assert sorted(office.events()) == EACH_ONCE


@pytest.mark.parametrize("made", [0, 3])
def test_a_run_killed_after_it_made_the_group_carries_on_in_that_group(made, tmp_path):
    """The same plan file finds the group by its marker, and no second one is made."""
    office = Office(tmp_path, CREATING)
    office.plan()
    hanging = Fault(kind="delay", method="PUT", seconds=FOREVER, times=0, skip=made)
    killed(office, hanging, begun(office, 1 + made + 4))
    assert len(office.members()) == made

    ran = office.apply()
    assert ran.code == 0
    assert len(outcomes(office.result(ran))) == len(TEN) - made
    assert office.members() == set(TEN)
    assert sorted(office.events()) == sorted([("add", n) for n in TEN])
    with office.org() as org:
        created = [row for row in org.log() if row.event == "group.lifecycle.create"]
    assert len(created) == 1


def test_a_group_whose_creation_was_never_answered_is_found_again(tmp_path):
    """The POST was carried out and its answer lost: a creation is never sent twice."""
    office = Office(tmp_path, CREATING)
    office.plan()
    with office.org() as org:
        org.faults.add(Fault(kind="after-write", method="POST"))
    ran = office.apply()
    assert ran.code == 4
    assert outcomes(office.result(ran)) == {
        "create-group claude/users": "failed",
        **{f"add {name} claude/users": "not run" for name in TEN},
    }
    assert office.apply().code == 0
    assert office.members() == set(TEN)


def test_being_asked_to_end_finishes_what_is_in_flight_and_records_the_rest(tmp_path):
    """SIGTERM: four writes were on their way and are finished; nothing else is begun."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        org.faults.add(Fault(kind="delay", method="PUT", seconds=1, times=0))
    process = office.start(*APPLY)
    until(begun(office, 4), process)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "asked to end: finishing the writes in flight" in err

    (path,) = [line.removeprefix("result: ") for line in err.splitlines() if "result: " in line]
    result = office.read(path)
    assert result["interrupted"] is True
    assert sorted(outcomes(result).values()) == ["not run"] * 8 + ["verified"] * 4
    assert len(office.events()) == 4
    assert [e["event"] for e in office.journal()].count("run-ended") == 1

    with office.org() as org:
        org.faults.clear()
    ran = office.apply()
    assert ran.code == 0
    assert "was cut short" not in ran.err
    assert sorted(office.events()) == EACH_ONCE


def test_a_run_that_ended_by_itself_is_not_named(tmp_path):
    """Only a journal without an end speaks of a killed run."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    office.apply()
    assert "was cut short" not in office.apply().err
