"""Whoever a grant may mean, or a rule may have put there, keeps what they have, in every class."""

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company, group_id, group_name, user_id
from tests.support.harness import Office, Rehearsal, blocked, changes

ADDITIVE = Company().tool()
OLD, NEW = "ann.old@example.com", "ann.new@example.com"
FUTURE = {"starts": "2026-12-01"}
BY_EMAIL = {"match": ["mapping", "login", "email"]}
MAIL = "ann.mail@example.com"
SEARCH = Fault(kind="status", status=500, method="GET", path="/api/v1/users", times=0)
NO_SEARCH = Fault(kind="status", status=403, method="GET", path="/api/v1/users", times=0)
OTHERWISE_NAMED = ADDITIVE.with_settings(identity=BY_EMAIL).bind("ann").person("ann", email=MAIL)
OTHERWISE_NAMED = OTHERWISE_NAMED.grant("ann", expires="2026-11-15")
AUTHORITIES = ("additive", "authoritative")


def renamed(folder, company):
    """The company, the day after ann's login was changed."""
    office = Office(folder, company)
    with office.org() as org:
        org.rename_login(OLD, NEW)
    return office


def failing(folder, company, *faults):
    """The company, whose org misbehaves so."""
    office = Office(folder, company)
    with office.org() as org:
        for fault in faults:
            org.faults.add(fault)
    return office


def scheduled(office):
    """A run that nobody watches; its exit code."""
    return office.run("--sandbox", "apply", "--scheduled", "--yes").code


@pytest.mark.parametrize("authority", AUTHORITIES)
@pytest.mark.parametrize("when", [{}, FUTURE], ids=["live", "future"])
def test_a_renamed_person_with_an_ended_grant_keeps_what_another_grant_may_give(
    authority, when, tmp_path
):
    """The grant that ended was written under the new name, the lasting one under the old."""
    company = ADDITIVE.bind("ann.old", "bob", authority=authority).granted("bob")
    company = company.granted("ann.old", **when).grant(NEW, expires="2026-11-15")
    office = renamed(tmp_path, company)
    made = office.plan()
    assert changes(made) == []
    assert ("removal-held-by-doubt", "claude/users", "ann.new") in blocked(made)
    assert ("subject-missing", "claude/users", "ann.old") in blocked(made)
    assert scheduled(office) == 4
    assert office.members() == {"ann.new", "bob"}


@pytest.mark.parametrize("when", [{}, FUTURE], ids=["live", "future"])
def test_a_look_up_that_is_refused_removes_nobody_whom_it_might_have_found(when, tmp_path):
    """One of ann's grants has ended; the one that lasts names an address nobody could look up."""
    office = failing(tmp_path, OTHERWISE_NAMED.grant(MAIL, **when), NO_SEARCH)
    made = office.plan()
    assert changes(made) == []
    assert ("removal-held-by-doubt", "claude/users", "ann") in blocked(made)
    assert ("subject-unread", "claude/users", "ann.mail") in blocked(made)
    assert scheduled(office) == 4
    assert office.members() == {"ann"}


def test_a_look_up_that_fails_time_and_again_removes_nobody_either(tmp_path):
    """Okta is ill, not ann."""
    with Rehearsal(tmp_path, OTHERWISE_NAMED.grant(MAIL)) as office:
        office.sandbox.faults.add(SEARCH)
        made = office.plan()
    assert made.changes == ()
    assert {line.code for line in made.blocked} == {"removal-held-by-doubt", "subject-unread"}


def test_an_unapproved_member_stays_while_a_future_grant_names_nobody(tmp_path):
    """It may be hers, under the name that she has now."""
    company = ADDITIVE.bind("ann.old", "bob", authority="authoritative", unattended=True)
    office = renamed(tmp_path, company.granted("bob").granted("ann.old", **FUTURE))
    made = office.plan()
    assert changes(made) == []
    assert blocked(made) == [
        ("removal-held-by-doubt", "claude/users", "ann.new"),
        ("subject-missing", "claude/users", "ann.old"),
    ]
    assert scheduled(office) == 4
    assert office.members() == {"ann.new", "bob"}


def test_a_future_grant_of_nobody_is_not_told_where_it_holds_nothing(tmp_path):
    """Nobody has to settle today who somebody will be."""
    company = ADDITIVE.bind("bob").granted("bob").grant("ghost", **FUTURE)
    assert blocked(Office(tmp_path, company).plan()) == []


@pytest.mark.parametrize("authority", AUTHORITIES)
@pytest.mark.parametrize("is_renamed", [True, False], ids=["renamed", "unread"])
def test_a_protected_person_who_is_not_found_is_not_removed_as_ended(
    authority, is_renamed, tmp_path
):
    """They are known by their login alone, and a grant of theirs has ended."""
    company = ADDITIVE.bind("ann.old", authority=authority).with_settings(
        protected=[{"login": OLD, "reason": "emergency access"}]
    )
    office = renamed(tmp_path, company.grant(NEW, expires="2026-11-15"))
    if not is_renamed:
        with office.org() as org:
            org.faults.add(NO_SEARCH)
    made = office.plan()
    assert changes(made) == []
    assert blocked(made) == [("removal-held-by-doubt", "claude/users", "ann.new")]
    assert ("protected-missing" if is_renamed else "protected-unread") in {
        warning["code"] for warning in made["warnings"]
    }
    assert scheduled(office) == 4
    assert office.members() == {"ann.new"}


