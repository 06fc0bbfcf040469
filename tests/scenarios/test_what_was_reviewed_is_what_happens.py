"""A plan is a value: apply carries out its lines and no other."""

import json
import os
import pty
import re
import subprocess
import sys
from datetime import timedelta

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import NOW, Company, group_name
from tests.support.harness import Office, Rehearsal, changes, outcomes

pytestmark = pytest.mark.slow

COMPANY = (
    Company()
    .tool()
    .bind("amy", "old", authority="authoritative")
    .granted("amy", "bob", "cid")
    .ended("old")
    .person("new")
)


@pytest.fixture
def office(tmp_path):
    """The company, its plan reviewed: old goes, bob and cid come."""
    found = Office(tmp_path, COMPANY)
    assert changes(found.plan()) == [
        "remove old claude/users",
        "add bob claude/users",
        "add cid claude/users",
    ]
    return found


def refused(office, code="plan-stale", *, exit_code=3):
    """The apply was refused for this reason, and nothing was written."""
    before = office.events()
    ran = office.apply()
    assert ran.code == exit_code, ran
    assert f"error: {code}" in ran.err
    assert office.events() == before
    return ran


def test_nothing_changed_and_everything_is_done(office):
    """The usual case."""
    assert office.apply().code == 0
    assert office.members() == {"amy", "bob", "cid"}


def test_one_more_removal_refuses_the_run(office):
    """Somebody added a person by hand, whom an authoritative group would now lose."""
    with office.org() as org:
        org.add_member(group_name(), "new@example.com")
    assert "remove new@example.com" in refused(office).err


def test_a_grant_that_was_revoked_since_refuses_the_run(office):
    """The catalog now removes amy, which nobody saw in the plan."""
    ended = COMPANY.file(
        "grants/claude/00000.yaml",
        {
            **dict(COMPANY.files)["grants/claude/00000.yaml"],
            "revoked": {"at": "2026-11-20", "by": "lead@example.com", "reason": "left"},
        },
    )
    office.write(ended)
    assert "remove amy@example.com" in refused(office).err


def test_a_new_grant_in_the_catalog_refuses_the_run(office):
    """An addition by the catalog has its own review to pass."""
    office.write(COMPANY.granted("new"))
    assert "add new@example.com" in refused(office).err


def test_a_changed_reason_for_the_same_addition_refuses_the_run(office):
    """Another grant file justifies it, which is not what was reviewed."""
    other = {**dict(COMPANY.files)["grants/claude/00001.yaml"], "expires": "2027-01-01"}
    office.write(COMPANY.file("grants/claude/00001.yaml", other))
    refused(office)


def test_an_addition_that_came_back_by_hand_is_named_and_left(office):
    """Somebody removed amy, which no log tells; her addition was never reviewed, the rest was."""
    with office.org() as org:
        org.remove_member(group_name(), "amy@example.com")
        org.faults.add(Fault(kind="status", status=403, path="/api/v1/logs", times=0))
    ran = office.apply()
    assert ran.code == 0
    (line,) = office.result(ran)["left"]
    assert line["change"]["person"]["login"] == "amy@example.com"
    assert line["why"] == "new since the review, so not carried out"
    assert "left: add amy@example.com" in ran.err
    assert f": {line['why']}\n" in ran.err
    assert office.members() == {"bob", "cid"}


def test_whoever_was_removed_by_hand_since_is_asked_about(office):
    """The log tells who removed amy: no line comes back, and the rest is carried out."""
    with office.org() as org:
        org.remove_member(group_name(), "amy@example.com")
    ran = office.apply()
    assert ran.code == 4
    result = office.result(ran)
    assert (result["left"], [b["code"] for b in result["blocked"]]) == ([], ["removed-by-someone"])
    assert office.members() == {"bob", "cid"}


def test_what_somebody_else_did_already_is_so(office):
    """Bob was added and old removed by hand: one line is left to do."""
    with office.org() as org:
        org.add_member(group_name(), "bob@example.com")
        org.remove_member(group_name(), "old@example.com")
    ran = office.apply()
    assert ran.code == 0
    result = office.result(ran)
    assert outcomes(result) == {"add cid claude/users": "verified"}
    assert [line["why"] for line in result["left"]] == ["already so", "already so"]


