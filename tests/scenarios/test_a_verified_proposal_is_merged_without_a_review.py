"""Where the settings say so, the workflow merges what a source bears out, and nothing else."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconciler.cli.clock import wall_clock
from reconciler.cli.commands.repository import merge as merge_command
from reconciler.github.credentials import TokenCredentials
from reconciler.github.proposals import Publisher
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import ProposedFile, PublishedChange
from reconciler.planning.plan_codec import dump_plan, load_plan
from reconciler.proposals.merging import find_merge_refusals
from tests.support.builders import Company
from tests.support.doors import GITHUB_FILE, JIRA_FILE
from tests.support.git_objects import find_changes
from tests.support.github import REPOSITORY, account, problem
from tests.support.harness import Office
from tests.support.jira_answers import account_json
from tests.support.jira_cloud import READER, JiraCloud, served
from tests.support.repository import committed, git

BASE = (
    Company()
    .with_settings(proposals={"merge": "when-verified"}, approvals={"required": "all"})
    .tool()
    .tool("cursor", policy={"approvers": [{"email": "lead@example.com"}], "approvals": ["github"]})
    .bind("amy")
    .bind(tool="cursor")
    .granted("amy")
    .person("new")
    .person("joe")
    .file("doors/github.yaml", GITHUB_FILE)
    .file("doors/jira.yaml", JIRA_FILE)
)
for each in ("lead", "new", "joe", "asker"):
    mapped = {"jira": each, "okta": {"login": f"{each}@example.com"}}
    BASE = BASE.file(f"identities/{each}.yaml", mapped)
MANUAL = replace(BASE, settings={"approvals": {"required": "all"}})
ROBOT = "token-of-a-robot"


class Repository:
    """A repository, the sandbox beside it, and a Jira in which somebody asks for access."""

    def __init__(self, folder, github, cloud, url, company=BASE):
        self.folder, self.github, self.cloud = folder, github, cloud
        self.office = Office(folder, company)
        github.folder, github.logins[ROBOT] = folder, "robot"
        (folder / ".gitignore").write_text(".reconciler\nplan*.json\n")
        self.base = committed(folder, "base")
        self.jira = {"RECONCILER_JIRA_ENDPOINT": url, "JIRA_READ_TOKEN": READER[1]}

    def propose(self, who="new", key="k1", place="", **more):
        """An issue of theirs, which lead approved, as a pull request that is planned."""
        asked = account_json(who)
        issue = self.cloud.file(tool={"value": "Claude"}, subject=asked, expires="2027-02-18")
        self.cloud.approve(issue)
        approval = {"by": "jira", "ticket": issue}
        made = BASE.grant(who, approval=approval, expires="2027-02-18", **more)
        text = list(made.texts())[-1][1]
        return Proposal(self, key, place or f"catalog/grants/claude/{who}.yaml", text)

    def commit(self, place, text, message="another change"):
        """Somebody changes a file of the default branch."""
        Path(self.folder, place).write_text(text)
        return committed(self.folder, message)


class Proposal:
    """One pull request, and its plan."""

    def __init__(self, repository, key, place, text):
        self.at, self.key, self.place = repository, key, place
        self.pull = asyncio.run(self.publish(ProposedFile(path=place, content=text)))
        self.head = self.pull.head_sha
        self.plan()

    async def publish(self, *files):
        """By an account of its own."""
        change = PublishedChange(
            key=self.key, title="Grant", body="b", files=files, requester=self.key
        )
        writer = GitHubWriter(self.at.github.url, TokenCredentials(ROBOT), REPOSITORY)
        async with writer:
            return await Publisher(writer, 5).publish(change)

    @property
    def shown(self):
        """As GitHub shows it."""
        return self.at.github.pulls[self.pull.number]

    def plan(self, **more):
        """The plan of the change, as a live org would give it."""
        words = ("--base", self.at.base, "--head", self.head, "--out", self.file)
        ran = self.at.office.run("--sandbox", "plan", *words, env=self.at.jira)
        assert ran.code == 0, ran
        self.rewrite(sandbox=False, as_of=wall_clock(), created_at=wall_clock(), **more)

    def rewrite(self, **more):
        """The plan says this instead."""
        file = self.at.folder / self.file
        file.write_bytes(dump_plan(replace(load_plan(file.read_bytes()), **more)))

    @property
    def file(self):
        """The name of its plan."""
        return f"plan-{self.key}.json"

    def push(self, place, make, mode=""):
        """Somebody changes the branch; `make` writes the file. It is planned again."""
        folder = self.at.folder
        git(folder, "switch", "-q", f"reconciler/{self.key}")
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        make(folder / place)
        git(folder, "add", "--all")
        if mode:
            git(folder, "update-index", mode, place)
        git(folder, "commit", "-q", "-m", "theirs")
        self.head = git(folder, "rev-parse", "HEAD")
        git(folder, "switch", "-q", "-f", "main")
        self.shown["head"]["sha"] = self.head
        _, self.at.github.files[self.pull.number] = find_changes(folder, "main", self.head)
        self.plan()

    def merge(self, head="", **env):
        """The workflow's last step."""
        number = str(self.pull.number)
        words = (self.file, "--pull-request", number, "--head", head or self.head)
        given = {"GITHUB_API_URL": self.at.github.url, "RECONCILER_GITHUB_TOKEN": ROBOT, **env}
        return self.at.office.run("merge", *words, env=given)

    @property
    def is_merged(self):
        """Whether the default branch has the grant."""
        return git(self.at.folder, "ls-tree", "main", "--", self.place) != ""


