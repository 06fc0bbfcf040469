"""A plan, as it is read."""

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from reconciler.model.accounts import AccountAction
from reconciler.model.catalog import Authority
from reconciler.model.plan import Ending
from reconciler.planning.plan_codec import digest
from reconciler.render.document import Mark
from reconciler.render.formats.markdown import render as render_markdown
from reconciler.render.formats.text import render
from reconciler.render.plan import plan_document
from tests.support.account_lines import MANY, account_change, blocked_account
from tests.support.nouns import GROUP, change, grant_ref, plan, ref, removal
from tests.support.samples import FULL, drift

UNLOCK = account_change(AccountAction.UNLOCK)
FINAL = account_change(AccountAction.DEACTIVATE, "Lee Miller")


def text(document, width=None):
    """The document as a file."""
    return "".join(f"{line.text}\n" for line in render(document, width))


@pytest.mark.parametrize(("name", "width"), [("plan-full", None), ("plan-full-80", 80)])
def test_a_plan_with_every_section_reads_as_it_always_did(golden, name, width):
    """A changed word is reviewed like code."""
    golden(name, text(plan_document(FULL), width))


def test_an_empty_plan_reads_as_it_always_did(golden):
    """No section is printed for nothing."""
    golden("plan-empty", text(plan_document(plan(groups=FULL.groups[:1]))))


def test_members_of_an_authoritative_group_are_not_called_reported():
    """They are removals, or held, and stand there; those of an additive group are only told of."""
    known = plan(groups=FULL.groups, unapproved=(drift("known", Authority.AUTHORITATIVE),))
    stray = plan(groups=FULL.groups, unapproved=(drift("stray", Authority.ADDITIVE),))
    assert plan_document(known).verdict == "Nothing to do: Okta holds what git says."
    assert plan_document(stray).verdict == "Nothing to apply; 1 unapproved member reported."


@pytest.mark.parametrize(("name", "width"), [("plan-accounts", 120), ("plan-accounts-80", 80)])
def test_a_plan_with_every_change_of_an_account_reads_as_it_always_did(golden, name, width):
    """What Okta cannot take back is reviewed by these words."""
    made = replace(plan_document(MANY), closing=())
    assert {each.action for each in MANY.accounts} == set(AccountAction)
    golden(name, text(made, width))


def test_a_plan_of_accounts_reads_in_markdown_as_it_always_did(golden):
    """A pull request shows it so."""
    made = replace(plan_document(MANY), closing=())
    golden("plan-accounts-markdown", render_markdown(made, marker="plan:okta-prod"))


def test_blocked_accounts_and_what_takes_away_stand_first():
    """Before every line about a group, and before what gives access back."""
    made = plan(
        *FULL.changes,
        accounts=(account_change(AccountAction.UNLOCK), account_change(AccountAction.SUSPEND)),
        blocked_accounts=(blocked_account(),),
    )
    first = plan_document(made).sections[0]
    assert first.title == "Accounts"
    assert [row.mark for row in first.rows] == [Mark.BLOCKED, Mark.REMOVE, Mark.ADD]


@pytest.mark.parametrize(
    ("verdict", "totals", "made"),
    [
        ("1 account change can be applied.", "1 account change · 0 to remove", (UNLOCK,)),
        (
            "2 account changes can be applied.",
            "2 account changes · 1 of them cannot be undone · 0 to remove",
            (UNLOCK, FINAL),
        ),
        (
            "1 account change can be applied; guards hold 1.",
            "2 account changes · 1 of them cannot be undone · 0 to remove",
            (UNLOCK, replace(FINAL, held_by=("deactivations",))),
        ),
        (
            "Guards hold the one change, so nothing can be applied.",
            "1 account change · 1 of them cannot be undone · 0 to remove",
            (replace(FINAL, held_by=("deactivations",)),),
        ),
    ],
)
def test_changes_of_accounts_are_counted_apart(verdict, totals, made):
    """The reader of one line knows that an account is changed, and whether for good."""
    found = plan_document(plan(accounts=made))
    assert found.verdict == verdict
    assert found.totals.startswith(totals)


def test_other_changes_stand_beside_those_of_accounts_in_the_verdict():
    """Neither hides the other."""
    made = plan(change("jane"), removal("joe"), accounts=(UNLOCK,))
    assert plan_document(made).verdict == ("1 account change and 2 other changes can be applied.")


def test_a_blocked_account_is_counted_beside_what_else_is_blocked():
    """Nothing else may be left of the plan."""
    found = plan_document(plan(blocked_accounts=(blocked_account(),), groups=FULL.groups))
    assert found.verdict == "No change is left to apply, but 1 line is blocked and needs a person."
    assert "1 account blocked" in found.totals
    assert (found.sections[0].title, found.sections[0].note) == ("Accounts", "")


@pytest.mark.parametrize(("is_said", "sandbox"), [(True, True), (False, False)])
def test_a_sandbox_plan_says_so(is_said, sandbox):
    """A rehearsal must not be taken for the real thing."""
    facts = plan_document(plan(sandbox=sandbox)).facts
    assert facts[0].value.endswith(" · sandbox") is is_said


def test_the_digest_to_pin_is_the_last_line():
    """It is copied from there."""
    assert plan_document(FULL).closing == (f"digest {digest(FULL)}",)


@pytest.mark.parametrize(
    ("words", "within", "clock", "ends_at"),
    [
        ("through 2026-11-28", None, None, "2026-11-29T00:00:00+00:00"),
        ("ends 2026-11-28 14:00 UTC", None, time(14), "2026-11-28T14:00:00+00:00"),
        (
            "ends 2026-11-28 14:00 UTC (within 1,440 minutes after, by the schedule)",
            1440,
            time(14),
            "2026-11-28T14:00:00+00:00",
        ),
        ("through 2026-11-27", None, time(14), "2026-11-28T00:00:00+00:00"),
    ],
)
def test_what_ends_soon_says_when_and_how_late_that_may_come(words, within, clock, ends_at):
    """With a day, or at an instant; a revocation that comes before is of a day."""
    one = Ending(
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=ref("jane"),
        ends_at=datetime.fromisoformat(ends_at),
        grant=grant_ref(expires=date(2026, 11, 28), expires_time=clock),
        within_minutes=within,
    )
    shown = text(plan_document(plan(ending=(one,))))
    assert f'{words}: jane@example.com (00ujane) in "Claude users" (00gclaude)' in shown
