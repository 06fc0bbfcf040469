"""A guard is for the unexpected; ordinary endings pass, and what is held holds nothing besides."""

import pytest

from tests.support.builders import SERVICE, Company, login, user_id
from tests.support.harness import Office, blocked, changes, outcomes, printed_files

GUARDED = Company().tool(entitlements={"users": {"min_members": 2}})
REQUIRED = Company().tool(entitlements={"users": {"required_members": [login("ann")]}})
PROTECTED = {"login": login("root"), "reason": "emergency access"}


def guards(made):
    """Guard and people of each verdict."""
    return [
        (g["guard"], [p["login"].partition("@")[0] for p in g["people"]]) for g in made["guards"]
    ]


def test_a_sole_member_whose_grant_ends_is_removed(tmp_path):
    """The last seat of a tool can be given back."""
    office = Office(tmp_path, Company().tool().bind("amy").ended("amy"))
    made = office.plan()
    assert (changes(made), made["guards"]) == (["remove amy claude/users"], [])
    assert office.apply().code == 0
    assert office.members() == set()


def test_a_whole_group_whose_grants_all_ended_is_emptied(tmp_path):
    """Ended grants are counted apart and never as an emptied group."""
    team = tuple(f"p{n}" for n in range(12))
    office = Office(tmp_path, Company().tool().bind(*team).ended(*team))
    assert office.plan()["guards"] == []
    assert office.apply().code == 0
    assert office.members() == set()


def test_a_group_of_two_may_lose_both_and_one_of_three_may_not(tmp_path):
    """Losing everyone at once, unexplained, is what a broken catalog looks like."""
    for number, expected in ((2, []), (3, [("group-emptied", ["p0", "p1", "p2"])])):
        people = tuple(f"p{n}" for n in range(number))
        folder = tmp_path / str(number)
        folder.mkdir()
        office = Office(folder, Company().tool().bind(*people, authority="authoritative"))
        assert expected == guards(office.plan())
        assert office.apply().code == (3 if expected else 0)
        assert office.members() == (set(people) if expected else set())


def test_more_than_fifty_ended_grants_are_held(tmp_path):
    """Their own limit, at 51."""
    team = tuple(f"p{n:02}" for n in range(51))
    office = Office(tmp_path, Company().tool().bind(*team).ended(*team))
    assert [g["guard"] for g in office.plan()["guards"]] == ["ended-removals"]
    assert office.apply().code == 3
    assert office.members() == set(team)


def test_expiry_and_drift_in_one_run_are_both_cleared(tmp_path):
    """One grant ended and one member was never named: two reasons, two lines, one apply."""
    company = Company().tool().bind("amy", "old", "eve", authority="authoritative")
    office = Office(tmp_path, company.granted("amy", "bob").ended("old"))
    made = office.plan()
    assert [(c["action"], c["person"]["login"], c["member_class"]) for c in made["changes"]] == [
        ("remove", login("eve"), "unapproved"),
        ("remove", login("old"), "ended"),
        ("add", login("bob"), "granted"),
    ]
    assert office.apply().code == 0
    assert office.members() == {"amy", "bob"}


def test_expiry_goes_on_where_drift_is_held(tmp_path):
    """The limit is for unexplained removals; a grant's end is explained."""
    strangers = tuple(f"s{n}" for n in range(6))
    company = Company().tool().bind("amy", "old", *strangers, authority="authoritative")
    office = Office(tmp_path, company.granted("amy").ended("old"))
    made = office.plan()
    assert {g["guard"] for g in made["guards"]} == {"group-removals", "run-removals"}
    ran = office.apply()
    assert ran.code == 3
    assert outcomes(office.result(ran)) == {
        "remove old claude/users": "verified",
        **{f"remove {name} claude/users": "held" for name in strangers},
    }
    assert office.members() == {"amy", *strangers}


@pytest.mark.parametrize("authority", ["additive", "authoritative"])
def test_a_protected_person_is_never_removed(authority, tmp_path):
    """Neither as a stranger nor because a grant of theirs ended."""
    company = Company().with_settings(protected=[PROTECTED]).person("root").tool()
    company = company.bind("root", "amy", authority=authority).granted("amy").ended("root")
    made = Office(tmp_path, company).plan()
    assert (made["changes"], made["blocked"], made["drift"]["unapproved"]) == ([], [], [])


