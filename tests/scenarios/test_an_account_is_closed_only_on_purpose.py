"""Deactivation is asked for by name, by two people, one a run; no gap in files causes it."""

import pytest

from tests.scenarios.passing_time import Weeks, account_lines, approved, ends
from tests.support.builders import Company, login
from tests.support.harness import outcomes, printed_files, without

pytestmark = pytest.mark.slow

AGREED = approved("2026-11-22T08:00Z", ticket="HR-7")
PARTED = {"state": "deactivated", "reason": "left the company", "approval": AGREED}
STOLEN = {"state": "suspended", "reason": "laptop stolen", "approval": AGREED}
BASE = (
    Company()
    .with_lifecycle()
    .tool()
    .bind("kim", "ann", "ben", "cat", authority="authoritative")
    .granted("kim")
    .ended("ann", "ben")
)
TWO = BASE.account("ann", **PARTED).account("ben", **PARTED).account("cat", **STOLEN)
ANN = ["clear-sessions ann", "deactivate ann"]
BEN = ["clear-sessions ben", "deactivate ben"]
CAT = ["suspend cat", "clear-sessions cat"]


@pytest.fixture
def office(tmp_path):
    """Two leave on one day, and a third one's laptop is gone."""
    return Weeks(tmp_path, TWO)


def signed(office):
    """The file that the plan prints for the two, filled in."""
    ((path, text),) = printed_files(office.run("--sandbox", "plan").out).items()
    text = text.replace("YOUR-EMAIL", "it-admins@example.com")
    return path, text.replace("WHY THIS IS RIGHT", "both left")


def test_one_is_closed_by_a_run_without_further_ado(tmp_path):
    """Two people agreed to it, and it was reviewed."""
    office = Weeks(tmp_path, BASE.account("ann", **PARTED))
    assert list(ends(office.reviewed())) == ANN
    assert office.status("ann") == "DEPROVISIONED"


def test_two_are_held_and_everything_else_goes_on(office):
    """Both, not one of them by chance; nor do their sessions end as if they were closed."""
    made = office.plan()
    assert account_lines(made) == [*ANN, *BEN, *CAT]
    ran = office.apply()
    result = office.result(ran)
    assert ran.code == 3
    assert ends(result) == dict.fromkeys([*ANN, *BEN], "held") | dict.fromkeys(CAT, "verified")
    assert outcomes(result)["remove ann claude/users"] == "verified"
    assert (office.status("ann"), office.status("ben")) == ("ACTIVE", "ACTIVE")
    assert {who for _, who, _ in office.happened()} == {"cat"}


def test_a_signed_exception_is_for_just_the_people_it_names(office):
    """One more is a different question; with fewer it still holds."""
    path, text = signed(office)
    office.write(TWO.file(path, text).account("cat", **PARTED))
    made = office.plan()
    assert {line["held_by"][0] for line in made["accounts"]} == {"deactivations"}

    office.write(TWO.file(path, text))
    assert set(ends(office.reviewed()).values()) == {"verified"}
    assert (office.status("ann"), office.status("ben")) == ("DEPROVISIONED", "DEPROVISIONED")


def test_one_approver_is_not_enough(tmp_path):
    """The files are refused before Okta is asked."""
    for by in ("it-admins@example.com", "it-desk@example.com"):
        alone = {**PARTED, "approval": approved("2026-11-22T08:00Z", by)}
        office = Weeks(tmp_path / by, BASE.account("ann", **alone))
        ran = office.run("--sandbox", "plan")
        assert ran.code == 1
        assert "error: account-second-missing\n" in ran.err


@pytest.mark.parametrize("words", [STOLEN, PARTED], ids=["suspended", "deactivated"])
def test_a_file_that_is_gone_changes_no_account(words, tmp_path):
    """Whoever deletes it neither gives back nor takes; nor does the end of every grant."""
    office = Weeks(tmp_path, BASE.account("ann", **words))
    office.reviewed()
    before, status = office.happened(), office.status("ann")
    office.write(BASE)
    for _ in range(3):
        office.wait(days=2)
        office.scheduled()
        assert office.plan()["accounts"] == []
    assert (office.happened(), office.status("ann")) == (before, status)
    assert {office.status(name) for name in ("ben", "cat", "kim")} == {"ACTIVE"}


def test_who_is_gone_from_okta_is_told_and_nobody_is_closed_instead(tmp_path):
    """An account is deleted, and its file still stands."""
    office = Weeks(tmp_path, BASE.account("ann", **PARTED))
    with office.org() as org:
        org.delete_user(login("ann"))
    made = office.plan()
    assert made["accounts"] == []
    assert [line["code"] for line in made["blocked_accounts"]] == ["subject-missing"]
    office.apply()
    with office.org() as org:
        assert {u.status for u in org.users()} == {"ACTIVE"}
        assert "ann" not in {without(u.login) for u in org.users()}


@pytest.mark.parametrize("is_on_call", [False, True], ids=["by a file", "on call"])
def test_who_is_let_back_is_shown_with_the_groups_that_okta_kept(tmp_path, is_on_call):
    """A closed account stays in its groups, by approvals from before; whoever agrees sees it."""
    company = BASE.granted("ann")
    office = Weeks(tmp_path, company.account("ann", **PARTED))
    assert list(ends(office.reviewed())) == ANN
    assert "ann" in office.members()
    office.wait(days=2)
    back = {"state": "active", "reason": "back", "approval": approved("2026-11-24T08:00Z")}
    office.write(company if is_on_call else company.account("ann", **back))
    why = ("--reason", "back", "--ticket", "HR-8", "--by", "it-admins@example.com", "--yes")
    words = ("user", "reactivate", login("ann"), *why) if is_on_call else ("plan",)
    ran = office.run("--sandbox", *words)
    assert 'stays in "AI Clearance - claude - users"' in ran.out + ran.err
