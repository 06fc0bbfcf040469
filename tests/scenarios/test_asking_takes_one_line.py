"""Whoever works in a clone asks for access in one line, and is told what comes of it."""

import json
import re

import pytest

from tests.support.builders import Company
from tests.support.github import REPOSITORY, TOKEN
from tests.support.harness import Office
from tests.support.repository import committed, git

JANE, LEAD = "jane@example.com", "lead@example.com"
DOOR = {"type": "github", "repository": REPOSITORY}
LONG_AGO = {"ticket": "AI-1", "approved_by": LEAD, "approved_at": "2020-01-01"}
COMPANY = (
    Company()
    .tool("claude", {"users": {}, "admins": {}})
    .tool("cursor", policy={"max_duration": "90d", "approvers": [{"email": LEAD}]})
    .bind("joe")
    .bind(tool="cursor")
    .grant("joe", approval=LONG_AGO)
)
AGREED = ("--ticket", "AI-7", "--approved-by", LEAD, "--approved-at", "2026-11-20")
ASK = ("request", "cursor", "--for", "zoe@example.com", "--purpose", "Prototypes")


def opened(folder, company=COMPANY):
    """The company's repository, in which Jane works."""
    found = Office(folder, company)
    committed(folder)
    git(folder, "config", "user.email", JANE)
    return found


@pytest.fixture
def office(tmp_path):
    """One in which people type who agreed."""
    return opened(tmp_path)


@pytest.fixture
def reviewed(tmp_path):
    """One whose approvals are reviews at GitHub."""
    return opened(tmp_path, COMPANY.file("doors/github.yaml", DOOR))


def sandboxed(office, *words):
    """On the company's own day."""
    return office.run("--sandbox", *words)


def read(office, path):
    """A file of the catalog."""
    return (office.folder / "catalog" / path).read_text()


def test_a_request_is_one_file_and_the_next_plan_adds_the_person(office):
    """The purpose and who agreed are in it; asked for again, it is so already."""
    ran = sandboxed(office, *ASK, *AGREED)
    assert ran.code == 0, ran
    assert "asked to approve: lead@example.com" in ran.out
    assert "  git add catalog/grants/cursor/zoe.yaml\n" in ran.out
    assert read(office, "grants/cursor/zoe.yaml") == (
        "tool: cursor\n"
        "entitlement: users\n"
        'subject: "zoe@example.com"\n'
        'purpose: "Prototypes"\n'
        "approval:\n"
        '  ticket: "AI-7"\n'
        '  requested_by: "jane@example.com"\n'
        '  approved_by: ["lead@example.com"]\n'
        "  approved_at: 2026-11-20\n"
        "expires: 2027-02-18\n"
    )
    committed(office.folder)
    assert sandboxed(office, "validate").code == 0
    again = sandboxed(office, *ASK, *AGREED)
    assert (again.code, again.out) == (0, "")
    assert "has cursor/users already, until 2027-02-18" in again.err
    assert git(office.folder, "status", "--porcelain", "catalog") == ""


def test_without_a_name_it_is_for_whoever_works_here(reviewed):
    """Git knows them; the review at GitHub says who agreed, so that nobody types it."""
    ran = sandboxed(reviewed, "request", "Cursor", "--purpose", "Prototypes", "--for-days", "30")
    assert ran.code == 0, ran
    assert read(reviewed, "grants/cursor/jane.yaml").endswith(
        'approval:\n  by: github\n  requested_by: "jane@example.com"\n'
        "starts: 2026-11-22\nexpires: 2026-12-22\n"
    )
    git(reviewed.folder, "config", "user.email", "1+jane@users.noreply.github.com")
    hidden = sandboxed(reviewed, "request", "claude/users", "--purpose", "x", "--by", JANE)
    assert hidden.code == 64
    assert "for-needed" in hidden.err


