"""On call one account is changed at once: shown who it is, agreed to, recorded and read back."""

import json
import os
import pty
import subprocess
import sys
from dataclasses import replace

import pytest

from reconciler.sandbox import Operation
from tests.support.builders import CANARY, Company, group_id, user_id
from tests.support.harness import Office

JANE, BREAK_GLASS = "jane@example.com", "root@example.com"
MIRA, IDA, LEE = "mira@example.com", "ida@example.com", "lee@example.com"
COMPANY = (
    Company()
    .with_lifecycle()
    .with_settings(
        admins=[{"email": MIRA, "github": "@mira"}],
        operators=[{"email": IDA, "github": "@ida", "may": ["suspend", "unlock"]}],
        protected=[{"login": BREAK_GLASS, "reason": "single sign-on is down"}],
    )
    .tool()
    .bind("jane")
    .grant("jane")
    .person("locked", status="LOCKED_OUT")
    .person("gone", status="DEPROVISIONED")
    .person("root")
    .person("feds")
)
WHY = ("--reason", "laptop stolen", "--ticket", "SEC-88")


@pytest.fixture
def office(tmp_path):
    """The company; Jane has a manager, and another signs in elsewhere."""
    world = COMPANY.world()
    users = tuple(
        replace(u, manager="Mira L", department="Sales")
        if u.login == JANE
        else replace(u, provider="FEDERATION")
        if u.login == "feds@example.com"
        else u
        for u in world.users
    )
    return Office(tmp_path, COMPANY, world=replace(world, users=users))


def called(office, action, person=JANE, *options, by=MIRA):
    """The command, agreed to."""
    return office.run("--sandbox", "user", action, person, *WHY, "--by", by, "--yes", *options)


def status(office, person=JANE):
    """The account's status, as the org has it."""
    with office.org() as org:
        (found,) = [user.status for user in org.users() if user.login == person]
    return found


def test_a_person_is_suspended_and_their_sessions_end_and_all_of_it_is_kept(office):
    """Seen, journaled, in the evidence, and read back."""
    ran = called(office, "suspend", JANE, "--evidence", "evidence", by=IDA)
    assert (ran.code, status(office)) == (0, "SUSPENDED"), ran
    result = office.result(ran)
    assert [(a["change"]["call"], a["outcome"]) for a in result["accounts"]] == [
        ("suspend", "verified"),
        ("clear_sessions", "verified"),
    ]
    assert result["accounts"][0]["change"]["source"]["requested_by"] == IDA
    assert [e["event"] for e in office.journal()].count("account-intent") == 2
    (file,) = (office.folder / "evidence").rglob("*.jsonl")
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert lines[0]["mode"] == "on-call"
    assert [e["event"] for e in lines].count("account-answered") == 2
    assert office.run("evidence", "verify", "evidence").code == 0


def test_who_it_is_and_what_follows_is_shown_before_it_is_done(office):
    """One of two people of a name would be suspended unseen."""
    shown = called(office, "suspend").err
    for line in (
        "  name: Jane Jane",
        f"  login: {JANE}",
        f"  id: {user_id('jane')}",
        "  status: ACTIVE",
        "  manager: Mira L",
        "  department: Sales",
    ):
        assert f"{line}\n" in shown
    assert 'stays in "AI Clearance - claude - users"' in shown
    assert 'can no longer reach "Everything"' in shown
    assert "while it is so, these live grants add them to no group: claude/users" in shown


def test_an_account_that_is_so_already_is_left_alone(office):
    """Nothing is done, and that is said."""
    ran = called(office, "unsuspend")
    assert (ran.code, office.result(ran)["accounts"]) == (0, [])
    assert f"It is so already: {JANE} is ACTIVE.\n" in ran.err


def test_of_a_suspension_that_is_there_the_sessions_end_and_that_is_said(office):
    """Whoever asks again wants to know what it still does."""
    called(office, "suspend")
    said = called(office, "suspend").err
    assert "The account is SUSPENDED already; this is what is left to do.\n" in said
    assert "This is what would be done." not in said


def test_a_suspension_is_undone_and_a_lock_is_lifted(office):
    """Each back to where it was."""
    called(office, "suspend")
    assert called(office, "unsuspend").code == 0
    assert status(office) == "ACTIVE"
    assert called(office, "unlock", "locked@example.com", by=IDA).code == 0
    assert status(office, "locked@example.com") == "ACTIVE"


