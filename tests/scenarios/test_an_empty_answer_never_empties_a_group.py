"""A credential without an admin role reads `200 []`: that is no proof that nobody is there."""

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company, group_name
from tests.support.harness import Office, Rehearsal, changes, members_path, outcomes

SIX = ("amy", "bob", "cid", "dan", "eve", "fay")
COMPANY = Company().tool().bind(*SIX, "old", authority="authoritative").granted(*SIX).ended("old")


def test_nothing_is_removed_when_a_full_group_reads_as_empty(tmp_path):
    """Everyone seems to be missing, so everyone is added once more, which changes nothing."""
    with Rehearsal(tmp_path, COMPANY) as office:
        office.sandbox.faults.add(Fault(kind="empty", path=members_path(), times=0))
        made = office.plan()
        assert {c.action.value for c in made.changes} == {"add"}

        office.apply(made)
        assert office.members() == {*SIX, "old"}
        assert {method for method, _, _ in office.writes()} == {"PUT"}


def test_apply_is_refused_when_every_group_reads_as_empty(tmp_path):
    """The canary is not seen then, and nothing is written at all."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        org.faults.add(Fault(kind="empty", path="/api/v1/groups/*/users", times=0))
    ran = office.apply()
    assert ran.code == 3
    assert "error: canary-not-seen" in ran.err
    assert office.events() == []


def test_the_plan_warns_when_the_canary_is_not_seen(tmp_path):
    """A plan goes on, since it writes nothing, but says what it is worth."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.faults.add(Fault(kind="empty", path="/api/v1/groups/*/users", times=0))
    assert [w["code"] for w in office.plan()["warnings"]] == ["canary-not-seen"]


def test_apply_is_refused_when_the_canarys_group_cannot_be_read(tmp_path):
    """Not seen is not seen, whatever the reason."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        org.faults.add(Fault(kind="malformed", path=members_path("Canary"), times=0))
    ran = office.apply()
    assert ran.code == 3
    assert "error: canary-not-seen" in ran.err
    assert office.events() == []


def test_apply_is_refused_when_somebody_removed_the_canary(tmp_path):
    """Nothing proves then that reading works."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        assert org.remove_member("Canary", "canary@example.com")
    assert office.apply().code == 3
    assert office.members() == {*SIX, "old"}


def test_apply_is_refused_when_the_connector_has_no_canary(tmp_path):
    """A plan may be made without one; an apply may not."""
    office = Office(tmp_path, COMPANY.without_canary())
    assert [w["code"] for w in office.plan()["warnings"]] == ["canary-missing"]
    ran = office.apply()
    assert ran.code == 3
    assert "error: canary-missing" in ran.err
    assert office.events() == []


def test_removals_are_held_and_additions_made_when_under_half_are_visible(tmp_path):
    """Two of six granted people are seen: the read is not believed, but adding does no harm."""
    office = Office(tmp_path, COMPANY.bind("amy", "bob", "old"))
    made = office.plan()
    assert changes(made) == [
        "remove old claude/users",
        *[f"add {name} claude/users" for name in SIX[2:]],
    ]
    assert [(g["guard"], g["figures"][:47]) for g in made["guards"]] == [
        ("half-visible", "2 of 6 granted people are visible in the group:")
    ]
    ran = office.apply()
    assert ran.code == 3
    assert outcomes(office.result(ran)) == {
        "remove old claude/users": "held",
        **dict.fromkeys([f"add {name} claude/users" for name in SIX[2:]], "verified"),
    }
    assert office.members() == {*SIX, "old"}

    office.plan()
    assert office.apply().code == 0
    assert office.members() == set(SIX)


def test_half_of_them_being_visible_is_enough(tmp_path):
    """The guard speaks under half, not at half."""
    office = Office(tmp_path, COMPANY.bind("amy", "bob", "cid", "old"))
    assert office.plan()["guards"] == []


def test_four_granted_people_are_too_few_to_doubt_the_read(tmp_path):
    """In a small group one person more or less says nothing."""
    company = Company().tool().bind("old").granted(*SIX[:4]).ended("old")
    office = Office(tmp_path, company)
    assert office.plan()["guards"] == []
    assert office.apply().code == 0
    assert office.members(group_name()) == set(SIX[:4])


@pytest.mark.parametrize("status", [None, 403])
def test_a_credential_that_lost_its_role_writes_nothing(status, tmp_path):
    """Its lists are empty, or refused: either way the canary is not seen."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        org.faults.add(Fault(kind="missing-role", status=status, times=0))
    ran = office.apply()
    assert ran.code == 3, ran
    assert "error: canary-not-seen" in ran.err
    assert office.events() == []


def test_an_expired_token_ends_the_run(tmp_path):
    """Nothing can be read, so nothing is planned or written."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        org.faults.add(Fault(kind="expired-token", times=0))
    ran = office.run("--sandbox", "plan", "--detailed-exitcode")
    assert (ran.code, "error: token-refused" in ran.err) == (1, True), ran
    assert office.apply().code == 1
    assert office.events() == []