@pytest.mark.parametrize(
    "words",
    [
        (*ASK, *AGREED),
        ("renew", "joe@example.com", "claude/users", "--until", "2027-01-01", *AGREED),
        ("revoke", "joe@example.com", "claude", "--reason", "x"),
    ],
    ids=lambda words: words[0],
)
def test_an_address_that_hides_who_asks_is_not_taken_for_them(office, words):
    """No list of approvers has it, so that nobody would see who approves what they asked for."""
    git(office.folder, "config", "user.email", "1+lead@users.noreply.github.com")
    ran = sandboxed(office, *words)
    assert (ran.code, ran.out) == (64, ""), ran
    assert "error: by-needed\n" in ran.err
    assert sandboxed(office, *words, "--by", JANE).code == 0


def test_a_renewal_edits_the_grant_and_a_revocation_ends_it(office):
    """Each is one change of the file that is there."""
    assert sandboxed(office, *ASK, *AGREED).code == 0
    committed(office.folder)
    ran = sandboxed(
        office,
        *("renew", "zoe@example.com", "cursor", "--until", "2027-02-20", "--ticket", "AI-8"),
        *("--approved-by", LEAD),
    )
    assert ran.code == 0, ran
    assert "until: 2027-02-20 (so far 2027-02-18)" in ran.out
    text = read(office, "grants/cursor/zoe.yaml")
    assert 'purpose: "Prototypes"\napproval: {ticket: "AI-8"' in text
    assert text.endswith("expires: 2027-02-20\n")

    gone = sandboxed(office, "revoke", "zoe@example.com", "cursor", "--reason", "new team")
    assert gone.code == 0, gone
    assert read(office, "grants/cursor/zoe.yaml").endswith(
        'revoked: {at: 2026-11-22, by: "jane@example.com", reason: new team}\n'
    )
    again = sandboxed(office, "revoke", "zoe@example.com", "cursor", "--reason", "new team")
    assert (again.code, again.out) == (0, "")


def test_what_ends_soon_is_listed_with_the_line_that_renews_it(office):
    """The line can be typed as it is, but for the day."""
    assert sandboxed(office, *ASK, *AGREED).code == 0
    ran = sandboxed(office, "expiring", "--within", "90d")
    assert ran.code == 0
    assert "· 2027-02-18 (88 d) · zoe@example.com · cursor/users" in ran.out
    assert "reconciler --sandbox renew zoe@example.com cursor/users --until D" in ran.out
    assert "Nothing ends by then." in sandboxed(office, "expiring").out
    found = json.loads(sandboxed(office, "expiring", "--within", "88", "--format", "json").out)
    assert [each["days_left"] for each in found["grants"]] == [88]


def test_an_end_that_was_typed_with_its_offset_is_written_in_utc(office):
    """People think in the time of their own place, and what the file says changes with no clock."""
    ran = sandboxed(office, *ASK, *AGREED, "--until", "2026-11-27T18:00+01:00")
    assert ran.code == 0, ran
    assert "  until: 2026-11-27 17:00 UTC\n" in ran.out
    assert read(office, "grants/cursor/zoe.yaml").endswith("expires: 2026-11-27T17:00Z\n")


JIRA = {
    "type": "jira",
    "site": "https://acme.atlassian.net",
    "cloud_id": "1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d",
    "project": "10000",
    "issue_types": ["10001"],
    "approved": ["10005"],
    "ended": ["10007"],
    "fields": {"tool": "customfield_10050", "subject": "customfield_10052"},
    "reading": {"email": "reads@example.com", "token": {"env": "JIRA_READ_TOKEN"}},
}


@pytest.mark.parametrize(
    ("door", "words", "what_to_do"),
    [
        ({}, (), "add --ticket and --approved-by; or describe the door"),
        ({"doors/github.yaml": DOOR}, ("--ticket", "AI-7"), "leave --ticket out"),
        ({"doors/jira.yaml": JIRA}, (), "add --ticket with the key of the issue"),
        (
            {"doors/jira.yaml": JIRA},
            ("--ticket", "https://acme.atlassian.net/browse/AI-1"),
            "give the key alone, such as AI-1423",
        ),
    ],
    ids=["no-door", "github", "jira", "no-key"],
)
def test_who_does_not_say_where_it_is_agreed_is_told_what_to_add(tmp_path, door, words, what_to_do):
    """By the doors that there are."""
    company = COMPANY
    for path, content in door.items():
        company = company.file(path, content)
    ran = sandboxed(opened(tmp_path, company), *ASK, *words)
    assert (ran.code, ran.out) == (64, "")
    assert f"hint: {what_to_do}" in ran.err


