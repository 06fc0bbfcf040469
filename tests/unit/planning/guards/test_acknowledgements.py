"""An exception passes exactly whom it names, at one guard, in one group, until its day."""

from dataclasses import replace
from datetime import datetime

import pytest

from reconciler.model.catalog import Acknowledgement
from reconciler.model.plan import PersonRef
from reconciler.planning.guards.run_guards import find_acknowledgement
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import GROUP, NEW_GROUP, day, ref

ACK = Acknowledgement(
    guard="group-removals",
    connector=CONNECTOR,
    group=GROUP.id,
    people=frozenset({"00ujane", "00ujoe"}),
    reason="the team moved",
    by="lead@example.com",
    expires=day("2026-11-22"),
)
RUN = Acknowledgement(
    guard="run-removals",
    connector=CONNECTOR,
    people=ACK.people,
    reason="the team moved",
    by="lead@example.com",
    expires=day("2026-11-22"),
)


def found(*acknowledgements, **more):
    """The one that covers the hold, if there is one."""
    hold = {
        "guard": "group-removals",
        "connector": CONNECTOR,
        "group": GROUP,
        "people": (ref("jane"), ref("joe")),
        "now": NOW,
    }
    return find_acknowledgement(acknowledgements, **{**hold, **more})


@pytest.mark.parametrize(
    ("passes", "hold"),
    [
        (True, {}),
        (True, {"people": (ref("joe"),)}),
        (False, {"people": (ref("jane"), ref("joe"), ref("sam"))}),
        (False, {"people": (ref("sam"),)}),
        (False, {"people": (PersonRef(id=None, login="jane@example.com"),)}),
        (False, {"guard": "group-emptied"}),
        (False, {"connector": "okta-lab"}),
        (False, {"group": NEW_GROUP}),
        (False, {"group": None}),
        (True, {"now": datetime.fromisoformat("2026-11-22T23:59:59.999999+00:00")}),
        (False, {"now": datetime.fromisoformat("2026-11-23T00:00:00+00:00")}),
    ],
)
def test_an_acknowledgement_passes_only_what_it_says(passes, hold):
    """One person more, another group or a day later asks for a new one."""
    assert (found(ACK, **hold) is ACK) is passes


def test_a_runs_guard_needs_an_acknowledgement_without_a_group():
    """One group's exception never opens the whole run."""
    assert found(ACK, RUN, guard="run-removals", group=None) is RUN


def test_two_acknowledgements_do_not_add_up():
    """Each was agreed to for its own people; together nobody agreed to all of them."""
    jane, joe = (
        Acknowledgement(
            guard=ACK.guard,
            connector=CONNECTOR,
            group=GROUP.id,
            people=frozenset({one}),
            reason="",
            by="lead@example.com",
            expires=ACK.expires,
        )
        for one in sorted(ACK.people)
    )
    assert found(jane, joe) is None
    assert found(jane, joe, ACK) is ACK


@pytest.mark.parametrize(("through", "holds"), [("2026-11-29", True), ("2026-11-30", False)])
def test_an_exception_reaches_a_week_ahead_at_most(through, holds):
    """A longer one would be a switch that is off for good."""
    ack = replace(ACK, expires=day(through))
    assert (found(ack) is ack) == holds
