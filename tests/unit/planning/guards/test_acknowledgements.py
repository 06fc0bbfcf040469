"""An exception passes exactly whom it names, at one guard, in one group, until its day."""

from dataclasses import replace
from datetime import date, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.catalog import Acknowledgement
from reconciler.model.plan import PersonRef
from reconciler.planning.guards.acknowledgements import acknowledgement_stanza, find_acknowledgement
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


def test_the_stanza_is_the_whole_file_for_exactly_these_people():
    """It is copied as printed; its writer gives a reason and a name."""
    expected = (
        "guard: group-removals\n"
        "connector: okta-prod\n"
        "group: 00gclaude\n"
        "people:\n"
        '  - 00ujane  # "jane@example.com"\n'
        '  - 00ujoe  # "joe@example.com"\n'
        "reason: WHY THIS IS RIGHT\n"
        "by: YOUR-EMAIL\n"
        "expires: 2026-11-29\n"
    )
    people = (ref("joe"), ref("jane"))
    assert expected == acknowledgement_stanza("group-removals", CONNECTOR, GROUP, people, NOW)


@given(
    st.lists(
        st.one_of(
            st.text(st.characters(exclude_categories=())),
            st.sampled_from(["a\n  - 00uevil", 'a"\r\nby: me', "a # b", "\u2028- 00uevil", "\x85"]),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([GROUP, None]),
)
def test_the_stanza_parses_and_names_exactly_the_held_people(logins, group):
    """Whatever a login holds, it cannot add a person or a key to the file."""
    people = [PersonRef(id=f"00u{n}", login=login) for n, login in enumerate(logins)]
    stanza = acknowledgement_stanza("group-removals", CONNECTOR, group, people, NOW)
    expected = {
        "guard": "group-removals",
        "connector": "okta-prod",
        "reason": "WHY THIS IS RIGHT",
        "by": "YOUR-EMAIL",
        "expires": date(2026, 11, 29),
    }
    if group is not None:
        expected["group"] = "00gclaude"
    parsed = yaml.safe_load(stanza)
    assert sorted(parsed.pop("people")) == [f"00u{n}" for n in range(len(logins))]
    assert expected == parsed


@pytest.mark.parametrize(("through", "holds"), [("2026-11-29", True), ("2026-11-30", False)])
def test_an_exception_reaches_a_week_ahead_at_most(through, holds):
    """A longer one would be a switch that is off for good."""
    ack = replace(ACK, expires=day(through))
    assert (found(ack) is ack) == holds
