"""Offboarding writes one change: every live grant revoked, the account suspended, nothing else."""

from dataclasses import replace

import pytest

from tests.support.builders import CANARY, Company
from tests.support.harness import Office
from tests.support.repository import committed, git

JANE, SLACK = "jane@example.com", "slack:U07QK3Z9M1D"
MIRA, IDA = "mira@example.com", "ida@example.com"
MAPPING = f"""# Who is who.
identities:
  - slack: {SLACK.removeprefix("slack:")}  # since May
    github: jane-d
    okta: {{login: {JANE}}}
"""
BLOCK = f"""# For the winter term.
tool: cursor
entitlement: editors
subject: {SLACK}
purpose: Pairing
approval:
  ticket: AI-9
  approved_by: lead@example.com
  approved_at: 2026-11-01
expires: 2027-01-20  # as agreed
"""
COMPANY = (
    Company()
    .with_lifecycle()
    .with_settings(
        admins=[{"email": MIRA, "github": "@mira"}],
        operators=[{"email": IDA, "github": "@ida", "may": ["suspend"]}],
    )
    .tool("claude", {"users": {}, "admins": {}})
    .tool("cursor", {"users": {}, "editors": {}}, fulfilment="manual")
    .bind("jane", "joe")
    .bind("jane", entitlement="admins")
    .grant("jane")
    .grant("jane", entitlement="admins", starts="2027-01-01")
    .grant("joe")
    .grant("jane", tool="cursor")
    .grant("jane", tool="cursor", entitlement="editors", expires="2026-11-15")
    .file("grants/cursor/jane.yaml", BLOCK)
    .file("identities/people.yaml", MAPPING)
)
WHY = ("--reason", "left the company", "--ticket", "HR-7")


@pytest.fixture
def office(tmp_path):
    """A repository in which all is committed."""
    found = Office(tmp_path, COMPANY)
    committed(tmp_path)
    return found


def offboard(office, *options, person=JANE, by=MIRA):
    """The command, on the org's own day."""
    return office.run("--sandbox", "offboard", person, *WHY, "--by", by, *options)


def changed(office):
    """The files that differ from what is committed, and what was added to each."""
    git(office.folder, "add", "--intent-to-add", "catalog")
    diff = git(office.folder, "diff", "--unified=0", "catalog").splitlines()
    found = {}
    for line in diff:
        if line.startswith("+++ "):
            added = found.setdefault(line.removeprefix("+++ b/catalog/"), [])
        elif line.startswith("+"):
            added.append(line[1:])
    return found


@pytest.mark.parametrize("person", [JANE, "JANE@example.com", SLACK, "github:jane-d"])
def test_every_live_grant_ends_under_each_name_and_the_account_is_suspended(office, person):
    """Of either tool, also one that is yet to begin; the ended one is a record already."""
    ran = offboard(office, person=person)
    assert ran.code == 0, ran
    found = changed(office)
    revoked = 'revoked: {at: 2026-11-22, by: "mira@example.com", reason: left the company}'
    grants = {path: lines for path, lines in found.items() if path.startswith("grants/")}
    assert set(grants) == {
        "grants/claude/00000.yaml",
        "grants/claude/00001.yaml",
        "grants/cursor/00000.yaml",
        "grants/cursor/jane.yaml",
    }
    assert all(revoked in lines[0] for lines in grants.values())
    assert grants["grants/cursor/jane.yaml"] == [revoked]
    assert found["users/jane@example.com.yaml"] == [
        'user: "jane@example.com"',
        "state: suspended",
        'reason: "left the company"',
        (
            'approval: {ticket: "HR-7", approved_by: ["mira@example.com"], '
            "approved_at: 2026-11-22T09:00Z}"
        ),
    ]
    assert set(found) == {*grants, "users/jane@example.com.yaml"}


def test_the_files_are_valid_and_a_second_run_revokes_nothing_more(office):
    """What is reviewed is the whole of it; the account is decided on anew, as of then."""
    assert offboard(office).code == 0
    assert office.run("--sandbox", "validate", "--as-of", "2026-11-22T10:00:00Z").code == 0
    committed(office.folder)
    ran = offboard(office)
    assert ran.code == 0
    assert "\n0 grants" in ran.out
    assert set(changed(office)) <= {"users/jane@example.com.yaml"}


def test_where_nothing_is_left_to_write_it_is_said(office):
    """No connector changes accounts, and there is no grant any more."""
    office.write(replace(COMPANY, has_lifecycle=False))
    committed(office.folder)
    assert "no connector changes accounts" in offboard(office).out
    committed(office.folder)
    ran = offboard(office)
    assert (ran.code, changed(office)) == (0, {})
    assert "Nothing is left to write" in ran.out


