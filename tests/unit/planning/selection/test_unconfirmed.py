"""What Okta accepted and does not show is named until it shows it."""

import pytest

from reconciler.model.evidence import UnconfirmedLine
from reconciler.model.plan import GroupRef, PersonRef
from reconciler.planning.selection.unconfirmed import NOT_VISIBLE, warn_of_invisible_writes
from tests.support.builders import NOW
from tests.support.nouns import GROUP, change, removal

RUN = "20261122T090000Z-abc123"


def unseen(action, name="jane"):
    """A write of an earlier run that was not to be seen."""
    return UnconfirmedLine(
        run=RUN,
        at=NOW,
        action=action,
        group=GROUP.id,
        group_name=GROUP.name,
        person=f"00u{name}",
        login=f"{name}@example.com",
    )


def told(*open_, members=(), changes=()):
    """The warnings, where the group was read and holds these people."""
    found = {GROUP.id: frozenset(f"00u{name}" for name in members)}
    return list(warn_of_invisible_writes(open_, found, tuple(changes)))


@pytest.mark.parametrize(
    ("is_told", "action", "members"),
    [
        (False, "add", ("jane",)),
        (True, "add", ("joe",)),
        (True, "remove", ("jane",)),
        (False, "remove", ("joe",)),
    ],
)
def test_a_write_is_open_while_the_group_does_not_show_it(is_told, action, members):
    """In either direction."""
    assert [w.code for w in told(unseen(action), members=members)] == [NOT_VISIBLE] * is_told


def test_a_warning_names_run_person_and_group_as_data():
    """Its words are for people; who and where is typed."""
    (warning,) = told(unseen("remove"), members=("jane",), changes=[removal("jane")])
    assert warning.summary == (
        f'Okta accepted the removal of jane@example.com (00ujane) from "{GROUP.name}" '
        f"in run {RUN} at 2026-11-22T09:00+00:00 and still shows them there; it is planned again"
    )
    assert warning.people == (PersonRef(id="00ujane", login="jane@example.com"),)
    assert warning.groups == (GroupRef(id=GROUP.id, name=GROUP.name),)


@pytest.mark.parametrize("line", [removal("jane", held_by=("x",)), removal("joe"), change("jane")])
def test_what_is_not_planned_again_is_said(line):
    """Held, or no longer wanted."""
    (warning,) = told(unseen("remove"), members=("jane",), changes=[line])
    assert warning.summary.endswith("it is not planned any more")


def test_a_group_that_was_not_read_shows_nothing():
    """Its own blocked line says so."""
    assert list(warn_of_invisible_writes((unseen("remove"),), {}, ())) == []
