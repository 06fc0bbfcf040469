"""What had ended before it was written."""

import pytest

from tests.support.catalogs import BINDING, GRANT, judged

JANE, BINDINGS = "grants/claude/jane.yaml", "bindings/claude.yaml"
ENDED = GRANT.replace("2027-01-20", "2026-11-21")
REVOKED = GRANT + "revoked: {at: 2026-11-22, by: lead@example.com, reason: left}\n"
OTHER = "00g2abcdefGHIJKLM5d7"


def codes(root, base, head):
    """The codes of the change."""
    return sorted({d.code for d in judged(root, base, head).diagnostics})


@pytest.mark.parametrize(
    ("expected", "base", "head"),
    [
        (["grant-ended-already"], {}, {"grants/claude/joe.yaml": ENDED.replace("jane", "joe")}),
        (["grant-ended-already"], {}, {"grants/claude/joe.yaml": REVOKED.replace("jane", "joe")}),
        ([], {}, {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")}),
        ([], {}, {JANE: REVOKED}),
        ([], {JANE: ENDED}, {JANE: ENDED.replace("Support", "Sales")}),
    ],
)
def test_a_grant_that_ended_before_it_came_is_said_to_explain_nothing(
    tmp_path, expected, base, head
):
    """A record is welcome; nobody loses access by it."""
    assert codes(tmp_path, base, head) == expected


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
    assert codes(tmp_path, {BINDINGS: base, **grants}, {BINDINGS: same, **grants}) == expected


def test_a_created_group_is_bound_by_its_name(tmp_path):
    """Its id is written later, and may come with its end."""
    made = BINDING.partition("  bind:")[0] + "  create: {name: AI - a - b}\n"
    bound = BINDING.replace("Claude users", "AI - a - b") + "retired: true\n"
    grants = {JANE: None}
    assert codes(tmp_path, {BINDINGS: made, **grants}, {BINDINGS: bound, **grants}) == []
