"""Evidence is told what happens when it happens, line by line."""

from dataclasses import replace

import pytest

from reconciler.evidence.recorder import EvidenceRecorder, Opening
from reconciler.model.errors import StoreError
from reconciler.model.evidence import Event, RecentWrites
from reconciler.model.outcome import ApplyResult, LeftLine, LineResult, Outcome
from reconciler.model.plan import Blocked, GuardVerdict
from reconciler.planning.plan_codec import digest
from reconciler.planning.wording import describe
from reconciler.workflows.apply import Prepared
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import (
    GROUP,
    ORG,
    REVISION,
    change,
    creation,
    grant_ref,
    plan,
    ref,
    removal,
    review_ref,
)

LINES = (creation(), change(tool="cursor", group=creation().group), removal("old"))
VERDICT = GuardVerdict(guard="run-removals", figures="9 of 9", acknowledgement="guard: x\n")


class Journal:
    """A recorder in memory."""

    def __init__(self):
        self.told = []

    def record(self, event, _fields):
        """Kept."""
        self.told.append(event)


@pytest.fixture
def told():
    """What the evidence was told."""
    return []


@pytest.fixture
def recorder(told):
    """A witness of these lines."""
    found = EvidenceRecorder(run="r1", append=lambda e, f: told.append((e, f)), clock=lambda: NOW)
    found.recent = RecentWrites(others=frozenset({("00g", "00u")}))
    made = plan(*LINES, guards=(VERDICT,))
    found.prepared(
        Prepared(
            plan=made,
            reviewed_digest="d",
            changes=LINES,
            left=(LeftLine(change=LINES[0], why="gone"),),
        )
    )
    return found


def entry(line, group=None):
    """What the journal says of a line."""
    return {
        "action": line.action.value,
        "group": group or line.group.id,
        "group_name": line.group.name,
        "person": line.person.id if line.person else None,
    }


def result(*lines, **more):
    """An apply that came to an end."""
    return ApplyResult(
        run="r1",
        connector=CONNECTOR,
        org=ORG,
        sandbox=False,
        plan_digest="d",
        started_at=NOW,
        ended_at=NOW,
        lines=lines,
        **more,
    )


def test_a_run_opens_with_what_was_reviewed():
    """The plan's own digest and org, before anything is asked."""
    made = plan(*LINES)
    facts = {"connector": CONNECTOR, "sandbox": False, "mode": "file", "tool_version": "1"}
    by_file = Opening(**facts, revision=REVISION, reviewed=made).plain()
    by_digest = Opening(**facts, revision=REVISION, digest="abc").plain()
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


def test_each_write_is_in_the_journal_first_and_told_with_its_whole_line(recorder, told):
    """The journal's own beginning and end are not told twice."""
    journal = Journal()
    both = recorder.beside(journal)
    both.record("run-started", {})
    both.record("intent", entry(LINES[2]))
    both.record("outcome", entry(LINES[2]) | {"outcome": "failed", "request_id": "q"})
    both.record("run-ended", {})
    assert journal.told == ["run-started", "intent", "outcome", "run-ended"]
    begun, answered = told[1:]
    assert (begun[0], begun[1]["line"], begun[1]["group"]) == (Event.WRITE_BEGUN, 3, GROUP.id)
    assert begun[1]["change"]["person"]["login"] == "old@example.com"
    assert answered == (
        Event.WRITE_ANSWERED,
        {"line": 3, "outcome": "failed", "request_id": "q", "detail": ""},
    )


def test_lines_of_a_group_that_this_run_made_are_known_by_its_name(recorder, told):
    """Its id is known only since it was made."""
    both = recorder.beside(Journal())
    both.record("intent", entry(LINES[0]))
    both.record("intent", entry(LINES[1], "00gmade"))
    assert [(f["line"], f["group"]) for _, f in told[1:]] == [(1, None), (2, "00gmade")]


def test_evidence_that_cannot_be_kept_stops_the_write(recorder):
    """It is raised before the write is sent; the journal already has the intent."""

    def refuse(_event, _fields):
        raise StoreError("evidence-not-writable", "disk full")

    recorder.append = refuse
    journal = Journal()
    with pytest.raises(StoreError):
        recorder.beside(journal).record("intent", entry(LINES[2]))
    assert journal.told == ["intent"]


def test_the_end_tells_every_line_and_then_the_run(recorder, told):
    """What was tried says when; what was shown says so; held lines are told in full too."""
    recorder.beside(Journal()).record("intent", entry(LINES[0]))
    lines = (
        LineResult(change=LINES[0], outcome=Outcome.VERIFIED, request_id="q"),
        LineResult(change=LINES[1], outcome=Outcome.ACCEPTED),
        LineResult(change=LINES[2], outcome=Outcome.HELD, detail="held by x"),
    )
    recorder.ended(result(*lines), 3)
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
    recorder.ended(result(**more), 0)
    assert told[-1][1]["is_complete"] is False


def test_a_refusal_ends_the_run_with_its_reason(recorder, told):
    """Every end has the same fields."""
    recorder.refused("plan-stale", "it is old", 3)
    refused = dict(told[-1][1])
    recorder.ended(result(), 0)
    assert refused["refusal"] == {"code": "plan-stale", "message": "it is old"}
    assert (refused["is_complete"], sorted(refused)) == (False, sorted(told[-1][1]))


def test_a_grant_is_told_with_its_review(told):
    """Null while the approval is a claim."""
    seen = grant_ref("1a", approval="verified", review=review_ref())
    line = change("amy", person=ref("amy"), grants=(grant_ref(), seen))
    recorder = EvidenceRecorder(
        run="r1", append=lambda e, f: told.append((e, f)), clock=lambda: NOW
    )
    recorder.prepared(Prepared(plan=plan(line), reviewed_digest="d", changes=(line,)))
    recorder.beside(Journal()).record("intent", entry(line))
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
        waiting=((waits, "later"),),
    )
    EvidenceRecorder(run="r1", append=lambda e, f: told.append((e, f)), clock=lambda: NOW).prepared(
        prepared
    )
    assert told[-1][1]["open_groups"] == ["00gblocked", "00ggone", "00gwaits"]
