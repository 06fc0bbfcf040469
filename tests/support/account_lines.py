"""Lines about accounts for tests: single ones with quiet defaults, and a plan with many of each."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from reconciler.model.accounts import AccountAction, AccountPart, AccountState, LifecycleCall
from reconciler.model.catalog import Risk
from reconciler.model.diagnostics import Span
from reconciler.model.ids import PersonRef
from reconciler.model.outcome import AccountResult, LeftAccount, Outcome
from reconciler.model.plan import (
    AccountChange,
    AccountConsequences,
    AccountDrift,
    AccountRef,
    BlockedAccount,
    GuardVerdict,
)
from reconciler.model.stanzas import acknowledgement_file
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import change, day, plan, removal, result

CALLS = {action: LifecycleCall(action.value.replace("-", "_")) for action in AccountAction}
EXPECTED = {
    AccountAction.SUSPEND: ("SUSPENDED",),
    AccountAction.UNSUSPEND: ("ACTIVE", "PASSWORD_EXPIRED"),
    AccountAction.UNLOCK: ("ACTIVE", "PASSWORD_EXPIRED"),
    AccountAction.RESET_PASSWORD: ("RECOVERY",),
    AccountAction.DEACTIVATE: ("DEPROVISIONED",),
    AccountAction.REACTIVATE: ("PROVISIONED",),
    AccountAction.CLEAR_SESSIONS: (),
}
STARTS = {
    AccountAction.UNSUSPEND: "SUSPENDED",
    AccountAction.UNLOCK: "LOCKED_OUT",
    AccountAction.REACTIVATE: "PROVISIONED",
}
PARTS = {
    AccountAction.UNLOCK: AccountPart.UNLOCK,
    AccountAction.RESET_PASSWORD: AccountPart.PASSWORD_RESET,
}
ASKED = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)


def account(name="Jane Roe", status="ACTIVE"):
    """`Jane Roe` is jane.roe@example.com with the id 00ujaneroe."""
    key = ".".join(name.lower().split())
    letters = "".join(letter for letter in key if letter.isascii() and letter.isalpha())
    return PersonRef(id=f"00u{letters}", login=f"{key}@example.com", name=name, status=status)


def account_ref(part=AccountPart.STATE, subject="jane.roe@example.com", **more):
    """The part of a person's file, approved this morning."""
    facts = {
        "hash": "5a",
        "part": part,
        "subject": subject,
        "reason": "laptop stolen",
        "ticket": "SEC-88",
        "approved_by": ("lead@example.com",),
        "approved_at": day("2026-11-22"),
        "approved_time": time(8, 15),
        "requested_at": None if part in {None, AccountPart.STATE} else ASKED,
        "origin": Span("users/jane.roe.yaml", 3, 1) if part else None,
    }
    return AccountRef(**{**facts, **more})


def account_change(action=AccountAction.SUSPEND, name="Jane Roe", /, **more):
    """One line about an account, as its action usually is."""
    person = account(name, more.pop("status", STARTS.get(action, "ACTIVE")))
    is_final = action is AccountAction.DEACTIVATE
    facts = {
        "call": CALLS[action],
        "person": person,
        "expects": EXPECTED[action],
        "reason": f"their file asks for it ({action.value})",
        "risk": Risk.HIGH if action.takes_away else Risk.LOW,
        "source": account_ref(PARTS.get(action, AccountPart.STATE), person.login),
        "consequences": AccountConsequences(is_final=is_final),
    }
    return AccountChange(action=action, **{**facts, **more})


def blocked_account(code="account-locked-out", **more):
    """A suspension that Okta would refuse."""
    facts = {
        "summary": "jane.roe@example.com is LOCKED_OUT, and Okta suspends no locked account",
        "hint": "deactivate the account, or wait until it is unlocked",
        "source": account_ref(),
        "person": account(status="LOCKED_OUT"),
        "wanted": AccountState.SUSPENDED,
    }
    return BlockedAccount(code=code, **{**facts, **more})