def test_a_password_is_reset_by_a_mail_that_nobody_else_sees(office):
    """No link is in any output."""
    ran = called(office, "reset-password")
    assert (ran.code, status(office)) == (0, "RECOVERY")
    assert "http" not in ran.out + ran.err


def test_an_account_is_closed_by_two_people_and_opened_again_by_an_admin(office):
    """One of the two is an admin."""
    assert called(office, "deactivate").code == 3
    ran = called(office, "deactivate", JANE, "--approved-by", IDA)
    assert (ran.code, status(office)) == (0, "DEPROVISIONED"), ran
    assert "which cannot be undone" in ran.err
    assert called(office, "reactivate").code == 0
    assert status(office) == "PROVISIONED"


def test_a_file_that_says_otherwise_is_named(office):
    """The next reviewed plan would do it again."""
    content = {
        "user": JANE,
        "state": "suspended",
        "reason": "laptop",
        "approval": {"ticket": "SEC-1", "approved_by": MIRA, "approved_at": "2026-11-20"},
    }
    office.write(COMPANY.file("users/jane.yaml", content))
    called(office, "suspend")
    shown = called(office, "unsuspend").err
    assert "  ! catalog/users/jane.yaml:1 says suspended\n" in shown
    assert "change the file" in shown


def test_a_file_whose_suspension_ends_by_itself_is_named(office):
    """Also one that knows the person by another name; its end would give back what is taken now."""
    content = {
        "user": "slack:U07QK3Z9M1D",
        "state": "suspended",
        "until": "2026-11-25",
        "reason": "holiday",
        "approval": {"ticket": "SEC-1", "approved_by": MIRA, "approved_at": "2026-11-20"},
    }
    mapped = {"slack": "U07QK3Z9M1D", "okta": {"login": JANE, "id": user_id("jane")}}
    made = COMPANY.file("users/jane.yaml", content).file("identities/jane.yaml", mapped)
    office.write(made)
    shown = called(office, "suspend").err
    assert "  ! catalog/users/jane.yaml:1 says suspended until 2026-11-25\n" in shown
    assert "that end ends this one, too" in shown


def test_the_canary_of_another_connector_is_out_of_reach(office):
    """Two connectors may be of one org; the other's every apply needs its canary."""
    other = {
        "id": "okta-two",
        "type": "okta",
        "name": "Okta two",
        "domain": "https://acme.okta.com",
        "auth": {"method": "ssws", "token": {"env": "OKTA_TWO_TOKEN"}},
        "canary": {"user": JANE, "group": {"id": group_id("Canary two"), "name": "Canary two"}},
    }
    office.write(COMPANY.file("connectors/okta-two.yaml", other))
    ran = called(office, "suspend", JANE, "--connector", "okta-prod")
    assert (ran.code, "account-canary" in ran.err, status(office)) == (3, True, "ACTIVE"), ran


REFUSED = {
    "a protected person": ("suspend", BREAK_GLASS, MIRA, 3, "account-protected"),
    "the canary": ("suspend", CANARY, MIRA, 3, "account-canary"),
    "their own account": ("suspend", JANE, JANE, 3, "approver-is-account"),
    "by an operator who may not": ("unsuspend", JANE, IDA, 3, "account-approval-insufficient"),
    "by nobody who may": ("suspend", JANE, LEE, 3, "account-approval-insufficient"),
    "a lock that cannot be suspended": (
        "suspend",
        "locked@example.com",
        MIRA,
        3,
        "account-status-unsuitable",
    ),
    "a closed account": ("suspend", "gone@example.com", MIRA, 3, "account-status-unsuitable"),
    "a password kept elsewhere": (
        "reset-password",
        "feds@example.com",
        MIRA,
        3,
        "account-password-elsewhere",
    ),
    "a part of a name": ("suspend", "jan", MIRA, 64, "person-ambiguous"),
    "nobody": ("suspend", "zoe@example.com", MIRA, 64, "person-unknown"),
}


