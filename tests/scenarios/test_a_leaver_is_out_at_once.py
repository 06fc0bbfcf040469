"""`offboard --now` takes account and groups first, on record, and leaves the files for review."""

import pytest

from tests.support.builders import Company, group_name
from tests.support.harness import Office, changes
from tests.support.repository import committed, git

JANE, SLACK = "jane@example.com", "slack:U07QK3Z9M1D"
ADMIN, DESK = "it-admins@example.com", "it-desk@example.com"
WHY = ("--reason", "left the company", "--ticket", "HR-7")
COMPANY = (
    Company()
    .with_lifecycle()
    .tool("claude", {"users": {}, "admins": {}})
    .tool("cursor", {"users": {}, "editors": {}})
    .bind("jane", "joe", "amy")
    .bind("jane", "joe", entitlement="admins")
    .bind("jane", "joe", tool="cursor")
    .bind("joe", tool="cursor", entitlement="editors", authority="authoritative")
    .grant("jane")
    .grant("joe")
    .grant(SLACK, entitlement="admins")
    .grant("jane", tool="cursor", entitlement="editors")
    .ended("amy")
    .file("identities/jane.yaml", {"slack": "U07QK3Z9M1D", "okta": {"login": JANE}})
)
GROUPS = [
    group_name(),
    group_name(entitlement="admins"),
    group_name("cursor"),
    group_name("cursor", "editors"),
]


@pytest.fixture
def office(tmp_path):
    """A repository in which all is committed."""
    found = Office(tmp_path, COMPANY)
    committed(tmp_path)
    return found


def offboard(office, *options, person=JANE, by=DESK):
    """The command, agreed to."""
    words = ("offboard", person, *WHY, "--by", by, "--now", "--yes")
    return office.run("--sandbox", *words, *options)


def status(office, person=JANE):
    """The account's status, as the org has it."""
    with office.org() as org:
        (found,) = [user.status for user in org.users() if user.login == person]
    return found


def dirty(office):
    """Whether any file of the catalog differs from what is committed."""
    return git(office.folder, "status", "--porcelain", "catalog") != ""


@pytest.mark.parametrize("person", [JANE, SLACK])
def test_the_account_and_every_group_are_gone_and_nobody_else_is_touched(office, person):
    """Also a group where no grant ever named her; what else a plan would do waits."""
    ran = offboard(office, "--evidence", "evidence", person=person)
    assert (ran.code, status(office)) == (0, "SUSPENDED"), ran
    assert [name for name in GROUPS if "jane" in office.members(name)] == []
    assert office.members() == {"joe", "amy"}
    result = office.result(ran)
    assert [a["change"]["call"] for a in result["accounts"]] == ["suspend", "clear_sessions"]
    assert len(result["lines"]) == 3
    assert {line["outcome"] for line in (*result["lines"], *result["accounts"])} == {"verified"}
    assert office.run("evidence", "verify", "evidence").code == 0
    assert len([e for e in office.journal() if e["event"] == "intent"]) == 3
    assert "grant HR-" not in ran.err  # no grant has this ticket


def test_the_files_are_left_for_review_and_nothing_adds_the_person_before(office):
    """Whoever plans in between plans from what is merged."""
    ran = offboard(office)
    assert ran.code == 0
    assert "for review: until it is merged the files say otherwise" in ran.out
    assert "an account is changed by a reviewed plan" not in ran.out
    assert dirty(office)
    git(office.folder, "stash", "--include-untracked", "--", "catalog")
    assert not [line for line in changes(office.plan()) if "jane" in line]
    git(office.folder, "stash", "pop")
    merged = office.plan()
    assert not [line for line in changes(merged) if "jane" in line]
    assert merged["accounts"] == merged["blocked_accounts"] == []
    assert not [each for each in merged["blocked"] if "jane" in str(each)]


def test_a_second_run_has_nothing_left_to_take(office):
    """It clears sessions again, which costs nobody anything."""
    offboard(office)
    committed(office.folder)
    ran = offboard(office)
    assert ran.code == 0, ran
    result = office.result(ran)
    assert [a["change"]["call"] for a in result["accounts"]] == ["clear_sessions"]
    assert result["lines"] == []
    assert "0 grants" in ran.out


def test_a_locked_account_loses_its_groups_and_stays_pending(tmp_path):
    """Okta does not suspend it; a lock does not end sessions."""
    office = Office(tmp_path, COMPANY.person("jane", status="LOCKED_OUT"))
    committed(tmp_path)
    ran = offboard(office)
    assert (ran.code, status(office)) == (4, "LOCKED_OUT"), ran
    assert [a["change"]["call"] for a in office.result(ran)["accounts"]] == ["clear_sessions"]
    assert "jane" not in office.members()
    assert "Okta does not suspend it so" in ran.err
    assert dirty(office)


def test_where_nothing_in_the_log_keeps_them_out_that_is_said(tmp_path):
    """The account cannot be suspended and the end of the sessions was refused."""
    office = Office(tmp_path, COMPANY.person("jane", status="LOCKED_OUT"))
    committed(tmp_path)
    fault = ("--kind", "status", "--status", "403", "--method", "DELETE", "--times", "9")
    office.run("sandbox", "fault", "add", *fault, "--path", "/api/v1/users/*/sessions")
    ran = offboard(office)
    assert (ran.code, "jane" in office.members()) == (4, False), ran
    assert "merge the change before the next run" in ran.err
    git(office.folder, "checkout", "--", "catalog")
    git(office.folder, "clean", "-fdq", "catalog")
    office.run("--sandbox", "apply", "--scheduled", "--yes")
    assert "jane" not in office.members()