REFUSED = {
    ("request", "curser", "--purpose", "x", *AGREED): (1, "tool-unknown"),
    ("request", "claude", "--purpose", "x", *AGREED): (1, "entitlement-needed"),
    ("request", "cursor", "--purpose", "x"): (64, "approval-needed"),
    ("request", "cursor", "--purpose", "x", "--ticket", "AI-1"): (64, "approval-needed"),
    ("request", "cursor", "--purpose", "x", "--approved-by", LEAD): (64, "ticket-needed"),
    ("request", "cursor", "--purpose", "x", "--approved-at", "2026-11-20"): (
        64,
        "approved-by-needed",
    ),
    (*ASK, *AGREED, "--until", "tomorrow"): (64, "option-invalid"),
    (*ASK, *AGREED, "--until", "2026-02-30"): (64, "option-invalid"),
    (*ASK, *AGREED, "--until", "2026-12-01T18:00"): (64, "option-invalid"),
    (*ASK, *AGREED, "--until", "2027-06-01"): (1, "end-too-late"),
    (*ASK, *AGREED, "--for-days", "0"): (64, "option-invalid"),
    (*ASK, *AGREED, "--for-days", "1", "--until", "2027-01-01"): (64, "option-invalid"),
    (*ASK, *AGREED, "--yes"): (64, "pull-request-needed"),
    (*ASK, *AGREED, "--pull-request", "--yes"): (64, "pull-request-rehearsed"),
    (*ASK, "--ticket", "AI-1", "--approved-by", "boss@example.com"): (1, "proposal-invalid"),
    (*ASK, "--ticket", "AI-1", "--approved-by", "zoe@example.com"): (1, "proposal-invalid"),
    ("renew", JANE, "cursor", "--until", "2027-01-01", *AGREED): (1, "subject-unknown"),
    ("renew", "joe@example.com", "cursor", "--until", "2027-01-01", *AGREED): (1, "grant-missing"),
    ("revoke", "jeo@example.com", "claude", "--reason", "x"): (1, "subject-unknown"),
    ("revoke", " ", "claude", "--reason", "x"): (1, "subject-invalid"),
    ("renew", "", "cursor", "--until", "2027-01-01", *AGREED): (1, "subject-invalid"),
    ("expiring", "--within", "soon"): (64, "option-invalid"),
}


@pytest.mark.parametrize("words", REFUSED, ids=lambda words: " ".join(words)[:60])
def test_what_cannot_be_asked_for_is_refused_and_no_file_is_touched(office, words):
    """With a code of its own, and what to do."""
    code, named = REFUSED[words]
    ran = sandboxed(office, *words)
    assert (ran.code, ran.out) == (code, ""), ran
    assert f"error: {named}\n" in ran.err
    assert git(office.folder, "status", "--porcelain", "catalog") == ""


ALL_WRONG = {
    ("request", "curser", "--purpose", " ", "--for", "slack:U1"): (
        "tool-unknown",
        "subject-unmapped",
        "purpose-invalid",
    ),
    (*ASK[:-1], "x" * 1001, *AGREED, "--until", "2027-06-01"): ("purpose-invalid", "end-too-late"),
    ("renew", "jeo@example.com", "claude", "--until", "2027-01-01", *AGREED): (
        "entitlement-needed",
        "subject-unknown",
    ),
    ("revoke", "jeo@example.com", "claude/user", "--reason", " "): (
        "entitlement-unknown",
        "subject-unknown",
        "reason-invalid",
    ),
}


