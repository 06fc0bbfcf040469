"""What was done other than reviewed, in words."""

from dataclasses import replace

from reconciler.model.outcome import LineResult, Outcome
from reconciler.planning.plan_codec import digest
from reconciler.render.document import Fact, Mark
from reconciler.render.result import departure_document
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
