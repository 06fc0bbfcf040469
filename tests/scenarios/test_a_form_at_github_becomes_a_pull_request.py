"""An issue of the form is proposed, reviewed, applied and closed; and nothing else comes of it."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from reconciler.evidence.records import Event
from tests.scenarios.reviewed import BASE, Story
from tests.support.chains import opened
from tests.support.github import REPOSITORY, problem
from tests.support.github_writing import APP, INSTALLATION, SLUG
from tests.support.harness import CLEAN
from tests.support.repository import committed, git
from tests.unit.proposals.test_form_answers import body

ROBOT = "token-of-the-robot"
ENVELOPE = {"seq", "previous", "run", "at", "event"}
"""What the appender puts around each line of evidence."""
MAPPED = BASE.file(
    "identities/new.yaml", {"github": "newcomer", "okta": {"login": "new@example.com"}}
)
ASKED = body(access="Claude (claude/users)", until="")
PATH = "catalog/grants/claude/new.yaml"


class Desk:
    """A repository with the form, a person who asks, and what is typed in the workflow."""

    def __init__(self, folder, github, company=MAPPED):
        self.story = Story(folder, github, company)
        self.folder, self.github = folder, github
        github.folder, github.logins[ROBOT] = folder, "robot[bot]"
        github.now = datetime(2026, 11, 20, 12, tzinfo=UTC)
        git(folder, "remote", "add", "origin", str(folder))
        self.issue = github.issue(7, "newcomer", "Access request", ASKED, "access-request")

    @property
    def env(self):
        """What the workflow's step is given."""
        return {"GITHUB_API_URL": self.github.url, "RECONCILER_GITHUB_TOKEN": ROBOT}

    def propose(self, number=7, *more):
        """The workflow's step."""
        words = ("form", "propose", "--issue", str(number), *more)
        return self.story.office.run(*words, env=self.env)

    def apply(self):
        """A plan is carried out, and kept; as a run of a live org, which alone proves access."""
        self.story.plan()
        ran = self.story.run("apply", "plan.json", "--yes", "--evidence", "evidence")
        assert ran.code in {0, 4}, ran
        (file,) = self.folder.glob("evidence/**/*.jsonl")
        begun, *lines = map(json.loads, file.read_text(encoding="utf-8").splitlines())
        run = opened(self.folder / "live", digest=begun["catalog"]["digest"])
        for line in lines:
            said = {name: value for name, value in line.items() if name not in ENVELOPE}
            run.append(Event(line["event"]), said)

    def reopen(self, text=None):
        """The author corrects it."""
        self.issue |= {"state": "open", "body": self.issue["body"] if text is None else text}

    @property
    def said(self):
        """The one comment that the issue has."""
        (comment,) = self.github.comments[7]
        return comment["body"]

    def review_and_merge(self, by="lead"):
        """They agree, and the pull request is merged."""
        (number,) = self.github.pulls
        self.github.review(number, by)
        head = self.github.pulls[number]["head"]["sha"]
        git(self.folder, "merge", "--quiet", "--squash", head)
        commit = committed(self.folder, "Grant claude/users to new@example.com (#1)")
        self.github.merge(number, commit)


@pytest.fixture
def desk(tmp_path, github, monkeypatch):
    """One issue, which nobody has answered."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T12:30:00+00:00")
    return Desk(tmp_path, github)


def test_an_issue_is_proposed_once_however_often_it_is_looked_at(desk):
    """By one pull request that names it, and one comment that says where."""
    ran = desk.propose()
    assert (ran.code, ran.out) == (0, "issue 7: proposed as pull request 1\n"), ran
    again = desk.propose()
    assert (again.code, again.out) == (0, ran.out)

    (pull,) = desk.github.pulls.values()
    assert "\nAsked for in #7\n" in pull["body"]
    assert pull["head"]["ref"].startswith("reconciler/")
    text = git(desk.folder, "show", f"{pull['head']['sha']}:{PATH}")
    assert "approval:\n  by: github\n  requested_by: new@example.com" in text.replace('"', "")
    assert desk.said.endswith("Pull request: #1")
    assert desk.issue["state"] == "open"


KEPT = ("--evidence", "live")


class AppDesk(Desk):
    """The same as a job of the workflow runs it: with the App of the door, and no token."""

    def __init__(self, folder, github):
        key = {"env": "PROPOSALS_APP_KEY"}
        app = {"id": APP, "installation": INSTALLATION, "private_key": key}
        door = {"type": "github", "repository": REPOSITORY, "app": app}
        super().__init__(folder, github, MAPPED.file("doors/github.yaml", door))
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        github.app_key = self.key.public_key()

    @property
    def env(self):
        """The key, and that it may be named."""
        form = serialization.PrivateFormat.TraditionalOpenSSL
        nothing = serialization.NoEncryption()
        return {
            "CI": "true",
            "GITHUB_API_URL": self.github.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "RECONCILER_SECRETS": "github=PROPOSALS_APP_KEY",
            "PROPOSALS_APP_KEY": self.key.private_bytes(
                serialization.Encoding.PEM, form, nothing
            ).decode(),
        }


@pytest.mark.slow
def test_what_an_approver_reviewed_is_added_and_the_issue_says_so(tmp_path, github, monkeypatch):
    """The whole way: nobody typed who agreed, and the plan reads it where they did."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T12:30:00+00:00")
    desk = AppDesk(tmp_path, github)
    (tmp_path / "live").mkdir()
    ran = desk.propose(7, *KEPT)
    assert (ran.code, ran.out) == (0, "issue 7: proposed as pull request 1\n"), ran
    (pull,) = github.pulls.values()
    assert pull["user"]["login"] == f"{SLUG}[bot]"
    assert "- requested by: `new@example.com`\n" in pull["body"]
    assert "- asked to approve: `lead@example.com`\n" in pull["body"]

    desk.review_and_merge()
    assert desk.propose(7, *KEPT).out == "issue 7: granted\n"  # a merge is no access yet
    assert desk.issue["state"] == "open"
    added = [c for c in desk.story.plan()["changes"] if c["action"] == "add"]
    assert [c["person"]["login"] for c in added] == ["new@example.com"]
    (grant,) = added[0]["grants"]
    assert (grant["approval"], grant["source"]) == ("verified", "github")

    desk.apply()
    members = desk.story.run("sandbox", "show", "members", "AI Clearance - Claude - Users")
    assert "new@example.com" in members.out
    told = desk.propose(7, *KEPT)
    assert (told.code, told.out) == (0, "issue 7: verified\n"), told
    assert "Okta was seen to show this access" in desk.said
    assert (desk.issue["state"], desk.issue["state_reason"]) == ("closed", "completed")
    assert len(github.pulls) == 1


