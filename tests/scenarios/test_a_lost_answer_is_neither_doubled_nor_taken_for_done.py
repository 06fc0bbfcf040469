"""Networks lose answers and Okta's lists lag: a line is verified only when Okta shows it."""

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company
from tests.support.harness import Rehearsal, members_path

pytestmark = pytest.mark.slow

KEPT = ("kim", "lou")
COMPANY = Company().tool().bind(*KEPT, "old").granted(*KEPT, "amy").ended("old")
DONE = {"add": "verified", "remove": "verified"}


@pytest.fixture
def office(tmp_path):
    """The company, in memory: one is to come and one to go."""
    with Rehearsal(tmp_path, COMPANY) as found:
        yield found


def ends(result):
    """How the one addition and the one removal ended."""
    return {line.change.action.value: line.outcome.value for line in result.lines}


def events(office):
    """Each membership event, in order."""
    return [
        (row.event.rpartition(".")[2], row.user.partition("@")[0])
        for row in office.sandbox.log()
        if row.event.startswith("group.user_membership.")
    ]


BOTH = [("add", "amy"), ("remove", "old")]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("times", [1, 2, 4])
def test_a_write_whose_answer_was_lost_is_asked_again_and_verified(method, times, office):
    """Putting a member in twice leaves one member and one event."""
    made = office.plan()
    office.sandbox.faults.add(Fault(kind="after-write", method=method, times=times))
    assert ends(office.apply(made)) == DONE
    assert events(office) == BOTH


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_write_whose_every_answer_was_lost_is_verified_by_reading(method, office):
    """It failed as far as the network says, and Okta shows that it was done."""
    made = office.plan()
    office.sandbox.faults.add(Fault(kind="after-write", method=method, times=0))
    assert ends(office.apply(made)) == DONE
    assert events(office) == BOTH


def test_a_write_that_never_arrived_is_not_said_to_be_done(office):
    """Cut before Okta saw it, every time: the line failed, and the next plan has it."""
    made = office.plan()
    office.sandbox.faults.add(Fault(kind="cut", method="PUT", times=0))
    assert ends(office.apply(made)) == {"add": "failed", "remove": "verified"}
    office.sandbox.faults.clear()
    assert [c.action.value for c in office.plan().changes] == ["add"]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 429, "seconds": 30},
        {"kind": "concurrency"},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 503},
        {"kind": "html", "status": 502},
        {"kind": "cut"},
    ],
    ids=lambda f: "-".join(map(str, f.values())),
)
def test_what_passes_is_waited_for(fault, method, office):
    """Two bad answers and then a good one: the run is as good as without them."""
    made = office.plan()
    office.sandbox.faults.add(Fault(method=method, times=2, **fault))
    assert ends(office.apply(made)) == DONE
    assert events(office) == BOTH


def test_a_429_is_waited_out_as_long_as_it_asks(office):
    """Thirty seconds until the limit is reset, and not much more."""
    made = office.plan()
    office.sandbox.faults.add(Fault(kind="status", status=429, method="PUT", seconds=30))
    office.apply(made)
    assert 30 <= office.seconds <= 35


def test_a_list_that_lags_a_little_is_read_again(office):
    """The line is verified once Okta shows it."""
    made = office.plan()
    office.sandbox.faults.add(
        Fault(kind="lag", method="GET", path=members_path(), seconds=2, times=0)
    )
    assert ends(office.apply(made)) == DONE


def test_a_list_that_lags_longer_is_said_not_to_show_it_yet(office):
    """Accepted is said, verified is not, and so not done either."""
    made = office.plan()
    office.sandbox.faults.add(
        Fault(kind="lag", method="GET", path=members_path(), seconds=3600, times=0)
    )
    result = office.apply(made)
    assert ends(result) == dict.fromkeys(DONE, "accepted, not yet visible")
    assert {line.detail for line in result.lines} == {
        "Okta accepted it; its list does not show it yet"
    }
    assert office.members() == {*KEPT, "amy"}


def test_a_group_that_cannot_be_read_back_verifies_nothing(office):
    """The writes were accepted, and that is all that can be said."""
    made = office.plan()
    office.sandbox.faults.add(
        Fault(kind="malformed", path=members_path(), times=0, skip=1),
    )
    result = office.apply(made)
    assert ends(result) == dict.fromkeys(DONE, "accepted, not yet visible")
    assert all("could not be read back" in line.detail for line in result.lines)


def test_every_write_has_an_intent_before_and_an_outcome_after(office):
    """The journal tells the run as it went, with Okta's names for the requests."""
    office.apply(office.plan())
    assert office.journal.events == [
        "run-started",
        *["intent", "outcome"] * 2,
        "run-ended",
    ]
    assert all(result.request_id for _, result in office.journal.answered)
