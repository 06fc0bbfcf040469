"""Doubt never removes anyone, over the life of random companies.

Each run of the tests tries a part of the worlds; `RECONCILER_WORLDS=100000` in the environment
tries that many.
"""

import os
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.properties.timeline import OPERATIONS, Timeline

pytestmark = pytest.mark.slow

WORLDS = int(os.environ.get("RECONCILER_WORLDS", "400"))
WEIGHTS = [4 if operation in {Timeline.give, Timeline.wait} else 2 for operation in OPERATIONS]


class Company(RuleBasedStateMachine):
    """A company to which things happen, in an order that hypothesis makes shorter on a failure."""

    def __init__(self):
        super().__init__()
        self.timeline = Timeline(Random(0))  # noqa: S311 - chance is all that is asked

    @rule(operation=st.sampled_from(OPERATIONS), seed=st.integers(0, 999))
    def happens(self, operation, seed):
        """Whatever may happen, and then nothing is applied yet."""
        self.timeline.chance.seed(seed)
        operation(self.timeline)

    @rule(seed=st.integers(0, 999))
    def runs(self, seed):
        """Each line is judged by who was meant when its grants were approved."""
        self.timeline.chance.seed(seed)
        self.timeline.run()


def test_no_history_removes_whom_a_grant_means_or_adds_whom_none_does():
    """Nobody with a live or future grant goes, nor anybody unapproved from an additive group."""
    run_state_machine_as_test(Company, settings=settings(max_examples=40, stateful_step_count=30))


def test_no_world_of_many_does():
    """The same, without looking for the shortest story: fast enough for a great many."""
    for seed in range(WORLDS):
        chance = Random(seed)  # noqa: S311 - chance is all that is asked
        timeline = Timeline(chance)
        for _ in range(chance.randint(6, 24)):
            for operation in chance.choices(OPERATIONS, WEIGHTS, k=chance.randint(1, 3)):
                operation(timeline)
            timeline.run()