def test_a_reviewed_addition_that_the_catalog_withdrew_is_left(office):
    """The grant ended since: less than was reviewed is no reason to refuse."""
    gone = dict(COMPANY.files)["grants/claude/00002.yaml"] | {"expires": "2026-11-16"}
    office.write(COMPANY.file("grants/claude/00002.yaml", gone))
    ran = office.apply()
    assert ran.code == 0
    assert [line["why"] for line in office.result(ran)["left"]] == ["no longer planned"]
    assert office.members() == {"amy", "bob"}


def test_a_line_that_only_time_brought_waits_for_its_own_review(tmp_path):
    """A grant ended between review and apply: its removal is named and left."""
    company = Company().tool().bind("amy", "bob").granted("amy", expires="2026-11-22")
    company = company.granted("bob", "cid")
    with Rehearsal(tmp_path, company) as office:
        reviewed = office.plan()
        office.seconds = timedelta(hours=16).total_seconds()
        result = office.apply(reviewed)
        assert [(line.change.action.value, line.outcome.value) for line in result.lines] == [
            ("add", "verified")
        ]
        assert [line.change.person.login for line in result.left] == ["amy@example.com"]
        assert office.members() == {"amy", "bob", "cid"}


def test_a_reviewed_addition_whose_grant_ended_meanwhile_is_left(tmp_path):
    """What was right at the review must still be right now."""
    company = Company().tool().bind().granted("amy", expires="2026-11-22")
    with Rehearsal(tmp_path, company) as office:
        reviewed = office.plan()
        office.seconds = timedelta(hours=16).total_seconds()
        result = office.apply(reviewed)
        assert result.lines == ()
        assert office.members() == set()


def test_a_plan_older_than_a_day_is_refused(office):
    """It describes another day."""
    office.rewrite("plan.json", created_at=(NOW - timedelta(hours=25)).isoformat())
    refused(office, "plan-too-old")


def test_a_plan_from_tomorrow_is_refused(office):
    """Nor does a date that was moved ahead make a plan last longer."""
    office.rewrite("plan.json", created_at=(NOW + timedelta(hours=25)).isoformat())
    refused(office, "plan-too-old")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"action": "remove"', '"action": "add"'),
        ('"member_class": "ended"', '"member_class": "granted"'),
        ('"connector": "okta-prod"', '"connector": "okta-prox"'),
    ],
)
def test_an_edited_plan_file_is_refused(before, after, office):
    """The digest covers what each line does, so a changed line does not fit it."""
    path = office.folder / "plan.json"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    ran = refused(office, "plan-digest-mismatch", exit_code=1)
    assert "it was edited or damaged" in ran.err


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("bob@example.com", "ben@example.com"),
        ("AI Clearance - claude - users", "AI Clearance - other - users"),
        ('"risk": "low"', '"risk": "high"'),
        ('"reason": "granted', '"reason": "always granted'),
        ("lead@example.com", "boss@example.com"),
        ('"approved_at": "2026-11-01"', '"approved_at": "2026-11-21"'),
        ('"created_at": "2026-11-22', '"created_at": "2026-11-23'),
        ('"purpose": "Daily', '"purpose": "Weekly'),
        ('"warnings": []', '"warnings": [], "more": 1'),
    ],
)
@pytest.mark.parametrize("command", ["apply", "show"])
def test_nothing_that_a_reader_saw_can_be_changed_in_the_file(command, before, after, office):
    """People, groups, reasons, risks, approvals and times stand under the file's own digest."""
    path = office.folder / "plan.json"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    if command == "apply":
        refused(office, "plan-file-altered", exit_code=1)
    ran = office.run("show", "plan.json")
    assert (ran.code, "error: plan-file-altered" in ran.err, ran.out) == (1, True, "")


def test_the_files_own_digest_pins_every_word_of_it(office):
    """Whoever can edit a file can seal it anew, but not under the digest that was read."""
    seen = re.search("file digest: ([0-9a-f]{64})", office.run("show", "plan.json").err)[1]
    assert seen == office.read("plan.json")["file_digest"]
    office.rewrite("plan.json", created_at=(NOW - timedelta(hours=1)).isoformat())
    assert office.apply("--digest", seen).code == 3
    assert office.events() == []
    assert office.apply("--digest", office.read("plan.json")["file_digest"]).code == 0


