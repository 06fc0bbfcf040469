"""A group that another connector of the catalog made."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import Catalog, Connector, CreateGroup
from reconciler.model.directory import DirectoryGroup, LiveState
from reconciler.planning.scope import Scope, leave_to_others
from tests.support.builders import CONNECTOR
from tests.support.nouns import GROUP, ORG, binding, managed

OTHER = Connector(id="okta-z", type="okta", name="Z")
OWN = Connector(id=CONNECTOR, type="okta", name="Own")
MAKING = binding(connector="okta-z", group=CreateGroup(name="Claude users"))
AREA = Scope(groups=(managed("amy"),))


def left(description, *, other=OTHER, making=MAKING):
    """The codes of what is blocked, where the group is described so."""
    described = DirectoryGroup(
        id=GROUP.id, name=GROUP.name, type="OKTA_GROUP", description=description
    )
    catalog = Catalog(connectors={CONNECTOR: OWN, "okta-z": other}, bindings=(binding(), making))
    live = LiveState(org=ORG, groups={GROUP.id: described})
    found = leave_to_others(AREA, live, catalog, CONNECTOR)
    assert bool(found.groups) is not bool(found.blocked)
    return [line.code for line in found.blocked]


def test_it_is_left_to_the_connector_that_made_it():
    """Both are of one org, whatever their files say; each would undo the other."""
    assert left(f"For people {MAKING.marker}") == ["group-bound-twice"]


@pytest.mark.parametrize(
    ("description", "more"),
    [
        ("", {}),
        (f"For people {binding().marker}", {}),
        (f"{MAKING.marker} and more", {}),
        (MAKING.marker, {"other": replace(OTHER, disabled=True)}),
        (MAKING.marker, {"making": replace(MAKING, group=binding().group)}),
    ],
)
def test_any_other_group_is_ours_to_keep(description, more):
    """One's own marker, none, or one of a connector that makes nothing any more."""
    assert left(description, **more) == []
