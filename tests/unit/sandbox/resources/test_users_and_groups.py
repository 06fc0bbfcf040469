"""Users and groups as JSON."""

import json

from reconciler.sandbox.resources.users_and_groups import group_list, user_list


def test_links_lead_to_the_address_that_was_asked():
    """What is stored names no host."""
    rows = [("00u1", b'{"id":"00u1"}'), ("00u2", b'{"id":"00u2"}')]
    users = json.loads(user_list(rows, "http://127.0.0.1:8765"))
    assert users[1]["_links"]["self"]["href"] == "http://127.0.0.1:8765/api/v1/users/00u2"
    groups = json.loads(group_list([("00g1", b'{"id":"00g1"}')], "https://h"))
    assert groups[0]["_links"]["users"]["href"] == "https://h/api/v1/groups/00g1/users"


def test_an_empty_list_is_one():
    """No row, no comma."""
    assert user_list([], "https://h") == b"[]"