@pytest.fixture
def build(tmp_path, github):
    """Makes a repository of a company."""
    cloud = JiraCloud()
    with served(cloud) as url:
        yield lambda company=BASE: Repository(tmp_path, github, cloud, url, company)


@pytest.fixture
def repository(build):
    """One in which a proposal may be merged."""
    return build()


@pytest.fixture
def proposed(repository):
    """A proposal that may be merged."""
    return repository.propose()


def reasons(ran):
    """The codes that it tells."""
    assert ran.code == 4, ran
    return [line.partition("(")[2].partition(")")[0] for line in ran.err.splitlines()]


def test_what_its_source_bears_out_is_merged(proposed):
    """At the head that was planned; merging again finds nothing to do."""
    ran = proposed.merge()
    assert ran.code == 0, ran
    assert proposed.is_merged
    assert git(proposed.at.folder, "rev-parse", "main") in ran.err
    again = proposed.merge()
    assert (again.code, "is merged already" in again.err) == (0, True)


@pytest.mark.slow
def test_proposals_that_were_planned_at_once_are_merged_one_after_the_other(repository):
    """Each by the plan that it has; the default branch has both in the end."""
    one, other = repository.propose("new", "k1"), repository.propose("joe", "k2")
    assert [each.merge().code for each in (one, other)] == [0, 0]
    assert (one.is_merged, other.is_merged) == (True, True)
    assert git(repository.folder, "rev-list", "--count", f"{repository.base}..main") == "2"


@pytest.mark.slow
def test_what_else_the_same_person_was_granted_of_the_tool_is_looked_at(repository):
    """Two proposals for one person were judged without each other."""
    one = repository.propose("new", "k1")
    other = repository.propose("new", "k2", place="catalog/grants/claude/more.yaml", purpose="More")
    assert one.merge().code == 0
    assert reasons(other.merge()) == ["base-changed"]
    assert not other.is_merged


@pytest.mark.slow
def test_two_that_conflict_are_not_merged_both(repository):
    """They would write one file."""
    shared = "catalog/grants/claude/shared.yaml"
    one, other = repository.propose("new", "k1", shared), repository.propose("joe", "k2", shared)
    assert one.merge().code == 0
    assert reasons(other.merge()) == ["merge-conflict"]


@pytest.mark.slow
def test_a_base_that_changed_in_anything_else_is_planned_again_first(repository, proposed):
    """What was judged is not what would be merged: here nobody of the new roster agreed."""
    tool = repository.folder / "catalog" / "tools" / "claude.yaml"
    repository.commit(tool, tool.read_text().replace("lead@example.com", "boss@example.com"))
    assert reasons(proposed.merge()) == ["base-changed"]
    assert not proposed.is_merged


@pytest.mark.slow
def test_a_base_that_leaves_it_to_people_by_now_merges_nothing(repository, proposed):
    """Whatever it said when it was planned."""
    repository.commit("catalog/settings.yaml", "approvals: {required: all}\n")
    assert set(reasons(proposed.merge())) == {"base-changed", "owned"}
    assert not proposed.is_merged


@pytest.mark.slow
def test_a_base_that_has_errors_by_now_merges_nothing(repository, proposed):
    """And says so."""
    repository.commit("catalog/grants/claude/broken.yaml", "tool: claude\n")
    assert reasons(proposed.merge())[-1:] == ["catalog-invalid"]
    assert not proposed.is_merged


@pytest.mark.slow
def test_what_changes_while_it_is_judged_is_not_merged(repository, proposed, monkeypatch):
    """GitHub pins the head alone: the base is looked at once more."""

    def judge(*question):
        found = find_merge_refusals(*question)
        repository.commit("catalog/settings.yaml", "approvals: {required: all}\n")
        return found

    monkeypatch.setattr(merge_command, "find_merge_refusals", judge)
    assert reasons(proposed.merge()) == ["moved"]
    assert not proposed.is_merged


