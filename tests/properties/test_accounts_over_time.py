"""What files ask of an account is carried out once, and never against a later decision.

Each run of the tests tries a part of the histories; `RECONCILER_WORLDS=100000` in the environment
tries that many.
"""

import os
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.properties.account_history import OPERATIONS, History

WORLDS = int(os.environ.get("RECONCILER_WORLDS", "400"))


class Account(RuleBasedStateMachine):
    """An account to which things happen, in an order that hypothesis makes shorter on a failure."""

    def __init__(self):
        super().__init__()
        self.history = History(Random(0))  # noqa: S311 - chance is all that is asked

    @rule(operation=st.sampled_from(OPERATIONS), seed=st.integers(0, 999))
    def happens(self, operation, seed):
        """Whatever may happen."""
        self.history.chance.seed(seed)
        operation(self.history)

    @rule(seed=st.integers(0, 999))
    def runs(self, seed):
        """Each line is judged by what really happened."""
        self.history.chance.seed(seed)
        self.history.run()


@pytest.mark.slow
def test_no_history_repeats_a_request_or_overrules_a_later_decision():
    """Requests once, within a day; states only as far as the log and the approval allow."""
    run_state_machine_as_test(Account, settings=settings(max_examples=60, stateful_step_count=30))


def test_no_history_of_many_does():
    """The same, without looking for the shortest story: fast enough for a great many."""
    for seed in range(WORLDS):
        chance = Random(seed)  # noqa: S311 - chance is all that is asked
        history = History(chance)
        for _ in range(chance.randint(8, 30)):
            for operation in chance.choices(OPERATIONS, k=chance.randint(1, 3)):
                operation(history)
            history.run()
