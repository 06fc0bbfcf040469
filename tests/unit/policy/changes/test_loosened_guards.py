"""No change lets through what it brings."""

import pytest

from tests.support.catalogs import ACKNOWLEDGEMENT, BINDING, GRANT, SETTINGS, TOOL, judged

JANE, ACK = "grants/claude/jane.yaml", "acknowledgements/new.yaml"
BINDINGS, TOOLS = "bindings/claude.yaml", "tools/claude.yaml"
CODE = "guard-loosened-with-change"
NEW_ACK = {ACK: ACKNOWLEDGEMENT.replace("moved", "left")}
UNRESOLVED = {ACK: ACKNOWLEDGEMENT.replace("group-removals", "unresolved")}
REVOKED = {JANE: GRANT + "revoked: {at: 2026-11-22, by: lead@example.com, reason: left}\n"}
SHORTER = {JANE: GRANT.replace("2027-01-20", "2026-12-01")}
WHOLE = {BINDINGS: BINDING + "authority: authoritative\n"}
RETIRED = {BINDINGS: BINDING + "retired: true\n"}
JOE = {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")}
HIGHER = {"settings.yaml": SETTINGS.replace("count: 20", "count: 30")}
LOWER = {"settings.yaml": SETTINGS.replace("count: 20", "count: 10")}
FEWER = {"settings.yaml": SETTINGS.replace("[{count: 20}, {count: 5, percent: 10}]", "{count: 20}")}
BARE = {"settings.yaml": SETTINGS.replace("break.glass", "other")}
LIMIT = {"settings.yaml": SETTINGS.replace("guards:", "guards:\n  unresolved: {count: 50}")}
KEPT = {TOOLS: TOOL.replace("Seat}", "Seat, min_members: 2, required_members: [jane@example.com]}")}


def codes(root, base, head):
    """The codes of the change."""
    return sorted({d.code for d in judged(root, base, {**base, **head}).diagnostics})


@pytest.mark.parametrize("loosening", [NEW_ACK, HIGHER, FEWER, BARE])
@pytest.mark.parametrize("taking", [REVOKED, SHORTER, WHOLE, RETIRED])
def test_a_guard_is_loosened_without_what_it_would_hold(tmp_path, loosening, taking):
    """The pull request would show it as held, and the merge would carry it out."""
    assert codes(tmp_path, {}, {**loosening, **taking}) == [CODE]


@pytest.mark.parametrize("alone", [NEW_ACK, HIGHER, FEWER, BARE, UNRESOLVED, LIMIT, REVOKED, WHOLE])
def test_each_of_them_passes_alone(tmp_path, alone):
    """First the one, then the other."""
    assert codes(tmp_path, {}, alone) == []


@pytest.mark.parametrize("loosening", [NEW_ACK, HIGHER, LOWER, BARE])
def test_what_takes_nobody_out_may_come_beside_it(tmp_path, loosening):
    """An exception for removals lets no addition pass that would be held."""
    assert codes(tmp_path, {}, {**loosening, **JOE}) == []


@pytest.mark.parametrize("stricter", [LOWER, {}])
def test_a_stricter_limit_lets_nothing_pass(tmp_path, stricter):
    """Whoever is careful is not stopped."""
    assert codes(tmp_path, {}, {**stricter, **REVOKED}) == []


@pytest.mark.parametrize("loosening", [UNRESOLVED, LIMIT])
def test_unresolved_names_are_let_pass_before_more_come(tmp_path, loosening):
    """That guard holds additions too."""
    assert codes(tmp_path, {}, {**loosening, **JOE}) == [CODE]


@pytest.mark.parametrize("loosening", [UNRESOLVED, LIMIT])
@pytest.mark.parametrize("taking", [REVOKED, WHOLE, RETIRED])
def test_unresolved_names_are_let_pass_before_anybody_is_taken_out(tmp_path, loosening, taking):
    """That guard holds every removal of the run."""
    assert codes(tmp_path, {}, {**loosening, **taking}) == [CODE]


@pytest.mark.parametrize("loosening", [NEW_ACK, UNRESOLVED])
def test_nobody_loses_protection_beside_an_exception(tmp_path, loosening):
    """Whom nothing protects any more may be removed, and the exception would let that pass."""
    assert codes(tmp_path, {}, {**loosening, **BARE}) == [CODE]


def test_nobody_loses_protection_beside_a_higher_limit(tmp_path):
    """Both stand in one file."""
    both = {"settings.yaml": HIGHER["settings.yaml"].replace("break.glass", "other")}
    assert codes(tmp_path, {}, both) == [CODE]


@pytest.mark.parametrize(
    "less", ["min_members: 1, required_members: [jane@example.com]", "min_members: 2"]
)
def test_whom_a_group_needs_is_no_smaller_with_a_removal(tmp_path, less):
    """The number, and the names."""
    tools = {TOOLS: TOOL.replace("Seat}", f"Seat, {less}}}")}
    assert codes(tmp_path, KEPT, {**tools, **REVOKED}) == [CODE]


def test_an_admin_group_is_meant_before_anybody_is_added(tmp_path):
    """Without the word, additions to it are held."""
    meant = {BINDINGS: BINDING + "admin_role: true\n"}
    assert codes(tmp_path, {}, {**meant, **JOE}) == [CODE]
    (tmp_path / "alone").mkdir()
    assert codes(tmp_path / "alone", {}, meant) == []
