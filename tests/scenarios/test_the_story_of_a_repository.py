"""The whole story: a repository made by `init`, pull requests, reviews, merges and scheduled runs.

Okta is the sandbox and GitHub a server on loopback, but to the commands both are the live ones: CI
is set, the tip of the default branch is asked of a remote, and nothing says `--sandbox`.
"""

import json
import shutil

import pytest

from reconciler.cli.session import connection
from reconciler.okta.auth.signer import SswsAuth
from reconciler.okta.org_url import OrgUrl
from reconciler.sandbox import Sandbox
from tests.support.builders import Company, group_id, group_name, login
from tests.support.github import REPOSITORY, TOKEN, GitHub, served
from tests.support.harness import Office, changes, outcomes, printed_files
from tests.support.repository import committed, git

pytestmark = pytest.mark.slow

TODAY = "2026-11-22"
LEAD = {"ticket": "AI-9", "approved_by": "lead@example.com", "approved_at": "2026-11-20"}
CROWD = tuple(f"extra{number:02}" for number in range(12))
COMPANY = (
    Company()
    .with_settings(
        admins=[{"email": "it@example.com", "github": "@acme/it"}],
    )
    .file("doors/github.yaml", {"type": "github", "repository": REPOSITORY})
    .tool()
    .bind("amy", "gone", "stranger", authority="authoritative")
    .granted("amy")
    .granted("gone", expires="2026-11-20")
    .tool("vault", risk="high")
    .bind(tool="vault")
    .tool("crowd")
    .bind("kim", *CROWD, tool="crowd")
    .granted("kim", tool="crowd")
    .person("new")
    .person("mallory")
    .person("safe")
)


