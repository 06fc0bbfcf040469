"""Whatever is wrong with a proposal, together with whatever else, it is not merged unseen."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.approvals.review import Cause
from reconciler.proposals.merging import find_merge_refusals
from tests.support.merges import GOOD, SPOILERS, pending


def with_pending(case, causes):
    """The same, beside lines that waited already or came since."""
    question, plans, pull = case
    for cause in causes:
        plans = tuple(
            replace(p, **{name: (*getattr(p, name), *lines) for name, lines in more.items()})
            for p in plans
            for more in (pending(cause),)
        )
    return question, plans, pull


@given(st.lists(st.sampled_from([Cause.PENDING, Cause.TIME]), max_size=3))
def test_what_the_change_does_not_bring_does_not_hinder_it(causes):
    """Held, blocked, about accounts: it would be so without the merge too."""
    assert find_merge_refusals(*with_pending(GOOD, causes)) == ()


@given(
    st.permutations(sorted(SPOILERS)).flatmap(
        lambda names: st.integers(1, 6).map(lambda count: names[:count])
    ),
    st.lists(st.sampled_from([Cause.PENDING, Cause.TIME]), max_size=1),
)
def test_nothing_that_is_wrong_makes_up_for_something_else(names, causes):
    """Any few of them refuse, in any order."""
    case = with_pending(GOOD, causes)
    for name in names:
        case = SPOILERS[name][1](*case)
    assert find_merge_refusals(*case) != ()
