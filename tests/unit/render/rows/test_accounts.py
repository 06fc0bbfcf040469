"""The lines about accounts, in words."""

from dataclasses import replace

import pytest

from reconciler.model.accounts import AccountAction, AccountPart, AccountState, LifecycleCall
from reconciler.model.diagnostics import Span
from reconciler.model.plan import AccountConsequences, AccountDrift
from reconciler.render.document import Mark, Row
from reconciler.render.rows.accounts import (
    account_drift_row,
    account_line,
    account_row,
    account_rows,
    blocked_account_row,
)
from tests.support.account_lines import account, account_change, account_ref, blocked_account
from tests.support.nouns import day

JANE = 'jane.roe@example.com ("Jane Roe", 00ujaneroe)'
CITED = (
    "state SEC-88 · approved by lead@example.com on 2026-11-22T08:15Z (claimed) · "
    "users/jane.roe.yaml:3"
)
BRIEF = account_ref(reason="")


@pytest.mark.parametrize(
    ("words", "ref"),
    [
        (CITED, account_ref()),
        (
            CITED.replace("(claimed)", "(claimed) · through 2026-12-15"),
            account_ref(until=day("2026-12-15")),
        ),
        (
            (
                "unlock SEC-88 · requested at 2026-11-22 08:12 UTC · approved by a@x.io, b@x.io on "
                "2026-11-22 (claimed)"
            ),
            account_ref(
                AccountPart.UNLOCK,
                approved_by=("a@x.io", "b@x.io"),
                approved_time=None,
                origin=None,
            ),
        ),
        (
            "password reset SEC-88 · requested at 2026-11-22 08:12 UTC by desk@x.io",
            account_ref(
                AccountPart.PASSWORD_RESET, requested_by="desk@x.io", approved_by=(), origin=None
            ),
        ),
        (
            (
                "request on call SEC-88 · requested by desk@x.io · approved by desk@x.io on "
                "2026-11-22T08:15Z (claimed)"
            ),
            account_ref(None, requested_by="desk@x.io", approved_by=("desk@x.io",)),
        ),
    ],
)
def test_what_asks_for_a_change_can_be_judged_from_its_line(words, ref):
    """Which part of which file, or who on call; ticket, approvers, instants and place."""
    assert words == account_line(ref)


@pytest.mark.parametrize(
    ("row", "change"),
    [
        (
            Row(
                mark=Mark.REMOVE,
                head=f"suspend {JANE}: ACTIVE → SUSPENDED",
                details=(
                    "why · risk high",
                    'stays in "Claude", "Cursor"',
                    'can no longer reach "Jira"',
                    "while it is so, these live grants add them to no group: claude/users",
                    CITED,
                    "reason given: laptop stolen",
                ),
            ),
            account_change(
                reason="why",
                consequences=AccountConsequences(
                    keeps=("Claude", "Cursor"), apps=("Jira",), grants=("claude/users",)
                ),
            ),
        ),
        (
            Row(
                mark=Mark.REMOVE,
                head=f"deactivate {JANE}: SUSPENDED → DEPROVISIONED, which cannot be undone",
                details=(
                    "why · risk high",
                    (
                        "Okta removes their app assignments, and activating them again may bring "
                        "none of those back"
                    ),
                    "stays in no managed group",
                    CITED,
                ),
            ),
            account_change(
                AccountAction.DEACTIVATE, reason="why", status="SUSPENDED", source=BRIEF
            ),
        ),
        (
            Row(
                mark=Mark.REMOVE,
                head=f"clear-sessions {JANE[:-1]}, SUSPENDED)",
                details=(
                    "why · risk high",
                    "ends their Okta sessions and tokens, and forgets their devices",
                    CITED,
                ),
            ),
            account_change(
                AccountAction.CLEAR_SESSIONS, reason="why", status="SUSPENDED", source=BRIEF
            ),
        ),
        (
            Row(
                mark=Mark.HELD,
                head=f"unlock {JANE}: LOCKED_OUT → ACTIVE or PASSWORD_EXPIRED",
                details=("held by a, b: not carried out", "why · risk low", CITED),
            ),
            account_change(AccountAction.UNLOCK, reason="why", source=BRIEF, held_by=("a", "b")),
        ),
    ],
)
def test_a_change_of_an_account_explains_itself(row, change):
    """What, whom, from which status to which, why, what follows, and who agreed."""
    assert row == account_row(change)


@pytest.mark.parametrize(
    ("mark", "action"),
    [
        (Mark.REMOVE, AccountAction.SUSPEND),
        (Mark.REMOVE, AccountAction.DEACTIVATE),
        (Mark.REMOVE, AccountAction.CLEAR_SESSIONS),
        (Mark.ADD, AccountAction.UNSUSPEND),
        (Mark.ADD, AccountAction.UNLOCK),
        (Mark.ADD, AccountAction.REACTIVATE),
        (Mark.CHANGE, AccountAction.RESET_PASSWORD),
    ],
)
def test_the_mark_tells_what_takes_away_from_what_gives(mark, action):
    """A reset does neither."""
    assert account_row(account_change(action)).mark is mark


