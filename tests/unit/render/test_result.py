"""What an apply did, line by line."""

from dataclasses import replace

import pytest

from reconciler.model.accounts import AccountAction
from reconciler.model.outcome import Outcome
from reconciler.render.formats.text import render
from reconciler.render.result import result_document, result_verdict
from tests.support.account_lines import ENDED, account_result
from tests.support.samples import RESULT, line

QUIET = replace(RESULT, lines=(), left=(), blocked=(), interrupted=False)
DONE, HELD = line("v", Outcome.VERIFIED), line("h", Outcome.HELD, held_by=("x",))
FAILED = line("f", Outcome.FAILED, "no answer")
KEPT = account_result(AccountAction.DEACTIVATE, Outcome.HELD, "held by deactivations")


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


def test_a_result_about_accounts_reads_as_it_always_did(golden):
    """What was done to whom, and the status that Okta showed afterwards."""
    assert {each.outcome for each in ENDED.accounts} == set(Outcome)
    golden("result-accounts", text(result_document(ENDED)))


@pytest.mark.parametrize(
    ("verdict", "more"),
    [
        ("The one change is done.", {"accounts": ENDED.accounts[:1]}),
        ("1 of 2 changes done.", {"accounts": ENDED.accounts[:1], "lines": (FAILED,)}),
        ("All 2 changes are done.", {"accounts": ENDED.accounts[:1], "lines": (DONE,)}),
        ("Nothing was written: guards hold 2 changes.", {"accounts": (KEPT,), "lines": (HELD,)}),
        ("0 of 2 changes done.", {"accounts": (KEPT,), "lines": (FAILED,)}),
        ("Nothing of the reviewed plan was left to do.", {"left_accounts": ENDED.left_accounts}),
        (
            "There was nothing to apply: 3 lines are blocked.",
            {"blocked_accounts": ENDED.blocked_accounts[:1], "blocked": RESULT.blocked},
        ),
    ],
)
def test_lines_about_accounts_count_like_all_others(verdict, more):
    """A run that changed one person's account did something."""
    assert verdict == result_verdict(replace(QUIET, **more))


def test_lines_about_accounts_stand_first():
    """They were carried out first, and the rest may have waited for them."""
    done = replace(
        QUIET,
        accounts=(account_result(AccountAction.SUSPEND, Outcome.VERIFIED, status="SUSPENDED"),),
        lines=(DONE,),
        left_accounts=ENDED.left_accounts,
        left=RESULT.left,
        blocked_accounts=ENDED.blocked_accounts[:1],
        blocked=RESULT.blocked[:1],
    )
    document = result_document(done)
    assert document.totals == "2 verified · 2 blocked"
    assert [[row.head.split()[1] for row in section.rows] for section in document.sections] == [
        ["suspend", "add"],
        ["gus.tav@example.com", "jane@example.com"],
        ["jane.roe@example.com", '"Cursor'],
    ]
    assert document.sections[0].rows[0].details == ("Okta showed SUSPENDED afterwards",)


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