@pytest.mark.parametrize(("action", "person", "by", "code", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_says_why_and_nothing_is_written(office, action, person, by, code, error):
    """The same rules as for files."""
    ran = called(office, action, person, by=by)
    assert (ran.code, ran.out) == (code, ""), ran
    assert f"error: {error}\n" in ran.err
    assert office.journal() == []


def test_who_has_to_agree_is_named_with_how_to_say_so(office):
    """The admin is on the phone, and the person asks what to type."""
    said = called(office, "suspend", by=LEE).err
    assert "hint: one of these has to agree: " in said
    assert MIRA in said
    assert "; name them by --by or --approved-by\n" in said


def test_a_lock_that_cannot_be_suspended_says_what_to_type(office):
    """With the sandbox's flag, and a place for the person."""
    said = called(office, "suspend", "locked@example.com").err
    assert "`reconciler --sandbox offboard PERSON --now`" in said


def test_without_a_terminal_it_has_to_be_agreed_to_in_advance(office):
    """Nobody would see the question."""
    ran = office.run("--sandbox", "user", "suspend", JANE, *WHY, "--by", MIRA)
    assert (ran.code, status(office)) == (64, "ACTIVE")
    assert "error: yes-needed\n" in ran.err


def test_a_connector_that_does_not_change_accounts_changes_none(office):
    """It is off until an admin says otherwise, in the open."""
    office.write(replace(COMPANY, has_lifecycle=False))
    ran = called(office, "suspend")
    assert (ran.code, status(office)) == (3, "ACTIVE")
    assert "error: lifecycle-off\n" in ran.err


@pytest.mark.parametrize(
    ("typed", "code", "ends"), [(b"n\n", 1, "ACTIVE"), (b"y\n", 0, "SUSPENDED")]
)
def test_at_a_terminal_it_is_asked_about(office, typed, code, ends):
    """No is an answer too."""
    mine, theirs = pty.openpty()
    words = ("--sandbox", "user", "suspend", JANE, *WHY, "--by", MIRA)
    process = subprocess.Popen(
        [sys.executable, "-m", "reconciler", *words],
        cwd=office.folder,
        env={key: value for key, value in os.environ.items() if key != "CI"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    os.close(theirs)
    os.write(mine, typed)
    _, err = process.communicate(timeout=60)
    os.close(mine)
    assert (process.returncode, status(office)) == (code, ends), err
    assert f"Suspend {JANE} now? [y/N]:".encode() in err


def test_a_login_that_a_file_maps_to_another_account_may_mean_either(tmp_path):
    """Both are named, and nothing is done; by its id each of them is clear."""
    mapped = COMPANY.person("joe").file(
        "identities/x.yaml", {"email": JANE, "okta": {"login": "joe@example.com"}}
    )
    office = Office(tmp_path, mapped)
    ended = called(office, "suspend")
    assert ended.code == 64
    assert {JANE, "joe@example.com"} <= set(ended.err.replace(";", " ").split())
    assert (status(office), status(office, "joe@example.com")) == ("ACTIVE", "ACTIVE")
    assert called(office, "suspend", user_id("jane")).code == 0
    assert (status(office), status(office, "joe@example.com")) == ("SUSPENDED", "ACTIVE")


def test_a_login_that_a_file_maps_to_an_id_of_elsewhere_is_told_with_the_one_here(tmp_path):
    """As of a person with accounts in two orgs; the id of the one here is clear."""
    elsewhere = "00u9abcdefGHIJKLM5d7"
    okta = {"login": JANE, "id": elsewhere}
    mapped = COMPANY.file("identities/x.yaml", {"email": JANE, "okta": okta})
    office = Office(tmp_path, mapped)
    ended = called(office, "suspend")
    assert (ended.code, status(office)) == (64, "ACTIVE")
    assert elsewhere in ended.err
    assert user_id("jane") in ended.err
    assert called(office, "suspend", user_id("jane")).code == 0
    assert status(office) == "SUSPENDED"


def test_a_suspension_that_was_there_has_its_sessions_ended(office):
    """A run that was stopped in between, or a hand in the console, left them."""
    with office.org() as org:
        org.change_account(Operation.SUSPEND, JANE)
    ended = called(office, "suspend")
    assert ended.code == 0
    with office.org() as org:
        assert "user.session.clear" in {row.event for row in org.log() if row.user == JANE}


def test_a_file_that_would_end_the_suspension_is_told(tmp_path):
    """Whoever suspends on call learns that it does not last."""
    today = COMPANY.now
    made = COMPANY.account(
        "jane",
        state="suspended",
        until=today.date().isoformat(),
        reason="travel",
        approval={"ticket": "T", "approved_by": [MIRA], "approved_at": "2026-11-20"},
    )
    ended = called(Office(tmp_path, made), "suspend")
    assert "users/jane.yaml" in ended.out + ended.err


def test_who_comes_back_is_asked_about_in_each_group_that_kept_them(office):
    """Okta keeps the groups of a closed account, and what was approved before is approved anew."""
    with office.org() as org:
        org.change_account(Operation.DEACTIVATE, JANE)
    assert called(office, "reactivate").code == 0
    assert [line["code"] for line in office.plan()["blocked"]] == ["account-newer-than-approval"]
