"""A group rule as JSON, stored as Okta shows one (Okta: recorded)."""

from collections.abc import Iterable, Mapping

from reconciler.sandbox.world.model import Rule


def rule_body(
    rule: Rule, created: str, group_ids: Iterable[str], user_ids: Iterable[str]
) -> dict[str, object]:
    """The rule; `conditions.people` is there only when somebody is excluded."""
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


def excluding(body: Mapping[str, object], user_id: str, now: str) -> dict[str, object]:
    """The rule with one more person whom it does not feed."""
    return _with_excluded({**body, "lastUpdated": now}, (*excluded(body), user_id))


def excluded(body: Mapping[str, object]) -> tuple[str, ...]:
    """The ids of the people whom the rule does not feed."""
    found = _at(body, "conditions", "people", "users", "exclude")
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def expression_of(body: Mapping[str, object]) -> str:
    """What the rule asks of a person."""
    return str(_at(body, "conditions", "expression", "value"))


def groups_of(body: Mapping[str, object]) -> tuple[str, ...]:
    """The ids of the groups that the rule feeds."""
    found = _at(body, "actions", "assignUserToGroups", "groupIds")
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def _with_excluded(body: dict[str, object], user_ids: tuple[str, ...]) -> dict[str, object]:
    if not user_ids:
        return body
    expression = _at(body, "conditions", "expression")
    people = {"users": {"exclude": list(user_ids)}, "groups": {"exclude": []}}
    return {**body, "conditions": {"people": people, "expression": expression}}


def _at(body: Mapping[str, object], *path: str) -> object:
    value: object = body
    for part in path:
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
