"""The rules over a catalog made of literals: pure, complete, and blind to the day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from reconciler.identity.aliases import known_names
from reconciler.model.catalog import (
    Acknowledgement,
    BindGroup,
    Binding,
    Canary,
    Catalog,
    Connector,
    CreateGroup,
    Entitlement,
    Fulfilment,
    Grant,
    IdentityMapping,
    Revocation,
    Risk,
    Tool,
)
from reconciler.model.settings import Contact, Settings
from reconciler.model.validity import Approval, Moment
from reconciler.policy.registry import CHECKS, REFERENCES, judge, judge_references
from tests.support.nouns import days

CANARY = Canary(user="canary@example.com", group_id="00g9abcdefGHIJKLM5d7", group_name="Canary")
CONNECTOR = Connector(
    id="okta", type="okta", name="Okta", domain="https://acme.okta.com", canary=CANARY
)


def tool(**changed):
    """A tool with one entitlement."""
    users = Entitlement(id="users", description="", risk=Risk.LOW)
    return Tool(
        **{
            "id": "claude",
            "name": "Claude",
            "description": "",
            "owners": (Contact(email="Owner@example.com", github="@acme/ai"),),
            "risk": Risk.LOW,
            "fulfilment": Fulfilment.OKTA,
            "entitlements": {"users": users},
            **changed,
        }
    )


def binding(**changed):
    """The group that gives it."""
    group = BindGroup(id="00g1abcdefGHIJKLM5d7", name="Users")
    usual = {"tool": "claude", "entitlement": "users", "connector": "okta", "group": group}
    return Binding(**{**usual, **changed})


def approval(**changed):
    """An owner's."""
    usual = {"ticket": "T", "approved_by": ("owner@example.com",), "approved_at": date(2026, 1, 1)}
    return Approval(**{**usual, **changed})


def grant(**changed):
    """Jane's."""
    usual = {"tool": "claude", "entitlement": "users", "subject": "jane@example.com"}
    return Grant(**{**usual, "purpose": "work", "approval": approval(), **changed})


def catalog(**changed):
    """A sound one."""
    usual = {"connectors": {"okta": CONNECTOR}, "tools": {"claude": tool()}}
    return Catalog(**{**usual, "bindings": (binding(),), "grants": (grant(),), **changed})


def codes(**changed):
    """What is said of it."""
    return [(each.code, each.path) for each in judge(catalog(**changed))]


def test_a_sound_catalog_has_no_findings():
    """Owners approve where a tool names nobody else; capitals do not matter."""
    assert codes() == []


ACK = Acknowledgement(
    guard="group-removals",
    connector="lab",
    people=frozenset(),
    reason="r",
    by="b",
    expires=date(2026, 1, 1),
)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"grants": (grant(tool="cloude"),)}, ("reference-unknown", ("tool",))),
        ({"grants": (grant(entitlement="x"),)}, ("reference-unknown", ("entitlement",))),
        ({"grants": (grant(entitlement=""),)}, ("entitlement-needed", ())),
        ({"acknowledgements": (ACK,)}, ("reference-unknown", ("connector",))),
        ({"bindings": ()}, ("grant-unbound", ("entitlement",))),
        ({"bindings": (binding(), binding())}, ("binding-duplicate", ())),
        ({"grants": (grant(), grant())}, ("grant-duplicate", ())),
        (
            {"tools": {"claude": tool(max_duration=days(9))}},
            ("expires-missing", ()),
        ),
        (
            {"grants": (grant(expires=Moment(date(2025, 12, 31))),)},
            ("expires-before-start", ("expires",)),
        ),
        (
            {"grants": (grant(starts=Moment(date(2026, 1, 3)), expires=Moment(date(2026, 1, 2))),)},
            ("expires-before-start", ("expires",)),
        ),
        (
            {"bindings": (binding(group=CreateGroup(name="n", description="d" * 1000)),)},
            ("group-description-too-long", ("group", "create", "description")),
        ),
        (
            {
                "bindings": (binding(group=CreateGroup(name="n")),),
                "settings": Settings(naming_pattern="^AI"),
            },
            ("group-name-pattern", ("group", "create", "name")),
        ),
        (
            {"grants": (grant(approval=approval(approved_by=("JANE@example.com",))),)},
            ("approver-is-subject", ("approval", "approved_by", 0)),
        ),
        (
            {
                "tools": {
                    "claude": tool(approvers=(Contact(email="lead@example.com", github="@lead"),))
                }
            },
            ("approver-unknown", ("approval", "approved_by", 0)),
        ),
        ({"connectors": {"okta": replace(CONNECTOR, canary=None)}}, ("canary-missing", ())),
        (
            {"tools": {"claude": tool(owners=(Contact(email="owner@example.com"),))}},
            ("forge-handle-missing", ("owners", 0)),
        ),
        (
            {"connectors": {"okta": replace(CONNECTOR, domain="x")}},
            ("connector-domain-invalid", ("domain",)),
        ),
    ],
)
def test_each_rule_names_the_value_it_is_about(changed, expected):
    """By a path inside the object; the line is found by those who read the file."""
    assert [expected] == codes(**changed)


def test_a_window_may_be_as_long_as_the_tool_allows_and_no_longer():
    """Counted from `starts`, else from the approval."""
    tools = {"claude": tool(max_duration=days(10))}
    assert codes(tools=tools, grants=(grant(expires=Moment(date(2026, 1, 11))),)) == []
    assert (
        codes(tools=tools, grants=(grant(expires=Moment(date(2026, 1, 12))),))[0][0]
        == "grant-window-too-long"
    )
    later = grant(starts=Moment(date(2026, 3, 1)), expires=Moment(date(2026, 3, 11)))
    assert codes(tools=tools, grants=(later,)) == []


def test_a_manual_tool_needs_no_binding_and_may_have_none():
    """A person gives the access by hand."""
    tools = {"claude": tool(fulfilment=Fulfilment.MANUAL)}
    assert codes(tools=tools, bindings=()) == []
    assert codes(tools=tools) == [("fulfilment-manual-bound", ("tool",))]


def test_a_retired_binding_still_says_where_a_grant_was_given():
    """Retiring one must not make its records wrong."""
    assert codes(bindings=(binding(retired=True),)) == []


def test_a_revoked_grant_needs_no_binding():
    """It gives nothing any more."""
    ended = Revocation(at=date(2026, 2, 1), by="x", reason="y")
    held = catalog(bindings=(), grants=(grant(revoked=ended),))
    assert [f.code for f in judge(held, datetime(2026, 2, 1, tzinfo=UTC))] == []
    assert [f.code for f in judge(held, datetime(2026, 1, 31, tzinfo=UTC))] == ["grant-unbound"]


def test_bound_names_are_free():
    """A group that exists was named by somebody else."""
    assert codes(settings=Settings(naming_pattern="^AI")) == []


def test_people_are_joined_by_what_mappings_say():
    """An account key, a GitHub name and a login may be one person."""
    mapping = IdentityMapping(keys=("github:Jane", "slack:U1"), login="jane@example.com")
    known = known_names(Catalog(identities=(mapping,)))
    assert known.of("@jane") == known.of("JANE@example.com") == known.of("slack:u1")
    assert frozenset({"x"}) == known.of("X")


def test_references_are_judged_first_and_are_part_of_the_whole():
    """What is not there explains much of what follows."""
    assert CHECKS[: len(REFERENCES)] == REFERENCES
    broken = catalog(tools={})
    assert {"reference-unknown"} == {each.code for each in judge_references(broken)}
    assert set(judge_references(broken)) <= set(judge(broken))
