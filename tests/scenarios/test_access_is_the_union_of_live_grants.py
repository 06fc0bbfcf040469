"""A person stays while any grant covers now; one that ends takes nothing from the others."""

import pytest

from tests.support.builders import Company, group_id, group_name
from tests.support.harness import Office, changes

ENDED = {"expires": "2026-11-15"}
REVOKED = {"revoked": {"at": "2026-11-16", "by": "lead@example.com", "reason": "changed teams"}}
LATER = {"starts": "2026-12-01"}


def test_two_live_grants_make_one_addition_that_cites_both(tmp_path):
    """Nobody is added twice."""
    office = Office(tmp_path, Company().tool().bind().granted("amy").grant("amy"))
    (line,) = office.plan()["changes"]
    assert sorted(grant["ticket"] for grant in line["grants"]) == ["AI-2", "AI-3"]


@pytest.mark.parametrize("other", [ENDED, REVOKED, LATER], ids=["expired", "revoked", "later"])
@pytest.mark.parametrize("first", ["live", "other"])
def test_a_grant_that_does_not_hold_takes_nothing_from_one_that_does(other, first, tmp_path):
    """Whichever file comes first."""
    terms = [{}, other] if first == "live" else [other, {}]
    company = Company().tool().bind("amy", authority="authoritative").person("amy")
    for more in terms:
        company = company.grant("amy", **more)
    made = Office(tmp_path, company).plan()
    assert (made["changes"], made["blocked"]) == ([], [])


def test_when_the_last_grant_ends_the_person_goes(tmp_path):
    """And the line cites both grants that ended."""
    company = Company().tool().bind("amy").ended("amy").grant("amy", **REVOKED)
    office = Office(tmp_path, company)
    (line,) = office.plan()["changes"]
    assert (line["action"], len(line["grants"])) == ("remove", 2)
    assert office.apply().code == 0
    assert office.members() == set()


def test_the_grant_that_ended_is_removed_from_one_group_only(tmp_path):
    """Another entitlement's grant is another access."""
    company = (
        Company()
        .tool()
        .bind("amy")
        .ended("amy")
        .tool("cursor")
        .bind("amy", tool="cursor")
        .granted("amy", tool="cursor")
    )
    office = Office(tmp_path, company)
    made = office.plan()
    assert changes(made) == ["remove amy claude/users"]
    assert made["changes"][0]["keeps"] == [group_name("cursor")]
    assert office.apply().code == 0
    assert office.members(group_name("cursor")) == {"amy"}


def test_two_entitlements_of_one_group_are_a_union_too(tmp_path):
    """Two bindings to one group: a person with either grant stays."""
    shared = {"bind": {"id": group_id(group_name()), "name": group_name()}}
    company = (
        Company()
        .tool(entitlements={"users": {}, "admins": {}})
        .bind("amy", authority="authoritative")
        .file(
            "bindings/admins.yaml",
            {
                "tool": "claude",
                "entitlement": "admins",
                "connector": "okta-prod",
                "group": shared,
                "authority": "authoritative",
            },
        )
        .ended("amy")
        .grant("amy", entitlement="admins")
    )
    made = Office(tmp_path, company).plan()
    assert (made["changes"], made["blocked"]) == ([], [])


def test_a_grant_holds_through_its_last_day(tmp_path):
    """`expires` is a day, and access ends after it; `starts` is one, and access begins with it."""
    company = Company().tool().bind("amy").granted("amy", expires="2026-11-22")
    company = company.granted("bob", starts="2026-11-22")
    office = Office(tmp_path, company)
    assert changes(office.plan("--as-of", "2026-11-21T23:59:59Z")) == []
    assert changes(office.plan("--as-of", "2026-11-22T00:00:00Z")) == ["add bob claude/users"]
    assert changes(office.plan("--as-of", "2026-11-22T23:59:59Z")) == ["add bob claude/users"]
    assert changes(office.plan("--as-of", "2026-11-23")) == [
        "remove amy claude/users",
        "add bob claude/users",
    ]
