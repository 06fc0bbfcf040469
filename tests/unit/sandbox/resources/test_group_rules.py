"""A group rule as JSON."""

from reconciler.sandbox import Rule
from reconciler.sandbox.resources.group_rules import (
    exclude_user,
    excluded_ids,
    expression_of,
    group_ids_of,
    rule_body,
)

RULE = Rule(name="r", expression="true")


def test_people_are_named_only_when_somebody_is_excluded():
    """And stand before the expression (recorded)."""
    body = rule_body(RULE, "then", ["00g1"], [])
    assert list(body["conditions"]) == ["expression"]
    more = exclude_user(exclude_user(body, "00u1", "now"), "00u2", "later")
    assert list(more["conditions"]) == ["people", "expression"]
    assert excluded_ids(more) == ("00u1", "00u2")
    assert (more["created"], more["lastUpdated"]) == ("then", "later")
    assert body["lastUpdated"] == "then"


def test_a_body_can_be_read_again():
    """What the rule asks, and which groups it feeds."""
    body = rule_body(RULE, "then", ["00g1", "00g2"], ["00u1"])
    assert (expression_of(body), group_ids_of(body)) == ("true", ("00g1", "00g2"))
    assert excluded_ids(body) == ("00u1",)


def test_a_rule_without_its_group_says_so():
    """`allGroupsValid` goes with the status."""
    assert rule_body(RULE, "t", [], [])["allGroupsValid"] is True
    invalid = Rule(name="r", expression="true", status="INVALID")
    assert rule_body(invalid, "t", [], [])["allGroupsValid"] is False
