"""Everyone is classed once: protected, granted, ended, unapproved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.planning.desired import GroupIntent
from reconciler.planning.standing import Standing, stand

NOBODY = frozenset()
IDS = st.frozensets(st.sampled_from([f"00u{n}" for n in range(8)]))
SETS = (
    "protected",
    "granted_present",
    "granted_absent",
    "ended_present",
    "pending_present",
    "unapproved",
)


def standing(**sets):
    """A standing in which the sets not named are empty."""
    return Standing(**{name: frozenset(sets.get(name, ())) for name in SETS})


@pytest.mark.parametrize(
    ("expected", "members", "tables", "protected"),
    [
        (standing(granted_present=["a"]), {"a"}, {"live": {"a": ()}}, NOBODY),
        (standing(granted_absent=["a"]), NOBODY, {"live": {"a": ()}}, NOBODY),
        (standing(ended_present=["a"]), {"a"}, {"ended": {"a": ()}}, NOBODY),
        (standing(), NOBODY, {"ended": {"a": ()}, "pending": {"b": ()}}, NOBODY),
        (standing(pending_present=["a"]), {"a"}, {"pending": {"a": ()}}, NOBODY),
        (standing(unapproved=["a"]), {"a"}, {}, NOBODY),
        (standing(protected=["a"]), {"a"}, {"ended": {"a": ()}}, {"a"}),
        (standing(protected=["a"]), {"a"}, {}, {"a"}),
        (standing(protected=["a"]), {"a"}, {"live": {"a": ()}}, {"a"}),
        (standing(granted_absent=["a"]), NOBODY, {"live": {"a": ()}}, {"a"}),
        (standing(), NOBODY, {}, {"a"}),
    ],
)
def test_the_first_class_that_fits_wins(expected, members, tables, protected):
    """Nobody who is protected or granted is ever counted as ended or unapproved."""
    found = stand(frozenset(members), GroupIntent(**tables), frozenset(protected))
    assert expected == found


@given(IDS, IDS, IDS, IDS, IDS)
def test_the_sets_are_disjoint_and_hold_every_member(members, live, pending, ended, protected):
    """Somebody in two sets would be removed by one rule and kept by another."""
    intent = GroupIntent(
        live=dict.fromkeys(live, ()),
        pending=dict.fromkeys(pending, ()),
        ended=dict.fromkeys(ended, ()),
    )
    found = stand(members, intent, protected)
    sets = [getattr(found, name) for name in SETS]
    together = [each for one in sets for each in one]
    assert sorted(members | live) == sorted(together)
    assert frozenset(together) - members == found.granted_absent
