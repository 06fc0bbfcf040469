"""A run waits until it is asked to end, and not past its minutes."""

import asyncio
from datetime import timedelta

import pytest

from reconciler.cli.session.deadline import Deadline
from reconciler.model.errors import EndingError
from tests.support.virtual_time import BEGINNING, passed, run_virtually, virtual_clock


def deadline(minutes=None):
    """Of a run that begins with the virtual clock."""
    return Deadline(clock=virtual_clock, began_at=BEGINNING, minutes=minutes)


def test_a_wait_without_an_end_is_an_ordinary_wait():
    """To the second."""

    async def work():
        found = deadline()
        await found.sleep(90.0)
        return passed(), found.why_end()

    assert run_virtually(work()) == (90.0, "")


def test_being_asked_to_end_ends_the_wait_at_once():
    """And no other is begun."""

    async def work():
        found = deadline()
        asyncio.get_running_loop().call_later(3.0, found.asked.set)
        for _ in range(2):
            with pytest.raises(EndingError) as caught:
                await found.sleep(60.0)
            assert caught.value.code == "run-ending"
            assert caught.value.message.startswith("the run was asked to end")
        return passed()

    assert run_virtually(work()) == 3.0


def test_a_wait_that_would_pass_the_deadline_is_not_begun():
    """It would be for nothing; what needs no wait was told so too."""

    async def work():
        found = deadline(minutes=2)
        await found.sleep(60.0)
        assert found.why_end() == ""
        with pytest.raises(EndingError) as caught:
            await found.sleep(60.0)
        return passed(), found.why_end(), caught.value.message

    over = "the 2 minutes of --max-minutes were over"
    assert run_virtually(work()) == (60.0, over, f"{over} before Okta's limit had room")


def test_minutes_pass_without_waiting_too():
    """A slow org uses them up as well."""

    async def work():
        found = deadline(minutes=1)
        await asyncio.sleep(timedelta(minutes=1).total_seconds())
        return found.why_end()

    assert run_virtually(work()) == "the 1 minute of --max-minutes were over"


def test_what_is_left_is_told_to_the_second():
    """With a little more for what was begun; never less than nothing."""

    async def work():
        found = deadline(minutes=1)
        told = []
        for _ in range(3):
            told.append((found.left_s(), found.left_s(10.0)))
            await asyncio.sleep(35.0)
        return told

    assert run_virtually(work()) == [(60.0, 70.0), (25.0, 35.0), (0.0, 0.0)]


def test_a_run_without_minutes_has_no_end():
    """An answer is bounded by itself."""
    assert deadline().left_s() is None
    assert deadline().left_s(10.0) is None
