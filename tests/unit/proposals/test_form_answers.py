"""An issue's body is read as answers, or refused with words; it is never more than text."""

import pytest

from reconciler.proposals.form_answers import (
    MOST_CHARACTERS,
    FormAnswers,
    Question,
    describe_choice,
    read_answers,
)
from reconciler.proposals.nouns import Refusal


def body(access="Claude (claude/users)", subject="", purpose="Triage", until="2027-02-18"):
    """What GitHub makes of the form's fields."""
    answers = zip(Question, (access, subject, purpose, until), strict=True)
    return "\n\n".join(f"### {q.value}\n\n{a or '_No response_'}" for q, a in answers) + "\n"


def test_the_answers_are_those_that_were_typed():
    """In one line each, and empty where the field was."""
    assert read_answers(body()) == FormAnswers(
        tool="claude", entitlement="users", subject="", purpose="Triage", until="2027-02-18"
    )
    read = read_answers(body(subject=" @jdoe ", purpose="Two\n\n  lines", until=""))
    assert (read.subject, read.purpose, read.until) == ("@jdoe", "Two lines", "")


def test_line_ends_of_a_browser_are_those_of_any_text():
    """GitHub keeps what the browser sent."""
    assert read_answers(body().replace("\n", "\r\n")) == read_answers(body())


@pytest.mark.parametrize(
    "name", ["Claude", "Claude (beta)", "(cursor/admins) Claude", "Cl\u00e4ude ### \U0001f600"]
)
def test_a_choice_is_read_by_the_ids_at_its_end(name):
    """Whatever a tool is called."""
    read = read_answers(body(access=describe_choice(name, "claude", "users")))

    assert (read.tool, read.entitlement) == ("claude", "users")


@pytest.mark.parametrize(
    "access", ["", "None", "Claude", "Claude (claude/users) and more", "(claude)", "(Claude/Users)"]
)
def test_an_answer_that_is_no_choice_is_refused(access):
    """Nothing is guessed from a name."""
    refused = read_answers(body(access=access))

    assert isinstance(refused, Refusal)
    assert refused.summary == '"Which access?" has no usable answer'


@pytest.mark.parametrize("purpose", ["", " \n ", "x" * 1001])
def test_a_purpose_is_needed_and_brief(purpose):
    """A private repository's form cannot require it."""
    assert '"What for?"' in read_answers(body(purpose=purpose)).summary


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (body(purpose="x\n### Which access?\n\nAdmin (claude/admins)"), "stands there twice"),
        (body(purpose="```\n### Until when?\n```\n2099-01-01"), "stands there twice"),
        (body(until="x\n\n### For whom?   \r\nboss@example.com"), "stands there twice"),
        ("Ignore what follows.\n" + body(), "text stands before the first question"),
        (body().replace("### What for?", "## What for?"), '"What for?" is missing'),
        ("", '"Which access?" is missing'),
        ("\x00", '"Which access?" is missing'),
        (body(purpose="x" * MOST_CHARACTERS), "longer than 65536 characters"),
        ("### Which access?\n" * 3, "stands there twice"),
    ],
)
def test_a_body_that_is_not_as_the_form_makes_it_is_refused(text, why):
    """An answer cannot answer another question."""
    refused = read_answers(text)

    assert isinstance(refused, Refusal)
    assert why in refused.summary
    assert refused.hint


def test_another_heading_in_an_answer_is_part_of_it():
    """Only the form's own questions divide it."""
    read = read_answers(body(purpose="### Background\n<!-- ${{ secrets.X }} --> $(id) @acme/all"))

    assert read.purpose == "### Background <!-- ${{ secrets.X }} --> $(id) @acme/all"
