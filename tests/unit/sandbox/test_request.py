"""One request as an endpoint sees it."""

import pytest


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff\xfe", b'{"a":' * 5000])
def test_a_body_that_is_no_object_is_refused(ask, body):
    """Whatever it is, it is never a 500."""
    response = ask("POST", "/api/v1/groups", content=body)
    assert (response.status_code, response.json()["errorCode"]) == (400, "E0000003")
