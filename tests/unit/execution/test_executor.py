"""Lines are carried out in waves, each once, and a refusal stops no more than it must."""

from dataclasses import replace

import pytest

from reconciler.execution.executor import Executed, Orders, execute
from reconciler.model.errors import ConnectorError, EndingError, GuardRefused, StoreError
from reconciler.model.outcome import LineResult, Outcome, Write
from reconciler.model.plan import GroupRef
from tests.support.fake_writer import FakeOkta, FullRecord, refused
from tests.support.nouns import (
    GROUP,
    MADE_GROUP,
    NEW_GROUP,
    change,
    creation,
    grant_ref,
    removal,
)

pytestmark = pytest.mark.anyio
OTHER = GroupRef(id="00gother", name="Other")
THIRD = GroupRef(id="00gthird", name="Third")


async def run(okta, *changes, **more):
    """The lines, one after the other."""
    return await execute(Orders(changes=changes, **{"concurrency": 1, **more}), okta, (okta,))


def ends(done):
    """Each line's outcome, in the order given."""
    return [line.outcome for line in done.lines]


async def test_creations_come_first_then_additions_then_removals():
    """A swap never leaves somebody without both accesses, and a group exists before its members."""
    okta = FakeOkta()
    lines = (removal("gone"), change("jane", group=NEW_GROUP), creation(), change("joe"))
    done = await run(okta, *lines)
    assert okta.writes == [
        ("create", "Cursor users", "[reconciler:a/b/c]"),
        ("add", "00gmade", "00ujane"),
        ("add", GROUP.id, "00ujoe"),
        ("remove", GROUP.id, "00ugone"),
    ]
    assert ends(done) == [Outcome.ACCEPTED] * 4
    assert done.group_ids == {GROUP.id: GROUP.id, "new:Cursor users": "00gmade"}


async def test_results_stand_in_the_order_of_the_plan():
    """Whatever order they ran in."""
    lines = (removal("gone"), change("joe"))
    assert await run(FakeOkta(), *lines) == Executed(
        lines=(
            LineResult(change=lines[0], outcome=Outcome.ACCEPTED, request_id="req-2"),
            LineResult(change=lines[1], outcome=Outcome.ACCEPTED, request_id="req-1"),
        ),
        group_ids={GROUP.id: GROUP.id},
    )


async def test_several_lines_at_once_end_like_one_by_one():
    """Every line exactly once."""
    okta = FakeOkta()
    lines = [change(f"p{n}") for n in range(10)] + [removal(f"q{n}") for n in range(10)]
    done = await run(okta, *lines, concurrency=4)
    assert ends(done) == [Outcome.ACCEPTED] * 20
    assert len(set(okta.writes)) == len(okta.writes) == 20
    assert [call[0] for call in okta.writes] == ["add"] * 10 + ["remove"] * 10


async def test_a_held_line_is_not_written():
    """It is recorded with the guards that hold it."""
    okta, held = FakeOkta(), removal("gone", held_by=("group-removals", "ourselves"))
    done = await run(okta, held, change("jane"))
    assert okta.writes == [("add", GROUP.id, "00ujane")]
    detail = "held by group-removals, ourselves"
    assert done.lines[0] == LineResult(change=held, outcome=Outcome.HELD, detail=detail)


async def test_switched_off_removals_are_not_run_and_the_rest_is():
    """`--no-removals` is a permanent switch."""
    okta, gone = FakeOkta(), removal("gone")
    done = await run(okta, gone, change("jane"), allows_removals=False)
    assert ends(done) == [Outcome.NOT_RUN, Outcome.ACCEPTED]
    assert done.lines[0].detail == "removals are switched off (--no-removals)"


async def test_a_run_that_is_asked_to_end_finishes_the_write_in_flight():
    """What was not begun is recorded as not run."""
    okta = FakeOkta()
    done = await run(
        okta, change("jane"), change("joe"), removal("gone"), should_stop=lambda: bool(okta.writes)
    )
    assert ends(done) == [Outcome.ACCEPTED, Outcome.NOT_RUN, Outcome.NOT_RUN]
    assert {"the run was asked to end"} == {line.detail for line in done.lines[1:]}


