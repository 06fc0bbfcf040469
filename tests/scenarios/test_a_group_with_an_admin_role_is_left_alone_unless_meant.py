"""A grant of a tool makes nobody an Okta admin, unless the binding says that this is meant."""

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company, group_id, group_name
from tests.support.harness import Office, Rehearsal, blocked, changes

NAME = group_name()
COMPANY = (
    Company()
    .tool()
    .bind("amy", "eve", authority="authoritative")
    .granted("amy", "bob")
    .admin_role(NAME)
    .tool("cursor")
    .bind(tool="cursor")
    .granted("cid", tool="cursor")
)
MEANT = COMPANY.bind("amy", "eve", authority="authoritative", admin_role=True)
LINES = ["remove eve claude/users", "add cid cursor/users", "add bob claude/users"]


@pytest.mark.parametrize("spelling", ["hasAdminPrivlege", "hasAdminPrivileges"])
def test_nobody_is_added_or_removed_and_the_other_groups_go_on(spelling, tmp_path):
    """However Okta spells it."""
    office = Office(tmp_path, COMPANY.behaving(stats_spelling=spelling))
    made = office.plan()
    assert changes(made) == ["add cid cursor/users"]
    assert blocked(made) == [("group-has-admin-role", "claude/users", "")]
    assert "`admin_role: true`" in made["blocked"][0]["hint"]

    assert office.apply().code == 4
    assert office.members() == {"amy", "eve"}
    assert office.members(group_name("cursor")) == {"cid"}


def test_a_binding_that_means_it_is_carried_out(tmp_path):
    """The line in the binding is what a reviewer agreed to."""
    office = Office(tmp_path, MEANT)
    made = office.plan()
    assert (sorted(changes(made)), made["blocked"]) == (sorted(LINES), [])
    assert office.apply().code == 0
    assert office.members() == {"amy", "bob"}


@pytest.mark.parametrize("value", ["yes", 1, "true"])
def test_only_true_means_it(value, tmp_path):
    """Near enough is not agreed."""
    office = Office(tmp_path, COMPANY)
    office.write(COMPANY.bind("amy", admin_role=value))
    ran = office.run("validate")
    assert ran.code == 1
    assert "bindings/claude-users.yaml" in ran.out + ran.err


def test_a_role_given_after_the_review_leaves_the_reviewed_lines(tmp_path):
    """What was reviewed was a harmless group."""
    plain = Company().tool().bind("amy").granted("amy", "bob")
    office = Office(tmp_path, plain)
    office.plan()
    with office.org() as org:
        org.seed(plain.admin_role(NAME).world(), rate_limit="off")
    ran = office.apply()
    assert ran.code == 4
    assert len(office.result(ran)["left"]) == 1
    assert office.members() == {"amy"}


def test_bindings_of_one_group_that_differ_in_meaning_it_stop_everything(tmp_path):
    """One binding means it and one does not: nobody guesses, as with their authority."""
    shared = MEANT.granted("dan").bind("amy", "dan", authority="authoritative", admin_role=True)
    company = (
        shared.tool("zed")
        .granted("zoe", tool="zed")
        .bind("amy", "dan", "zoe", authority="authoritative", admin_role=True)
        .file(
            "bindings/zed-users.yaml",
            {
                "tool": "zed",
                "entitlement": "users",
                "connector": "okta-prod",
                "group": {"bind": {"id": group_id(NAME), "name": NAME}},
                "authority": "authoritative",
            },
        )
    )
    office = Office(tmp_path, company)
    told = office.run("validate")
    assert told.code == 1
    assert "bindings-disagree" in told.out
    assert office.run("--sandbox", "plan").code == 1
    assert {"amy", "dan", "zoe"} <= office.members()


def test_a_role_that_could_not_be_read_is_said_to_be_unknown(tmp_path):
    """Counting times out on large groups: then nobody knows whether the group makes admins."""
    with Rehearsal(tmp_path, COMPANY) as office:
        # Every attempt to count fails, and the plain list is answered.
        fault = Fault(kind="status", status=500, path="/api/v1/groups", times=5)
        office.sandbox.faults.add(fault)
        made = office.plan()
    assert made.warnings or [b for b in made.blocked if b.tool == "claude"]
