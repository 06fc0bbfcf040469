"""Which writes are unknown when a run breaks off."""

import pytest

from reconciler.cli.session.apply import UnansweredWrites
from reconciler.execution.executor import Orders, execute
from reconciler.model.errors import GuardRefused
from reconciler.model.outcome import AccountResult, AccountWrite, LineResult, Outcome, Write
from reconciler.planning.wording import describe, describe_account
from tests.support.account_lines import account_change
from tests.support.fake_writer import FakeOkta, FullRecord
from tests.support.nouns import GROUP, change

ONE = change()
WRITE = Write(number=1, change=ONE, group=GROUP.id)


def test_a_write_is_unknown_from_its_beginning_to_its_answer():
    """One that was broken off stays so."""
    unanswered, seen = UnansweredWrites(), []
    for tell in (
        lambda: unanswered.record_begun(WRITE),
        lambda: unanswered.record_answered(WRITE, None),
        lambda: unanswered.record_answered(WRITE, LineResult(change=ONE, outcome=Outcome.ACCEPTED)),
    ):
        tell()
        seen.append(list(unanswered.describe()))
    assert seen == [[describe(ONE)], [describe(ONE)], []]


def test_a_change_of_an_account_is_unknown_as_long():
    """Beside what is unknown of memberships."""
    unanswered, write = UnansweredWrites(), AccountWrite(number=1, change=account_change())
    unanswered.record_account_begun(write)
    unanswered.record_begun(WRITE)
    unanswered.record_account_answered(write, None)
    assert list(unanswered.describe()) == [describe_account(write.change), describe(ONE)]
    accepted = AccountResult(change=write.change, outcome=Outcome.ACCEPTED)
    unanswered.record_account_answered(write, accepted)
    assert list(unanswered.describe()) == [describe(ONE)]


@pytest.mark.anyio
@pytest.mark.parametrize(("room", "unknown", "sent"), [(0, [], 0), (1, [describe(ONE)], 1)])
async def test_what_could_not_be_kept_counts_as_not_begun_or_not_answered(room, unknown, sent):
    """A write that no record has is not sent; one whose answer none has is unknown."""
    unanswered, okta = UnansweredWrites(), FakeOkta()
    with pytest.raises(ExceptionGroup):
        await execute(Orders(changes=(ONE,)), okta, (FullRecord(room), unanswered))
    assert (list(unanswered.describe()), len(okta.writes)) == (unknown, sent)


@pytest.mark.anyio
async def test_a_write_that_was_broken_off_is_unknown():
    """Whatever broke it off."""
    unanswered, okta = UnansweredWrites(), FakeOkta({"add": GuardRefused("stale", "it is")})
    with pytest.raises(ExceptionGroup):
        await execute(Orders(changes=(ONE,)), okta, (okta, unanswered))
    assert list(unanswered.describe()) == [describe(ONE)]
