"""High risk is added when the named approver reviewed just what was merged, and else waits."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from tests.builders import Company, group_id, group_name, user_id
from tests.github import REPOSITORY, TOKEN, GitHub, problem, served
from tests.harness import Office, blocked, changes, outcomes
from tests.repository import committed, git

BASE = (
    Company()
    .with_settings(reviews={"forge": "github", "repository": REPOSITORY})
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


@pytest.fixture
def github():
    """GitHub, on a port."""
    found = GitHub()
    with served(found):
        yield found


@pytest.fixture
def story(tmp_path, monkeypatch, github):
    """A repository whose base has tools and one grant that is fulfilled."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T11:00:00+00:00")
    return Story(tmp_path, github)


def test_a_review_of_the_merged_head_by_the_named_approver_lets_high_risk_through(story):
    """The plan, its text and its Markdown say by which review; apply carries it out."""
    story.merged()
    review = story.github.review(7, "lead")
    made = story.plan()
    assert changes(made) == ADDED
    assert made["warnings"] == []
    grant = cited(made)
    assert (grant["approval"], grant["why_claimed"]) == ("verified", "")
    assert grant["review"] == {
        "id": review["id"],
        "reviewer": "lead",
        "head_sha": HEAD,
        "url": review["html_url"],
        "submitted_at": "2026-11-20T12:00:00Z",
    }
    words = f"(verified by @lead in {review['html_url']} at {HEAD[:12]})"
    assert words in story.run("plan").out
    markdown = story.run("plan", "--format", "markdown").out
    assert "verified by" in markdown
    ran = story.run("apply", "plan.json", "--yes", "--evidence", "evidence")
    assert ran.code == 0, ran
    assert story.office.members() == {"amy", "new"}
    assert story.evidence("line-ended")[1]["change"]["grants"] == [grant]
    assert story.run("evidence", "verify", "evidence").code == 0


@pytest.mark.parametrize("how", ["merge", "rebase"])
def test_a_merge_commit_and_a_rebase_are_found_like_a_squash(story, how):
    """The branch has two commits, and the default branch went on meanwhile."""
    folder = story.office.folder
    git(folder, "switch", "-q", "-c", "change-7")
    story.commit(BASE.granted("low", tool="cursor", approval=APPROVAL))
    head = story.commit(GRANTED.granted("low", tool="cursor", approval=APPROVAL))
    files = [(path, git(folder, "rev-parse", f"{head}:{path}")) for path in story.grant_files()]
    git(folder, "switch", "-q", "main")
    (folder / "notes.txt").write_text("elsewhere\n")
    story.base = committed(folder, "meanwhile")
    if how == "merge":
        git(folder, "merge", "-q", "--no-ff", "-m", "merge", "change-7")
    else:
        git(folder, "rebase", "-q", "main", "change-7")
        git(folder, "switch", "-q", "main")
        git(folder, "merge", "-q", "--ff-only", "change-7")
    story.github.pull(7, head, story.base)
    for name, blob in files:
        story.github.file(7, name, blob)
    first = [git(folder, "rev-parse", "HEAD~1")] if how == "rebase" else []
    story.github.merge(7, git(folder, "rev-parse", "HEAD"), *first)
    story.github.review(7, "lead")
    made = story.plan()
    assert changes(made) == [
        "remove old claude/users",
        "add new claude/users",
        "add low cursor/users",
    ]
    assert {cited(made, name)["approval"] for name in ("new", "low")} == {"verified"}


def test_each_plan_asks_github_four_questions_for_a_pull_request(story):
    """However many grants it brought."""
    story.merged(GRANTED.granted("low", approval=APPROVAL))
    story.github.review(7, "lead")
    assert changes(story.plan()) == ["remove old claude/users", "add low claude/users", ADDED[1]]
    at = f"/repos/{REPOSITORY}"
    assert [re.sub(r"[0-9a-f]{40}", "SHA", path) for path in story.github.requests] == [
        f"{at}/commits/SHA/pulls",
        f"{at}/pulls/7/reviews",
        f"{at}/pulls/7/commits",
        f"{at}/pulls/7/files",
    ]


def test_a_plan_that_adds_nobody_asks_nothing(story):
    """A forge that is down does not matter then."""
    assert changes(story.plan()) == ONLY_REMOVED
    assert story.github.requests == []


