"""A compared plan leads with what the change does."""

from dataclasses import replace

import pytest

from reconciler.model.review import BaseComparison, CatalogChange, Cause, WithheldGroup
from reconciler.render.document import Fact, Mark
from reconciler.render.formats.markdown import render
from reconciler.render.plan import plan_document
from reconciler.render.three_way import verdict
from tests.support.nouns import GROUP, change, creation, plan, removal

AGAINST = BaseComparison(commit="0123456789abcdef", digest="d")


def caused(line, cause):
    """The line with its cause."""
    return replace(line, cause=cause)


def compared(*lines, against=AGAINST, **more):
    """A compared plan of these lines."""
    return plan(*lines, against=against, **more)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (compared(), "This change changes nobody's access."),
        (
            compared(caused(change("a"), Cause.CHANGE), caused(removal("b"), Cause.CHANGE)),
            "This change removes 1 membership, adds 1 membership.",
        ),
        (
            compared(caused(change("a"), Cause.PENDING), caused(removal("b"), Cause.TIME)),
            "This change changes nobody's access. 2 other lines wait anyway.",
        ),
        (compared(caused(creation(), Cause.CHANGE)), "This change creates 1 group."),
        (compared(withdrawn=(change("a"),)), "This change takes back 1 pending line."),
        (plan(change("a"), against=replace(AGAINST, problem="it has errors")), ""),
        (plan(change("a")), ""),
    ],
)
def test_a_sentence_says_what_the_change_does(made, expected):
    """And how much waits anyway, which is not its doing."""
    assert expected == verdict(made)


def test_parts_stand_in_order_and_what_waits_is_folded():
    """Removals of others must not push the change itself out of a comment."""
    made = compared(
        caused(change("mine"), Cause.CHANGE),
        caused(removal("theirs"), Cause.PENDING),
        caused(removal("timed"), Cause.TIME),
    )
    titles = [s.title for s in plan_document(made).sections]
    assert titles[:3] == ["Caused by this change", "Caused by time", "Already pending"]
    text = render(plan_document(made), marker="x")
    assert text.index("mine@") < text.index("<details>") < text.index("theirs@")


def test_withheld_groups_and_words_have_their_sections():
    """Counts for the one, sentences for the other."""
    hidden = WithheldGroup(group=GROUP, granted=2, members_from=30)
    words = (CatalogChange(summary="a was b"),)
    made = compared(against=replace(AGAINST, withheld=(hidden,), catalog_changes=words))
    sections = {s.title: s.rows for s in plan_document(made).sections}
    (row,) = sections["Groups the base does not bind"]
    assert (row.mark, row.head) == (
        Mark.HELD,
        '"Claude users" (00gclaude): 2 people are granted it; 30 or more are in it',
    )
    assert sections["Changed in the catalog"][0].head == "a was b"


def test_what_could_not_be_compared_says_so_among_the_facts():
    """The lines are then those of any plan."""
    made = plan(change("a"), against=replace(AGAINST, problem="the base has errors"))
    prepared = plan_document(made)
    assert Fact("base", "0123456789ab") in prepared.facts
    assert Fact("not compared", "the base has errors") in prepared.facts
    assert prepared.sections[0].title == "Additions"
