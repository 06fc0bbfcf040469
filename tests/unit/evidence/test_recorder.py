"""Evidence is told what happens when it happens, line by line."""

from dataclasses import replace

import pytest

from reconciler.evidence.encoding import Opening
from reconciler.evidence.recorder import EvidenceRecorder
from reconciler.evidence.records import Event
from reconciler.model.evidence import RecentWrites
from reconciler.model.outcome import LeftLine, LineResult, Outcome, Prepared, Write
from reconciler.model.plan import Blocked, GuardVerdict
from reconciler.planning.plan_codec import digest
from reconciler.planning.wording import describe
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import (
    GROUP,
    REVISION,
    change,
    creation,
    grant_ref,
    plan,
    ref,
    removal,
    result,
    review_ref,
)

LINES = (creation(), change(tool="cursor", group=creation().group), removal("old"))
VERDICT = GuardVerdict(guard="run-removals", figures="9 of 9", acknowledgement="guard: x\n")


@pytest.fixture
def told():
    """What the evidence was told."""
    return []


@pytest.fixture
def recorder(told):
    """A recorder of these lines."""
    found = EvidenceRecorder(run="r1", append=lambda e, f: told.append((e, f)), clock=lambda: NOW)
    found.recent = RecentWrites(others=frozenset({("00g", "00u")}))
    made = plan(*LINES, guards=(VERDICT,))
    found.record_prepared(
        Prepared(
            plan=made,
            reviewed_digest="d",
            changes=LINES,
            left=(LeftLine(change=LINES[0], why="gone"),),
        )
    )
    return found


def write(number, group=None):
    """The line of that number, as it is sent."""
    line = LINES[number - 1]
    return Write(number=number, change=line, group=group or line.group.id)


def test_a_run_opens_with_what_was_reviewed(recorder, told):
    """The plan's own digest and org, before anything is asked."""
    made = plan(*LINES)
    facts = {"connector": CONNECTOR, "sandbox": False, "mode": "file", "tool_version": "1"}
    recorder.record_started(Opening(**facts, revision=REVISION, reviewed=made))
    recorder.record_started(Opening(**facts, revision=REVISION, digest="abc"))
    (by_file, by_digest) = (fields for event, fields in told if event is Event.RUN_STARTED)
    assert by_file["reviewed"]["digest"] == digest(made)
    assert by_file["reviewed"]["org"] == {"id": "00oacme", "domain": "acme.okta.com"}
    assert by_digest["reviewed"] == {
        "digest": "abc",
        "org": None,
        "as_of": None,
        "created_at": None,
        "commit": None,
    }


def test_what_is_about_to_be_done_is_told_before_it_is(recorder, told):
    """With guards but without files that nobody used."""
    ((event, fields),) = told
    assert (recorder.has_ended, event) == (False, Event.RUN_PREPARED)
    assert (fields["lines"], fields["held"], fields["left"]) == (
        3,
        0,
        [f"{describe(LINES[0])}: gone"],
    )
    assert fields["reads"] == {"calls": 3, "pages": 2}
    assert fields["recent_removals"] == {"ended": 0, "others": 1}
    assert [sorted(guard) for guard in fields["guards"]] == [
        ["acknowledged_by", "figures", "group", "groups", "guard", "named", "people"]
    ]


def test_each_write_is_told_with_its_number_and_its_whole_line(recorder, told):
    """Before it is sent, and how it ended."""
    failed = LineResult(change=LINES[2], outcome=Outcome.FAILED, request_id="q", detail="why")
    recorder.record_begun(write(3))
    recorder.record_answered(write(3), failed)
    begun, answered = told[1:]
    assert (begun[0], begun[1]["line"], begun[1]["group"]) == (Event.WRITE_BEGUN, 3, GROUP.id)
    assert begun[1]["change"]["person"]["login"] == "old@example.com"
    assert answered == (
        Event.WRITE_ANSWERED,
        {"line": 3, "outcome": "failed", "request_id": "q", "detail": "why"},
    )


def test_a_write_that_was_broken_off_is_unknown(recorder, told):
    """With the fields of every other answer."""
    recorder.record_answered(write(3), None)
    assert told[1:] == [
        (
            Event.WRITE_ANSWERED,
            {"line": 3, "outcome": "unknown", "request_id": "", "detail": ""},
        )
    ]


