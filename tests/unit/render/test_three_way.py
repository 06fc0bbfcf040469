"""A compared plan leads with what the change does."""

from dataclasses import replace

import pytest

from reconciler.model.accounts import AccountAction
from reconciler.model.approvals.review import BaseComparison, CatalogChange, Cause, WithheldGroup
from reconciler.render.document import Fact, Mark
from reconciler.render.formats.markdown import render
from reconciler.render.plan import plan_document
from reconciler.render.three_way import verdict
from tests.support.account_lines import account_change, blocked_account
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


LOCKING = account_change(AccountAction.SUSPEND, cause=Cause.CHANGE)
CLEARING = account_change(AccountAction.CLEAR_SESSIONS, cause=Cause.CHANGE)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (
            compared(accounts=(LOCKING, CLEARING)),
            "This change suspends 1 account, ends the sessions of 1 account.",
        ),
        (
            compared(
                caused(change("a"), Cause.CHANGE),
                accounts=tuple(
                    account_change(action, cause=Cause.CHANGE)
                    for action in (AccountAction.UNLOCK, AccountAction.UNLOCK)
                ),
            ),
            "This change unlocks 2 accounts, adds 1 membership.",
        ),
        (
            compared(
                accounts=(
                    account_change(cause=Cause.PENDING),
                    account_change(AccountAction.UNSUSPEND, cause=Cause.TIME),
                ),
                blocked_accounts=(blocked_account(cause=Cause.PENDING),),
            ),
            "This change changes nobody's access. 3 other lines wait anyway.",
        ),
        (
            compared(blocked_accounts=(blocked_account(cause=Cause.CHANGE),)),
            "This change brings 1 blocked line.",
        ),
        (
            compared(
                withdrawn_accounts=(account_change(),),
                released_accounts=(account_change(AccountAction.DEACTIVATE),),
            ),
            "This change takes back 1 pending line, lets 1 held line pass.",
        ),
    ],
)
def test_a_sentence_says_what_the_change_does_to_accounts(made, expected):
    """By what is done, and what waits anyway."""
    assert expected == verdict(made)


def test_every_action_has_its_words():
    """None is carried out that the sentence leaves out."""
    every = tuple(account_change(action, cause=Cause.CHANGE) for action in AccountAction)
    assert verdict(compared(accounts=every)).count("1 account") == len(AccountAction)


def test_lines_about_accounts_stand_with_what_brings_them():
    """Of the change, of time, already pending; taken back, and let pass."""
    made = compared(
        accounts=(
            LOCKING,
            account_change(AccountAction.UNSUSPEND, "Tim Late", cause=Cause.TIME),
        ),
        blocked_accounts=(blocked_account(cause=Cause.PENDING),),
        withdrawn_accounts=(account_change(AccountAction.UNLOCK, "Una Back"),),
        released_accounts=(
            account_change(AccountAction.DEACTIVATE, "Rex Gone", held_by=("deactivations",)),
        ),
    )
    sections = {s.title: [row.head for row in s.rows] for s in plan_document(made).sections}
    assert sections == {
        "Caused by this change": [
            'suspend jane.roe@example.com ("Jane Roe", 00ujaneroe): ACTIVE → SUSPENDED',
            "no longer: unlock una.back@example.com (00uunaback, LOCKED_OUT)",
            (
                "lets pass: deactivate rex.gone@example.com (00urexgone, ACTIVE), "
                "which cannot be undone"
            ),
        ],
        "Caused by time": [
            (
                'unsuspend tim.late@example.com ("Tim Late", 00utimlate): SUSPENDED → the '
                "status it had before"
            )
        ],
        "Already pending": [
            (
                'account-locked-out: jane.roe@example.com ("Jane Roe", 00ujaneroe, LOCKED_OUT) for '
                "state: suspended"
            )
        ],
    }


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