@pytest.mark.slow
def test_a_base_that_was_thrown_back_merges_nothing(repository):
    """The plan's is none of its past, though it says the same."""
    repository.base = repository.commit("README.md", "x\n")
    proposed = repository.propose()
    git(repository.folder, "commit", "-q", "--amend", "-m", "rewritten")
    assert reasons(proposed.merge()) == ["base-changed"]


@pytest.mark.slow
def test_a_base_that_is_not_here_merges_nothing(repository, proposed, tmp_path_factory):
    """Somebody merged after the job's clone was made."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "clone"
    git(repository.folder, "clone", "-q", str(repository.folder), str(elsewhere))
    git(elsewhere, "commit", "-q", "--allow-empty", "-m", "later")
    repository.github.folder = elsewhere
    assert reasons(proposed.merge()) == ["ref-unknown"]


def write(text):
    """Writes it into a file."""
    return lambda file: file.write_text(text)


def link(target):
    """Makes the file a link."""
    return lambda file: file.symlink_to(target)


def module(folder):
    """Makes the file a repository of its own."""
    folder.mkdir()
    committed(folder)


NOTE = "# nothing\n"
UNSEEN = {"line-blocked", "access-unseen", "grant-without-line"}
"""What is said where no source bears a grant out."""
PUSHES = {
    "settings": ("catalog/settings.yaml", write("{}\n"), "", {"not-a-grant", "owned"}),
    "a workflow": (".github/workflows/x.yml", write("on: push\n"), "", {"not-a-grant", "owned"}),
    "a page": ("README.md", write("x\n"), "", {"not-a-grant", "owned"}),
    "a hidden file": ("catalog/grants/claude/.x.yaml", write(NOTE), "", {"not-a-grant"}),
    "a link out of the grants": (
        "catalog/grants/claude/.x/y.yaml",
        link("/etc/passwd"),
        "",
        {"not-a-grant", "file-not-plain"},
    ),
    "a program": (
        "catalog/grants/claude/new.yaml",
        lambda _: None,
        "--chmod=+x",
        {"file-not-plain"},
    ),
    "a hidden submodule": (
        "catalog/grants/claude/.x.yaml",
        module,
        "",
        {"not-a-grant", "file-not-plain"},
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PUSHES)
def test_what_was_pushed_into_its_branch_is_not_merged_with_it(proposed, name):
    """Though it is planned again, and the grant itself is borne out."""
    place, make, mode, codes = PUSHES[name]
    proposed.push(place, make, mode)
    assert codes <= set(reasons(proposed.merge()))
    assert not proposed.is_merged


def test_a_grant_that_was_changed_in_its_branch_is_another(proposed):
    """Nobody agreed to it for somebody else, nor for longer."""
    folder, place = proposed.at.folder, proposed.place
    text = git(folder, "show", f"reconciler/{proposed.key}:{place}")
    for changed in (text.replace("new@", "joe@"), text.replace("2027-02-18", "2027-12-31")):
        proposed.push(place, write(changed))
        assert set(reasons(proposed.merge())) == UNSEEN
    assert not proposed.is_merged


@pytest.mark.slow
def test_a_head_that_was_pushed_after_the_plan_is_not_merged(proposed):
    """The plan is of another one."""
    proposed.shown["head"]["sha"] = "c" * 40
    assert reasons(proposed.merge()) == ["head-moved"]


@pytest.mark.slow
def test_what_has_owners_waits_for_them(build):
    """CODEOWNERS names them as long as a claim may add anybody to the tool."""
    repository = build(BASE.with_settings(approvals={"required": "high"}))
    assert set(reasons(repository.propose().merge())) == {"owned"}


@pytest.mark.slow
def test_a_pull_request_of_somebody_else_is_not_merged(proposed):
    """From a fork, or from a branch here, under whatever name."""
    for change in (
        {"user": account("mallory")},
        {"user": account("robot", "Bot") | {"login": "robot[bot]"}},
        {"head": proposed.shown["head"] | {"repo": {"full_name": "joe/x", "default_branch": "m"}}},
        {"head": proposed.shown["head"] | {"ref": "k1"}},
    ):
        before = dict(proposed.shown)
        proposed.shown.update(change)
        assert reasons(proposed.merge()) == ["not-a-proposal"], change
        proposed.shown.update(before)
    assert proposed.merge().code == 0


@pytest.mark.slow
def test_what_is_closed_a_draft_or_into_another_branch_is_not_merged(proposed):
    """Each by its reason."""
    repository = proposed.shown["base"]["repo"] | {"default_branch": "trunk"}
    for change, codes in (
        ({"state": "closed"}, ["not-open"]),
        ({"draft": True}, ["not-open"]),
        ({"base": proposed.shown["base"] | {"repo": repository}}, ["base-moved"]),
    ):
        before = dict(proposed.shown)
        proposed.shown.update(change)
        assert reasons(proposed.merge()) == codes, change
        proposed.shown.update(before)


@pytest.mark.slow
def test_a_plan_of_another_change_merges_nothing(repository):
    """Neither that of another proposal, nor one that was compared with something else."""
    one, other = repository.propose("new", "k1"), repository.propose("joe", "k2")
    (repository.folder / one.file).write_bytes((repository.folder / other.file).read_bytes())
    assert set(reasons(one.merge())) >= {"plan-of-another-change", "grant-without-line"}
    repository.base = repository.commit("README.md", "another commit that says the same\n")
    other.plan()
    git(repository.folder, "reset", "-q", "--hard", "HEAD~")
    assert reasons(other.merge()) == ["base-changed"]


@pytest.mark.slow
def test_a_plan_cannot_name_the_head_as_its_base(proposed):
    """Then the change would be judged by what it says itself."""
    against = load_plan((proposed.at.folder / proposed.file).read_bytes()).against
    proposed.rewrite(against=replace(against, commit=proposed.head))
    assert {"base-changed", "plan-of-another-change"} <= set(reasons(proposed.merge()))
    assert not proposed.is_merged


@pytest.mark.slow
def test_what_the_issue_has_no_field_for_is_left_to_people(build):
    """Whoever may push could write any end into the file."""
    fields = {name: at for name, at in JIRA_FILE["fields"].items() if name != "expires"}
    repository = build(BASE.file("doors/jira.yaml", {**JIRA_FILE, "fields": fields}))
    assert reasons(repository.propose().merge()) == ["not-bound"]


@pytest.mark.slow
def test_an_issue_that_nobody_approved_merges_nothing(proposed):
    """It was reopened before the plan."""
    proposed.at.cloud.reopen("AI-1")
    proposed.plan()
    assert set(reasons(proposed.merge())) == UNSEEN
    assert not proposed.is_merged


@pytest.mark.slow
def test_people_merge_where_nothing_else_is_said(build, github):
    """Then GitHub is not even asked."""
    proposed = build(MANUAL).propose()
    github.requests.clear()
    ran = proposed.merge()
    assert (ran.code, ran.err) == (
        0,
        "nothing is merged: the settings leave it to people\n",
    )
    assert (github.requests, proposed.is_merged) == ([], False)


@pytest.mark.slow
def test_a_proposal_cannot_say_that_it_needs_no_review(build):
    """The base's settings count, whatever the head says."""
    proposed = build(MANUAL).propose()
    proposed.push("catalog/settings.yaml", write("proposals: {merge: when-verified}\n"))
    assert proposed.merge().code == 0
    assert not proposed.is_merged


