"""Users and groups as JSON."""

import json

from reconciler.sandbox.resources.groups import encode_groups
from reconciler.sandbox.resources.users import encode_users


def test_links_lead_to_the_address_that_was_asked():
    """What is stored names no host."""
    rows = [("00u1", b'{"id":"00u1"}'), ("00u2", b'{"id":"00u2"}')]
    users = json.loads(encode_users(rows, "http://127.0.0.1:8765"))
    assert users[1]["_links"]["self"]["href"] == "http://127.0.0.1:8765/api/v1/users/00u2"
    groups = json.loads(encode_groups([("00g1", b'{"id":"00g1"}')], "https://h"))
    assert groups[0]["_links"]["users"]["href"] == "https://h/api/v1/groups/00g1/users"


def test_an_empty_list_is_one():
    """No row, no comma."""
    assert encode_users([], "https://h") == b"[]"
