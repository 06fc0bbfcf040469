"""High risk is added when the named approver reviewed just what was merged, and else waits."""

import re

import pytest

from tests.scenarios.reviewed import (
    ADDED,
    APPROVAL,
    BASE,
    GRANTED,
    HEAD,
    ONLY_REMOVED,
    WAITS,
    Story,
    cited,
)
from tests.support.builders import Company
from tests.support.github import REPOSITORY, TOKEN, problem
from tests.support.harness import blocked, changes, outcomes
from tests.support.repository import committed, git

pytestmark = pytest.mark.slow


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
    """GitHub being down does not matter then."""
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


def test_an_approver_who_left_the_list_since_adds_nobody(story):
    """Where the grant leaves it to the review who agreed as well as where it names them."""
    reviewed = {"by": "github", "requested_by": "new@example.com"}
    story.merged(BASE.granted("new", approval=reviewed))
    story.github.review(7, "lead")
    assert changes(story.plan()) == ADDED
    boss = {"approvers": [{"email": "boss@example.com", "github": "@boss"}]}
    tool = dict(BASE.files)["tools/claude.yaml"]
    left = BASE.file("tools/claude.yaml", {**tool, "policy": boss})
    story.commit(left.granted("new", approval=reviewed))
    made = story.plan()
    assert (changes(made), blocked(made)) == (ONLY_REMOVED, WAITS)
    assert (
        "who was an approver of the tool before it, and still is" in made["blocked"][0]["summary"]
    )


def test_whoever_committed_to_the_branch_is_no_reviewer_of_it(story):
    """A commit without an account may be anybody's, and so the reviewer's."""
    story.merged()
    story.github.review(7, "lead")
    (own,) = story.github.commits[7]
    story.github.commits[7].append({**own, "author": {"login": "Lead"}})
    made = story.plan()
    assert "is by one of its committers" in made["blocked"][0]["summary"]
    story.github.commits[7][1] = {**own, "author": None}
    made = story.plan()
    assert "not every commit of pull request 7 has a known author" in made["blocked"][0]["summary"]


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
        (lambda _: problem(200, "no list"), {}, "a page of GitHub is not a list"),
        (None, {"RECONCILER_GITHUB_TOKEN": ""}, "there is no token"),
        (None, {"GITHUB_REPOSITORY": "evil/access"}, "and this is evil/access"),
        (None, {"GITHUB_API_URL": "http://api.example.com"}, "the API address is not https"),
    ],
)
def test_a_forge_that_fails_leaves_claims_and_stops_no_removal(story, monkeypatch, spoil, env, why):
    """One warning says so; low risk goes on, high risk waits, and what was ended is removed."""
    monkeypatch.setattr("reconciler.github.transport._LONGEST_WAIT_S", 0)
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
