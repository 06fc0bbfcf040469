"""A company whose risky access waits for reviews, and the story of how it came onto the branch."""

import json
from pathlib import Path

import jsonschema

from tests.support.builders import Company
from tests.support.github import REPOSITORY, TOKEN
from tests.support.harness import Office
from tests.support.repository import committed, git

__all__ = [
    "ADDED",
    "APPROVAL",
    "BASE",
    "GRANTED",
    "HEAD",
    "ONLY_REMOVED",
    "WAITS",
    "Story",
    "cited",
]

BASE = (
    Company()
    .file("doors/github.yaml", {"type": "github", "repository": REPOSITORY})
    .tool(risk="high")
    .bind("amy", "old")
    .granted(
        "amy",
        approval={"ticket": "A", "approved_by": "lead@example.com", "approved_at": "2026-11-19"},
    )
    .ended("old")
    .tool("cursor")
    .bind(tool="cursor")
    .person("new")
    .person("low")
)
APPROVAL = {"ticket": "AI-7", "approved_by": "lead@example.com", "approved_at": "2026-11-20"}
GRANTED = BASE.granted("new", approval=APPROVAL)
ADDED = ["remove old claude/users", "add new claude/users"]
ONLY_REMOVED = ["remove old claude/users"]
WAITS = [("approval-unverified", "claude/users", "new")]
HEAD = "a" * 40
SCHEMA = Path(__file__).parents[2] / "schemas" / "evidence.schema.json"


class Story:
    """A repository on a machine, the sandbox beside it, and GitHub."""

    def __init__(self, folder, github, company=BASE):
        self.github = github
        self.office = Office(folder, company)
        (folder / ".gitignore").write_text(".reconciler\nplan*.json\nevidence\n")
        self.base = committed(folder, "base")
        self.env = {"GITHUB_API_URL": github.url, "RECONCILER_GITHUB_TOKEN": TOKEN}

    def commit(self, company):
        """The catalog says this, in a commit of its own."""
        self.office.write(company)
        return committed(self.office.folder, "change")

    def evidence(self, event):
        """The lines of one event, each of which fits the published schema."""
        (file,) = self.office.folder.glob("evidence/**/*.jsonl")
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        for line in lines:
            jsonschema.validate(line, schema)
        return [line for line in lines if line["event"] == event]

    def grant_files(self):
        """The grants' files as they lie."""
        root = self.office.folder
        return [p.relative_to(root).as_posix() for p in root.glob("catalog/grants/*/*.yaml")]

    def files(self, commit):
        """The files that a commit changed, with what they hold."""
        words = ("diff-tree", "-r", "--root", "--diff-filter=d", commit, "--", "catalog")
        shown = git(self.office.folder, *words)
        lines = [line.split() for line in shown.splitlines() if line.startswith(":")]
        return [(line[5], line[3]) for line in lines]

    def merged(self, company=GRANTED, number=7):
        """A pull request, squashed into one commit; nobody reviewed it yet."""
        commit = self.commit(company)
        self.github.pull(number, HEAD, self.base)
        for name, blob in self.files(commit):
            self.github.file(number, name, blob)
        self.github.merge(number, commit)
        return commit

    def plan(self, *options, **env):
        """A plan made with the token, as a file."""
        ran = self.run("plan", "--out", "plan.json", *options, **env)
        assert ran.code == 0, ran
        return self.office.read("plan.json")

    def run(self, *words, **env):
        """A command on the sandbox."""
        return self.office.run("--sandbox", *words, env={**self.env, **env})


def cited(plan, name="new"):
    """The grant that the line of a person cites."""
    lines = [*plan["changes"], *plan["blocked"]]
    (grant,) = next(n for n in lines if n["person"]["login"].startswith(name))["grants"]
    return grant
