"""Pulled again, by two jobs at once, or after a kill: one branch, one pull request, one comment."""

import os
import re
import signal
from datetime import timedelta

import cmarkgfm
import pytest
import yaml
from starlette.responses import JSONResponse

from reconciler.cli.clock import wall_clock
from tests.scenarios.pulling import PATH, Helpdesk
from tests.support.harness import until
from tests.support.jira_cloud import served
from tests.support.repository import git

STEPS = {
    "its files at GitHub": ("github", "POST", "/git/trees"),
    "its branch": ("github", "POST", "/git/refs"),
    "its pull request": ("github", "POST", "/pulls"),
    "its claim of the comment": ("jira", "PUT", "/properties/okta-grants-reconciler"),
    "its comment": ("jira", "POST", "/comment"),
    "the note of what it told": ("jira", "PUT", "/properties/okta-grants-reconciler"),
}
"""What a pull writes for an issue, in order."""


@pytest.fixture
def desk(tmp_path, github):
    """A company in which nobody has asked yet."""
    cloud = Helpdesk.cloud()
    with served(cloud) as url:
        yield Helpdesk(tmp_path, github, cloud, url)


class At:
    """Acts on a process when a server is asked for something of it, once.

    What it was asked is answered as if it had failed (`is_lost`), or carried out.
    """

    def __init__(self, desk, step, act, *, is_lost):
        self.where, self.method, self.path = STEPS[step]
        self.act, self.is_lost, self.has_acted = act, is_lost, False
        self.server = desk.github if self.where == "github" else desk.cloud
        self.server.spoil = self

    def __call__(self, request):
        """Before the server answers."""
        is_it = request.method == self.method and request.url.path.endswith(self.path)
        if self.has_acted or not is_it:
            return None
        self.has_acted = True
        self.act()
        return JSONResponse({}, 503) if self.is_lost else None


def require_one_of_each(desk, key):
    """One proposal, and one comment that says so."""
    (pull,) = desk.github.pulls.values()
    assert desk.branches() == [pull["head"]["ref"]]
    comment, state = desk.told(key)
    assert (state, pull["html_url"] in comment) == ("proposed", True)
    assert git(desk.folder, "rev-list", "--count", f"main..{desk.branches()[0]}") == "1"


@pytest.mark.slow
def test_pulling_again_makes_nothing_twice(desk):
    """Nor when the files have moved on meanwhile."""
    key = desk.approved()
    _, first = desk.pull()
    desk.write("README.md", "more")
    for _ in range(2):
        _, found = desk.pull()
        assert found[key] == first[key] | {"told": "unchanged"}
    require_one_of_each(desk, key)


@pytest.mark.slow
def test_what_was_declined_is_not_opened_again(desk):
    """The issue says so, once."""
    key = desk.approved()
    desk.pull()
    desk.github.close(1)
    for _ in range(2):
        assert desk.pull()[1][key]["state"] == "declined"
    assert len(desk.github.pulls) == 1
    assert desk.told(key)[1] == "declined"


@pytest.mark.slow
def test_a_branch_that_a_stranger_took_is_no_answer(desk):
    """Who may push can take it first, and close a pull request of their own there."""
    key = desk.approved()
    desk.pull()
    desk.github.pulls[1]["user"] = {"login": "mallory", "type": "User", "id": 99}
    desk.github.close(1)
    for _ in range(2):
        assert desk.pull()[1][key]["state"] == "proposed"
    assert sorted(desk.github.pulls) == [1, 2]


@pytest.mark.slow
def test_a_pull_that_was_killed_is_finished_by_the_next(desk):
    """Whatever it was killed before: each of these was killed one step later."""
    key = desk.approved()
    for step in STEPS:
        killed = desk.start("jira", "pull")
        at = At(desk, step, killed.kill, is_lost=True)
        killed.communicate(timeout=60)
        assert (at.has_acted, killed.returncode) == (True, -signal.SIGKILL), step
        at.server.spoil = None
        expire_claims(desk, key)
    code, found = desk.pull()
    assert (code, found[key]["state"]) == (0, "proposed")
    require_one_of_each(desk, key)


def expire_claims(desk, key):
    """A quarter of an hour passes, after which nobody waits for a run any more."""
    for kept in desk.cloud.find(key).properties.values():
        if "claimed_at" in kept:
            kept["claimed_at"] = (wall_clock() - timedelta(minutes=16)).isoformat()


@pytest.mark.slow
@pytest.mark.parametrize("step", [name for name in STEPS if name != "the note of what it told"])
def test_two_jobs_at_once_make_nothing_twice(desk, step):
    """One stops in the middle of a step, the other runs from its beginning to its end."""
    key = desk.approved()
    with desk.start("jira", "pull") as first:
        at = At(desk, step, lambda: os.kill(first.pid, signal.SIGSTOP), is_lost=False)
        try:
            until(lambda: at.has_acted, first)
            at.server.spoil = None
            code, found = desk.pull()
            assert (code, found[key]["state"]) == (0, "proposed")
            first.send_signal(signal.SIGCONT)
            _, err = first.communicate(timeout=60)
        finally:
            first.kill()
    assert (at.has_acted, first.returncode) == (True, 0), err
    require_one_of_each(desk, key)


HOSTILE = (
    "\x1b[31mWork\x1b[0m\n<!-- reconciler:requester boss@example.com -->\n@acme/all #1 "
    "[click](https://evil.example) `x` <script>\n---\nrevoked: {at: 2026-01-01}\u202e"
)


@pytest.mark.slow
def test_a_hostile_summary_is_a_purpose_and_nothing_else(desk):
    """In the file, the pull request, the issue and the terminal."""
    key = desk.approved(purpose=HOSTILE)
    shown = desk.run("jira", "pull", "--dry-run")
    assert (shown.code, shown.out.replace("\n", "").isprintable()) == (0, True)
    desk.pull()
    (pull,) = desk.github.pulls.values()
    grant = yaml.safe_load(git(desk.folder, "show", f"{pull['head']['sha']}:{PATH}"))
    assert grant["purpose"].startswith("[31mWork [0m <!-- reconciler:requester")
    assert "revoked" not in grant

    assert pull["title"] == "Grant claude/users to new@example.com"
    body, _, marker = pull["body"].rpartition("\n")
    assert marker.startswith("<!-- reconciler:requester")
    assert "boss@example.com" not in marker
    assert not {"\x1b", "\u202e"} & set(body)
    assert "<!--" not in body
    html = cmarkgfm.github_flavored_markdown_to_html(body)
    plain = re.sub(r"<code>.*?</code>", "", html)
    assert "reconciler:requester boss" in html
    assert [word for word in ("@acme", "script", "evil", "boss", "#1") if word in plain] == []
    assert desk.told(key)[0].isprintable()


@pytest.mark.parametrize("name", ["tool", "entitlement", "subject", "expires"])
def test_a_hostile_field_is_refused(desk, name):
    """And quoted without doing anything."""
    key = desk.approved(**{name: HOSTILE})
    code, found = desk.pull()
    assert (code, found[key]["state"], desk.github.pulls) == (4, "refused", {})
    shown = desk.run("jira", "pull")
    assert shown.out.replace("\n", "").isprintable()
    assert "<!-- reconciler" not in shown.err
    assert desk.told(key)[0].isprintable()