@pytest.mark.parametrize(
    "call", [LifecycleCall.ACTIVATE, LifecycleCall.REACTIVATE, LifecycleCall.RESET_PASSWORD]
)
def test_a_line_says_that_okta_mails_a_link(call):
    """It goes to the person, and nowhere else."""
    row = account_row(account_change(AccountAction.REACTIVATE, call=call))
    assert "Okta mails them a link; it is not shown here" in row.details
    assert account_row(account_change()).details.count("Okta mails them a link") == 0


def test_a_reset_says_that_it_locks_the_person_out():
    """Whoever agrees to one at night may think that the old password works until then."""
    row = account_row(account_change(AccountAction.RESET_PASSWORD))
    assert "they cannot sign in until they have followed it" in row.details


def test_a_status_that_was_not_read_is_said_to_be_none():
    """A blank would look like a name."""
    assert account_row(account_change(status="")).head == f"suspend {JANE}: no status → SUSPENDED"


def test_who_has_no_name_and_no_id_goes_by_the_login():
    """As a redacted plan has it, and a login that Okta does not know."""
    bare = replace(account(), name="")
    assert account_row(account_change(person=bare)).head.startswith(
        "suspend jane.roe@example.com (00ujaneroe): "
    )
    unknown = replace(bare, id=None)
    assert account_row(account_change(person=unknown)).head.startswith(
        "suspend jane.roe@example.com: "
    )


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (
            (
                'account-locked-out: jane.roe@example.com ("Jane Roe", 00ujaneroe, LOCKED_OUT) for '
                "state: suspended"
            ),
            blocked_account(),
        ),
        (
            "account-locked-out: jane.roe@example.com for unlock",
            blocked_account(
                person=None, wanted=None, source=account_ref(AccountPart.UNLOCK, reason="")
            ),
        ),
    ],
)
def test_a_blocked_change_says_what_would_settle_it(head, line):
    """Who, what is asked for, what is wrong, and what to do."""
    row = blocked_account_row(line)
    assert (row.mark, row.head) == (Mark.BLOCKED, head)
    assert row.details[0] == line.summary
    assert row.details[1] == account_line(line.source)
    assert row.details[-1] == f"hint: {line.hint}"


@pytest.mark.parametrize(
    ("details", "origin"),
    [(("users/jane.yaml:2",), Span("users/jane.yaml", 2, 1)), ((), None)],
)
def test_an_account_that_differs_is_told_with_both_sides(details, origin):
    """What git wants, and what Okta shows."""
    line = AccountDrift(person=account(), wanted=AccountState.SUSPENDED, origin=origin)
    head = f"{JANE}: git wants suspended, Okta shows ACTIVE"
    assert account_drift_row(line) == Row(mark=Mark.NOTE, head=head, details=details)
    kept = account_drift_row(line, blocked_account(summary="s", hint="h"))
    why = ("account-locked-out: s", "hint: h")
    assert kept == Row(mark=Mark.BLOCKED, head=head, details=(*details, *why))


def test_what_takes_away_stands_before_what_gives_and_keeps_its_order():
    """A suspension and the end of its sessions stay side by side."""
    order = (
        account_change(AccountAction.UNSUSPEND, "A"),
        account_change(AccountAction.SUSPEND, "B"),
        account_change(AccountAction.CLEAR_SESSIONS, "B"),
        account_change(AccountAction.UNLOCK, "C"),
    )
    words = [row.head.partition(" ")[0] for row in account_rows([blocked_account()], order)]
    assert words == ["account-locked-out:", "suspend", "clear-sessions", "unsuspend", "unlock"]


def test_what_a_change_rests_on_is_said_once():
    """The end of the sessions is a step of it; where it stands alone it says so itself."""
    suspend = account_change(AccountAction.SUSPEND, source=BRIEF)
    clear = account_change(AccountAction.CLEAR_SESSIONS, reason="why", source=BRIEF)
    both, alone = account_rows((), (suspend, clear)), account_rows((), (clear,))

    assert both[0] == account_row(suspend)
    assert both[1].details == (
        "why · risk high",
        "ends their Okta sessions and tokens, and forgets their devices",
    )
    assert alone == (account_row(clear),)


def test_no_value_goes_on_in_the_words_of_the_tool():
    """A name may not say another status, a ticket who approved, a reason what the risk is."""
    person = replace(
        account(status="ACTIVE → SUSPENDED"),
        login="j · x@x.io → y",
        name='Jane", 00uboss): ACTIVE → DEPROVISIONED',
    )
    source = account_ref(
        ticket="SEC-1 · approved by boss@x.io",
        reason="lost · risk low",
        approved_by=("a · b@x.io",),
        requested_by="c · d@x.io",
        origin=Span("users/x · y.yaml", 1, 1),
    )
    follows = AccountConsequences(keeps=('A", "B',), apps=('C" · D',))
    row = account_row(
        account_change(
            person=person,
            source=source,
            consequences=follows,
            reason="why · risk low",
            expects=("A → B",),
        )
    )
    assert row.head.count("→") == row.head.count('": ') + 1 == 1
    assert row.head.count('"') == 2
    assert row.details[0].count(" · ") == 1
    assert [text.count('"') for text in row.details[1:3]] == [2, 2]
    assert row.details[3].count(" · ") == len(("requested", "approved", "place"))
    assert row.details[4] == r"reason given: lost \u{b7} risk low"
