"""Where the settings say so, the workflow merges what a source bears out, and nothing else."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.cli.clock import wall_clock
from reconciler.github.credentials import TokenCredentials
from reconciler.github.proposals import Publisher
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import ProposedFile, PublishedChange
from reconciler.planning.plan_codec import dump_plan, load_plan
from tests.support.builders import Company
from tests.support.github import REPOSITORY, problem
from tests.support.harness import Office
from tests.support.repository import committed, git

BASE = (
    Company()
    .with_settings(proposals={"merge": "when-verified"})
    .tool()
    .bind("amy")
    .granted("amy")
    .person("new")
    .person("joe")
)
PATH = "catalog/grants/claude/new.yaml"
ROBOT = "token-of-a-robot"


class Proposed:
    """A repository, and in it a proposal for somebody, planned."""

    def __init__(self, folder, github, company=BASE):
        self.github, self.office = github, Office(folder, company)
        github.folder, github.logins[ROBOT] = folder, "robot"
        door = folder / "catalog" / "doors" / "github.yaml"
        door.parent.mkdir()
        door.write_text(f"type: github\nrepository: {REPOSITORY}\n")
        (folder / ".gitignore").write_text(".reconciler\nplan*.json\n")
        self.base = committed(folder, "base")
        self.folder = folder
        other = folder.with_name(f"{folder.name}-other")
        BASE.granted("new").write(other)
        texts = [file.read_text() for file in other.rglob("grants/**/*.yaml")]
        (grant,) = [text for text in texts if "new@example.com" in text]
        self.pull = asyncio.run(self.publish(ProposedFile(path=PATH, content=grant)))

    async def publish(self, *files):
        """By an account of its own."""
        change = PublishedChange(
            key="k1", title="Grant", body="b", files=files, requester="new@example.com"
        )
        writer = GitHubWriter(self.github.url, TokenCredentials(ROBOT), REPOSITORY)
        async with writer:
            return await Publisher(writer, 5).publish(change)

    def plan(self, approval="verified", **more):
        """The plan of the change, as a live org would give it."""
        words = ("--base", self.base, "--head", self.pull.head_sha)
        self.office.plan(*words)
        file = self.folder / "plan.json"
        made = load_plan(file.read_bytes())
        lines = tuple(
            replace(c, grants=tuple(replace(g, approval=approval) for g in c.grants))
            for c in made.changes
        )
        now = wall_clock()
        facts = {"changes": lines, "sandbox": False, "as_of": now, "created_at": now, **more}
        file.write_bytes(dump_plan(replace(made, **facts)))

    def merge(self, head="", **env):
        """The workflow's last step."""
        head = head or self.pull.head_sha
        words = ("plan.json", "--pull-request", str(self.pull.number), "--head", head)
        given = {"GITHUB_API_URL": self.github.url, "RECONCILER_GITHUB_TOKEN": ROBOT, **env}
        return self.office.run("merge", *words, env=given)

    @property
    def is_merged(self):
        """Whether the default branch has the grant."""
        return git(self.folder, "ls-tree", "main", "--", PATH) != ""


@pytest.fixture
def proposed(tmp_path, github):
    """A proposal that may be merged."""
    made = Proposed(tmp_path, github)
    made.plan()
    return made


def reasons(ran):
    """The codes that it tells."""
    assert ran.code == 4, ran
    return [line.partition("(")[2].partition(")")[0] for line in ran.err.splitlines()]


def test_what_its_source_bears_out_is_merged(proposed):
    """At the head that was planned; merging again finds nothing to do."""
    ran = proposed.merge()
    assert ran.code == 0, ran
    assert proposed.is_merged
    assert git(proposed.folder, "rev-parse", "main") in ran.err
    again = proposed.merge()
    assert (again.code, "is merged already" in again.err) == (0, True)


def test_a_claim_is_left_to_people(proposed):
    """With the reason."""
    proposed.plan("claimed")
    assert reasons(proposed.merge()) == ["not-verified"]
    assert not proposed.is_merged