@pytest.mark.slow
def test_a_job_whose_account_is_not_known_merges_nothing(proposed):
    """GitHub does not say who a job's own token is, so nothing is known to be its own."""
    ran = proposed.merge(RECONCILER_GITHUB_TOKEN=proposed.at.github.token)
    assert reasons(ran) == ["not-a-proposal"]


@pytest.mark.slow
def test_an_old_plan_merges_nothing(proposed):
    """Who agreed may have changed since."""
    proposed.rewrite(created_at=wall_clock() - timedelta(days=3))
    assert reasons(proposed.merge()) == ["plan-old"]


@pytest.mark.slow
def test_a_rehearsal_merges_nothing(proposed):
    """No org was asked."""
    proposed.rewrite(sandbox=True)
    assert reasons(proposed.merge()) == ["plan-of-sandbox"]


@pytest.mark.slow
def test_what_github_does_not_merge_is_told(proposed):
    """A check that is missing is no error of ours."""
    proposed.at.github.is_protected = True
    assert reasons(proposed.merge()) == ["not-mergeable"]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_github_that_fails_is_an_error(proposed, method):
    """Nothing is known then."""
    proposed.at.github.spoil = lambda r: problem(403, "no") if r.method == method else None
    ran = proposed.merge()
    assert (ran.code, "github-failed" in ran.err) == (1, True)
    assert not proposed.is_merged


@pytest.mark.slow
def test_a_plan_without_a_base_is_no_plan_of_a_change(proposed):
    """It cannot say what the change brings."""
    proposed.at.office.plan(file=proposed.file)
    ran = proposed.merge()
    assert (ran.code, "plan-uncompared" in ran.err) == (64, True)


@pytest.mark.slow
def test_a_base_with_errors_merges_nothing(repository, proposed):
    """Nobody knows what its settings say."""
    broken = "catalog/tools/broken.yaml"
    repository.base = repository.commit(broken, "tool: x\nnonsense: 1\n", "broken")
    git(repository.folder, "switch", "-q", "reconciler/k1")
    git(repository.folder, "merge", "-q", "main", "-m", "m")
    git(repository.folder, "switch", "-q", "main")
    proposed.push(broken, Path.unlink)
    ran = proposed.merge()
    assert (ran.code, "has errors" in ran.err) == (4, True)
