"""Places on the wire: halved by a refusal, won back slowly."""

import pytest

from reconciler.okta.rate_limits.pacer import Concurrency


def refuse(found, times=1, now=0.0):
    """So many refusals, one after the other."""
    for _ in range(times):
        found.note_refusal(found.begin(), now)


def test_as_many_as_there_are_places():
    """The next one waits for an answer."""
    found = Concurrency(2)
    rounds = [found.begin(), found.begin()]
    assert not found.has_room
    found.note_answer(rounds[0])
    assert found.has_room


@pytest.mark.parametrize(("times", "places"), [(1, 4), (2, 2), (3, 1), (9, 1)])
def test_each_refusal_halves_the_places_down_to_one(times, places):
    """One request at a time is always tried."""
    found = Concurrency(8)
    refuse(found, times)
    assert found.places == places
    assert found.has_room


def test_refusals_of_one_moment_halve_once():
    """Eight on the wire met one full house."""
    found = Concurrency(8)
    for begun in [found.begin() for _ in range(8)]:
        found.note_refusal(begun, 0.0)
    assert found.places == 4


def test_places_come_back_one_by_one_and_not_beyond_the_most():
    """Sixteen good answers for each place that there is."""
    found = Concurrency(4)
    refuse(found)
    steps = []
    for _ in range(16 * (2 + 3)):
        found.note_answer(found.begin())
        steps.append(found.places)
    assert [steps.index(3) + 1, steps.index(4) + 1] == [32, 80]
    for _ in range(1000):
        found.note_answer(found.begin())
    assert found.places == 4


def test_lost_answers_free_the_place_and_say_nothing_else():
    """A broken line is no full house."""
    found = Concurrency(1)
    begun = found.begin()
    found.note_loss()
    assert (found.has_room, found.places, begun) == (True, 1, 0)


def test_nothing_but_refusals_is_no_use_for_a_minute():
    """Five for each place there may be, with no answer between them."""
    found = Concurrency(2)
    refuse(found, 9, now=100.0)
    assert not found.is_hopeless(100.0)
    refuse(found, 1, now=100.0)
    assert found.is_hopeless(100.0)
    assert not found.is_hopeless(160.0)
    found.note_answer(found.begin())
    assert not found.is_hopeless(100.0)
