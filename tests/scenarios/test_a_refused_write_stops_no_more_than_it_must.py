"""One group that Okta refuses is that group's affair; a second one, or a 401, ends the run."""

from reconciler.sandbox import Fault
from tests.support.builders import Company, group_name
from tests.support.harness import Office, members_path, outcomes

OLD = tuple(f"old{number}" for number in range(9))
COMPANY = (
    Company()
    .tool()
    .bind("amy", *OLD)
    .granted("amy", "bob")
    .ended(*OLD)
    .tool("cursor")
    .bind("ole", tool="cursor")
    .granted("cid", tool="cursor")
    .ended("ole", tool="cursor")
    .tool("zed")
    .bind("pia", tool="zed")
    .ended("pia", tool="zed")
)


def planned(folder, *faults):
    """The company with its plan made, and Okta refusing these writes from now on."""
    office = Office(folder, COMPANY)
    office.plan()
    with office.org() as org:
        for fault in faults:
            org.faults.add(fault)
    return office


def refusing(method, group="*", status=403):
    """Writes of this kind to this group are refused."""
    path = f"{members_path(group)}/*" if group != "*" else "*"
    return Fault(kind="status", status=status, method=method, path=path, times=0)


def test_a_refused_removal_stops_that_groups_removals_only(tmp_path):
    """Those on their way are refused, the rest is not tried, other groups go on."""
    office = planned(tmp_path, refusing("DELETE", group_name()))
    ran = office.apply()
    assert ran.code == 4
    result = outcomes(office.result(ran))
    ours = [result.pop(f"remove {name} claude/users") for name in OLD]
    assert set(ours) == {"refused", "not run"}
    assert ours.count("refused") <= 4
    assert result == {
        "add bob claude/users": "verified",
        "add cid cursor/users": "verified",
        "remove ole cursor/users": "verified",
        "remove pia zed/users": "verified",
    }
    assert office.members() == {"amy", "bob", *OLD}


def test_a_refused_addition_stops_that_groups_removals_too(tmp_path):
    """The credential has no rights there; other groups go on."""
    office = planned(tmp_path, refusing("PUT", group_name()))
    ran = office.apply()
    assert ran.code == 4
    assert outcomes(office.result(ran)) == {
        "add bob claude/users": "refused",
        **{f"remove {name} claude/users": "not run" for name in OLD},
        "add cid cursor/users": "verified",
        "remove ole cursor/users": "verified",
        "remove pia zed/users": "verified",
    }


def test_a_second_group_that_refuses_ends_the_run(tmp_path):
    """By then it is the credential and not the group; a third group is not tried."""
    office = planned(tmp_path, refusing("PUT"))
    ran = office.apply()
    assert ran.code == 1
    assert outcomes(office.result(ran)) == {
        "add bob claude/users": "refused",
        "add cid cursor/users": "refused",
        **{f"remove {name} claude/users": "not run" for name in OLD},
        "remove ole cursor/users": "not run",
        "remove pia zed/users": "not run",
    }
    assert "Okta refused writes to a second group (403)" in ran.out
    assert office.events() == []


def test_a_refused_credential_ends_the_run(tmp_path):
    """A 401 speaks of every write to come."""
    office = planned(tmp_path, refusing("PUT", group_name(), status=401))
    ran = office.apply()
    assert ran.code == 1
    result = outcomes(office.result(ran))
    assert result["add bob claude/users"] == "failed"
    removals = {line: end for line, end in result.items() if line.startswith("remove")}
    assert set(removals.values()) == {"not run"}
    assert "Okta refused the credential (401)" in ran.out


def test_the_next_run_does_what_was_not_done(tmp_path):
    """Once the rights are there, the same plan file carries on."""
    office = planned(tmp_path, refusing("PUT"))
    office.apply()
    with office.org() as org:
        org.faults.clear()
    assert office.apply().code == 0
    assert office.members() == {"amy", "bob"}


def test_a_write_that_fails_for_one_person_is_that_persons_affair(tmp_path):
    """A 400 says nothing of the group: its other lines go on."""
    office = planned(tmp_path, Fault(kind="status", status=400, method="DELETE", times=1))
    ran = office.apply()
    assert ran.code == 4
    ends = list(outcomes(office.result(ran)).values())
    assert sorted(ends) == ["failed", *["verified"] * 12]
