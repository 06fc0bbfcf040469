"""What can hurt is read first, and the order depends on nothing but the lines."""

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.catalog import Authority, Risk
from reconciler.model.plan import Blocked, Drift, GroupRef, PersonRef
from reconciler.planning.steps.complete import blocked_order, change_order, drift_order
from tests.support.nouns import GROUP, change, creation, grant_ref, ref, removal

TWIN = GroupRef(id="00gtwin", name=GROUP.name)
RANKED = [
    removal("zoe", risk=Risk.HIGH, tool="zed"),
    removal("amy"),
    removal("amy", group=TWIN),
    removal("amy", tool="cursor"),
    change("amy", risk=Risk.HIGH, tool="zed"),
    change("amy", entitlement="admins"),
    change("amy"),
    change("Bea", person=PersonRef(id="00ubea", login="Bea@example.com")),
    change("cy"),
    creation(),
    change("amy", tool="cursor", group=GroupRef(id=None, name="Cursor users")),
    change("amy", risk=Risk.MEDIUM, tool="notion"),
]


@given(st.permutations(RANKED))
def test_changes_stand_by_harm_then_tool_entitlement_group_and_login(lines):
    """Removals, then high risk, then the rest, whatever order they were found in."""
    assert sorted(lines, key=change_order) == RANKED


def blocked(code, **more):
    """A blocked line."""
    facts = {"summary": "s", "hint": "h", "group": GROUP, "tool": "claude", "entitlement": "users"}
    return Blocked(code=code, **{**facts, **more})


BLOCKED = [
    blocked("z", entitlement="admins"),
    blocked("group-refused"),
    blocked("a", person=ref("amy")),
    blocked("a", person=ref("zoe")),
    blocked("b", person=ref("amy"), grants=(grant_ref("1"),)),
    blocked("b", person=ref("amy"), grants=(grant_ref("2"),), summary="a"),
    blocked("b", person=ref("amy"), grants=(grant_ref("2"),), summary="b"),
    blocked("a", tool="cursor"),
]


@given(st.permutations(BLOCKED))
def test_blocked_lines_stand_by_group_and_whole_groups_first(lines):
    """Two lines about one person differ by their grants."""
    assert sorted(lines, key=blocked_order) == BLOCKED


@given(st.permutations(["amy", "Bea", "cy"]))
def test_drift_stands_by_group_and_login(names):
    """Case does not part the names."""
    lines = [
        Drift(
            group=GROUP,
            tool="claude",
            entitlement="users",
            person=ref(name),
            authority=Authority.ADDITIVE,
        )
        for name in names
    ]
    found = [line.person.login for line in sorted(lines, key=drift_order)]
    assert found == ["amy@example.com", "Bea@example.com", "cy@example.com"]
