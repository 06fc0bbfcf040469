"""A group rule as JSON, stored as Okta shows one (Okta: recorded)."""

from collections.abc import Iterable, Mapping

from reconciler.sandbox.storage.rows import value_at
from reconciler.sandbox.world.model import Rule


def rule_body(
    rule: Rule, created: str, group_ids: Iterable[str], user_ids: Iterable[str]
) -> dict[str, object]:
    """The rule; `conditions.people` is there only when people are excluded."""
    body: dict[str, object] = {
        "type": "group_rule",
        "id": rule.id,
        "status": rule.status,
        "name": rule.name,
        "created": created,
        "lastUpdated": created,
        "conditions": {"expression": {"value": rule.expression, "type": "urn:okta:expression:1.0"}},
        "actions": {"assignUserToGroups": {"groupIds": list(group_ids)}},
        "allGroupsValid": rule.status != "INVALID",
    }
    return _with_excluded(body, tuple(user_ids))


def exclude_user(body: Mapping[str, object], user_id: str, now: str) -> dict[str, object]:
    """The rule with one more person whom it does not feed."""
    return _with_excluded({**body, "lastUpdated": now}, (*excluded_ids(body), user_id))


def excluded_ids(body: Mapping[str, object]) -> tuple[str, ...]:
    """The ids of the people whom the rule does not feed."""
    found = value_at(body, "conditions", "people", "users", "exclude")
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def expression_of(body: Mapping[str, object]) -> str:
    """What the rule asks of a person."""
    return str(value_at(body, "conditions", "expression", "value"))


def group_ids_of(body: Mapping[str, object]) -> tuple[str, ...]:
    """The ids of the groups that the rule feeds."""
    found = value_at(body, "actions", "assignUserToGroups", "groupIds")
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def _with_excluded(body: dict[str, object], user_ids: tuple[str, ...]) -> dict[str, object]:
    if not user_ids:
        return body
    expression = value_at(body, "conditions", "expression")
    people = {"users": {"exclude": list(user_ids)}, "groups": {"exclude": []}}
    return {**body, "conditions": {"people": people, "expression": expression}}