def test_what_no_file_ends_is_told(office):
    """Accounts elsewhere, and a tool that people take away by hand."""
    ran = offboard(office)
    assert "slack:U07QK3Z9M1D · catalog/identities/people.yaml:3:5" in ran.out
    assert "see in GitHub that it is closed there" in ran.out
    assert ran.out.count("by hand: ask owner@example.com to take it away in Cursor") == 2
    assert "4 grants · 5 files" in ran.out
    assert "  - state: suspended\n" in ran.out
    assert (
        "`reconciler --sandbox plan --out plan.json`, then `reconciler --sandbox apply plan.json`"
        in ran.out
    )


def test_who_asks_is_whom_git_knows_here(office):
    """As for a commit; where git knows nobody, it is asked for."""
    git(office.folder, "config", "user.email", MIRA)
    ran = office.run("--sandbox", "offboard", JANE, *WHY)
    assert ran.code == 0, ran
    assert "  by: mira@example.com\n" in ran.out


def test_deactivation_needs_two_people_of_whom_one_is_an_admin(office):
    """Without them the files would be refused, so none is written."""
    ran = offboard(office, "--deactivate")
    assert (ran.code, changed(office)) == (3, {})
    assert "error: account-approval-insufficient\n" in ran.err

    ran = offboard(office, "--deactivate", "--approved-by", MIRA, by=IDA)
    assert ran.code == 0, ran
    written = changed(office)["users/jane@example.com.yaml"]
    assert "state: deactivated" in written
    assert 'approved_by: ["ida@example.com", "mira@example.com"]' in written[3]
    assert "this cannot be undone" in ran.out


def test_a_suspension_that_was_to_end_no_longer_does(office):
    """The person's file is edited where it is, and what else it says stays."""
    file = office.folder / "catalog/users/people.yaml"
    file.parent.mkdir()
    approval = "{ticket: SEC-1, approved_by: mira@example.com, approved_at: 2026-11-20}"
    file.write_text(
        "users:\n"
        f"  - user: joe@example.com\n    state: active\n    approval: {approval}\n"
        "    reason: back\n"
        "  # A lost laptop.\n"
        f"  - user: {JANE}\n    state: suspended\n    until: 2026-12-01  # or later\n"
        f"    reason: laptop\n    approval: {approval}\n"
    )
    committed(office.folder)
    ran = offboard(office)
    assert ran.code == 0, ran
    text = file.read_text()
    assert "until" not in text
    assert "  # A lost laptop.\n" in text
    assert "    # or later\n" in text
    assert changed(office)["users/people.yaml"][-2:] == [
        '    reason: "left the company"',
        (
            '    approval: {ticket: "HR-7", approved_by: ["mira@example.com"], '
            "approved_at: 2026-11-22T09:00Z}"
        ),
    ]


COMMENTED = "revoked:\n  at: 2027-01-01  # at the latest\n  by: lead@example.com\n  reason: x\n"


def test_where_one_file_cannot_be_edited_none_is(office):
    """The rest would look like the whole; the line to write by hand is printed."""
    file = office.folder / "catalog/grants/cursor/jane.yaml"
    file.write_text(file.read_text() + COMMENTED)
    committed(office.folder)
    ran = offboard(office)
    assert (ran.code, changed(office)) == (1, {})
    assert ran.err == (
        "catalog/grants/cursor/jane.yaml:2:1: a comment stands in the old value of `revoked`\n"
        '  write it there by hand: revoked: {at: 2026-11-22, by: "mira@example.com", '
        "reason: left the company}\n"
        "error: edit-refused\n"
        "  1 edit cannot be made here; no file was written\n"
        "hint: make it by hand, then run this again for the rest\n"
    )


LONG = "a" * 5000
REFUSED = {
    "unknown": ("jan", WHY, 64, "person-unknown", "jane@example.com"),
    "blank": (JANE, ("--reason", " ", "--ticket", "HR-7"), 64, "option-invalid", "--reason"),
    "canary": (CANARY, WHY, 3, "account-canary", "another canary"),
    "nobody's right": (JANE, WHY, 3, "account-approval-insufficient", "--approved-by"),
    "no reason": (JANE, ("--reason", LONG, *WHY[2:]), 1, "offboarding-invalid", "by hand"),
}


@pytest.mark.parametrize(("person", "why", "code", "error", "hint"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_written(office, person, why, code, error, hint):
    """The error says what to do."""
    by = "zoe@example.com" if code == 3 and person == JANE else MIRA
    office.write(COMPANY.grant("canary"))
    committed(office.folder)
    ran = office.run("--sandbox", "offboard", person, *why, "--by", by)
    assert (ran.code, changed(office)) == (code, {}), ran
    assert f"error: {error}\n" in ran.err
    assert hint in ran.err