def test_what_is_left_is_named_as_okta_names_it(office):
    """Not as an edited file would have it."""
    text = (office.folder / "plan.json").read_text(encoding="utf-8")
    forged = text.replace("bob@example.com", "nobody@example.com")
    (office.folder / "plan.json").write_text(forged.replace("claude - users", "harmless"))
    office.rewrite("plan.json")
    with office.org() as org:
        org.add_member(group_name(), "bob@example.com")
    ran = office.apply()
    assert ran.code == 0
    assert "add bob@example.com" in ran.out
    assert "nobody@example.com" not in ran.out + ran.err
    assert "harmless" not in ran.out + ran.err


def test_a_plan_file_that_lost_its_end_is_refused(office):
    """Half a plan is no plan."""
    path = office.folder / "plan.json"
    path.write_bytes(path.read_bytes()[:-200])
    refused(office, "file-not-json", exit_code=1)


def test_a_plan_for_another_org_is_refused(tmp_path, office):
    """The same catalog, and another org behind the same connector."""
    other = tmp_path / "other"
    other.mkdir()
    made = office.read("plan.json")
    there = Office(other, COMPANY)
    world = COMPANY.world()
    with there.org() as org:
        org.seed(
            type(world)(
                now=world.now,
                org=type(world.org)(subdomain="elsewhere"),
                users=world.users,
                groups=world.groups,
                tokens=world.tokens,
            ),
            rate_limit="off",
        )
    (there.folder / "plan.json").write_text(json.dumps(made), encoding="utf-8")
    ran = refused(there, "org-differs")
    assert made["org"]["id"] in ran.err


def test_a_digest_beside_the_file_is_a_pin(office):
    """It has to be the file's; then the file is applied."""
    made = office.read("plan.json")
    assert office.apply("--digest", "0" * 64).code == 3
    assert office.events() == []
    assert office.apply("--digest", made["digest"]).code == 0
    assert office.members() == {"amy", "bob", "cid"}


def test_a_digest_alone_demands_the_very_same_plan(office):
    """A plan made now must have it, to the last line."""
    made = office.read("plan.json")
    ran = office.run("--sandbox", "apply", "--digest", made["digest"], "--yes")
    assert ran.code == 0
    assert office.members() == {"amy", "bob", "cid"}


def test_a_digest_alone_is_refused_when_even_less_is_left_to_do(office):
    """Equality is demanded: one addition was made by hand."""
    made = office.read("plan.json")
    with office.org() as org:
        org.add_member(group_name(), "bob@example.com")
    ran = office.run("--sandbox", "apply", "--digest", made["digest"], "--yes")
    assert ran.code == 3
    assert "error: digest-differs" in ran.err
    assert office.members() == {"amy", "bob", "old"}


def test_no_removals_runs_the_additions_only(office):
    """The removals are recorded as not run, and the code says that something was left."""
    ran = office.apply("--no-removals")
    assert ran.code == 4
    assert outcomes(office.result(ran)) == {
        "remove old claude/users": "not run",
        "add bob claude/users": "verified",
        "add cid claude/users": "verified",
    }
    assert office.members() == {"amy", "bob", "cid", "old"}


def test_applying_twice_changes_nothing_more(office):
    """Every line is already so."""
    office.apply()
    before = office.events()
    ran = office.apply()
    assert ran.code == 0
    assert "Nothing of the reviewed plan was left to do." in ran.out
    assert office.events() == before


def test_a_plan_for_a_later_day_removes_nobody_today(tmp_path):
    """`--as-of` shows what will be; what is not so yet is left."""
    office = Office(tmp_path, Company().tool().bind("amy").granted("amy", expires="2026-12-01"))
    assert changes(office.plan("--as-of", "2026-12-02")) == ["remove amy claude/users"]
    ran = office.apply()
    assert ran.code == 0
    assert len(office.result(ran)["left"]) == 1
    assert office.members() == {"amy"}


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("", 1), ("y", 0)])
def test_on_a_terminal_the_answer_decides(answer, code, office):
    """Anything but a yes writes nothing, and ends 1."""
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    ran = subprocess.run(
        [sys.executable, "-m", "reconciler", "--sandbox", "apply", "plan.json"],
        cwd=office.folder,
        stdin=theirs,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert ran.returncode == code, ran
    assert "Apply 3 changes to okta-prod (acme.okta.com)? [y/N]" in ran.stderr
    assert (office.members() == {"amy", "bob", "cid"}) is (code == 0)
    assert bool(office.events()) is (code == 0)