@pytest.mark.parametrize(
    ("reviews", "why"),
    [
        ([], "no review of pull request 7 counts for lead@example.com"),
        ([("asker", {})], "that of @asker is by its author"),
        ([("lead", {"state": "DISMISSED"})], "that of @lead does not approve"),
        ([("lead", {"state": "COMMENTED"})], "counts for lead@example.com"),
        ([("lead", {"commit_id": "b" * 40})], "is of another commit than the merged one"),
        ([("lead", {"submitted_at": "2026-11-20T14:00:00Z"})], "came after the merge"),
        ([("lead", {"user": {"login": "lead", "type": "Bot"}})], "is by a bot"),
        ([("lead", {"user": None})], "counts for lead@example.com"),
        ([("owner", {})], "that of @owner is by nobody so named"),
        (
            [("lead", {}), ("lead", {"state": "CHANGES_REQUESTED"})],
            "that of @lead does not approve",
        ),
    ],
)
def test_any_other_review_leaves_a_claim_and_high_risk_waits(story, reviews, why):
    """The line says why; whoever's grant ended is removed all the same."""
    story.merged()
    for login, more in reviews:
        story.github.review(7, login, **more)
    made = story.plan()
    assert changes(made) == ONLY_REMOVED
    assert blocked(made) == WAITS
    (line,) = made["blocked"]
    assert line["summary"].startswith("risk high needs a verified approval: ")
    assert why in line["summary"]
    assert "renew the approval in a pull request" in line["hint"]
    assert cited(made)["approval"] == "claimed"
    ran = story.run("apply", "plan.json", "--yes")
    assert ran.code == 4, ran
    assert story.office.members() == {"amy"}


def test_the_approver_of_another_tool_does_not_count(story):
    """Nor does whoever is made approver by the same pull request."""
    theirs = {"approvers": [{"email": "cursor-lead@example.com", "github": "@cursor-lead"}]}
    story.base = story.commit(BASE.tool("cursor", policy=theirs))
    story.merged(GRANTED.tool("cursor", policy=theirs))
    story.github.review(7, "cursor-lead")
    assert blocked(story.plan()) == WAITS

    both = {"approvers": [{"email": "lead@example.com", "github": "@cursor-lead"}]}
    story.github.reviews[7].clear()
    story.github.review(7, "cursor-lead")
    story.commit(GRANTED.tool(risk="high", policy=both))
    assert blocked(story.plan()) == WAITS


def test_whoever_committed_to_the_branch_is_no_reviewer_of_it(story):
    """A commit without an account may be anybody's, and so the reviewer's."""
    story.merged()
    story.github.review(7, "lead")
    (own,) = story.github.commits[7]
    story.github.commits[7].append({**own, "author": {"login": "Lead"}})
    made = story.plan()
    assert "is by somebody who committed to it" in made["blocked"][0]["summary"]
    story.github.commits[7][1] = {**own, "author": None}
    made = story.plan()
    assert "not every commit of pull request 7 is known" in made["blocked"][0]["summary"]


def test_what_was_merged_has_to_be_what_the_reviewed_head_held(story):
    """A merge can be made by hand, and say something else."""
    story.merged()
    story.github.review(7, "lead")
    story.github.files[7][0]["sha"] = "c" * 40
    made = story.plan()
    assert "is not the one at the head of pull request 7" in made["blocked"][0]["summary"]


def test_an_edit_after_the_approval_voids_it_whatever_the_risk(story, monkeypatch):
    """The first approval was verified; the edit went to the branch without a review."""
    mild = BASE.granted("low", tool="cursor", approval=APPROVAL)
    story.merged(mild)
    story.github.review(7, "lead")
    assert changes(story.plan()) == ["remove old claude/users", "add low cursor/users"]
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-22T01:00:00+00:00")
    story.commit(BASE.granted("low", tool="cursor", approval=APPROVAL, expires="2027-10-01"))
    made = story.plan()
    assert blocked(made) == [("approval-void", "cursor/users", "low")]
    assert changes(made) == ONLY_REMOVED
    assert "edited after its approval of 2026-11-20" in made["blocked"][0]["summary"]


