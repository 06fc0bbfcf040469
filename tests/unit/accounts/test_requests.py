"""What a request asks of an account that moved since it was made."""

from datetime import datetime, timedelta

import pytest

from reconciler.accounts.past import AccountPast, Planned
from reconciler.accounts.requests import decide_request
from reconciler.identity.own_actors import OwnActors
from reconciler.model.accounts import AccountPart, AccountRequest
from reconciler.model.directory import (
    AccountEvent,
    AccountEventKind,
    AccountLog,
    Actor,
    DirectoryUser,
)
from reconciler.model.validity import Approval
from tests.support.builders import NOW

KIND = AccountEventKind
OURS = Actor(id="0oaours", kind="PublicClientApp", client_id="0oaours")
HAND = Actor(id="00uhand", kind="User", login="hand@example.com")
CHANGED = NOW.replace(hour=8, minute=30)
ASKED = NOW.replace(hour=8)
APPROVAL = Approval(
    ticket="IT-9", approved_by=("it-desk@example.com",), approved_at=NOW.date() - timedelta(days=1)
)
REQUEST = AccountRequest(requested_at=ASKED, reason="forgot it", approval=APPROVAL)
JANE = DirectoryUser(
    id="00ujane",
    login="jane@example.com",
    status="ACTIVE",
    status_changed_at=CHANGED,
    provider="OKTA",
)


def event(kind, actor, at):
    """Something that happened to Jane's account that morning."""
    instant = datetime.fromisoformat(f"2026-11-22T{at}+00:00")
    return AccountEvent(user=JANE.id, kind=kind, at=instant, actor=actor)


@pytest.mark.parametrize(
    ("events", "is_planned"),
    [
        ([(KIND.UNSUSPENDED, OURS, "08:30:02")], True),
        ([(KIND.UNLOCKED_BY_ADMIN, OURS, "08:29:58")], True),
        ([(KIND.UNSUSPENDED, HAND, "08:30:00")], False),
        ([(KIND.UNSUSPENDED, OURS, "08:29:00")], False),
        ([(KIND.LOCKED, OURS, "08:30:00")], False),
        ([(KIND.UNLOCKED, HAND, "08:10:00"), (KIND.UNSUSPENDED, OURS, "08:30:00")], False),
        ([], False),
    ],
)
def test_our_own_step_towards_a_reset_leaves_it_to_be_done(events, is_planned):
    """Anything else that moved since may have helped the person, or be more than is known."""
    log = AccountLog(since=ASKED, events=tuple(event(*each) for each in events))
    past = AccountPast(log=log, own=OwnActors(apps=frozenset({"0oaours"})))
    decision = decide_request(AccountPart.PASSWORD_RESET, REQUEST, JANE, past, NOW)
    assert isinstance(decision, Planned) is is_planned
    assert is_planned or decision.code == "account-request-unclear"
