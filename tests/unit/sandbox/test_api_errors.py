"""Error objects."""

import json

from reconciler.sandbox.api_errors import error_of_status, rate_limited


def test_an_error_object_has_five_members():
    """The link is the code, and the id is new every time."""
    one, two = (json.loads(rate_limited().body()) for _ in range(2))
    assert list(one) == ["errorCode", "errorSummary", "errorLink", "errorId", "errorCauses"]
    assert one["errorLink"] == one["errorCode"] == "E0000047"
    assert one["errorId"] != two["errorId"]


def test_any_status_can_be_scripted():
    """One that Okta does not use says only that something broke."""
    assert (error_of_status(418, "x").status, error_of_status(418, "x").code) == (418, "E0000009")