def test_a_push_without_a_pull_request_is_a_claim(story):
    """Low risk goes on with it; high risk waits."""
    commit = story.commit(GRANTED.granted("low", tool="cursor", approval=APPROVAL))
    made = story.plan()
    assert changes(made) == ["remove old claude/users", "add low cursor/users"]
    assert blocked(made) == WAITS
    assert cited(made, "low")["why_claimed"] == f"{commit[:12]} came without a pull request"
    assert f"(claimed: {commit[:12]} came without a pull request)" in story.run("plan").out


def test_what_is_not_committed_is_a_claim(story):
    """Nobody can have reviewed it."""
    story.office.write(GRANTED)
    made = story.plan()
    assert cited(made)["why_claimed"] == "not committed as it is"
    assert story.github.requests == []


@pytest.mark.parametrize(
    ("spoil", "env", "why"),
    [
        (lambda _: problem(500, "Server Error"), {}, "could not be reached"),
        (lambda _: problem(401, "Bad credentials"), {}, "refused the question (status 401)"),
        (lambda _: problem(404, "Not Found"), {}, "does not show the repository"),
        (lambda _: problem(429, "slow down"), {}, "rate limit is spent"),
        (lambda _: problem(403, "secondary", retry_after="600"), {}, "rate limit is spent"),
        (lambda _: problem(200, "no list"), {}, "a page of the forge is not a list"),
        (None, {"RECONCILER_GITHUB_TOKEN": ""}, "there is no token"),
        (None, {"GITHUB_REPOSITORY": "evil/access"}, "and this is evil/access"),
        (None, {"GITHUB_API_URL": "http://api.example.com"}, "the API address is not https"),
    ],
)
def test_a_forge_that_fails_leaves_claims_and_stops_no_removal(story, monkeypatch, spoil, env, why):
    """One warning says so; low risk goes on, high risk waits, and what was ended is removed."""
    monkeypatch.setattr("reconciler.forge.client._LONGEST_WAIT_S", 0)
    story.merged(GRANTED.granted("low", tool="cursor", approval=APPROVAL))
    story.github.review(7, "lead")
    story.github.spoil = spoil
    made = story.plan(**env)
    assert changes(made) == ["remove old claude/users", "add low cursor/users"]
    assert blocked(made) == WAITS
    (warning,) = made["warnings"]
    assert warning["code"] == "reviews-unread"
    assert why in warning["summary"]
    assert cited(made, "low")["approval"] == "claimed"
    assert TOKEN not in str(made)
    ran = story.run("apply", "plan.json", "--yes", **env)
    assert outcomes(story.office.result(ran)) == {
        "remove old claude/users": "verified",
        "add low cursor/users": "verified",
    }


def test_a_reviewed_addition_is_left_when_its_review_is_dismissed_before_the_apply(story):
    """The review is asked about again; everything else of the plan goes on."""
    story.merged()
    review = story.github.review(7, "lead")
    assert changes(story.plan()) == ADDED
    review["state"] = "DISMISSED"
    ran = story.run("apply", "plan.json", "--yes")
    assert ran.code == 4, ran
    assert story.office.members() == {"amy"}
    assert "approval-unverified" in str(story.office.result(ran)["blocked"])


def test_a_team_answers_by_its_members(story):
    """And a team that the token may not see answers for nobody."""
    team = {"approvers": [{"email": "lead@example.com", "github": "@acme/leads"}]}
    jo = {"github": "jo", "okta": {"login": "jo@example.com"}}
    story.base = story.commit(BASE.tool(risk="high", policy=team).file("identities/jo.yaml", jo))
    story.merged(GRANTED.tool(risk="high", policy=team).file("identities/jo.yaml", jo))
    story.github.review(7, "jo")
    made = story.plan()
    assert "GitHub does not show the token that @jo is in @acme/leads" in str(made["blocked"])
    assert made["warnings"] == []
    story.github.teams["acme/leads"] = {"jo": "pending"}
    assert blocked(story.plan()) == WAITS
    story.github.teams["acme/leads"] = {"jo": "active"}
    assert changes(story.plan()) == ADDED


