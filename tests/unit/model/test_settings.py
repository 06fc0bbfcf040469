"""What a limit allows, and how it is said."""

import pytest

from reconciler.model.settings import GuardLimits, IdentityRule, Limit, Settings


@pytest.mark.parametrize(
    ("is_exceeded", "limit", "number", "of"),
    [
        (False, Limit(count=5, percent=25), 5, 20),
        (False, Limit(count=5, percent=25), 5, 6),
        (True, Limit(count=5, percent=25), 6, 20),
        (False, Limit(count=5, percent=25), 6, 24),
        (True, Limit(count=5, percent=25), 6, 23),
        (False, Limit(count=20), 20, 20),
        (True, Limit(count=20), 21, 1_000_000),
        (False, Limit(percent=10), 10, 100),
        (True, Limit(percent=10), 11, 100),
        (False, Limit(percent=33), 1, 4),
        (True, Limit(percent=33), 1, 3),
        (False, Limit(percent=100), 3, 3),
        (True, Limit(count=0), 1, 10),
        (False, Limit(count=0), 0, 10),
        (False, Limit(percent=0), 0, 0),
        (True, Limit(percent=50), 1, 0),
        (True, Limit(), 1, 10),
        (False, Limit(), 0, 10),
    ],
)
def test_a_limit_is_exceeded_when_every_figure_it_names_is(is_exceeded, limit, number, of):
    """Exactly the figure still passes; a small group is judged by count and a large by percent."""
    assert limit.is_exceeded(number, of) is is_exceeded


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("more than 5 and more than 25 %", Limit(count=5, percent=25)),
        ("more than 20", Limit(count=20)),
        ("more than 10 %", Limit(percent=10)),
    ],
)
def test_a_limit_says_its_figures(words, limit):
    """A verdict shows the numbers against these words."""
    assert words == str(limit)


def test_the_defaults_are_the_documented_ones():
    """The table of guards promises these figures where the settings name none."""
    assert Settings() == Settings(
        match=(IdentityRule.MAPPING, IdentityRule.LOGIN),
        guards=GuardLimits(
            group_removals=(Limit(count=5, percent=25),),
            run_removals=(Limit(count=20), Limit(count=5, percent=10)),
            ended_removals=(Limit(count=50),),
            unresolved=(Limit(count=5, percent=10),),
        ),
        protected=(),
        naming_pattern=None,
        admins=(),
    )
