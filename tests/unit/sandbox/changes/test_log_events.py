"""An event of the System Log."""

from datetime import UTC, datetime

import pytest

from reconciler.sandbox.changes.log_events import Author, EventKind, build_event, target

NOW = datetime(2026, 9, 1, 9, 0, 0, 999, tzinfo=UTC)
JANE = Author(id="00u1", login="jane@x.example", name="Jane", token_id="00T1", request_id="r")


def made(author, name="group.user_membership.add"):
    """An event of this author."""
    kind = EventKind(name, "text")
    return build_event(author, NOW, kind, (target("00g1", "UserGroup", "unknown", "g"),), {})


def test_okta_itself_comes_from_nowhere():
    """But from the same request, which joins the two."""
    system = made(JANE.as_system())
    assert (system["actor"]["type"], system["actor"]["alternateId"]) == (
        *("SystemPrincipal", "system@okta.com"),
    )
    assert set(system["client"].values()) == {None}
    assert system["request"] == {"ipChain": []}
    assert system["transaction"] == {"type": "WEB", "id": "r", "detail": {}}


def test_each_event_is_another_one():
    """With an id of its own, and a session."""
    one, two = made(JANE), made(JANE)
    assert one["uuid"] != two["uuid"]
    assert one["published"] == "2026-09-01T09:00:00.000Z"


@pytest.mark.parametrize(
    ("name", "legacy"),
    [
        ("group.user_membership.add", "core.user_group_member.user_add"),
        ("group.user_membership.rule.add_exclusion", "core.user.added_to_rule_exclusion"),
        ("group.lifecycle.create", None),
    ],
)
def test_an_event_carries_its_old_name(name, legacy):
    """As far as it is documented."""
    assert made(JANE, name)["legacyEventType"] == legacy
