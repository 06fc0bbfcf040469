"""A group is bound by id: a new name changes nothing, and a deleted group stops nothing else."""

from tests.support.builders import Company, group_id, group_name
from tests.support.harness import Office, blocked, changes

COMPANY = (
    Company()
    .tool()
    .bind("amy", "old")
    .granted("amy", "bob")
    .ended("old")
    .tool("cursor")
    .bind(tool="cursor")
    .granted("zoe", tool="cursor")
)
ALL = [
    "remove old claude/users",
    "add bob claude/users",
    "add zoe cursor/users",
]


def test_a_renamed_group_works_and_is_warned_of(tmp_path):
    """The line shows the name that Okta shows."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.rename_group(group_name(), "Seats")
    made = office.plan()
    assert changes(made) == ALL
    assert [w["code"] for w in made["warnings"]] == ["group-renamed"]
    assert made["changes"][0]["group"]["name"] == "Seats"
    assert office.apply().code == 0
    assert office.members("Seats") == {"amy", "bob"}


def test_a_group_renamed_after_the_review_is_still_the_one(tmp_path):
    """What was reviewed is the id."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        org.rename_group(group_name(), "Seats")
    assert office.apply().code == 0
    assert office.members("Seats") == {"amy", "bob"}


def test_another_group_that_took_the_old_name_is_left_alone(tmp_path):
    """The name is for people; it never finds a group."""
    office = Office(tmp_path, COMPANY.group("Other", "old"))
    with office.org() as org:
        org.rename_group(group_name(), "Seats")
        org.rename_group("Other", group_name())
    office.plan()
    assert office.apply().code == 0
    assert office.members("Seats") == {"amy", "bob"}
    assert office.members(group_name()) == {"old"}


def test_a_deleted_group_blocks_its_lines_and_no_others(tmp_path):
    """Nobody knows where its people should be now."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.delete_group(group_name())
    made = office.plan()
    assert changes(made) == ["add zoe cursor/users"]
    assert blocked(made) == [("group-missing", "claude/users", "")]
    assert office.apply().code == 4
    assert office.members(group_name("cursor")) == {"zoe"}
    with office.org() as org:
        assert group_id(group_name()) not in {g.id for g in org.groups()}


def test_a_group_deleted_after_the_review_leaves_its_lines(tmp_path):
    """They are named as left, and the rest is done."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        org.delete_group(group_name())
    ran = office.apply()
    assert ran.code == 4
    assert len(office.result(ran)["left"]) == 2
    assert office.members(group_name("cursor")) == {"zoe"}


def test_a_group_that_an_app_owns_blocks(tmp_path):
    """Okta lets no one write to it."""
    company = COMPANY.group(group_name(), "amy@example.com", "old@example.com", kind="APP_GROUP")
    made = Office(tmp_path, company).plan()
    assert changes(made) == ["add zoe cursor/users"]
    assert blocked(made) == [("group-not-writable", "claude/users", "")]


def test_bindings_of_one_group_that_disagree_block_each_other(tmp_path):
    """One says additive and one authoritative: nobody guesses which was meant."""
    company = COMPANY.file(
        "bindings/cursor-users.yaml",
        {
            "tool": "cursor",
            "entitlement": "users",
            "connector": "okta-prod",
            "group": {"bind": {"id": group_id(group_name()), "name": group_name()}},
            "authority": "authoritative",
        },
    )
    office = Office(tmp_path, company)
    told = office.run("validate")
    assert told.code == 1
    assert {"bindings-disagree", "group-shared-unsaid"} <= set(told.out.split())
    assert office.run("--sandbox", "plan").code == 1
    assert office.events() == []
