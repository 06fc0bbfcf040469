"""Apply asks the reviewed question again, carries out what still holds, and reads it back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.execution.executor import Orders
from reconciler.model.directory import Org
from reconciler.model.errors import ConnectorError, GuardRefused, StalePlanError, StoreError
from reconciler.model.outcome import ApplyResult, LeftLine, LineResult, Outcome, Prepared
from reconciler.planning.plan_codec import digest
from reconciler.planning.wording import describe
from reconciler.workflows.apply import prepare, prepare_digest
from reconciler.workflows.carry_out import Run, carry_out
from tests.support.builders import (
    CANARY,
    CONNECTOR,
    NOW,
    ORG,
    Company,
    group_id,
    group_name,
    user_id,
)
from tests.support.fake_writer import FakeOkta, FullRecord, refused
from tests.support.nouns import beside, brief, change, plan, planned, removal, user
from tests.unit.workflows.org import reader_of

pytestmark = pytest.mark.anyio
BASE = Company().tool().bind("old", "stray", authority="additive")
COMPANY = BASE.granted("jane").ended("old")
BRIEF = [("remove", "old@example.com"), ("add", "jane@example.com")]
CLAUDE = group_id(group_name())


def reviewed(company=COMPANY):
    """The plan as it was reviewed."""
    return planned(company)


async def prepared(was, *, company=COMPANY, now=NOW, reader=None):
    """What applying it would do now."""
    catalog = company.catalog()
    return await prepare(was, catalog, reader or reader_of(company), beside(now))


async def test_a_plan_that_still_holds_is_carried_out_whole():
    """And nothing is left to explain."""
    was = reviewed()
    found = await prepared(was)
    assert (BRIEF, (), digest(was)) == (brief(found), found.left, found.reviewed_digest)


async def test_what_somebody_else_did_is_left_and_named():
    """It is neither done twice nor an error."""
    was = reviewed()
    done = COMPANY.bind("stray", "jane")
    found = await prepared(was, company=done)
    assert (found.changes, len(found.left)) == ((), 2)
    assert {line.why for line in found.left} == {"already so"}


async def test_an_addition_that_only_okta_caused_waits_for_its_review():
    """Somebody was taken out by hand since: the line is named and not carried out."""
    there = COMPANY.granted("sam").bind("old", "stray", "sam")
    was = reviewed(there)
    found = await prepared(was, company=there.bind("old", "stray"))
    assert (brief(found), len(found.left)) == (BRIEF, 1)
    assert found.left[0].why == "new since the review, so not carried out"


async def test_a_removal_that_nobody_reviewed_refuses_the_run():
    """Nothing at all is written."""
    was = reviewed(COMPANY.ended("late"))
    with pytest.raises(StalePlanError) as caught:
        await prepared(was, company=COMPANY.ended("late").bind("old", "stray", "late"))
    assert (caught.value.exit_code, caught.value.code) == (3, "plan-stale")
    assert "remove late@example.com" in caught.value.message


async def test_a_line_that_the_files_caused_since_refuses_the_run():
    """The catalog changed under the review."""
    was = reviewed()
    company = COMPANY.granted("sam")
    changed = replace(beside(), revision=replace(beside().revision, digest="d2"))
    with pytest.raises(StalePlanError) as caught:
        await prepare(was, company.catalog(), reader_of(company), changed)
    assert "add sam@example.com" in caught.value.message


async def test_at_most_ten_unreviewed_lines_are_named():
    """The rest is counted."""
    was = reviewed()
    names = [f"p{n:02}" for n in range(12)]
    company = COMPANY.granted(*names)
    changed = replace(beside(), revision=replace(beside().revision, digest="d2"))
    with pytest.raises(StalePlanError) as caught:
        await prepare(was, company.catalog(), reader_of(company), changed)
    named = caught.value.message
    assert (named.count("add p"), named.endswith("; and 2 more")) == (10, True)


async def test_a_line_that_time_brought_waits_for_its_review():
    """A grant ended between review and apply: the next plan removes, this one does not."""
    company = BASE.granted("stray", expires="2026-11-22").ended("old")
    was = reviewed(company)
    found = await prepared(was, company=company, now=NOW + timedelta(hours=20))
    assert brief(found) == [("remove", "old@example.com")]
    assert "remove stray@example.com" in describe(found.left[0].change)


async def test_a_reviewed_line_whose_time_is_over_is_left():
    """Nobody is added by a grant that ended this morning."""
    company = BASE.granted("stray").granted("jane", expires="2026-11-22")
    was = reviewed(company)
    found = await prepared(was, company=company, now=NOW + timedelta(hours=20))
    assert [line for line in brief(found) if line[0] == "add"] == []
    assert any(describe(n.change).startswith("add jane@example.com") for n in found.left)


@pytest.mark.parametrize(
    ("is_stale", "age"),
    [
        (False, timedelta(hours=24)),
        (True, timedelta(hours=24, seconds=1)),
        (False, timedelta(hours=-24)),
        (True, timedelta(hours=-24, seconds=-1)),
    ],
)
async def test_a_plan_is_stale_after_a_day(is_stale, age):
    """Exactly 24 hours still pass; a clock that is a day off passes in neither direction."""
    was, reader = reviewed(), reader_of(COMPANY)
    catalog = COMPANY.catalog()
    code = ""
    try:
        await prepare(was, catalog, reader, replace(beside(), created_at=NOW + age))
    except StalePlanError as error:
        code = error.code
    assert ("plan-too-old" if is_stale else "", not is_stale) == (code, bool(reader.asked))


@pytest.mark.parametrize(
    "elsewhere", [{"org": Org(id="00oelse", domain=ORG.domain)}, {"sandbox": True}]
)
async def test_a_plan_is_applied_to_the_org_it_was_made_for(elsewhere):
    """A rehearsed plan is not the real one, whatever its digest."""
    with pytest.raises(GuardRefused) as caught:
        await prepared(replace(reviewed(), **elsewhere))
    assert caught.value.code == "org-differs"


async def by_plan(was, catalog, reader):
    """Apply a reviewed file."""
    return await prepare(was, catalog, reader, beside())


async def by_digest(was, catalog, reader):
    """Apply a digest alone."""
    return await prepare_digest(digest(was), catalog, CONNECTOR, reader, beside())


@pytest.mark.parametrize("ask", [by_plan, by_digest])
@pytest.mark.parametrize(
    ("code", "company", "more"),
    [
        ("canary-missing", COMPANY.without_canary(), {}),
        ("canary-not-seen", COMPANY, {"members": {}}),
    ],
)
async def test_nothing_is_applied_without_the_canarys_proof(ask, code, company, more):
    """A credential without an admin role would see empty groups everywhere."""
    catalog, reader = company.catalog(), reader_of(company, **more)
    with pytest.raises(GuardRefused) as caught:
        await ask(reviewed(company), catalog, reader)
    assert code == caught.value.code


async def test_a_digest_alone_demands_equality():
    """Then the plan made now is the reviewed one."""
    wanted = digest(reviewed())
    catalog = COMPANY.catalog()
    found = await prepare_digest(wanted, catalog, CONNECTOR, reader_of(COMPANY), beside())
    assert (BRIEF, wanted, ()) == (brief(found), found.reviewed_digest, found.left)


@pytest.mark.parametrize("wanted", ["", "0" * 64])
async def test_another_digest_is_stale(wanted):
    """The message says what it would be now."""
    catalog = COMPANY.catalog()
    with pytest.raises(StalePlanError) as caught:
        await prepare_digest(wanted, catalog, CONNECTOR, reader_of(COMPANY), beside())
    assert caught.value.code == "digest-differs"
    assert digest(reviewed()) in caught.value.message


def run(okta, **more):
    """A run of which every part is a fake; its clock gains a minute each time it is read."""
    instants = iter(NOW + timedelta(minutes=n) for n in range(9))
    return Run(
        id="run-1",
        writer=okta,
        reader=okta,
        journal=okta,
        clock=lambda: next(instants),
        sleep=okta.sleep,
        orders=lambda changes: Orders(changes=changes, concurrency=1, **more),
    )


JANE = user("jane")
LINES = (change("jane"), removal("gone"), removal("old", held_by=("ourselves",)))
READY = Prepared(
    plan=plan(*LINES),
    reviewed_digest="d" * 64,
    changes=LINES,
    left=(LeftLine(change=LINES[0], why="already so"),),
)


async def test_a_result_says_everything_that_happened():
    """Each line verified or held, what was left, and between which instants."""
    okta = FakeOkta(members={"00gclaude": [(JANE,)]})
    assert await carry_out(READY, run(okta)) == ApplyResult(
        run="run-1",
        connector=CONNECTOR,
        org=READY.plan.org,
        sandbox=False,
        plan_digest="d" * 64,
        started_at=NOW,
        ended_at=NOW + timedelta(minutes=1),
        lines=(
            LineResult(change=LINES[0], outcome=Outcome.VERIFIED, request_id="req-1"),
            LineResult(change=LINES[1], outcome=Outcome.VERIFIED, request_id="req-2"),
            LineResult(change=LINES[2], outcome=Outcome.HELD, detail="held by ourselves"),
        ),
        left=(LeftLine(change=LINES[0], why="already so"),),
    )


async def test_a_run_is_recorded_from_its_start_to_its_end():
    """The journal is told first, and of the result last."""
    okta = FakeOkta(members={"00gclaude": [(JANE,)]})
    result = await carry_out(READY, run(okta))
    assert (okta.log[0], okta.log[-1]) == (("started", READY), ("ended", result))


async def test_each_write_is_in_the_journal_before_the_records_beside_it():
    """A journal that is full stops the write, and nothing beside it is told."""
    okta, beside = FakeOkta(), FakeOkta()
    full = FullRecord(0)
    full.record_started = okta.record_started
    with pytest.raises(StoreError):
        await carry_out(READY, replace(run(okta), journal=full, beside=(beside,)))
    assert (okta.log, beside.log) == ([("started", READY)], [])


async def test_a_run_that_was_asked_to_end_is_interrupted():
    """What was not begun is left to the next plan."""
    okta = FakeOkta(members={"00gclaude": [(JANE,)]})
    result = await carry_out(READY, run(okta, should_stop=lambda: bool(okta.writes)))
    assert result.interrupted
    assert [line.outcome for line in result.lines] == [
        Outcome.VERIFIED,
        Outcome.NOT_RUN,
        Outcome.HELD,
    ]


async def test_a_run_that_was_stopped_says_why():
    """The command line turns that into an error."""
    result = await carry_out(READY, run(FakeOkta({"add": refused(401)})))
    assert result.stopped_by == "Okta refused the credential (401)"


async def test_a_refusal_of_our_own_surfaces_as_itself_and_leaves_the_run_open():
    """The journal has no end, so the next run says that this one was cut short."""
    error = GuardRefused("write-not-allowed", "no such group")
    okta = FakeOkta({"add": error})
    with pytest.raises(GuardRefused) as caught:
        await carry_out(READY, run(okta))
    assert caught.value is error
    assert [entry[0] for entry in okta.log] == ["started", "begun", "add", "answered"]


async def test_a_read_that_fails_while_preparing_writes_nothing():
    """The reader's error is the run's."""
    error = ConnectorError("token-refused", "401", status=401)
    reader = reader_of(COMPANY, members={CLAUDE: error})
    with pytest.raises(ConnectorError) as caught:
        await prepared(reviewed(), reader=reader)
    assert caught.value is error


def test_the_canary_of_the_builder_is_the_one_that_is_asked_for():
    """Otherwise the tests above would prove nothing about it."""
    assert user_id(CANARY) in COMPANY.live().members[group_id("Canary")]
