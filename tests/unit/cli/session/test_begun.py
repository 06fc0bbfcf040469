"""Which writes are unknown when a run breaks off."""

import pytest

from reconciler.cli.session.apply import Begun
from reconciler.model.errors import StoreError
from reconciler.planning.wording import describe
from tests.support.nouns import change


class _Full:
    """A record that has room for so many entries."""

    def __init__(self, room):
        self.room = room

    def record(self, *_):
        """Kept, or not."""
        self.room -= 1
        if self.room < 0:
            raise StoreError("journal-not-writable", "full")


def fields(one, **more):
    """A journal's entry about it."""
    person = one.person.id if one.person else None
    return {"action": one.action.value, "group_name": one.group.name, "person": person, **more}


def test_a_write_is_unknown_from_its_intent_to_its_outcome():
    """An outcome that says unknown leaves it so."""
    one = change()
    begun = Begun([one]).around(_Full(9))
    assert list(begun.unknown()) == []
    begun.record("intent", fields(one))
    assert list(begun.unknown()) == [describe(one)]
    begun.record("outcome", fields(one, outcome="unknown"))
    assert list(begun.unknown()) == [describe(one)]
    begun.record("outcome", fields(one, outcome="accepted"))
    assert list(begun.unknown()) == []


@pytest.mark.parametrize(("room", "number"), [(0, 0), (1, 1)])
def test_what_could_not_be_kept_counts_as_not_begun_or_not_answered(room, number):
    """Without its intent nothing is sent; without its outcome nobody knows."""
    one = change()
    begun = Begun([one]).around(_Full(room))
    with pytest.raises(StoreError):  # noqa: PT012 - whichever of the two has no room
        begun.record("intent", fields(one))
        begun.record("outcome", fields(one, outcome="accepted"))
    assert len(list(begun.unknown())) == number
