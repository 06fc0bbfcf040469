"""One sentence says what a plan comes to, and no two ways of having nothing to do share one."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import Authority
from reconciler.model.plan import GroupSummary
from reconciler.render.plan import verdict
from tests.support.nouns import GROUP, change, plan, removal
from tests.support.samples import BLOCKED, FULL, drift

HELD = replace(removal("old"), held_by=("ourselves",))
SUMMARY = GroupSummary(
    group=GROUP, bindings=("b",), authority=Authority.ADDITIVE, members=2, granted=1
)
BARE = replace(SUMMARY, members=0, granted=0)
BY_HAND = FULL.manual
UNBOUND = "No binding names okta-prod, so no group was compared"
CLEAN = "Nothing to do in Okta, which holds what git says"


@pytest.mark.parametrize(
    ("expected", "made"),
    [
        ("1 change can be applied.", plan(change())),
        ("2 changes can be applied.", plan(change(), removal("joe"))),
        ("1 change can be applied; guards hold 1.", plan(change(), HELD)),
        ("Guards hold all 2 changes, so nothing can be applied.", plan(HELD, HELD)),
        ("Guards hold the one change, so nothing can be applied.", plan(HELD)),
        (
            "No change is left to apply, but 1 line is blocked and needs a person.",
            plan(blocked=BLOCKED[:1]),
        ),
        (
            "No change is left to apply, but 2 lines are blocked and need a person.",
            plan(blocked=BLOCKED),
        ),
        (f"{UNBOUND}.", plan()),
        (
            f"{UNBOUND}; 1 grant is for a person to carry out.",
            plan(manual=BY_HAND),
        ),
        (
            f"{CLEAN}; 2 grants are for a person to carry out.",
            plan(groups=(SUMMARY,), manual=BY_HAND * 2),
        ),
        ("Nothing to do: no grant is live, and the groups are empty.", plan(groups=(BARE,))),
        ("Nothing to do: Okta holds what git says.", plan(groups=(BARE, SUMMARY))),
    ],
)
def test_each_way_of_having_something_or_nothing_to_do_has_its_sentence(expected, made):
    """Held, blocked, unbound, by hand and clean must not be taken for each other."""
    assert expected == verdict(made, 0)


def test_what_is_only_reported_is_said():
    """Somebody is in a group whom git does not explain: that is not clean."""
    made = plan(groups=(SUMMARY,), unapproved=(drift("stray", Authority.ADDITIVE),))
    assert verdict(made, 1) == "Nothing to apply; 1 unapproved member reported."