def test_a_line_of_a_group_that_this_run_made_is_told_as_it_was_planned(recorder, told):
    """Beside it stands the id that is written to; the creation has none yet."""
    recorder.record_begun(write(1))
    recorder.record_begun(write(2, "00gmade"))
    assert [(f["line"], f["group"]) for _, f in told[1:]] == [(1, None), (2, "00gmade")]
    assert told[2][1]["change"]["group"]["id"] is None


def test_the_end_tells_every_line_and_then_the_run(recorder, told):
    """What was tried says when; what was shown says so; held lines are told in full too."""
    recorder.record_begun(write(1))
    lines = (
        LineResult(change=LINES[0], outcome=Outcome.VERIFIED, request_id="q"),
        LineResult(change=LINES[1], outcome=Outcome.ACCEPTED),
        LineResult(change=LINES[2], outcome=Outcome.HELD, detail="held by x"),
    )
    recorder.record_ended(result(*lines), 3)
    *ended, (event, last) = told[2:]
    assert [(f["outcome"], f["read_back"], f["begun_at"]) for _, f in ended] == [
        ("verified", "shown", NOW.isoformat()),
        ("accepted, not yet visible", "not shown", None),
        ("held", "not read", None),
    ]
    assert (event, last["exit_code"], last["is_complete"]) == (Event.RUN_ENDED, 3, True)
    assert last["outcomes"] == {"verified": 1, "accepted, not yet visible": 1, "held": 1}
    assert recorder.has_ended


@pytest.mark.parametrize("more", [{"interrupted": True}, {"stopped_by": "401"}])
def test_a_run_that_was_stopped_is_not_complete(more, recorder, told):
    """Whatever its exit code."""
    recorder.record_ended(result(**more), 0)
    assert told[-1][1]["is_complete"] is False


def test_a_refusal_ends_the_run_with_its_reason(recorder, told):
    """Every end has the same fields."""
    recorder.record_refused("plan-stale", "it is old", 3)
    refused = dict(told[-1][1])
    recorder.record_ended(result(), 0)
    assert refused["refusal"] == {"code": "plan-stale", "message": "it is old"}
    assert (refused["is_complete"], sorted(refused)) == (False, sorted(told[-1][1]))


def test_a_grant_is_told_with_its_review(told):
    """Null while the approval is a claim."""
    seen = grant_ref("1a", approval="verified", review=review_ref())
    line = change("amy", person=ref("amy"), grants=(grant_ref(), seen))
    recorder = EvidenceRecorder(
        run="r1", append=lambda e, f: told.append((e, f)), clock=lambda: NOW
    )
    recorder.record_prepared(Prepared(plan=plan(line), reviewed_digest="d", changes=(line,)))
    recorder.record_begun(Write(number=1, change=line, group=GROUP.id))
    grant, verified = told[-1][1]["change"]["grants"]
    assert (grant["review"], grant["approval"], grant["hash"]) == (None, "claimed", "9f")
    assert verified["review"] == {
        "id": 1,
        "reviewer": "lead",
        "head_sha": "a" * 40,
        "url": "https://x/1",
        "submitted_at": "2026-11-22T09:00:00Z",
    }


def test_the_groups_that_a_run_leaves_open_are_told(told):
    """Where a line is blocked, waits, or no longer holds."""
    group = removal("old").group
    stuck = replace(group, id="00gblocked")
    waits = replace(removal("ada"), group=replace(group, id="00gwaits"))
    gone = replace(removal("amy"), group=replace(group, id="00ggone"))
    asked = Blocked(
        code="person-suspended",
        summary="",
        hint="",
        group=stuck,
        tool="claude",
        entitlement="users",
    )
    made = plan(removal("old"), blocked=(asked,))
    prepared = Prepared(
        plan=made,
        reviewed_digest="d",
        changes=(removal("old"),),
        left=(LeftLine(change=gone, why="gone"),),
        waiting=(LeftLine(change=waits, why="later"),),
    )
    EvidenceRecorder(
        run="r1", append=lambda e, f: told.append((e, f)), clock=lambda: NOW
    ).record_prepared(prepared)
    assert told[-1][1]["open_groups"] == ["00gblocked", "00ggone", "00gwaits"]
