"""Being asked to end raises a flag and interrupts nothing."""

import asyncio
import os
import signal

import pytest

from reconciler.cli.session.deadline import interruptible, stop_when_asked

pytestmark = pytest.mark.anyio


async def delivered(is_so):
    """The loop has had its turns until it is so."""
    for _ in range(1000):
        if is_so():
            return True
        await asyncio.sleep(0)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_raises_the_flag_and_says_so(number):
    """The write in flight is finished by whoever asks the flag."""
    said = []
    with stop_when_asked(said.append) as should_stop:
        assert not should_stop()
        os.kill(os.getpid(), number)
        assert await delivered(should_stop)
    assert said == [
        "asked to end: finishing the writes in flight; interrupt again to break them off"
    ]


async def test_after_the_first_a_second_interrupt_is_the_usual_one():
    """Nobody is kept waiting against their will."""
    with stop_when_asked(lambda _: None) as should_stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert await delivered(should_stop)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


async def test_outside_of_it_signals_mean_what_they_meant():
    """Reading is simply interrupted."""
    with stop_when_asked(lambda _: None):
        pass
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_question_at_the_terminal_is_broken_off_at_once():
    """The loop that it is asked in would wait for the answer first, and end the run then."""
    handlers = []

    async def ask():
        with interruptible():
            handlers.append(signal.getsignal(signal.SIGINT))
            os.kill(os.getpid(), signal.SIGINT)
            handlers.append(None)

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(ask())
    assert handlers == [signal.default_int_handler]