def test_an_ended_member_stays_where_okta_does_not_say_whether_a_rule_feeds_them(tmp_path):
    """Taking them out would add them to the rule's exclusions."""
    company = ADDITIVE.bind().ended("old").rule("Engineers", group_name(), "old")
    rules = ("/api/v1/groups/rules", "/api/v1/groups/*/group-rules")
    faults = [Fault(kind="status", status=403, method="GET", path=p, times=0) for p in rules]
    office = failing(tmp_path, company, *faults)
    made = office.plan()
    assert changes(made) == []
    assert blocked(made) == [("rule-attribution-unknown", "claude/users", "old")]
    assert scheduled(office) == 4
    assert office.members() == {"old"}


@pytest.mark.parametrize("tool", ["claude", "aider"])
def test_a_move_out_of_a_shared_group_strands_nobody(tool, tmp_path):
    """One of the two tools has its own group now, and there is no way into it yet."""
    other = "cursor"
    both = {"shared": True}
    company = Company().tool(tool).tool(other).bind("sue", tool=tool, **both)
    shared = {"bind": {"id": group_id(group_name(tool)), "name": group_name(tool)}}
    new = {"bind": {"id": group_id("New"), "name": "New"}}
    company = company.person("sue", status="SUSPENDED").bind(tool=other, group=shared, **both)
    company = company.grant("sue", tool=other, expires="2026-11-15").grant("sue", tool=tool)
    moved = company.bind("sue", tool=tool, group=new, replaces=group_id(group_name(tool)), **both)
    office = Office(tmp_path, moved, world=company.group("New").world())
    made = office.plan()
    assert changes(made) == []
    assert {code for code, _, person in blocked(made) if person == "sue"} == {
        "person-suspended",
        "move-waits",
    }
    assert office.apply().code == 4
    assert office.members(group_name(tool)) == {"sue"}


def test_an_addition_that_fails_strands_nobody_in_a_shared_group(tmp_path):
    """The plan was right; Okta refused the write into the new group of one of the two tools."""
    both = {"shared": True}
    company = Company().tool("aider").tool("cursor").bind("sue", tool="aider", **both)
    shared = {"bind": {"id": group_id(group_name("aider")), "name": group_name("aider")}}
    new = {"bind": {"id": group_id("New"), "name": "New"}}
    company = company.grant("sue", tool="aider", expires="2026-11-15").grant("sue", tool="cursor")
    company = company.bind(tool="cursor", group=shared, **both)
    moved = company.bind(tool="cursor", group=new, replaces=group_id(group_name("aider")), **both)
    office = Office(tmp_path, moved, world=company.group("New").world())
    assert sorted(changes(office.plan())) == ["add sue cursor/users", "remove sue aider/users"]
    path = f"/api/v1/groups/{group_id('New')}/users/*"
    with office.org() as org:
        org.faults.add(Fault(kind="status", status=400, method="PUT", path=path, times=0))
    assert office.apply().code == 4
    assert office.members(group_name("aider")) == {"sue"}


def test_a_renamed_person_is_not_stranded_by_a_move(tmp_path):
    """The lasting grant goes along to the new group, where nobody is found for it."""
    company = ADDITIVE.bind("ann.old").granted("ann.old").grant(NEW, expires="2026-11-15")
    new = {"bind": {"id": group_id("New"), "name": "New"}}
    moved = company.bind("ann.old", group=new, replaces=group_id(group_name()))
    office = Office(tmp_path, moved, world=company.group("New").world())
    with office.org() as org:
        org.rename_login(OLD, NEW)
    made = office.plan()
    assert changes(made) == []
    assert ("removal-held-by-doubt", "claude/users", "ann.new") in blocked(made)


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_member_whose_account_changed_hands_is_asked_about(confirmed, tmp_path):
    """They stay; somebody says whether this is still who was meant."""
    hired = Company().now.replace(day=10)
    company = ADDITIVE.bind("kim", "old").person("kim", activated=hired).granted("kim")
    company = company.ended("old")
    if confirmed:
        mapping = {"okta": {"login": "kim@example.com", "id": user_id("kim")}}
        company = company.file("identities/kim.yaml", mapping)
    office = Office(tmp_path, company)
    made = office.plan()
    if confirmed:
        assert (changes(made), blocked(made)) == (["remove old claude/users"], [])
        return
    # Whoever was meant at the approval may be old, under another name.
    assert changes(made) == []
    assert blocked(made) == [
        ("account-newer-than-approval", "claude/users", "kim"),
        ("removal-held-by-doubt", "claude/users", "old"),
    ]
    assert scheduled(office) == 4
    assert office.members() == {"kim", "old"}


@pytest.mark.parametrize("authority", AUTHORITIES)
def test_an_ended_grant_of_a_former_holder_ends_nobody_elses_access(authority, tmp_path):
    """The account was made after that approval, so no grant ever named its owner."""
    hired = Company().now.replace(day=10)
    company = ADDITIVE.bind("kim", authority=authority).person("kim", activated=hired)
    office = Office(tmp_path, company.ended("kim"))
    made = office.plan()
    assert [d["person"]["login"] for d in made["drift"]["unapproved"]] == ["kim@example.com"]
    if authority == "additive":
        assert changes(made) == []
        assert blocked(made) == [("account-newer-than-approval", "claude/users", "kim")]
    assert scheduled(office) == 4
    assert office.members() == {"kim"}