def test_deactivation_at_once_takes_two_people(office):
    """One of them an admin; else nothing is done at all."""
    assert offboard(office, "--deactivate").code == 3
    assert (status(office), dirty(office)) == ("ACTIVE", False)
    ran = offboard(office, "--deactivate", "--approved-by", ADMIN)
    assert (ran.code, status(office)) == (0, "DEPROVISIONED"), ran
    assert "state: deactivated" in (office.folder / "catalog/users" / f"{JANE}.yaml").read_text()


def test_a_guard_holds_its_line_and_the_rest_is_done(office):
    """An entitlement that needs her is left to people."""
    office.write(COMPANY.tool("claude", {"users": {"required_members": [JANE]}, "admins": {}}))
    committed(office.folder)
    ran = offboard(office)
    assert (ran.code, status(office)) == (3, "SUSPENDED"), ran
    assert "jane" in office.members()
    assert "jane" not in office.members(group_name(entitlement="admins"))
    assert "required-members" in ran.err


def test_what_a_rule_gives_stays_and_is_told(tmp_path):
    """Only the rule can take it away."""
    office = Office(tmp_path, COMPANY.rule("engineers", group_name(), "jane"))
    committed(tmp_path)
    ran = offboard(office)
    assert (ran.code, status(office)) == (4, "SUSPENDED"), ran
    assert "jane" in office.members()
    assert "a group rule puts them" in ran.err


def test_where_a_file_cannot_be_edited_the_person_is_out_all_the_same(office):
    """The emergency does not wait for a comment; the line to write is printed."""
    file = office.folder / "catalog/grants/claude/00000.yaml"
    text = file.read_text().removesuffix("}\n")
    file.write_text(f'{text}, "revoked": {{at: 2027-01-01, by: x, # later\n reason: y}}}}\n')
    committed(office.folder)
    ran = offboard(office)
    assert (ran.code, status(office)) == (4, "SUSPENDED"), ran
    assert "error: edit-refused\n" in ran.err
    assert not dirty(office)


@pytest.mark.parametrize(
    ("option", "words"), [("--reason", "x" * 5000), ("--ticket", f"00{'aB3' * 13}x")]
)
def test_words_that_no_file_may_hold_are_refused_before_anything_is_done(office, option, words):
    """Nothing is half done: the same with other words does all of it."""
    ran = offboard(office, option, words)
    assert (ran.code, "error: offboarding-invalid" in ran.err) == (1, True), ran
    assert (status(office), "jane" in office.members(), dirty(office)) == ("ACTIVE", True, False)


def test_nothing_is_done_at_once_without_being_asked_for(office):
    """An option that nothing would come of is an error."""
    ran = office.run("--sandbox", "offboard", JANE, *WHY, "--by", DESK, "--yes")
    assert (ran.code, status(office), dirty(office)) == (64, "ACTIVE", False)
    assert "error: now-needed\n" in ran.err
    assert "hint: add --now, or leave --yes out\n" in ran.err


def test_a_person_whom_no_file_names_can_leave_too(tmp_path):
    """A console admin put him there; Okta knows who he is."""
    office = Office(tmp_path, COMPANY.bind("jane", "joe", "bob"))
    committed(tmp_path)
    ran = offboard(office, person="bob@example.com")
    assert (ran.code, status(office, "bob@example.com")) == (0, "SUSPENDED"), ran
    assert office.members() == {"jane", "joe"}
    assert (tmp_path / "catalog/users/bob@example.com.yaml").is_file()


def test_an_address_that_is_no_login_means_them_too_where_it_is_matched(tmp_path):
    """Only Okta knows whose address it is, and here Okta is asked."""
    company = (
        COMPANY.with_settings(identity={"match": ["mapping", "login", "email"]})
        .person("wz", email="wei.zhang@example.com")
        .bind("jane", "joe", "wz")
        .grant("wei.zhang")
    )
    office = Office(tmp_path, company)
    committed(tmp_path)
    ran = offboard(office, person="wz@example.com")
    assert ran.code == 0, ran
    assert office.members() == {"jane", "joe"}
    (grant,) = [p for p in (tmp_path / "catalog/grants").rglob("*.yaml") if "wei" in p.read_text()]
    assert "revoked" in grant.read_text()
    assert "also known as: wei.zhang@example.com" in ran.out


def test_what_a_run_could_not_do_the_next_one_does(office):
    """A group that Okta did not let go of is tried again, and nothing else is done twice."""
    fault = ("--kind", "status", "--status", "403", "--method", "DELETE", "--times", "1")
    office.run("sandbox", "fault", "add", *fault, "--path", "/api/v1/groups/*")
    ran = offboard(office)
    assert (ran.code, status(office)) == (4, "SUSPENDED"), ran
    left = [name for name in GROUPS if "jane" in office.members(name)]
    assert left
    assert dirty(office)
    ran = offboard(office)
    assert ran.code == 0, ran
    assert len(office.result(ran)["lines"]) == len(left)
    assert [name for name in GROUPS if "jane" in office.members(name)] == []
