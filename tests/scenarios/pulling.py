"""A company in whose Jira people ask for access, and the programs that carry it to Okta."""

import json
import subprocess
import sys
from datetime import UTC, timedelta

from reconciler.cli.clock import wall_clock
from tests.support.builders import Company
from tests.support.doors import GITHUB_FILE, JIRA_FILE
from tests.support.harness import Office
from tests.support.jira_answers import APPROVED, DONE, DONE_TRANSITION, account_json
from tests.support.jira_cloud import READER, WRITER, JiraCloud
from tests.support.repository import committed, git

__all__ = ["FIELDS", "LASTS", "PATH", "Helpdesk", "company_of_today", "written"]

ROBOT = "token-of-the-robot"
PATH = "catalog/grants/claude/new.yaml"
LASTS = (wall_clock() + timedelta(days=60)).date().isoformat()
FIELDS = {"tool": {"value": "Claude"}, "subject": account_json("new"), "expires": LASTS}
DOOR = JIRA_FILE | {
    "approved": [APPROVED, DONE],
    "done_transition": DONE_TRANSITION,
    "writing": {"email": WRITER[0], "token": {"env": "JIRA_WRITE_TOKEN"}},
}


def company_of_today():
    """The company, on the day on which the test runs: Jira's clock and GitHub's are the real ones.

    Nobody has a grant yet.
    """
    found = Company(now=wall_clock()).tool().bind().tool("cursor").bind(tool="cursor")
    for name in ("lead", "new", "asker", "boss"):
        found = found.person(name).file(
            f"identities/{name}.yaml", {"jira": name, "okta": {"login": f"{name}@example.com"}}
        )
    return found.file("doors/jira.yaml", DOOR).file("doors/github.yaml", GITHUB_FILE)


def written(document):
    """What a comment says, as one text."""
    return " ".join(node["text"] for part in document["content"] for node in part["content"])


class Helpdesk:
    """The company's repository with the sandbox beside it, its GitHub, and its Jira."""

    def __init__(self, folder, github, cloud, url):
        self.folder, self.github, self.cloud = folder, github, cloud
        self.office = Office(folder, company_of_today())
        (folder / ".gitignore").write_text(".reconciler\nplan*.json\nevidence\n")
        committed(folder, "base")
        git(folder, "remote", "add", "origin", str(folder))
        github.folder, github.now = folder, wall_clock()
        github.logins[ROBOT] = "robot[bot]"
        self.env = {
            "GITHUB_API_URL": github.url,
            "RECONCILER_GITHUB_TOKEN": ROBOT,
            "RECONCILER_JIRA_ENDPOINT": url,
            "JIRA_READ_TOKEN": READER[1],
            "JIRA_WRITE_TOKEN": WRITER[1],
        }

    @staticmethod
    def cloud():
        """Its Jira, some hours ago: each act there takes a minute."""
        return JiraCloud(now=wall_clock() - timedelta(hours=5))

    def file(self, **values):
        """Somebody asks for access; the key of the issue."""
        return self.cloud.file(**FIELDS | values)

    def approved(self, by="lead", **values):
        """And somebody approves."""
        key = self.file(**values)
        self.cloud.approve(key, by)
        return key

    def run(self, *words, **env):
        """A command, as people and workflows run it."""
        return self.office.run(*words, env={**self.env, **env})

    def pull(self, *options):
        """The scheduled job: its exit code, and each issue by its key."""
        ran = self.run("jira", "pull", "--format", "json", *options)
        assert ran.code in {0, 4}, ran
        return ran.code, {each["key"]: each for each in json.loads(ran.out)["issues"]}

    def start(self, *words):
        """A command in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "reconciler", *words],
            cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.folder), **self.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def merge(self):
        """The one pull request that is open is merged, as GitHub squashes it."""
        (number,) = (n for n, each in self.github.pulls.items() if each["state"] == "open")
        pull = self.github.pulls[number]
        git(self.folder, "merge", "--quiet", "--squash", pull["head"]["sha"])
        self.github.merge(number, committed(self.folder, pull["title"]), at=_now())

    def write(self, path, text):
        """Somebody changes a file of the default branch."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return committed(self.folder, "by hand")

    def plan(self, *options):
        """A plan, as a file has it."""
        ran = self.run("--sandbox", "plan", "--out", "plan.json", *options)
        assert ran.code in {0, 2}, ran
        return self.office.read("plan.json")

    def apply(self):
        """The plan is carried out as far as its lines are not blocked, and recorded."""
        self.plan()
        ran = self.run("--sandbox", "apply", "plan.json", "--yes", "--evidence", "evidence")
        assert ran.code in {0, 4}, ran

    def comments(self, key):
        """What the issue was told."""
        return [written(each["body"]) for each in self.cloud.find(key).comments]

    def told(self, key):
        """The one comment, and what programs keep at the issue."""
        (comment,) = self.comments(key)
        (kept,) = self.cloud.find(key).properties.values()
        return comment, kept["state"]

    def branches(self):
        """Those of proposals."""
        shown = git(self.folder, "branch", "--list", "reconciler/*", "--format", "%(refname:short)")
        return shown.splitlines()

    @property
    def added(self):
        """Who is in the group of the tool."""
        return self.office.members() - {"canary"}


def _now():
    return wall_clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