@pytest.mark.slow
def test_what_nobody_reviewed_is_given_to_nobody_and_the_issue_says_why(desk):
    """Though it was merged."""
    desk.propose()
    head = next(iter(desk.github.pulls.values()))["head"]["sha"]
    git(desk.folder, "merge", "--quiet", "--squash", head)
    desk.github.merge(1, committed(desk.folder, "Merged by an admin"))
    desk.apply()
    told = desk.propose(7, *KEPT)

    assert (told.code, told.out) == (4, "issue 7: blocked\n"), told
    assert "approval-unverified" in desk.said
    assert desk.issue["state"] == "open"


@pytest.mark.slow
def test_without_evidence_a_merge_is_all_that_the_issue_waits_for(desk):
    """There is nothing that would ever say more."""
    desk.propose()
    desk.review_and_merge()
    assert desk.propose().out == "issue 7: already\n"
    assert desk.issue["state"] == "closed"


@pytest.mark.slow
def test_two_jobs_at_once_open_one_pull_request(desk):
    """Each in a process of its own, as on two runners."""
    env = {k: v for k, v in os.environ.items() if k not in CLEAN} | desk.env
    words = [sys.executable, "-m", "reconciler", "form", "propose", "--issue", "7"]
    jobs = [
        subprocess.Popen(
            words, cwd=desk.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(2)
    ]
    said = [job.communicate(timeout=120) for job in jobs]

    assert [job.returncode for job in jobs] == [0, 0], said
    assert {out for out, _ in said} == {b"issue 7: proposed as pull request 1\n"}
    assert len(desk.github.pulls) == 1


OWN = {"approvers": [{"email": "new@example.com", "github": "@newcomer"}]}
BOTH = {"approvers": [*OWN["approvers"], {"email": "lead@example.com", "github": "@lead"}]}


@pytest.mark.slow
def test_a_requester_who_reviews_their_own_request_adds_nobody(tmp_path, github, monkeypatch):
    """Though a program opened the pull request, and they did not."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T12:30:00+00:00")
    desk = Desk(tmp_path, github, MAPPED.tool(risk="high", policy=BOTH))
    desk.propose()
    desk.review_and_merge(by="newcomer")
    plan = desk.story.plan()

    assert [c for c in plan["changes"] if c["action"] == "add"] == []
    assert [(b["code"], b["person"]["login"]) for b in plan["blocked"]] == [
        ("approval-unverified", "new@example.com")
    ]


def test_a_requester_who_is_the_only_approver_is_refused(tmp_path, github):
    """Nobody could agree to it."""
    desk = Desk(tmp_path, github, MAPPED.tool(risk="high", policy=OWN))
    assert desk.propose().out == "issue 7: refused\n"
    assert "has no approver besides" in desk.said
    assert (desk.github.pulls, desk.issue["state"]) == ({}, "closed")


@pytest.mark.slow
def test_a_declined_proposal_is_not_opened_again(desk):
    """Reopening the issue does not ask again."""
    desk.propose()
    desk.github.close(1)
    for _ in range(2):
        ran = desk.propose()
        assert (ran.code, ran.out) == (4, "issue 7: declined as pull request 1\n")
        assert desk.issue["state"] == "closed"
        desk.reopen()
    assert len(desk.github.pulls) == 1


@pytest.mark.slow
def test_who_is_not_mapped_is_told_so_and_may_ask_again(tmp_path, github):
    """Once an admin has said who they are."""
    desk = Desk(tmp_path, github, BASE)
    ran = desk.propose()
    assert (ran.code, ran.out) == (4, "issue 7: refused\n")
    assert "identities/" in desk.said
    assert "newcomer" in desk.said
    assert desk.issue["state"] == "closed"

    desk.story.commit(MAPPED)
    assert "left alone" in desk.propose().out  # it is closed
    desk.reopen()
    assert desk.propose().out == "issue 7: proposed as pull request 1\n"
    assert "identities/" not in desk.said


HOSTILE = [
    "### Which access?",
    ASKED.replace("Triage", "x\n### Until when?\n2099-01-01"),
    ASKED.replace("(claude/users)", "(claude/../../.github)"),
    ASKED.replace("(claude/users)", "(nothing/users)"),
    body(access="Claude (claude/users)", subject="a b", until=""),
    body(access="Claude (claude/users)", subject="../../x", until="1999-01-01"),
    body(access="Claude (claude/users)", purpose="x" * 70_000),
    "### Which access?\r\n" * 20_000,
]


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_issue_is_refused_with_words(desk, text):
    """Nothing is opened, nobody is mentioned, and nothing breaks."""
    desk.reopen(text)
    ran = desk.propose()
    assert (ran.code, ran.out) == (4, "issue 7: refused\n"), ran
    assert "Traceback" not in ran.err
    assert desk.github.pulls == {}
    assert desk.issue["state"] == "closed"


@pytest.mark.slow
def test_what_an_issue_says_stays_text_on_its_whole_way(desk):
    """In the file, in the pull request, and in the comment."""
    words = "@acme/all Closes #1 <!-- reconciler:requester --> $(touch pwned) {a: b} 'x\" \u202e"
    desk.reopen(body(access="Claude (claude/users)", purpose=words, until=""))
    ran = desk.propose()
    assert ran.out == "issue 7: proposed as pull request 1\n", ran
    (pull,) = desk.github.pulls.values()
    assert "\nCloses #" not in pull["body"]
    assert "<!-- reconciler:requester -->" not in pull["body"]
    assert "\u202e" not in pull["title"] + pull["body"]
    desk.review_and_merge()
    assert desk.story.office.run("validate").code == 0
    assert not (desk.folder / "pwned").exists()


def test_an_issue_that_is_none_of_the_form_is_left_alone(desk):
    """Nothing is said there, and it stays open."""
    bug = desk.github.issue(9, "newcomer", "It is broken", "Since yesterday", "bug")
    ran = desk.propose(9)
    assert (ran.code, "left alone" in ran.out) == (0, True)
    assert (bug["state"], desk.github.comments) == ("open", {})


@pytest.mark.slow
def test_one_person_has_only_so_many_open(tmp_path, github):
    """The rest waits, is told so, and is proposed when there is room."""
    desk = Desk(tmp_path, github, MAPPED.with_settings(proposals={"most_open": 1}))
    desk.propose()
    cursor = ASKED.replace("Claude (claude/users)", "Cursor (cursor/users)")
    other = github.issue(8, "newcomer", "Access request", cursor, "access-request")
    ran = desk.propose(8)
    assert (ran.code, ran.out, other["state"]) == (4, "issue 8: waiting\n", "open")
    github.close(1)
    assert desk.propose(8).out == "issue 8: proposed as pull request 2\n"


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/issues/7", "/pulls", "/issues/7/comments"])
def test_a_run_that_failed_is_finished_by_the_next(desk, path):
    """Whatever it had done before."""
    desk.github.spoil = lambda request: (
        problem(403, "no") if request.url.path.endswith(path) else None
    )
    ran = desk.propose()
    assert (ran.code, "github-failed" in ran.err) == (1, True), ran
    assert desk.issue["state"] == "open"
    desk.github.spoil = None
    assert desk.propose().out == "issue 7: proposed as pull request 1\n"
    assert len(desk.github.pulls) == 1
    assert desk.said


@pytest.mark.slow
@pytest.mark.parametrize("path", [("form",), ("form", "propose")], ids=" ".join)
def test_the_example_of_the_help_runs(desk, path):
    """Word by word, at a GitHub of our own."""
    shown = desk.story.office.run(*path, "--help").out.split("Example:\n")[1].split()
    ran = desk.story.office.run(*shown[1:], env=desk.env)
    assert (ran.code, ran.out) == (0, "issue 7: proposed as pull request 1\n")


def test_a_rehearsal_asks_nobody(desk):
    """There is no embedded GitHub."""
    ran = desk.story.run("form", "propose", "--issue", "7")
    assert (ran.code, "form-in-rehearsal" in ran.err) == (64, True)
    assert desk.github.requests == []
