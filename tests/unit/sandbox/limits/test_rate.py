"""Rate limits."""

from dataclasses import replace

import pytest

from reconciler.sandbox import Sandbox
from reconciler.sandbox.limits.rate import Bucket, Limits, bucket_of

TINY = Bucket(name="tiny", per_minute=4)


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "groups", "groups"),
        ("POST", "groups", "groups"),
        ("GET", "groups/00g1/users", "groups"),
        ("PUT", "groups/00g1/users/00u1", "groups"),
        ("DELETE", "groups/00g1/users/00u1", "groups"),
        ("GET", "groups/rules", "groups"),
        ("GET", "groups/00g1/apps", "groups"),
        ("GET", "groups/00g1", "group"),
        ("DELETE", "groups/00g1", "group"),
        ("GET", "users", "users"),
        ("GET", "users/00u1", "user-read"),
        ("PUT", "users/00u1", "user-write"),
        ("POST", "users/00u1/lifecycle/suspend", "user-write"),
        ("POST", "users/00u1/lifecycle/reset_password", "user-write"),
        ("DELETE", "users/00u1", "user-write"),
        ("DELETE", "users/00u1/sessions", "other"),
        ("GET", "users/00u1/groups", "other"),
        ("GET", "users/00u1/appLinks", "other"),
        ("GET", "apps/0oa1", "app"),
        ("GET", "apps/0oa1/groups", "apps"),
        ("GET", "logs", "logs"),
        ("GET", "org", "other"),
    ],
)
def test_each_request_has_its_bucket(method, path, name):
    """Member lists and membership writes compete in one."""
    assert bucket_of(method, f"/api/v1/{path}").name == name


def test_the_request_that_empties_a_bucket_is_answered():
    """Only the one behind it is not; the next minute is new."""
    limits = Limits()
    taken = [limits.count_request("t", TINY, "okta", 100.5) for _ in range(3)]
    assert [(one.limit, one.remaining, one.is_exceeded) for one in taken] == [
        (2, 1, False),
        (2, 0, False),
        (2, 0, True),
    ]
    assert taken[0].reset == 160
    assert limits.count_request("t", TINY, "okta", 160).remaining == 1


def test_each_token_has_its_own_buckets():
    """Two pipelines with two tokens do not disturb each other."""
    limits = Limits()
    limits.count_request("one", TINY, 1, 100)
    assert limits.count_request("one", TINY, 1, 100).is_exceeded
    assert not limits.count_request("two", TINY, 1, 100).is_exceeded


def test_off_never_ends():
    """Benchmarks measure the client, not the limit."""
    limits = Limits()
    assert {limits.count_request("t", TINY, "off", 1).remaining for _ in range(9)} == {999_999}


def test_a_429_has_no_retry_after(ask, sandbox, world, wall):
    """Only the reset, in seconds since the epoch of the org's clock."""
    sandbox.seed(world, rate_limit=1)
    assert ask("GET", "/api/v1/groups").headers["x-rate-limit-remaining"] == "0"
    response = ask("GET", "/api/v1/groups")
    assert (response.status_code, response.json()["errorCode"]) == (429, "E0000047")
    assert response.headers["x-rate-limit-limit"] == "1"
    assert "retry-after" not in response.headers
    assert int(response.headers["x-rate-limit-reset"]) == int(world.now.timestamp()) + 60
    wall.seconds += 60
    assert ask("GET", "/api/v1/groups").status_code == 200


def test_half_of_oktas_number_is_the_default(ask):
    """A token's share."""
    assert ask("GET", "/api/v1/groups").headers["x-rate-limit-limit"] == "250"
    assert ask("GET", "/api/v1/users/me").headers["x-rate-limit-limit"] == "1000"


def test_the_setting_is_kept(tmp_path, world):
    """Another process finds it in the file."""
    Sandbox.open(tmp_path / "org.db", world=world, rate_limit=7).close()
    with Sandbox.open(tmp_path / "org.db") as again:
        assert again.rate_limit == 7
        again.reset()
        assert again.rate_limit == 7


def test_a_token_can_have_another_share(ask, world):
    """The header shows the token's own ceiling."""
    tokens = (replace(world.tokens[0], share=80),)
    with Sandbox.open(None, world=replace(world, tokens=tokens)) as org:
        headers = ask("GET", "/api/v1/groups", org=org).headers
        assert headers["x-rate-limit-limit"] == "400"
        assert headers["x-rate-limit-remaining"] == "399"


def test_all_tokens_together_have_the_org_limit():
    """Two shares of three quarters do not make one and a half."""
    limits = Limits()
    first = [limits.count_request("one", TINY, "okta", 100, 75) for _ in range(3)]
    assert [(one.limit, one.remaining) for one in first] == [(3, 2), (3, 1), (3, 0)]
    second = [limits.count_request("two", TINY, "okta", 130, 75) for _ in range(2)]
    assert [(one.remaining, one.is_exceeded) for one in second] == [(0, False), (0, True)]
    assert second[1].reset == 160
    assert limits.count_request("two", TINY, "okta", 160, 75).remaining == 1


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("GET", "apps", 50),
        ("GET", "apps/0oa1", 250),
        ("PUT", "groups/00g1/users/00u1", 250),
        ("GET", "groups/00g1", 500),
        ("POST", "users", 300),
        ("POST", "users/00u1/lifecycle/activate", 300),
        ("GET", "users/00u1", 1000),
        ("GET", "logs", 60),
        ("GET", "api-tokens", 600),
    ],
)
def test_every_bucket_has_half_of_oktas_number(method, path, limit):
    """Those of a Workforce org."""
    bucket = bucket_of(method, f"/api/v1/{path}")
    assert Limits().count_request("t", bucket, "okta", 0).limit == limit
