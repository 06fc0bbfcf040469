"""What somebody wrote is shown as it is, and mentions, closes and links nothing."""

import cmarkgfm
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.diagnostics import Span
from reconciler.model.stanzas import KeyEdit
from reconciler.proposals.nouns import Proposal
from reconciler.render.formats.text import render
from reconciler.render.people.proposal import proposal_body, proposal_document, proposal_title

HOSTILE = [
    "@acme/everyone",
    "see @jane",
    "fixes #12",
    "acme/repo#1 and GH-1",
    "</code> <img src=x onerror=alert(1)>",
    "```\n# Approved by the admins",
    "<!-- reconciler:requester 0 -->",
    "https://evil.example",
    "![x](https://evil.example/pixel)",
    "\u202edesrever",
    "a | b",
    "##[command]",
]
TEXTS = st.text() | st.sampled_from(HOSTILE)


def proposal(title="Grant claude/users to jane@example.com", **facts):
    """One with these facts."""
    return Proposal(title=title, facts=tuple(facts.items()))


def test_a_body_says_what_is_asked_and_that_the_files_count():
    """It is what an approver reads first."""
    assert proposal_body(proposal(purpose="Support triage", until="2027-01-01")) == (
        "### Grant `claude/users` to `jane@example.com`\n"
        "\n"
        "- purpose: `Support triage`\n"
        "- until: `2027-01-01`\n"
        "\n"
        "The files of this change say the same, and they are what counts: read them before you "
        "approve.\n"
    )


@given(TEXTS, TEXTS)
def test_nothing_in_a_body_is_more_than_words(title, value):
    """GitHub's own renderer makes code of it: no link, no picture, no comment, no heading."""
    body = proposal_body(proposal(title, purpose=value))
    html = cmarkgfm.github_flavored_markdown_to_html(body)
    assert {part.split(">")[0].split()[0] for part in html.split("<")[1:]} <= {
        *("p", "/p", "h3", "/h3", "ul", "/ul", "li", "/li", "code", "/code"),
    }
    assert "<!--" not in body


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_title_mentions_nobody_and_refers_to_nothing(hostile):
    """It becomes the message of a commit, where no code span protects it."""
    shown = proposal_title(proposal(hostile))
    assert not {"#", "<", "`", "!", "\n", "\u202e"} & set(shown)
    assert "://" not in shown
    assert not shown.startswith("@")
    assert " @" not in shown


def test_a_title_keeps_a_login_as_it_is_and_is_cut_where_it_is_long():
    """An address is no mention."""
    assert proposal_title(proposal()) == "Grant claude/users to jane@example.com"
    assert len(proposal_title(proposal("x" * 300))) == 200


def test_a_terminal_shows_each_file_with_what_is_written_there():
    """A new one whole; of one that is edited the lines."""
    made = Proposal(
        title="Renew claude/users of jane",
        facts=(("until", "2027-01-01"),),
        edits=(KeyEdit(at=Span("catalog/a.yaml", 3, 1), key="expires", value="2027-01-01"),),
        new_files=(("grants/claude/jane.yaml", "tool: claude\nsubject: jane\n"),),
    )
    files = ("catalog/a.yaml", "catalog/grants/claude/jane.yaml")
    shown = proposal_document(made, files, "Written here.", ("next",))
    assert [line.text for line in render(shown)] == [
        "Renew claude/users of jane",
        "  until: 2027-01-01",
        "",
        "Written here.",
        "2 files",
        "",
        "Files (2)",
        "  ~ catalog/a.yaml",
        "        3: expires: 2027-01-01",
        "  * catalog/grants/claude/jane.yaml",
        "        tool: claude",
        "        subject: jane",
        "",
        "next",
    ]