def test_people_merge_where_nothing_else_is_said(tmp_path, github):
    """Then GitHub is not even asked."""
    proposed = Proposed(tmp_path, github, replace(BASE, settings={}))
    proposed.plan()
    github.requests.clear()
    ran = proposed.merge()
    assert (ran.code, ran.err) == (
        0,
        "nothing is merged: the settings leave it to people\n",
    )
    assert (github.requests, proposed.is_merged) == ([], False)


def test_a_proposal_cannot_say_that_it_needs_no_review(tmp_path, github):
    """The base's settings count, whatever the head says."""
    proposed = Proposed(tmp_path, github, replace(BASE, settings={}))
    git(tmp_path, "switch", "-q", "reconciler/k1")
    (tmp_path / "catalog" / "settings.yaml").write_text("proposals: {merge: when-verified}\n")
    head = committed(tmp_path, "mine")
    git(tmp_path, "switch", "-q", "main")
    proposed.pull = replace(proposed.pull, head_sha=head)
    proposed.plan()
    assert proposed.merge().code == 0
    assert not proposed.is_merged


def test_what_was_pushed_into_its_branch_is_not_merged_with_it(proposed):
    """Another grant in the same file has no approval at all."""
    folder = proposed.folder
    git(folder, "switch", "-q", "reconciler/k1")
    text = (folder / PATH).read_text()
    (folder / PATH).write_text(text.replace("new@example.com", "joe@example.com"))
    head = committed(folder, "theirs")
    git(folder, "switch", "-q", "main")
    proposed.github.pulls[proposed.pull.number]["head"]["sha"] = head
    assert reasons(proposed.merge()) == ["head-moved"]
    assert not proposed.is_merged


def test_a_base_that_moved_is_planned_again_first(proposed):
    """What was judged is not what would be merged."""
    (proposed.folder / "catalog" / "settings.yaml").write_text("{}\n")
    committed(proposed.folder, "no more")
    assert "base-moved" in reasons(proposed.merge())
    assert not proposed.is_merged


def test_a_job_whose_account_is_not_known_merges_nothing(proposed):
    """GitHub does not say who a job's own token is, so nothing is known to be its own."""
    ran = proposed.merge(RECONCILER_GITHUB_TOKEN=proposed.github.token)
    assert reasons(ran) == ["not-a-proposal"]


def test_an_old_plan_merges_nothing(proposed):
    """Who agreed may have changed since."""
    proposed.plan(created_at=wall_clock() - timedelta(days=3))
    assert reasons(proposed.merge()) == ["plan-old"]


def test_what_github_does_not_merge_is_told(proposed):
    """A check that is missing is no error of ours."""
    proposed.github.is_protected = True
    assert reasons(proposed.merge()) == ["not-mergeable"]


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_github_that_fails_is_an_error(proposed, method):
    """Nothing is known then."""
    proposed.github.spoil = lambda r: problem(403, "no") if r.method == method else None
    ran = proposed.merge()
    assert (ran.code, "github-failed" in ran.err) == (1, True)
    assert not proposed.is_merged


def test_a_plan_without_a_base_is_no_plan_of_a_change(proposed):
    """It cannot say what the change brings."""
    proposed.office.plan()
    ran = proposed.merge()
    assert (ran.code, "plan-uncompared" in ran.err) == (64, True)


def test_a_base_with_errors_merges_nothing(tmp_path, github):
    """Nobody knows what its settings say."""
    proposed = Proposed(tmp_path, github)
    broken = Path(tmp_path, "catalog", "tools", "broken.yaml")
    broken.write_text("tool: x\nnonsense: 1\n")
    proposed.base = committed(tmp_path, "broken")
    git(tmp_path, "switch", "-q", "reconciler/k1")
    git(tmp_path, "merge", "-q", "main", "-m", "m")
    broken.unlink()
    head = committed(tmp_path, "mended")
    git(tmp_path, "switch", "-q", "main")
    proposed.pull = replace(proposed.pull, head_sha=head)
    proposed.plan()
    ran = proposed.merge()
    assert (ran.code, "has errors" in ran.err) == (4, True)
