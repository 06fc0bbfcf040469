"""What an apply did, line by line."""

from dataclasses import replace

import pytest

from reconciler.model.outcome import Outcome
from reconciler.render.formats.text import render
from reconciler.render.result import result_document, result_verdict
from tests.support.samples import RESULT, line

QUIET = replace(RESULT, lines=(), left=(), blocked=(), interrupted=False)
DONE, HELD = line("v", Outcome.VERIFIED), line("h", Outcome.HELD, held_by=("x",))
FAILED = line("f", Outcome.FAILED, "no answer")


def text(document):
    """The document as a file."""
    return "".join(f"{each.text}\n" for each in render(document))


def test_a_result_with_every_outcome_reads_as_it_always_did(golden):
    """A changed word is reviewed like code."""
    assert {each.outcome for each in RESULT.lines} == set(Outcome)
    golden("result-full", text(result_document(RESULT)))


def test_an_empty_result_reads_as_it_always_did(golden):
    """No section is printed for nothing."""
    golden("result-empty", text(result_document(QUIET)))


@pytest.mark.parametrize(
    ("verdict", "more"),
    [
        ("There was nothing to apply.", {}),
        ("Nothing of the reviewed plan was left to do.", {"left": ("add x: already so",)}),
        ("The one change is done.", {"lines": (DONE,)}),
        ("All 2 changes are done.", {"lines": (DONE, DONE)}),
        ("1 of 2 changes done.", {"lines": (DONE, HELD)}),
        ("0 of 1 change done.", {"lines": (FAILED,)}),
        (
            "1 of 2 changes done; Okta accepted 1 more and does not show them yet.",
            {"lines": (DONE, replace(DONE, outcome=Outcome.ACCEPTED))},
        ),
        ("Nothing was written: guards hold 1 change.", {"lines": (HELD,)}),
        ("There was nothing to apply: 2 lines are blocked.", {"blocked": RESULT.blocked}),
        (
            "Stopped, because Okta refused the credential (401): 1 of 2 changes done.",
            {"lines": (DONE, HELD), "stopped_by": "Okta refused the credential (401)"},
        ),
        (
            "Interrupted: 1 of 2 changes done; the next plan has the rest.",
            {"lines": (DONE, HELD), "interrupted": True},
        ),
    ],
)
def test_each_end_has_its_sentence(verdict, more):
    """Nothing to do, nothing left, all, some, stopped and interrupted are different things."""
    assert verdict == result_verdict(replace(QUIET, **more))


def test_what_is_not_done_stands_first_with_its_request():
    """Support asks for the request; a reader wants to know what is left."""
    document = result_document(RESULT)
    assert [(section.title, len(section.rows)) for section in document.sections] == [
        ("Not done", 4),
        ("Accepted by Okta, and not to be seen yet", 1),
        ("Done", 2),
        ("Reviewed lines left alone", 1),
        ("Blocked", 2),
    ]
    assert document.sections[0].rows[0].details == ("no rights\x1b[2J", "request req-4")
