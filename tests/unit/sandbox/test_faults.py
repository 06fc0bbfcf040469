"""Scripted misbehaviour, as it is stored and claimed."""

import pytest

from reconciler.sandbox import Fault, Sandbox, SandboxError


def test_a_fault_is_used_up(sandbox):
    """As often as it says."""
    sandbox.faults.add(Fault(kind="cut", times=2))
    claimed = [sandbox.faults.claim("GET", "/x") is not None for _ in range(3)]
    assert claimed == [True, True, False]
    assert sandbox.faults.list() == ()


def test_zero_times_lasts_until_cleared(sandbox):
    """For a whole run."""
    sandbox.faults.add(Fault(kind="cut", times=0))
    assert all(sandbox.faults.claim("GET", "/x") for _ in range(5))
    sandbox.faults.clear()
    assert sandbox.faults.claim("GET", "/x") is None


def test_the_first_requests_can_be_let_through(sandbox):
    """To hit the third page, say."""
    sandbox.faults.add(Fault(kind="cut", skip=2))
    claimed = [sandbox.faults.claim("GET", "/x") is not None for _ in range(4)]
    assert claimed == [False, False, True, False]


@pytest.mark.parametrize(
    ("fault", "method", "path", "matches"),
    [
        (Fault(kind="cut", method="PUT"), "GET", "/x", False),
        (Fault(kind="cut", path="/api/v1/groups/*/users"), "GET", "/api/v1/groups/1/users", True),
        (Fault(kind="cut", path="/api/v1/groups"), "GET", "/api/v1/groups/1", False),
        (Fault(kind="after-write"), "GET", "/x", False),
        (Fault(kind="after-write"), "PUT", "/x", True),
        (Fault(kind="lag"), "GET", "/api/v1/groups", False),
        (Fault(kind="empty"), "GET", "/api/v1/users/1/groups", True),
        (Fault(kind="empty"), "GET", "/api/v1/users/1", False),
        (Fault(kind="empty"), "POST", "/api/v1/groups", False),
        (Fault(kind="index-lag"), "GET", "/api/v1/users", False),
        (Fault(kind="missing-role"), "PUT", "/x", True),
    ],
)
def test_a_fault_meets_only_its_requests(fault, method, path, matches):
    """A fault of lists waits for a list."""
    assert fault.matches(method, path) is matches


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "fire"},
        {"kind": "status"},
        {"kind": "status", "status": 200},
        {"kind": "cut", "times": -1},
        {"kind": "missing-role", "status": 500},
    ],
)
def test_an_impossible_fault_is_refused(fields):
    """When it is made, not when it is met."""
    with pytest.raises(SandboxError):
        Fault(**fields)


def test_another_process_sees_the_fault(tmp_path, world):
    """Faults live in the file."""
    fault = Fault(kind="status", status=503, method="GET", path="/api/*", seconds=2.0)
    with (
        Sandbox.open(tmp_path / "org.db", world=world) as one,
        Sandbox.open(tmp_path / "org.db") as two,
    ):
        one.faults.add(fault)
        assert two.faults.list() == (fault,)


@pytest.mark.parametrize(
    "path",
    ["groups/rules", "groups/00g1/apps", "apps", "apps/0oa1/users", "apps/0oa1/groups", "logs"],
)
def test_every_list_can_be_spoilt(path):
    """A single thing cannot: it is no list."""
    fault = Fault(kind="empty")
    assert fault.matches("GET", f"/api/v1/{path}")
    assert not fault.matches("GET", "/api/v1/groups/00g1")
    assert not fault.matches("GET", "/api/v1/apps/0oa1")


@pytest.mark.parametrize(
    ("method", "path", "query", "matches"),
    [
        ("GET", "/api/v1/users", "search=x", True),
        ("GET", "/api/v1/users", "limit=1&q=x", True),
        ("GET", "/api/v1/groups", "search=x", True),
        ("GET", "/api/v1/users", "filter=q", False),
        ("GET", "/api/v1/users/1/groups", "search=x", False),
        ("POST", "/api/v1/users", "q=x", False),
    ],
)
def test_a_lag_of_the_index_waits_for_who_reads_it(method, path, query, matches):
    """The other questions read what is."""
    assert Fault(kind="index-lag").matches(method, path, query) is matches


def test_an_expired_token_is_no_token(ask, sandbox):
    """401 with the challenge, and nothing is written."""
    sandbox.faults.add(Fault(kind="expired-token"))
    response = ask("POST", "/api/v1/groups", json={"profile": {"name": "new"}})
    assert (response.status_code, response.json()["errorCode"]) == (401, "E0000011")
    assert response.headers["www-authenticate"] == "SSWS"
    assert "new" not in [group.name for group in sandbox.groups()]
