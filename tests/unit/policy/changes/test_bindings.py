"""A binding leaves no group before that is shown to be empty."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import BindGroup, Binding, Catalog, CreateGroup
from reconciler.policy.changes.bindings import abandoned, left

NAME = "claude/users@okta-prod"
BOUND = Binding(
    tool="claude",
    entitlement="users",
    connector="okta-prod",
    group=BindGroup(id="00gnew", name="new"),
)
MOVED = replace(BOUND, replaces="00gold")
RETIRED = replace(BOUND, retired=True)
BOTH = replace(MOVED, retired=True)
MADE = replace(RETIRED, group=CreateGroup(name="made"))
BACK = replace(BOUND, group=BindGroup(id="00gold", name="old"), replaces="00gnew")
NEW, OLD = (NAME, "00gnew"), (NAME, "00gold")


@pytest.mark.parametrize(
    ("before", "after", "shown", "is_fine"),
    [
        (BOUND, None, {NEW}, False),
        (RETIRED, None, (), False),
        (RETIRED, None, {NEW}, True),
        (BOTH, None, {NEW}, False),
        (BOTH, None, {OLD}, False),
        (BOTH, None, {NEW, OLD}, True),
        (MADE, None, (), False),
        (MADE, None, {(NAME, "00gmade")}, True),
        (replace(MADE, replaces="00gold"), None, {OLD}, False),
        (MOVED, BOUND, (), False),
        (MOVED, BOUND, {NEW}, False),
        (MOVED, BOUND, {OLD}, True),
        (MOVED, RETIRED, (), False),
        (MOVED, BOTH, (), True),
        (MOVED, BACK, (), True),
    ],
)
def test_what_is_left_is_shown_to_be_empty_before_it_is_forgotten(before, after, shown, is_fine):
    """Deleted, retired or moved on: whoever is in the group would be explained by nothing."""
    head = Catalog(bindings=(after,) if after else ())
    found = list(abandoned(head, Catalog(bindings=(before,)), frozenset(shown)))
    assert [f.code for f in found] == ([] if is_fine else ["binding-deleted"])


def test_a_binding_leaves_what_it_retires_and_what_it_replaces():
    """One that does neither leaves nothing."""
    assert [left(b) for b in (BOUND, MOVED, RETIRED, BOTH)] == [
        set(),
        {OLD},
        {NEW},
        {NEW, OLD},
    ]
