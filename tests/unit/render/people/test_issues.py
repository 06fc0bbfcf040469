"""What became of issues, on a terminal and for programs."""

import pytest

from reconciler.model.approvals.issue_state import IssueState, PulledIssue, Stage, WriteBack
from reconciler.render.formats.text import render
from reconciler.render.people.issues import issue_rows, issues_document

SITE = "https://acme.atlassian.net"


def pulled(stage, key="AI-1", *, written=WriteBack.UNCHANGED, problem="", titles=(), **state):
    """One issue at this stage."""
    url = f"{SITE}/browse/{key}"
    how = IssueState(stage=stage, **state)
    return PulledIssue(
        id="1", key=key, url=url, state=how, titles=titles, written=written, problem=problem
    )


def shown(*issues, is_dry_run=False):
    """The lines."""
    document = issues_document(issues, SITE, is_dry_run=is_dry_run)
    return [line.text for line in render(document)]


PROPOSED = pulled(
    Stage.PROPOSED,
    titles=("Grant claude/users to jane@example.com",),
    pull_request="https://github.com/acme/access/pull/7",
    written=WriteBack.WRITTEN,
)
REFUSED = pulled(Stage.REFUSED, "AI-2", why="AI-2 has no tool (empty-field)", hint="say which")


def test_what_needs_attention_comes_first():
    """With why, and what to do."""
    assert shown(PROPOSED, REFUSED) == [
        "Requests in Jira",
        f"  site: {SITE}",
        "",
        "1 issue needs attention.",
        "2 issues · 1 refused · 1 proposed",
        "",
        "Refused (1)",
        "  ! AI-2",
        "      why: AI-2 has no tool (empty-field)",
        "      hint: say which",
        f"      issue: {SITE}/browse/AI-2",
        "",
        "Proposed (1)",
        "  + AI-1: Grant claude/users to jane@example.com",
        "      pull request: https://github.com/acme/access/pull/7",
        f"      issue: {SITE}/browse/AI-1",
        "      told the issue",
    ]


@pytest.mark.parametrize(
    ("written", "is_dry_run", "told"),
    [
        (WriteBack.UNCHANGED, False, f"issue: {SITE}/browse/AI-1"),
        (WriteBack.WOULD_WRITE, True, "the issue would be told"),
        (
            WriteBack.WOULD_WRITE,
            False,
            "the issue is not told: the door names no account that writes",
        ),
        (WriteBack.FAILED, False, "the issue could not be told: no rights"),
    ],
)
def test_each_says_whether_its_issue_was_told(written, is_dry_run, told):
    """And why not."""
    problem = "no rights" if written is WriteBack.FAILED else ""
    found = pulled(Stage.MERGED, written=written, problem=problem)
    assert shown(found, is_dry_run=is_dry_run)[-1] == f"      {told}"


@pytest.mark.parametrize(
    ("issues", "is_dry_run", "verdict"),
    [
        ((), False, "No issue asks for anything."),
        ((PROPOSED,), False, "Every issue is as far as it can be."),
        ((PROPOSED,), True, "Nothing was sent, and GitHub was not asked what is proposed already."),
        ((REFUSED, REFUSED), False, "2 issues need attention."),
        (
            (pulled(Stage.MERGED, written=WriteBack.FAILED),),
            False,
            "1 issue could not be told.",
        ),
    ],
)
def test_the_verdict_is_of_all(issues, is_dry_run, verdict):
    """In one sentence."""
    assert shown(*issues, is_dry_run=is_dry_run)[3] == verdict


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_a_title_and_a_total(stage):
    """None is left out of the sections."""
    lines = shown(pulled(stage))
    assert lines[4].startswith("1 issue · 1 ")
    assert lines[6].endswith(" (1)")


def test_programs_read_stable_names():
    """And nothing that is only said to people."""
    assert issue_rows([PROPOSED]) == [
        {
            "key": "AI-1",
            "id": "1",
            "url": f"{SITE}/browse/AI-1",
            "state": "proposed",
            "why": "",
            "hint": "",
            "pull_request": "https://github.com/acme/access/pull/7",
            "proposals": ["Grant claude/users to jane@example.com"],
            "told": "written",
            "problem": "",
        }
    ]
