"""An approval is of an account, a group and a content, by people who are somebody else."""

import pytest

from tests.scenarios.reviewed import ADDED, APPROVAL, BASE, GRANTED, HEAD, WAITS, Story, cited
from tests.support.builders import group_id, group_name, login, user_id
from tests.support.harness import blocked, changes
from tests.support.repository import committed, git

pytestmark = pytest.mark.slow


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
    assert blocked(made) == [("approver-is-account", "claude/users", "new")]


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
    assert "the subject means another account" in made["blocked"][0]["summary"]
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
    assert "the subject means another account" in made["blocked"][0]["summary"]


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
    assert "the entitlement fills another group" in str(made["blocked"])


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
    assert "the subject means another account" in made["blocked"][0]["summary"]


def test_a_merge_queue_brings_each_change_with_its_own_review(story):
    """The queue makes the commits, one after the other, and the heads are none of them."""
    mild = BASE.granted("low", approval=APPROVAL)
    story.merged(mild, 6)
    story.merged(GRANTED.granted("low", approval=APPROVAL), 7)
    for number in (6, 7):
        story.github.pulls[number]["base"]["sha"] = story.base
        story.github.review(number, "lead")
    assert changes(story.plan()) == ["remove old claude/users", "add low claude/users", ADDED[1]]


def test_a_list_that_the_branch_changed_meanwhile_holds_what_was_reviewed(story):
    """The merged file is neither the reviewed one nor the branch's; the grant in it is the same."""
    folder, name = story.office.folder, "grants/claude/all.yaml"
    grants = {
        who: {"tool": "claude", "subject": login(who), "purpose": "Work", "approval": APPROVAL}
        for who in ("amy", "low", "new")
    }

    def listed(*who):
        return BASE.file(name, {"grants": [grants[each] for each in who]})

    fork = story.commit(listed("amy"))
    git(folder, "switch", "-q", "-c", "change")
    reviewed = story.commit(listed("amy", "new"))
    ((path, blob),) = story.files(reviewed)
    git(folder, "switch", "-q", "main")
    parent = story.commit(listed("low", "amy"))
    commit = story.commit(listed("low", "amy", "new"))
    story.github.pull(7, HEAD, fork)
    story.github.file(7, path, blob)
    story.github.merge(7, commit)
    story.github.review(7, "lead")
    assert "is not the one at the head" in cited(story.plan())["why_claimed"]
    story.github.contents[blob] = (git(folder, "cat-file", "blob", blob) + "\n").encode()
    story.github.compare(parent, HEAD, fork, (path, blob))
    assert cited(story.plan())["approval"] == "verified"
    story.github.compare(parent, HEAD, reviewed, (path, blob))
    assert "is not the one at the head" in cited(story.plan())["why_claimed"]
    story.github.compare(parent, HEAD, fork, (path, blob))
    story.github.contents[blob] = b"grants: []"
    assert "is not the one at the head" in cited(story.plan())["why_claimed"]


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