def account_result(action, outcome, detail="", /, name="Jane Roe", **more):
    """One account line and how it ended."""
    facts = {"detail": detail, **more}
    return AccountResult(change=account_change(action, name), outcome=outcome, **facts)


def _source(action, login, number):
    """Four ways in which a file, or a person on call, asks for something."""
    path = f"catalog/users/{login.partition('@')[0]}.yaml"
    part = PARTS.get(action, AccountPart.STATE)
    until = day("2026-12-15") if action is AccountAction.SUSPEND else None
    facts = {"subject": login, "origin": Span(path, 2 + number, 1)}
    each = (
        {"until": until},
        {
            "ticket": f"HR-{number + 4100}",
            "reason": "leave of absence until the middle of December, agreed with their manager "
            "and with the works council on 20 November",
            "approved_by": ("lead@example.com", "security@example.com"),
        },
        {"reason": "left the company", "approved_at": day("2026-11-20"), "approved_time": None},
        {"requested_by": "it-desk@example.com", "requested_at": ASKED, "origin": None},
    )[number]
    return account_ref(None if number == 3 else part, **{**facts, **each})


NAMES = {
    AccountAction.DEACTIVATE: ("Lee Miller", "Ann Chovey", "Max Power", "Eve Adams"),
    AccountAction.SUSPEND: ("Jane Roe", "Zoë Müller", "Bob Stone", "Ivy Green"),
    AccountAction.CLEAR_SESSIONS: ("Jane Roe", "Zoë Müller", "Bob Stone", "Ivy Green"),
    AccountAction.UNSUSPEND: ("Kim Park", "Tom Reed", "Una Vale", "Paul Weiß"),
    AccountAction.REACTIVATE: ("Sam Hill", "Rita Book", "Cal Ender", "Dee Light"),
    AccountAction.UNLOCK: ("Lou Pole", "Gus Tav", "Mia Wong", "Noa Levi"),
    AccountAction.RESET_PASSWORD: ("Otto Mann", "Pia Sand", "Quinn Ray", "Ron Dell"),
}
LOSES = AccountConsequences(
    keeps=("AI Clearance - Claude - users", "AI Clearance - Cursor - users"),
    apps=("Claude Enterprise", "Cursor", "Expensify"),
    grants=("claude/users", "cursor/users"),
)
LAST = replace(LOSES, is_final=True)
REASONS = {
    AccountAction.DEACTIVATE: "the file wants the account deactivated, and it is ACTIVE",
    AccountAction.SUSPEND: "the file wants the account suspended, and it is ACTIVE",
    AccountAction.CLEAR_SESSIONS: "the account is suspended, and its sessions went on",
    AccountAction.UNSUSPEND: "the suspension ended with 2026-11-21, and was ours",
    AccountAction.REACTIVATE: "the invitation is asked for again",
    AccountAction.UNLOCK: "it was locked before the request, and still is",
    AccountAction.RESET_PASSWORD: "the reset was asked for, and the log shows none since",
}
FOLLOWS = {
    AccountAction.DEACTIVATE: (
        LAST,
        LAST,
        replace(LAST, keeps=(), grants=()),
        AccountConsequences(is_final=True),
    ),
    AccountAction.SUSPEND: (LOSES, LOSES, AccountConsequences(), LOSES),
}


def _line(action, number):
    """The action's line of that number; of four deactivations, three are held."""
    name = NAMES[action][number]
    is_held = action is AccountAction.DEACTIVATE and number > 0
    follows = FOLLOWS.get(action, (AccountConsequences(),) * 4)[number]
    return account_change(
        action,
        name,
        reason=REASONS[action],
        consequences=follows,
        source=_source(action, account(name).login, number),
        held_by=("deactivations",) if is_held else (),
    )