class Project:
    """A remote, the clone where people work, the clone where CI runs, and both services."""

    def __init__(self, folder, github):
        self.github, self.company, self.number = github, COMPANY, 0
        self.remote, self.people = folder / "remote", folder / "people"
        self.office = Office(folder / "unused", COMPANY)
        self.sandbox = Sandbox.open(self.office.database)
        self.remote.mkdir()
        git(self.remote, "init", "-q", "--bare", "-b", "main")
        self.office.folder = folder
        init = ("--domain", "https://acme.okta.com", "--admin-handle", "@acme/it")
        assert self.office.run("init", "people", *init).code == 0
        git(self.people, "init", "-q", "-b", "main")
        git(self.people, "remote", "add", "origin", str(self.remote))
        shutil.rmtree(self.people / "catalog")
        self.company.write(self.people)
        self.office.folder = self.people
        assert self.office.run("codeowners").code == 0
        self.first = committed(self.people, "start")
        git(self.people, "push", "-q", "origin", "main")
        git(folder, "clone", "-q", str(self.remote), "ci")
        self.ci = folder / "ci"

    def live(self, connector, source, purpose, asked):
        """In place of the connection to a live org: the sandbox, which says nothing of it."""
        del source, purpose, asked
        return connection.Connection(
            connector=connector,
            is_sandbox=False,
            clock=self.sandbox.now,
            _origin=OrgUrl.parse(connector.domain, pinned_host=None),
            _signer=SswsAuth(self.sandbox.token()),
            _org_id=None,
            _sandbox=self.sandbox,
        )

    def run(self, *words, code=0):
        """A command in CI, in its clone."""
        self.office.folder = self.ci
        environment = {
            "CI": "true",
            "GITHUB_API_URL": self.github.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": TOKEN,
        }
        ran = self.office.run(*words, env=environment)
        assert ran.code == code, ran
        return ran

    def propose(self, company):
        """A branch that makes the catalog say this; its head, which CI may fetch."""
        self.number += 1
        git(self.people, "switch", "-q", "-c", f"change-{self.number}", "main")
        shutil.rmtree(self.people / "catalog")
        company.write(self.people)
        self.office.folder = self.people
        assert self.office.run("codeowners").code in {0, 1}
        head = committed(self.people, f"change {self.number}")
        git(self.people, "push", "-q", "origin", "HEAD")
        git(self.ci, "fetch", "-q", "origin", head)
        self.github.pull(self.number, head, git(self.people, "rev-parse", "main"))
        for line in git(self.people, "diff-tree", "-r", "main", head, "--", "catalog").splitlines():
            if line.endswith(".yaml") and line.split()[4] != "D":
                self.github.file(self.number, line.split()[5], line.split()[3])
        git(self.people, "switch", "-q", "main")
        return head

    def judged(self, head, code=0):
        """What the check of the pull request says."""
        words = ("validate", "--base", "HEAD", "--head", head, "--as-of", TODAY)
        return self.run(*words, "--format", "json", code=code).out

    def planned(self, head):
        """The plan under review, as a file of CI's."""
        self.run("plan", "--base", "HEAD", "--head", head, "--out", "review.json")
        return json.loads((self.ci / "review.json").read_text())

    def merge(self, company):
        """The newest branch is merged, and CI's clone is at the tip."""
        git(self.people, "merge", "-q", "--no-ff", "-m", "merge", f"change-{self.number}")
        git(self.people, "push", "-q", "origin", "main")
        self.github.merge(self.number, git(self.people, "rev-parse", "main"))
        git(self.ci, "fetch", "-q", "origin")
        git(self.ci, "reset", "-q", "--hard", "origin/main")
        self.company = company

    def reviewed(self, company):
        """The change was proposed, judged, planned and merged; its plan, for comparison."""
        head = self.propose(company)
        self.judged(head)
        plan = self.planned(head)
        self.merge(company)
        return plan

    def apply(self, *words, code=0):
        """An apply that keeps evidence; each line's outcome."""
        ran = self.run("apply", *words, "--yes", "--evidence", "evidence", code=code)
        return outcomes(self.office.result(ran)) if "result: " in ran.err else ran

    def scheduled(self, code=0):
        """A run that nobody watches."""
        return self.apply("--scheduled", code=code)

    def members(self, group=None):
        """Who is in the group."""
        found = self.sandbox.members(group or group_name())
        return {user.login.partition("@")[0] for user in found}

    def stranger(self, name, group):
        """Somebody is put into a group by hand."""
        self.sandbox.add_member(group, login(name))


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The repository on its first day, with CI around it."""
    for variable in ("GIT_COMMITTER_DATE", "GIT_AUTHOR_DATE"):
        monkeypatch.setenv(variable, "2026-11-20T11:00:00+00:00")
    github = GitHub()
    with served(github):
        made = Project(tmp_path, github)
        monkeypatch.setattr(connection, "_reach_live", made.live)
        yield made
        made.sandbox.close()


def caused(plan):
    """What the change itself would do."""
    return changes({"changes": [c for c in plan["changes"] if c["cause"] == "change"]})


def test_a_year_of_a_repository_in_a_day(project):  # noqa: PLR0915 - one story, told in order
    """Every promise of working by pull request, kept one after the other."""
    # A pull request that adds a grant shows just that, whatever else waits.
    asking = project.company.granted("new", approval=LEAD)
    plan = project.reviewed(asking)
    assert caused(plan) == ["add new claude/users"]
    assert len(plan["changes"]) == 3

    # On merge: what the review showed, what files explain, and nothing else.
    lines = project.scheduled(code=4)
    assert lines["add new claude/users"] == "verified"
    assert lines["remove gone claude/users"] == "verified"
    assert lines["remove stranger claude/users"] == "not run"
    assert project.members() == {"amy", "new", "stranger"}
    (result,) = (project.ci / ".reconciler/results").glob("*.json")
    told = project.run("show", str(result), "--reviewed", "review.json").out
    assert "stranger" not in told.partition("Caused")[0]

    # Somebody who makes herself an approver and grants herself access is told no.
    approvers = {"approvers": [{"email": login("mallory"), "github": "@mallory"}]}
    alone = {**LEAD, "approved_by": login("mallory")}
    greedy = project.company.tool(policy=approvers).person("friend").grant("friend", approval=alone)
    assert "policy-changed-with-grant" in project.judged(project.propose(greedy), code=1)

    # High risk is added only when the named approver reviewed what was merged.
    risky = project.company.granted("safe", tool="vault", approval=LEAD)
    project.reviewed(risky)
    lines = project.scheduled(code=4)
    assert "add safe vault/users" not in lines
    project.github.review(project.number, "lead")
    assert project.scheduled(code=4)["add safe vault/users"] == "verified"

    # A group is created by a watched run with a digest, and by no other.
    creating = project.company.tool("cursor").create("cursor")
    project.reviewed(creating)
    assert project.scheduled(code=4)["create-group cursor/users"] == "not run"
    project.run("plan", "--out", "watched.json")
    digest = json.loads((project.ci / "watched.json").read_text())["digest"]
    lines = project.apply("--digest", digest)
    assert lines["create-group cursor/users"] == "verified"
    assert lines["remove stranger claude/users"] == "verified"
    assert project.members() == {"amy", "new"}

    # Too many removals at once are held, and pass with the printed files, reviewed like any other.
    strict = project.company.bind("kim", *CROWD, tool="crowd", authority="authoritative")
    assert project.reviewed(strict)["against"]["catalog_changes"][0]["summary"].endswith(
        "12 people would lose access"
    )
    project.run("plan", "--out", "strict.json")
    held = project.apply("strict.json", code=3)
    assert set(held.values()) == {"held"}
    offered = printed_files(project.run("show", "strict.json").out)
    acknowledged = strict
    for path, text in offered.items():
        signed = text.replace("WHY THIS IS RIGHT", "moved").replace("YOUR-EMAIL", "it@example.com")
        acknowledged = acknowledged.file(path, signed)
    project.reviewed(acknowledged)
    project.run("plan", "--out", "strict.json")

    # A plan that somebody's hand made stale by one more removal is refused.
    project.stranger("mallory", group_name("crowd"))
    refused = project.apply("strict.json", code=3)
    assert "plan-stale" in refused.err
    assert set(CROWD) <= project.members(group_name("crowd"))
    project.sandbox.remove_member(group_name("crowd"), login("mallory"))
    assert set(project.apply("strict.json").values()) == {"verified"}
    assert project.members(group_name("crowd")) == {"kim"}

    # Of a plan that is done nothing is left, and in CI 0 of 0 is no success.
    assert "nothing-applied" in project.apply("strict.json", code=1).err

    # A run of last week's commit would bring back what was ended since; it is refused.
    git(project.ci, "checkout", "-q", project.first)
    assert "commit-not-tip" in project.apply("--scheduled", code=3).err
    git(project.ci, "checkout", "-q", "main")

    # A grant that expires ends by itself; a stranger stays until somebody looks.
    ending = acknowledged.granted("new", expires=TODAY, tool="crowd", approval=LEAD)
    project.reviewed(ending)
    assert project.scheduled()["add new crowd/users"] == "verified"
    project.stranger("mallory", group_name("crowd"))

    # The evidence of all of it holds together, and the schedule is alive.
    verified = project.run("evidence", "verify", "evidence")
    assert "0 errors" in verified.out
    (chain,) = (project.ci / "evidence").iterdir()
    lines = [
        json.loads(line)
        for file in sorted(chain.rglob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert not any(line.get("sandbox") for line in lines if line["event"] == "run-started")
    reviews = [
        grant["review"]["reviewer"]
        for line in lines
        if line["event"] == "line-ended"
        for grant in line["change"]["grants"]
        if grant.get("review")
    ]
    assert reviews == ["lead"]
    assert group_id(group_name()) in json.dumps(lines)


@pytest.mark.parametrize("how", ["hidden", "encoded"])
def test_what_ci_plans_and_applies_is_what_the_commit_holds(project, how):
    """Git calls the checkout clean, and it says something else than was reviewed."""
    project.reviewed(project.company.granted("new", approval=LEAD))
    if how == "encoded":
        (project.people / ".gitattributes").write_text("*.yaml working-tree-encoding=UTF-16\n")
        git(project.people, "add", ".gitattributes")
        git(project.people, "commit", "-q", "-m", "attributes")
        git(project.people, "push", "-q", "origin", "main")
        shutil.rmtree(project.ci)
        git(project.ci.parent, "clone", "-q", str(project.remote), "ci")
    else:
        for file in (project.ci / "catalog/grants").glob("*/*.yaml"):
            file.write_text(file.read_text().replace("new@", "mallory@"))
            git(project.ci, "update-index", "--assume-unchanged", str(file))
    assert git(project.ci, "status", "--porcelain", "catalog") == ""
    project.run("plan", "--out", "plan.json")
    plan = json.loads((project.ci / "plan.json").read_text())
    assert "add new claude/users" in changes(plan)
    assert plan["catalog"]["dirty"] is False
    assert project.scheduled(code=4)["add new claude/users"] == "verified"
    assert project.members() == {"amy", "new", "stranger"}