def test_a_protected_person_who_cannot_be_found_holds_every_unapproved_removal(tmp_path):
    """Any member may be that person under another name."""
    company = Company().with_settings(protected=[PROTECTED]).tool()
    office = Office(tmp_path, company.bind("amy", "eve", authority="authoritative").granted("amy"))
    made = office.plan()
    assert changes(made) == []
    assert blocked(made) == [("removal-held-by-doubt", "claude/users", "eve")]
    assert [w["code"] for w in made["warnings"]] == ["protected-missing"]


def test_a_protected_person_named_by_id_stays_protected_under_a_new_login(tmp_path):
    """The id outlives a rename."""
    by_id = {**PROTECTED, "id": user_id("root")}
    company = Company().with_settings(protected=[by_id]).person("root").tool()
    office = Office(tmp_path, company.bind("root", "eve", authority="authoritative"))
    with office.org() as org:
        org.rename_login(login("root"), "toor@example.com")
    assert changes(office.plan()) == ["remove eve claude/users"]


def test_min_members_holds_the_removals_that_would_undercut_it(tmp_path):
    """Two admins are to be left, and one would be."""
    office = Office(tmp_path, GUARDED.bind("amy", "old").granted("amy").ended("old"))
    assert guards(office.plan()) == [("min-members", ["old"])]
    assert office.apply().code == 3
    assert office.members() == {"amy", "old"}


def test_min_members_counts_who_is_there_and_not_who_is_to_come(tmp_path):
    """An addition may fail, so the removal waits until it is seen; then it is made."""
    office = Office(tmp_path, GUARDED.bind("amy", "old").granted("amy", "new").ended("old"))
    office.plan()
    assert office.apply().code == 3
    assert office.members() == {"amy", "new", "old"}
    office.plan()
    assert office.apply().code == 0
    assert office.members() == {"amy", "new"}


def test_a_required_member_is_held_and_the_others_go(tmp_path):
    """Only the line that names them waits."""
    company = REQUIRED.bind("amy", "ann", "old").granted("amy").ended("ann", "old")
    office = Office(tmp_path, company)
    assert guards(office.plan()) == [("required-members", ["ann"])]
    ran = office.apply()
    assert ran.code == 3
    assert outcomes(office.result(ran)) == {
        "remove ann claude/users": "held",
        "remove old claude/users": "verified",
    }


def test_a_required_member_who_is_nobody_holds_every_removal(tmp_path):
    """Whoever is removed may be the one who is required."""
    office = Office(tmp_path, REQUIRED.bind("amy", "old").granted("amy").ended("old"))
    assert guards(office.plan()) == [("required-unresolved", ["old"])]
    assert office.apply().code == 3
    assert office.members() == {"amy", "old"}


def test_many_names_of_nobody_hold_every_removal(tmp_path):
    """More than five and more than a tenth: the directory is not the one the catalog means."""
    company = Company().tool().bind("amy", "old").granted("amy").ended("old")
    company = company.tool("cursor").bind(tool="cursor")
    for number in range(6):
        company = company.grant(f"ghost{number}", tool="cursor")
    office = Office(tmp_path, company)
    assert guards(office.plan()) == [("unresolved", ["old"])]
    assert office.apply().code == 3
    assert office.members() == {"amy", "old"}


def test_the_run_never_removes_its_own_credentials_owner(tmp_path):
    """It would lock itself out."""
    company = Company().tool().bind("eve", authority="authoritative")
    world = company.world()
    (group,) = [g for g in world.groups if "claude" in g.name]
    mine = type(group)(name=group.name, members=(login("eve"), SERVICE))
    others = tuple(g for g in world.groups if g is not group)
    office = Office(
        tmp_path,
        company,
        world=type(world)(
            now=world.now,
            org=world.org,
            users=world.users,
            groups=(*others, mine),
            tokens=world.tokens,
        ),
    )
    assert guards(office.plan()) == [("ourselves", ["svc"])]
    assert office.apply().code == 3
    assert office.members() == {"svc"}


def test_every_guard_prints_the_file_that_lets_it_pass(tmp_path):
    """Copied, signed and merged, it is the exception for exactly these people."""
    company = GUARDED.bind("amy", "old").granted("amy").ended("old")
    office = Office(tmp_path, company)
    ((path, text),) = printed_files(office.run("--sandbox", "plan").out).items()
    signed = text.replace("WHY THIS IS RIGHT", "the second seat was sold")
    office.write(company.file(path, signed.replace("YOUR-EMAIL", "lead@example.com")))
    office.plan()
    assert office.apply().code == 0
    assert office.members() == {"amy"}
