"""After a marriage or a merger the old login names nobody, and the member seems unapproved."""

from datetime import UTC, datetime

import pytest

from tests.support.builders import Company, login, user_id
from tests.support.harness import Office, blocked, changes

COMPANY = Company().tool().bind("ann.old", "bob", "eve", authority="authoritative")
COMPANY = COMPANY.granted("ann.old", "bob")
OLD, NEW = "ann.old@example.com", "ann.new@example.com"


@pytest.fixture
def office(tmp_path):
    """The company, the day after ann's login was changed."""
    found = Office(tmp_path, COMPANY)
    with found.org() as org:
        org.rename_login(OLD, NEW)
    return found


def test_before_the_change_only_the_intruder_goes(tmp_path):
    """The proof that the group removes whom no grant names."""
    assert changes(Office(tmp_path, COMPANY).plan()) == ["remove eve claude/users"]


def test_nobody_is_removed_as_unapproved_while_a_grant_names_nobody(office):
    """Any of the unexplained members may be the one it means."""
    made = office.plan()
    assert changes(made) == []
    assert blocked(made) == [
        ("removal-held-by-doubt", "claude/users", "ann.new"),
        ("removal-held-by-doubt", "claude/users", "eve"),
        ("subject-missing", "claude/users", "ann.old"),
    ]
    assert office.apply().code == 4
    assert office.members() == {"ann.new", "bob", "eve"}


def test_a_mapping_with_login_and_id_settles_it(office):
    """The id outlives the login: ann is explained again, and the intruder goes."""
    mapping = {"email": OLD, "okta": {"login": NEW, "id": user_id("ann.old")}}
    office.write(COMPANY.file("identities/ann.yaml", mapping))
    made = office.plan()
    assert (changes(made), made["blocked"]) == (["remove eve claude/users"], [])
    assert office.apply().code == 0
    assert office.members() == {"ann.new", "bob"}


def test_a_mapping_that_was_there_before_keeps_her_through_the_change(tmp_path):
    """Login and id answer the old login even when nobody has it any more."""
    mapping = {"okta": {"login": OLD, "id": user_id("ann.old")}}
    office = Office(tmp_path, COMPANY.file("identities/ann.yaml", mapping))
    with office.org() as org:
        org.rename_login(OLD, NEW)
    assert changes(office.plan()) == ["remove eve claude/users"]


def test_a_change_after_the_review_holds_what_was_reviewed(tmp_path):
    """The reviewed removal is in doubt now, so it is left."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        org.rename_login(OLD, NEW)
    ran = office.apply()
    assert ran.code == 4
    assert len(office.result(ran)["left"]) == 1
    assert office.members() == {"ann.new", "bob", "eve"}


def test_a_new_account_under_the_old_login_is_asked_about(tmp_path):
    """The login passed to somebody else after the approval: they are not simply let in."""
    hired = datetime(2026, 11, 10, tzinfo=UTC)
    company = Company().tool().bind().person("kim", activated=hired).grant("kim")
    office = Office(tmp_path, company)
    assert blocked(office.plan()) == [("account-newer-than-approval", "claude/users", "kim")]
    assert office.apply().code == 4
    assert office.members() == set()


@pytest.mark.parametrize("rule", ["later approval", "mapping"])
def test_a_later_approval_or_a_mapping_lets_the_new_account_in(rule, tmp_path):
    """Either says that this very account was meant."""
    hired = datetime(2026, 11, 10, tzinfo=UTC)
    company = Company().tool().bind().person("kim", activated=hired)
    if rule == "mapping":
        mapping = {"okta": {"login": "kim@example.com", "id": user_id("kim")}}
        company = company.grant("kim").file("identities/kim.yaml", mapping)
    else:
        again = {"ticket": "AI-9", "approved_by": "lead@example.com", "approved_at": "2026-11-10"}
        company = company.grant("kim", approval=again)
    assert changes(Office(tmp_path, company).plan()) == ["add kim claude/users"]


def test_an_identity_takes_no_grant_from_whoever_bears_its_login(tmp_path):
    """A mapping answers for a changed login; here nobody's was changed."""
    theirs = {"email": "amy@example.com", "okta": {"login": login("joe"), "id": user_id("joe")}}
    company = (
        Company()
        .tool()
        .bind("amy", authority="authoritative", unattended=True)
        .granted("amy")
        .person("joe")
        .file("identities/amy.yaml", theirs)
    )
    office = Office(tmp_path, company)
    plan = office.plan()
    assert changes(plan) == []
    assert ("subject-ambiguous", "claude/users", "amy") in blocked(plan)
    office.run("--sandbox", "apply", "--scheduled", "--yes")
    assert office.members() == {"amy"}
