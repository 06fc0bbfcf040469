"""The groups behind the bindings, by id or by exact name."""

from dataclasses import replace

import pytest

from reconciler.live.snapshot import ObservedGroups, observe_groups
from reconciler.model.catalog import CreateGroup
from reconciler.model.directory import DirectoryGroup, ReadFailure
from tests.support.fake_directory import GONE, FakeReader
from tests.support.nouns import GROUP, binding

pytestmark = pytest.mark.anyio
CLAUDE = DirectoryGroup(id=GROUP.id, name=GROUP.name, type="OKTA_GROUP")
APP = DirectoryGroup(id="00gapp", name="App", type="APP_GROUP")
BIND = binding()
CREATE = binding("cursor", group=CreateGroup(name="Cursor Users"))
OWN = DirectoryGroup(
    id="00gmade", name="Cursor users", type="OKTA_GROUP", description=CREATE.marker
)
REFUSED = ReadFailure(code="refused", detail="403")


async def test_each_group_is_asked_for_once():
    """Two bindings of one group are one question."""
    reader = FakeReader(groups={GROUP.id: CLAUDE})
    await observe_groups(reader, (BIND, binding("notion"), CREATE, CREATE))
    assert sorted(reader.asked) == [
        ("groups", (GROUP.id,)),
        ("marked", (CREATE.marker,)),
        ("named", ("Cursor Users",)),
    ]


async def test_a_group_that_okta_shows_is_found_and_the_others_say_why_not():
    """A refusal is kept apart from an absence."""
    reader = FakeReader(groups={GROUP.id: CLAUDE}, named={"Cursor Users": REFUSED})
    lost = binding("notion", group=type(BIND.group)(id="00glost", name="Lost"))
    assert await observe_groups(reader, (BIND, lost, CREATE)) == ObservedGroups(
        found={GROUP.id: CLAUDE},
        unread={"00glost": GONE},
        named={},
        unread_names={"cursor users": REFUSED},
        marked={CREATE.marker: ()},
    )


async def test_a_group_that_an_earlier_run_made_is_found_by_its_marker():
    """Its members have to be read like any other's."""
    found = await observe_groups(FakeReader(named={"Cursor Users": (OWN,)}), (CREATE,))
    assert (found.found, found.named) == ({"00gmade": OWN}, {"cursor users": (OWN,)})
    assert found.to_read == ("00gmade",)


async def test_a_group_that_was_renamed_is_found_by_its_marker():
    """And read; where the look-up failed, that is kept."""
    renamed = replace(OWN, name="Seats of old")
    found = await observe_groups(FakeReader(marked={CREATE.marker: (renamed,)}), (CREATE,))
    assert (found.found, found.to_read) == ({"00gmade": renamed}, ("00gmade",))
    found = await observe_groups(FakeReader(marked={CREATE.marker: REFUSED}), (CREATE,))
    assert (found.marked, found.unread_markers) == ({}, {CREATE.marker: REFUSED})


async def test_somebody_elses_group_of_the_name_is_not_read():
    """It is known by name, to be refused, and its members are none of our business."""
    other = DirectoryGroup(id="00gelse", name="Cursor users", type="OKTA_GROUP")
    found = await observe_groups(FakeReader(named={"Cursor Users": (other,)}), (CREATE,))
    assert ({}, (), {"cursor users": (other,)}) == (found.found, found.to_read, found.named)


async def test_members_are_read_only_where_they_can_be_written():
    """An app's group is blocked whoever is in it."""
    at_app = binding("notion", group=type(BIND.group)(id="00gapp", name="App"))
    reader = FakeReader(groups={GROUP.id: CLAUDE, "00gapp": APP})
    assert (await observe_groups(reader, (at_app, BIND))).to_read == (GROUP.id,)
