"""The named choices."""

from reconciler.sandbox.world.options import POSSIBLE, Choices, Options


def test_the_first_value_of_each_is_the_default():
    """So that a list of values says what happens otherwise."""
    default = Choices()
    assert {name: getattr(default, name) for name in POSSIBLE} == {
        name: values[0] for name, values in POSSIBLE.items()
    }
    assert all(len(values) > 1 for values in POSSIBLE.values())


def test_an_org_answers_at_once_unless_it_is_told_otherwise():
    """No lag in any test that does not speak of lags."""
    options = Options()
    assert (options.index_lag, options.create_lag, options.log_delay) == (0, 0, 0)