@pytest.mark.parametrize("words", ALL_WRONG, ids=lambda words: words[0])
def test_all_that_is_wrong_with_what_is_asked_for_is_said_at_once(office, words):
    """Nobody corrects one word to be told of the next."""
    ran = sandboxed(office, *words)
    assert (ran.code, ran.out) == (1, ""), ran
    assert tuple(re.findall(r"^error: (.+)$", ran.err, re.MULTILINE)) == ALL_WRONG[words]


@pytest.fixture
def cloned(tmp_path, github):
    """A clone in which Jane works, of the repository at GitHub."""
    here = tmp_path / "here"
    here.mkdir()
    found = opened(here, COMPANY.file("doors/github.yaml", DOOR))
    git(here, "clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    git(here, "remote", "add", "origin", str(tmp_path / "origin.git"))
    github.folder = tmp_path / "origin.git"
    return found


def at_forge(office, github, *words, typed=None):
    """The command, where GitHub answers."""
    env = {"GITHUB_API_URL": github.url, "RECONCILER_GITHUB_TOKEN": TOKEN}
    return office.run(*words, env=env, typed=typed)


def test_a_request_becomes_one_pull_request_however_often_it_is_typed(cloned, github, tmp_path):
    """From the default branch, whatever lies here; nothing here is touched."""
    (cloned.folder / "catalog/grants/claude/00000.yaml").write_text("half an edit\n")
    ran = at_forge(cloned, github, *ASK, "--pull-request", "--yes")
    assert ran.code == 0, ran
    assert "Not sent yet: it becomes a pull request into main." in ran.out
    (url,) = re.findall(r"^pull request: (.+)$", ran.out, re.MULTILINE)
    (pull,) = github.pulls.values()
    assert pull["html_url"] == url
    assert pull["title"] == "Grant cursor/users to zoe@example.com"
    assert "- asked to approve: `lead@example.com`\n" in pull["body"]
    branch = pull["head"]["ref"]
    origin = tmp_path / "origin.git"
    assert git(origin, "diff", "--name-only", "main", branch) == "catalog/grants/cursor/zoe.yaml"
    assert "by: github" in git(origin, "show", f"{branch}:catalog/grants/cursor/zoe.yaml")
    assert git(cloned.folder, "status", "--porcelain") == "M catalog/grants/claude/00000.yaml"

    again = at_forge(cloned, github, *ASK, "--pull-request", "--yes")
    assert again.code == 0
    assert url in again.out
    assert "it was opened before" in again.err
    assert len(github.pulls) == 1


def test_what_somebody_declined_is_not_opened_again(cloned, github):
    """They said no to just these words."""
    assert at_forge(cloned, github, *ASK, "--pull-request", "--yes").code == 0
    (pull,) = github.pulls.values()
    pull["state"] = "closed"
    ran = at_forge(cloned, github, *ASK, "--pull-request", "--yes")
    assert ran.code == 3
    assert "error: proposal-declined\n" in ran.err
    assert len(github.pulls) == 1


def test_nothing_is_sent_where_nobody_can_be_asked(cloned, github):
    """Without a terminal the command line has to say that it may."""
    ran = at_forge(cloned, github, *ASK, "--pull-request")
    assert (ran.code, github.requests) == (64, [])
    assert "yes-needed" in ran.err


def test_nobody_is_asked_where_nothing_could_be_sent(cloned, github):
    """Before the question, and not after a yes."""
    env = {"GITHUB_API_URL": github.url, "RECONCILER_GITHUB_TOKEN": "", "GITHUB_TOKEN": ""}
    ran = cloned.run(*ASK, "--pull-request", "--yes", env=env)
    assert (ran.code, ran.out) == (1, ""), ran
    assert "error: github-token-missing\n" in ran.err


def test_a_forge_that_refuses_is_told_of(cloned, github):
    """What was asked for is not lost: it can be typed again."""
    env = {"GITHUB_API_URL": github.url, "RECONCILER_GITHUB_TOKEN": "revoked"}
    ran = cloned.run(*ASK, "--pull-request", "--yes", env=env)
    assert ran.code == 1, ran
    assert "error: proposal-not-sent\n" in ran.err
    assert github.pulls == {}