STEPS = (
    (AccountAction.SUSPEND, AccountAction.CLEAR_SESSIONS),
    (AccountAction.UNLOCK,),
    (AccountAction.DEACTIVATE,),
    (AccountAction.UNSUSPEND,),
    (AccountAction.REACTIVATE,),
    (AccountAction.RESET_PASSWORD,),
)
"""What a run does for each of four people before it goes on to the next four."""
ACCOUNTS = tuple(_line(action, number) for step in STEPS for number in range(4) for action in step)
HELD = tuple(line.person for line in ACCOUNTS if line.held_by)
BLOCKED = (
    blocked_account(),
    blocked_account(
        "account-provider",
        summary="the password of fred@example.com is not Okta's: it is kept by FEDERATION",
        hint="have it reset where it is kept; a reset here would make it an Okta password",
        source=account_ref(AccountPart.PASSWORD_RESET, "fred@example.com", ticket="IT-7"),
        person=account("fred"),
        wanted=None,
    ),
    blocked_account(
        "subject-ambiguous",
        summary='"jo" is the email of 2 people: jo.one@example.com, jo.two@example.com',
        hint="say who is meant in identities/",
        source=account_ref(AccountPart.UNLOCK, "jo", origin=Span("users/jo.yaml", 2, 1)),
        person=None,
        wanted=None,
        candidates=(account("Jo One"), account("Jo Two")),
    ),
    blocked_account(
        "account-given-back",
        summary="root@example.com gave the access back at 2026-11-22 08:30 UTC, after the approval",
        hint="approve the suspension anew, or take it out of the file",
        person=account("Hal Nine"),
        people=(account("root"),),
        source=account_ref(subject="hal.nine@example.com", until=day("2026-12-15")),
    ),
)
DRIFT = (
    AccountDrift(
        person=account("Jane Roe"),
        wanted=AccountState.SUSPENDED,
        origin=Span("catalog/users/jane.roe.yaml", 2, 1),
    ),
    AccountDrift(person=account("Hal Nine", "RECOVERY"), wanted=AccountState.ACTIVE),
)
GUARD = GuardVerdict(
    guard="deactivations",
    figures="4 deactivations; the limit is 1 a run",
    people=HELD,
    acknowledgement=acknowledgement_file("deactivations", CONNECTOR, None, HELD, NOW),
)
MANY = plan(
    removal("gone", reason="the grant ended with 2026-11-15"),
    change("kim.park", reason="granted with no end date"),
    accounts=ACCOUNTS,
    blocked_accounts=BLOCKED,
    account_drift=DRIFT,
    guards=(GUARD,),
)
ENDED = result(
    accounts=(
        account_result(AccountAction.SUSPEND, Outcome.VERIFIED, status="SUSPENDED"),
        account_result(
            AccountAction.CLEAR_SESSIONS,
            Outcome.ACCEPTED,
            "the log does not show it yet",
            request_id="req-1",
            status="SUSPENDED",
        ),
        account_result(
            AccountAction.UNLOCK,
            Outcome.ALREADY,
            "it is not locked any more",
            name="Lou Pole",
            status="PASSWORD_EXPIRED",
        ),
        account_result(
            AccountAction.RESET_PASSWORD,
            Outcome.REFUSED,
            "Okta refused it (403 E0000038)",
            name="Otto Mann",
            request_id="req-2",
            status="STAGED",
        ),
        account_result(
            AccountAction.UNSUSPEND,
            Outcome.FAILED,
            "no answer",
            name="Kim Park",
        ),
        account_result(
            AccountAction.DEACTIVATE,
            Outcome.HELD,
            "held by deactivations",
            name="Ann Chovey",
        ),
        account_result(
            AccountAction.REACTIVATE,
            Outcome.NOT_RUN,
            "the run was asked to end",
            name="Sam Hill",
        ),
    ),
    left_accounts=(
        LeftAccount(
            change=account_change(AccountAction.UNLOCK, "Gus Tav"), why="it unlocked by itself"
        ),
    ),
    blocked_accounts=BLOCKED[:2],
    ended_at=NOW + timedelta(minutes=1),
)