async def test_a_401_stops_everything():
    """The credential is gone; every further write would only be refused."""
    okta = FakeOkta({("add", GROUP.id, "00ujane"): refused(401)})
    done = await run(okta, change("jane"), change("joe", group=OTHER), removal("gone"))
    assert ends(done) == [Outcome.FAILED, Outcome.NOT_RUN, Outcome.NOT_RUN]
    assert done.stopped_by == "Okta refused the credential (401)"
    assert {done.stopped_by} == {line.detail for line in done.lines[1:]}


@pytest.mark.parametrize("code", ["", "E0000005", "E0000006"])
async def test_a_403_stops_the_removals_of_its_group_only(code):
    """Our rights end at that group; additions elsewhere and removals elsewhere go on."""
    okta = FakeOkta({("add", GROUP.id): refused(403, code)})
    done = await run(
        okta,
        change("jane"),
        removal("gone"),
        removal("gone", group=OTHER),
        change("joe", group=OTHER),
    )
    assert ends(done) == [Outcome.REFUSED, Outcome.NOT_RUN, Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert (
        done.stopped_by,
        done.lines[1].detail,
    ) == ("", "Okta refused a write to this group before")


async def test_a_403_from_a_second_group_stops_everything():
    """Then it is the credential, not the group."""
    okta = FakeOkta({("add", g.id): refused(403, "E0000006") for g in (GROUP, OTHER)})
    done = await run(
        okta,
        change("jane"),
        change("joe"),
        change("jane", group=OTHER),
        change("jane", group=THIRD),
        removal("gone", group=THIRD),
    )
    assert ends(done) == [Outcome.REFUSED] * 3 + [Outcome.NOT_RUN] * 2
    assert done.stopped_by == "Okta refused writes to a second group (403)"


async def test_a_403_about_one_person_says_nothing_about_our_rights():
    """Okta protects some accounts; the group's other lines go on."""
    okta = FakeOkta({("add", GROUP.id, "00ujane"): refused(403, "E0000038")})
    done = await run(okta, change("jane"), removal("gone"))
    assert ends(done) == [Outcome.REFUSED, Outcome.ACCEPTED]


@pytest.mark.parametrize(
    ("outcome", "line"), [(Outcome.ALREADY, removal()), (Outcome.FAILED, change())]
)
async def test_a_404_is_what_a_removal_wanted_and_an_addition_did_not(outcome, line):
    """Whoever is not there needs no removal."""
    okta = FakeOkta({"add": refused(404), "remove": refused(404)})
    done = await run(okta, line)
    assert done.lines == (
        LineResult(change=line, outcome=outcome, detail="Okta said 404", request_id="req-no"),
    )


async def test_any_other_failure_is_isolated():
    """One bad line does not cost the others."""
    okta = FakeOkta({("add", GROUP.id, "00ujane"): refused(500)})
    done = await run(okta, change("jane"), change("joe"), removal("gone"))
    assert ends(done) == [Outcome.FAILED, Outcome.ACCEPTED, Outcome.ACCEPTED]


@pytest.mark.parametrize("made", [{"answers": {"create": refused(400)}}, {"made_id": None}])
async def test_a_creation_that_failed_leaves_its_additions_not_run(made):
    """There is no group to add to, and none is guessed."""
    okta = FakeOkta(**made)
    done = await run(okta, creation(), change("jane", group=NEW_GROUP), change("joe"))
    assert ends(done) == [Outcome.FAILED, Outcome.NOT_RUN, Outcome.ACCEPTED]
    assert done.lines[1].detail == "its group was not made"
    assert len(okta.writes) == 2


async def test_a_held_creation_leaves_its_additions_not_run():
    """For whatever reason the group is not made."""
    okta = FakeOkta()
    await run(okta, creation(held_by=("x",)), change("jane", group=NEW_GROUP))
    assert okta.writes == []


async def test_a_group_that_was_made_is_named_with_its_id_in_the_result():
    """Evidence of a run names what was written to."""
    done = await run(FakeOkta(), creation(), change("jane", group=NEW_GROUP))
    assert [line.change.group for line in done.lines] == [MADE_GROUP] * 2


async def test_each_write_is_recorded_before_and_after():
    """A run that is killed between the two leaves a write without an answer."""
    okta = FakeOkta({("remove", GROUP.id): refused(500)})
    lines = (removal("gone"), change("jane"))
    done = await run(okta, *lines)
    removed = Write(number=1, change=lines[0], group=GROUP.id)
    added = Write(number=2, change=lines[1], group=GROUP.id)
    assert okta.log == [
        ("begun", added),
        ("add", GROUP.id, "00ujane"),
        ("answered", added, done.lines[1]),
        ("begun", removed),
        ("remove", GROUP.id, "00ugone"),
        ("answered", removed, done.lines[0]),
    ]


async def test_a_write_to_a_group_that_this_run_made_is_recorded_with_its_id():
    """The line itself stays as it was planned; the creation has no id yet."""
    okta, lines = FakeOkta(), (creation(), change("jane", group=NEW_GROUP))
    await run(okta, *lines)
    assert [entry[1] for entry in okta.log if entry[0] == "begun"] == [
        Write(number=1, change=lines[0], group=None),
        Write(number=2, change=lines[1], group="00gmade"),
    ]


@pytest.mark.parametrize("full", [0, 1])
async def test_a_write_is_sent_only_once_every_record_has_it(full):
    """In their order: the records after one that fails are not told, and Okta is not asked."""
    okta, records = FakeOkta(), [FakeOkta(), FakeOkta()]
    records[full] = FullRecord(0)
    with pytest.raises(ExceptionGroup) as caught:
        await execute(Orders(changes=(change("jane"),)), okta, records)
    assert [StoreError] == [type(error) for error in caught.value.exceptions]
    kept = [[entry[0] for entry in one.log] for one in (*records, okta) if one is not records[full]]
    assert kept == [["begun"] if full else [], []]


async def test_a_line_that_is_not_tried_is_not_recorded_as_begun():
    """The journal holds writes, not plans."""
    okta = FakeOkta()
    await run(okta, removal("gone", held_by=("x",)), removal("old"), allows_removals=False)
    assert okta.log == []


async def test_a_refusal_of_our_own_is_recorded_as_unknown_and_ends_the_run():
    """The write allow-list speaks only when the planner is wrong: nothing goes on after that."""
    okta = FakeOkta({"add": GuardRefused("write-not-allowed", "no such group")})
    with pytest.raises(ExceptionGroup) as caught:
        await run(okta, change("jane"), removal("gone"))
    assert [GuardRefused] == [type(error) for error in caught.value.exceptions]
    assert [entry[0] for entry in okta.log] == ["begun", "add", "answered"]
    assert okta.log[-1][2] is None


async def test_every_line_is_told_once_as_it_ends():
    """A progress display hears of each."""
    heard = []
    done = await run(FakeOkta(), removal("gone"), change("jane"), on_line=heard.append)
    assert [done.lines[1], done.lines[0]] == heard


async def test_a_line_that_names_no_one_fails_alone():
    """A damaged plan writes nothing for it."""
    okta = FakeOkta()
    done = await run(okta, change(None), change("jane"))
    assert (ends(done), len(okta.writes)) == ([Outcome.FAILED, Outcome.ACCEPTED], 1)


async def test_a_lost_answer_is_a_failure_without_a_request_id():
    """Readback tells by that whether to look."""
    okta = FakeOkta({"add": ConnectorError("unreachable", "no answer")})
    done = await run(okta, change("jane"))
    assert [(line.outcome, line.request_id) for line in done.lines] == [(Outcome.FAILED, "")]


def limited():
    """Okta's limit had no room for the write, to the end."""
    return ConnectorError("rate-limited", "too many", status=429)


async def test_a_run_that_is_out_of_time_begins_no_further_write():
    """The rest is not run, and that is no error of the run."""
    okta = FakeOkta()
    done = await run(
        okta, change("jane"), change("joe"), why_end=lambda: "late" if okta.writes else ""
    )
    assert ends(done) == [Outcome.ACCEPTED, Outcome.NOT_RUN]
    assert (done.lines[1].detail, done.stopped_by) == ("late", "")


async def test_a_write_that_was_not_waited_for_is_not_run_and_nothing_follows():
    """It was recorded as begun, so its end is recorded too."""
    ending = EndingError("run-ending", "asked to end before Okta's limit had room")
    okta = FakeOkta({("add", GROUP.id, "00ujane"): ending})
    done = await run(okta, change("jane"), change("joe"), removal("gone"))
    assert ends(done) == [Outcome.NOT_RUN] * 3
    assert {line.detail for line in done.lines} == {ending.message}
    assert [entry[0] for entry in okta.log] == ["begun", "add", "answered"]
    assert okta.log[-1][2] == done.lines[0]


async def test_writes_that_find_the_limit_used_up_in_a_row_end_the_run():
    """As many as run at once: five thousand lines do not each wait for minutes."""
    lines = [change(f"p{n}") for n in range(6)]
    refusals = {("add", GROUP.id, f"00up{n}"): limited() for n in range(6)}
    done = await run(FakeOkta(refusals), *lines, concurrency=2)
    assert ends(done) == [Outcome.FAILED] * 2 + [Outcome.NOT_RUN] * 4
    assert done.lines[-1].detail == "2 writes in a row found Okta's rate limit used up"
    assert done.stopped_by == ""


async def test_one_write_that_gets_through_ends_the_row():
    """So does any other outcome."""
    refusals = {("add", GROUP.id, f"00up{n}"): limited() for n in (0, 2, 4)}
    refusals |= {("add", GROUP.id, "00up3"): refused(404)}
    done = await run(FakeOkta(refusals), *[change(f"p{n}") for n in range(6)], concurrency=2)
    failed, done_so = Outcome.FAILED, Outcome.ACCEPTED
    assert ends(done) == [failed, done_so, failed, failed, failed, done_so]


async def moved(okta, outcome, *changes):
    """The lines, where whoever was added is then found so."""
    asked = []

    async def confirm(lines, groups):
        asked.append(([line.change for line in lines], dict(groups)))
        return tuple(replace(line, outcome=outcome) for line in lines)

    orders = Orders(changes=changes, concurrency=1)
    return await execute(orders, okta, (okta,), confirm), asked


@pytest.mark.parametrize(
    ("left", "outcome"), [(Outcome.ACCEPTED, Outcome.VERIFIED), (Outcome.NOT_RUN, Outcome.ACCEPTED)]
)
async def test_nobody_leaves_a_group_before_they_are_seen_in_its_successor(left, outcome):
    """That Okta accepted the addition is not enough."""
    grants = (grant_ref("a1"),)
    arrival, leaving = change("jane", group=OTHER, grants=grants), removal("jane", grants=grants)
    done, asked = await moved(FakeOkta(), outcome, arrival, change("joe"), leaving)
    assert ends(done) == [outcome, Outcome.ACCEPTED, left]
    assert asked == [([arrival], {OTHER.id: OTHER.id, GROUP.id: GROUP.id})]


async def test_nothing_is_read_early_where_nobody_moves():
    """One read a group, at the end."""
    _, asked = await moved(FakeOkta(), Outcome.VERIFIED, change("jane"), removal("gone"))
    assert asked == []


async def test_who_is_not_seen_to_be_active_again_is_added_to_no_group():
    """Okta would take the addition of a suspended person; and they keep the group they leave."""
    grants, joe = (grant_ref("a1"),), change("joe")
    okta, late = FakeOkta(), change("jane", grants=grants)
    move = removal("jane", group=OTHER, grants=grants)
    done = await run(okta, late, joe, move, not_active=frozenset({"00ujane"}))
    assert okta.writes == [("add", GROUP.id, "00ujoe")]
    assert [(line.outcome, line.detail) for line in done.lines] == [
        (Outcome.NOT_RUN, "their account is not seen to be active again"),
        (Outcome.ACCEPTED, ""),
        (Outcome.NOT_RUN, "they are not seen in the group that takes this one's place"),
    ]


async def test_nothing_is_written_where_the_accounts_stopped_the_run():
    """The reason is that of the whole run."""
    okta = FakeOkta()
    done = await run(okta, change("jane"), removal("old"), stopped_by="no credential")
    assert (okta.writes, done.stopped_by) == ([], "no credential")
    assert {(line.outcome, line.detail) for line in done.lines} == {
        (Outcome.NOT_RUN, "no credential")
    }