def test_a_team_member_nobody_knows_may_be_the_one_whom_it_is_for(story):
    """An identity would say who they are."""
    team = {"approvers": [{"email": "lead@example.com", "github": "@acme/leads"}]}
    story.base = story.commit(BASE.tool(risk="high", policy=team))
    story.merged(GRANTED.tool(risk="high", policy=team))
    story.github.review(7, "new_acme")
    story.github.teams["acme/leads"] = {"new_acme": "active"}
    made = story.plan()
    assert blocked(made) == WAITS
    assert "no identity says who they are in Okta" in made["blocked"][0]["summary"]


def test_an_approver_is_known_under_their_other_login(story):
    """Okta says that both are one account; no file holds both names."""
    lead = {"github": "lead", "okta": {"id": user_id("new")}}
    story.base = story.commit(BASE.file("identities/lead.yaml", lead))
    story.merged(GRANTED.file("identities/lead.yaml", lead))
    story.github.review(7, "lead")
    made = story.plan()
    assert blocked(made) == WAITS
    assert "that of @lead is by whom the grant is for" in made["blocked"][0]["summary"]


def test_a_later_change_of_whom_the_words_mean_leaves_a_claim(story):
    """The grant's file is as it was reviewed, and somebody else would get in."""
    mapped = {"jira": "asked-1", "okta": {"login": "low@example.com"}}
    asked = BASE.grant("jira:asked-1", approval=APPROVAL)
    story.base = story.commit(BASE.file("identities/one.yaml", mapped))
    story.merged(asked.file("identities/one.yaml", mapped))
    story.github.review(7, "lead")
    assert changes(story.plan()) == ["remove old claude/users", "add low claude/users"]
    anchored = {**mapped, "okta": {"login": "low@example.com", "id": user_id("low")}}
    story.commit(asked.file("identities/one.yaml", anchored))
    assert changes(story.plan()) == ["remove old claude/users", "add low claude/users"]
    story.commit(
        asked.file("identities/one.yaml", {**mapped, "okta": {"login": "new@example.com"}})
    )
    made = story.plan()
    assert blocked(made) == WAITS
    assert "jira:asked-1 is somebody else" in made["blocked"][0]["summary"]
    ran = story.run("apply", "--scheduled", "--yes")
    assert ran.code == 4, ran
    assert story.office.members() == {"amy"}


def test_a_login_that_is_mapped_later_to_somebody_else_is_a_claim(story):
    """No identity stood there when it was approved."""
    story.merged()
    story.github.review(7, "lead")
    assert changes(story.plan()) == ADDED
    other = {"email": "new@example.com", "okta": {"login": "low@example.com"}}
    story.commit(GRANTED.file("identities/new.yaml", other))
    made = story.plan()
    assert blocked(made) == [("approval-unverified", "claude/users", "low")]
    assert "new@example.com is somebody else" in made["blocked"][0]["summary"]


