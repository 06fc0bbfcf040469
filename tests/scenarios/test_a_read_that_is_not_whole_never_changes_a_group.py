"""Unknown is never compared: a group that was not read to its end keeps every member."""

import pytest

from reconciler.model.errors import ConnectorError
from reconciler.sandbox import KINDS, Fault
from tests.support.builders import Company, group_name
from tests.support.harness import (
    Office,
    Rehearsal,
    blocked,
    changes,
    members_path,
    outcomes,
    without,
)

pytestmark = pytest.mark.slow

COMPANY = (
    Company()
    .tool()
    .bind("amy", "bob", "dan", authority="authoritative")
    .granted("amy", "cid")
    .ended("dan")
    .tool("cursor")
    .bind("gus", tool="cursor", authority="authoritative")
    .granted("eve", tool="cursor")
)
"""Read whole, claude would lose bob and dan and gain cid."""

CURSOR = group_name("cursor")
BEFORE = {"amy", "bob", "dan"}

SPOILT_READS = (
    ("group-refused", {"kind": "status", "status": 400}),
    ("group-refused", {"kind": "status", "status": 403}),
    ("group-missing", {"kind": "status", "status": 404}),
    ("group-unreachable", {"kind": "status", "status": 429}),
    ("group-unreachable", {"kind": "status", "status": 500}),
    ("group-unreachable", {"kind": "status", "status": 503}),
    ("group-unreachable", {"kind": "concurrency"}),
    ("group-unreachable", {"kind": "cut"}),
    ("group-malformed", {"kind": "html", "status": 200}),
    ("group-unreachable", {"kind": "html", "status": 502}),
    ("group-unreachable", {"kind": "short"}),
    ("group-malformed", {"kind": "malformed"}),
    ("group-malformed", {"kind": "wrong-shape"}),
    ("group-malformed", {"kind": "repeat"}),
    ("group-malformed", {"kind": "foreign-next"}),
)
HARMLESS = {"delay", "lag", "index-lag", "after-write", "clock-skew", "scope-revoked"}
"""A slow answer is whole, a lagging one was true a moment ago, `after-write` is of writes only, a
wrong Date changes no answer, and an API token has no scopes."""
LOST = {"revoked-token", "outside-zone", "role-lost"}
"""What the credential itself can lose in the middle of a run."""
TESTED_ELSEWHERE = {"empty", "missing-role", "expired-token"}


def named(case):
    """A test's name: what is done to the read."""
    return "-".join(map(str, case[1].values()))


def test_every_way_of_spoiling_a_read_is_tried():
    """A fault that the sandbox learns later must be tried here too."""
    tried = {fault["kind"] for _, fault in SPOILT_READS}
    assert set(KINDS) <= tried | HARMLESS | TESTED_ELSEWHERE | LOST


def test_read_whole_the_group_would_change(tmp_path):
    """The proof that the other tests hold something back."""
    made = Office(tmp_path, COMPANY).plan()
    assert changes(made) == [
        "remove bob claude/users",
        "remove dan claude/users",
        "remove gus cursor/users",
        "add cid claude/users",
        "add eve cursor/users",
    ]


@pytest.mark.parametrize("case", SPOILT_READS, ids=named)
def test_only_the_other_group_changes_when_a_read_is_spoilt(case, tmp_path):
    """One blocked line for the group, none of its lines, and the rest goes on."""
    code, fault = case
    with Rehearsal(tmp_path, COMPANY) as office:
        office.sandbox.faults.add(Fault(path=members_path(), times=0, **fault))
        made = office.plan()
        lines = [(c.action.value, without(c.person.login), c.tool) for c in made.changes]
        assert lines == [("remove", "gus", "cursor"), ("add", "eve", "cursor")]
        assert [(b.code, b.tool, b.person) for b in made.blocked] == [(code, "claude", None)]
        assert [u.person.login for u in made.unapproved] == ["gus@example.com"]

        result = office.apply(made)
        assert [line.outcome.value for line in result.lines] == ["verified"] * 2
        assert office.members() == BEFORE
        assert office.members(CURSOR) == {"eve"}
        assert not [path for _, path, _ in office.writes() if path.startswith(members_path())]


@pytest.mark.parametrize("kind", ["revoked-token", "outside-zone"])
def test_a_token_that_is_refused_in_mid_run_ends_it(kind, tmp_path):
    """Nothing is planned, and nothing is written."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.sandbox.faults.add(Fault(kind=kind, path=members_path(), times=0))
        with pytest.raises(ConnectorError) as caught:
            office.plan()
        assert caught.value.code == "token-refused"
        assert office.members() == BEFORE


def test_a_role_that_is_lost_in_mid_run_holds_its_groups_back(tmp_path):
    """What was refused is unknown, and unknown is never compared."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.sandbox.faults.add(Fault(kind="role-lost", path=members_path()))
        made = office.plan()
        assert [c for c in made.changes if c.tool == "claude"] == []
        assert ("group-refused", "claude") in {(b.code, b.tool) for b in made.blocked}
        assert office.members() == BEFORE


def test_only_the_other_group_changes_when_the_second_page_is_refused(tmp_path):
    """A first page alone looks just like a smaller group."""
    crowd = [f"p{number:04}" for number in range(1100)]
    company = COMPANY.bind(*crowd, "dan", authority="authoritative")
    with Rehearsal(tmp_path, company) as office:
        fault = Fault(kind="status", status=403, path=members_path(), times=0, skip=1)
        office.sandbox.faults.add(fault)
        made = office.plan()
        assert {c.tool for c in made.changes} == {"cursor"}
        assert [(b.code, b.tool) for b in made.blocked] == [("group-refused", "claude")]


def test_a_group_that_becomes_unreadable_after_the_review_is_left(tmp_path):
    """The reviewed lines of a group that cannot be read any more are not carried out."""
    with Rehearsal(tmp_path, COMPANY) as office:
        reviewed = office.plan()
        office.sandbox.faults.add(Fault(kind="malformed", path=members_path(), times=0))
        result = office.apply(reviewed)
        assert len(result.left) == 3
        assert office.members() == BEFORE
        assert office.members(CURSOR) == {"eve"}


def test_one_passing_failure_is_only_asked_again(tmp_path):
    """A single 503 is no reason to leave anybody waiting."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.sandbox.faults.add(Fault(kind="status", status=503, path=members_path()))
        assert office.plan().blocked == ()


def test_a_refused_credential_ends_the_plan(tmp_path):
    """A 401 makes every further read pointless, so there is no plan at all."""
    with Rehearsal(tmp_path, COMPANY) as office:
        fault = Fault(kind="status", status=401, path=members_path(), times=0)
        office.sandbox.faults.add(fault)
        with pytest.raises(ConnectorError) as caught:
            office.plan()
        assert caught.value.status == 401


@pytest.mark.parametrize("kind", ["malformed", "wrong-shape", "repeat", "foreign-next"])
def test_the_commands_say_so_and_go_on(kind, tmp_path):
    """At the command line: a plan is made (0, or 10 when asked), and an apply ends 4."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.faults.add(Fault(kind=kind, path=members_path(), times=0))
    made = office.plan()
    assert blocked(made) == [("group-malformed", "claude/users", "")]
    assert office.run("--sandbox", "plan", "--detailed-exitcode").code == 10

    ran = office.apply()
    assert ran.code == 4
    assert outcomes(office.result(ran)) == {
        "remove gus cursor/users": "verified",
        "add eve cursor/users": "verified",
    }
    assert office.members() == BEFORE
    assert office.run("--sandbox", "plan", "--detailed-exitcode").code == 4
