"""What was done other than reviewed, in words."""

from dataclasses import replace

from reconciler.model.accounts import AccountAction
from reconciler.model.outcome import AccountResult, LineResult, Outcome
from reconciler.planning.plan_codec import digest
from reconciler.render.document import Fact, Mark
from reconciler.render.result import departure_document
from tests.support.account_lines import account_change, account_result
from tests.support.nouns import change, plan, removal
from tests.unit.planning.selection.test_deviations import result

PLAN = replace(plan(), changes=(change("jane"), change("amy")))


def test_a_run_as_reviewed_is_one_sentence():
    """Nothing else is to be read."""
    done = ((c, Outcome.VERIFIED) for c in PLAN.changes)
    found = departure_document(PLAN, result(*done))

    assert found.verdict == "The run did what the reviewed plan said."
    assert found.sections == ()
    assert Fact("reviewed", digest(PLAN)) in found.facts


def test_each_way_of_departing_has_its_section():
    """Not done, not taken up, and done without this review."""
    failed = LineResult(change=PLAN.changes[0], outcome=Outcome.FAILED, detail="Okta said 500")
    ran = replace(result((removal("old"), Outcome.VERIFIED)))
    found = departure_document(PLAN, replace(ran, lines=(*ran.lines, failed)))
    rows = [row for section in found.sections for row in section.rows]

    assert found.verdict == "The run did other than the reviewed plan said, in 3 lines."
    assert found.totals == "1 not done · 1 no part of the run · 1 not reviewed here"
    assert [row.mark for row in rows] == [Mark.BLOCKED, Mark.ADD, Mark.DONE]
    assert rows[0].details[0] == "Okta said 500"


def test_a_change_of_an_account_that_departs_stands_before_those_of_groups():
    """Not done, not taken up, and done without this review: each with how it ended."""
    suspend, unlock = account_change(AccountAction.SUSPEND), account_change(AccountAction.UNLOCK)
    ends = (
        AccountResult(
            change=suspend, outcome=Outcome.REFUSED, detail="Okta said 400", status="STAGED"
        ),
        account_result(AccountAction.DEACTIVATE, Outcome.VERIFIED, status="DEPROVISIONED"),
    )
    failed = LineResult(change=PLAN.changes[0], outcome=Outcome.FAILED, detail="Okta said 500")
    ran = replace(result((PLAN.changes[1], Outcome.VERIFIED)), accounts=ends)
    ran = replace(ran, lines=(*ran.lines, failed))
    found = departure_document(replace(PLAN, accounts=(suspend, unlock)), ran)

    assert found.verdict == "The run did other than the reviewed plan said, in 4 lines."
    assert found.totals == "2 not done · 1 no part of the run · 1 not reviewed here"
    heads = [[row.head.split()[:2] for row in section.rows] for section in found.sections]
    assert heads == [
        [["refused:", "suspend"], ["failed:", "add"]],
        [["unlock", "jane.roe@example.com"]],
        [["verified:", "deactivate"]],
    ]
    rows = found.sections[0].rows[0], found.sections[2].rows[0]
    assert rows[0].details[:2] == ("Okta said 400", "Okta showed STAGED afterwards")
    assert rows[1].details[0] == "Okta showed DEPROVISIONED afterwards"
