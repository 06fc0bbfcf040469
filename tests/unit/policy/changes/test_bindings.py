"""A binding leaves no group before that is shown to be empty."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import BindGroup, Binding, Catalog, CreateGroup
from reconciler.model.diagnostics import Severity
from reconciler.policy.changes.bindings import find_abandoned_groups, groups_left_by
from tests.support.catalogs import BINDING, GROUP, judged

JANE, BINDINGS = "grants/claude/jane.yaml", "bindings/claude.yaml"
OTHER = "00g2abcdefGHIJKLM5d7"
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
    found = list(find_abandoned_groups(head, Catalog(bindings=(before,)), frozenset(shown)))
    assert [f.code for f in found] == ([] if is_fine else ["binding-deleted"])


def test_a_binding_leaves_what_it_retires_and_what_it_replaces():
    """One that does neither leaves nothing."""
    assert [groups_left_by(b) for b in (BOUND, MOVED, RETIRED, BOTH)] == [
        set(),
        {OLD},
        {NEW},
        {NEW, OLD},
    ]


def codes(root, base, head):
    """The codes of the change."""
    return sorted({d.code for d in judged(root, base, head).diagnostics})


@pytest.mark.parametrize(
    ("expected", "base", "head"),
    [
        (["binding-retired-unbound"], None, BINDING + "retired: true\n"),
        (["binding-retired-unbound"], None, BINDING + f"replaces: {OTHER}\n"),
        (["binding-retired-unbound"], BINDING, BINDING + f"replaces: {OTHER}\n"),
        (
            ["binding-moved", "binding-retired-unbound"],
            BINDING,
            BINDING.replace("00g1", "00g2") + "retired: true\n",
        ),
        ([], BINDING, BINDING + "retired: true\n"),
        ([], BINDING + "retired: true\n", BINDING + "retired: true\nunattended: true\n"),
        ([], BINDING, BINDING.replace("00g1", "00g2") + "replaces: 00g1abcdefGHIJKLM5d7\n"),
        ([], BINDING.replace("00g1", "00g2") + "replaces: 00g1abcdefGHIJKLM5d7\n", None),
    ],
)
def test_a_binding_leaves_only_what_it_bound(tmp_path, expected, base, head):
    """Whoever is in a group that nobody bound has lost nothing that was granted there."""
    same = base if head is None else head
    grants = {JANE: None}
    assert expected == codes(tmp_path, {BINDINGS: base, **grants}, {BINDINGS: same, **grants})


def test_a_created_group_is_bound_by_its_name(tmp_path):
    """Its id is written later, and may come with its end."""
    made = BINDING.partition("  bind:")[0] + "  create: {name: AI - a - b}\n"
    bound = BINDING.replace("Claude users", "AI - a - b") + "retired: true\n"
    grants = {JANE: None}
    assert codes(tmp_path, {BINDINGS: made, **grants}, {BINDINGS: bound, **grants}) == []


ENDED = {BINDINGS: BINDING + "retired: true\n", JANE: None}
EMPTY = ("claude/users@okta-prod", GROUP)


def test_a_retired_binding_goes_when_its_group_is_shown_to_be_empty(tmp_path):
    """Else its people would stay in the group, and nothing would speak of them any more."""
    gone = {BINDINGS: None, JANE: None}
    assert codes(tmp_path, ENDED, gone) == ["binding-deleted"]
    (tmp_path / "2").mkdir()
    shown = judged(tmp_path / "2", ENDED, gone, (EMPTY,))
    assert [d.code for d in shown.diagnostics] == []


def test_being_shown_to_be_empty_does_not_retire_a_binding(tmp_path):
    """Somebody may be granted it tomorrow."""
    base, gone = {JANE: None}, {BINDINGS: None, JANE: None}
    found = judged(tmp_path, base, gone, (EMPTY,))
    assert [d.code for d in found.diagnostics] == ["binding-deleted"]


@pytest.mark.parametrize(
    ("found", "name"),
    [([("binding-moved", Severity.WARNING)], "Others"), ([], "Claude users")],
)
def test_a_group_that_was_to_be_made_may_be_another_than_the_one_that_is_bound(
    tmp_path, found, name
):
    """It may have been made meanwhile, with people in it; or it was renamed before it was bound."""
    made = BINDING.replace(f"bind: {{id: {GROUP}, name", "create: {name")
    bound = BINDING.replace("Claude users", name)
    result = judged(tmp_path, {BINDINGS: made}, {BINDINGS: bound})
    assert [(d.code, d.severity) for d in result.diagnostics] == found