def test_a_later_change_of_the_group_leaves_a_claim(tmp_path, monkeypatch, github):
    """The words were approved for what the group gave then."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T11:00:00+00:00")
    story = Story(tmp_path, github, BASE.group("Elsewhere"))
    story.merged()
    story.github.review(7, "lead")
    assert changes(story.plan()) == ADDED
    moved = {"bind": {"id": group_id("Elsewhere"), "name": "Elsewhere"}}
    story.commit(GRANTED.bind("amy", "old", group=moved, replaces=group_id(group_name())))
    made = story.plan()
    assert ("approval-unverified", "claude/users", "new") in blocked(made)
    assert "claude/users fills another group" in str(made["blocked"])


def test_a_review_before_update_branch_counts_and_one_before_a_push_does_not(story):
    """The head is another commit; what it does to the catalog is the same, or is not."""
    folder = story.office.folder
    parent = git(folder, "rev-parse", "HEAD")
    commit = story.merged()
    story.github.review(7, "lead", commit_id="b" * 40)
    story.github.compare(parent, "b" * 40, story.base, *story.files(commit))
    made = story.plan()
    assert changes(made) == ADDED
    assert cited(made)["review"]["head_sha"] == "b" * 40
    ((name, _),) = story.files(commit)
    for other in (
        [],
        [(name, "e" * 40)],
        [*story.files(commit), ("catalog/tools/x.yaml", "e" * 40)],
    ):
        story.github.compare(parent, "b" * 40, story.base, *other)
        made = story.plan()
        assert blocked(made) == WAITS
        assert "is of another commit than the merged one" in made["blocked"][0]["summary"]
    story.github.comparisons.clear()
    assert blocked(story.plan()) == WAITS
    story.github.compare(
        parent, "b" * 40, story.base, *story.files(commit), ("notes.txt", "e" * 40)
    )
    assert changes(story.plan()) == ADDED


def test_a_review_of_what_the_words_meant_then_does_not_outlive_a_change_on_the_branch(story):
    """Another change turned the identity elsewhere before the branch was updated and merged."""
    mapped = {"jira": "asked-1", "okta": {"login": "low@example.com"}}
    asked = BASE.grant("jira:asked-1", approval=APPROVAL)
    seen = story.commit(BASE.file("identities/one.yaml", mapped))
    mapped = {**mapped, "okta": {"login": "new@example.com"}}
    story.base = story.commit(BASE.file("identities/one.yaml", mapped))
    commit = story.merged(asked.file("identities/one.yaml", mapped))
    story.github.review(7, "lead", commit_id="b" * 40)
    story.github.compare(story.base, "b" * 40, story.base, *story.files(commit))
    assert changes(story.plan()) == ADDED
    story.github.compare(story.base, "b" * 40, seen, *story.files(commit))
    made = story.plan()
    assert blocked(made) == WAITS
    assert "jira:asked-1 is somebody else" in made["blocked"][0]["summary"]


def test_a_merge_queue_brings_each_change_with_its_own_review(story):
    """The queue makes the commits, one after the other, and the heads are none of them."""
    mild = BASE.granted("low", approval=APPROVAL)
    story.merged(mild, 6)
    story.merged(GRANTED.granted("low", approval=APPROVAL), 7)
    for number in (6, 7):
        story.github.pulls[number]["base"]["sha"] = story.base
        story.github.review(number, "lead")
    assert changes(story.plan()) == ["remove old claude/users", "add low claude/users", ADDED[1]]


def test_what_was_reviewed_as_a_file_that_nobody_reads_lets_nobody_in(story):
    """The rename into life was pushed without a review."""
    folder = story.office.folder
    before = set(story.grant_files())
    story.office.write(GRANTED)
    (name,) = set(story.grant_files()) - before
    inert = (folder / name).parent / ".new.yaml"
    (folder / name).rename(inert)
    commit = committed(folder, "an inert file")
    story.github.pull(7, HEAD, story.base)
    for path, blob in story.files(commit):
        story.github.file(7, path, blob)
    story.github.merge(7, commit)
    story.github.review(7, "lead")
    inert.rename(folder / name)
    pushed = committed(folder, "alive")
    made = story.plan()
    assert blocked(made) == WAITS
    assert f"{pushed[:12]} came without a pull request" in made["blocked"][0]["summary"]
    story.github.merge(7, commit, pushed)
    assert "is not the one at the head" in story.plan()["blocked"][0]["summary"]


def test_a_shallow_clone_is_no_history(story, tmp_path):
    """Its first commit would seem to have brought everything."""
    story.merged()
    story.github.review(7, "lead")
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{story.office.folder}", str(folder))
    ran = story.run("--catalog", str(folder / "catalog"), "plan")
    assert "the clone is shallow: check out with fetch-depth: 0" in ran.out
    assert "approval-unverified" in ran.out


def test_a_plan_for_review_asks_nothing_and_says_what_will_be_needed(story):
    """What is not merged cannot be verified yet, and is not blocked for it."""
    git(story.office.folder, "switch", "-q", "-c", "change")
    story.commit(GRANTED)
    made = story.plan("--base", "main")
    assert changes(made) == ADDED
    words = "not merged yet; risk high will need a verified review"
    assert cited(made)["why_claimed"] == words
    assert f"(claimed: {words})" in story.run("plan", "--base", "main").out
    assert story.github.requests == []


def test_without_the_setting_nothing_is_asked_and_nothing_waits(tmp_path, github):
    """Every approval stays a claim, as before."""
    plain = Company().tool(risk="high").bind().granted("new")
    story = Story(tmp_path, github, plain)
    made = story.plan()
    assert changes(made) == ["add new claude/users"]
    assert (cited(made)["approval"], cited(made)["why_claimed"]) == ("claimed", "")
    assert github.requests == []
