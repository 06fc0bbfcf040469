"""Whatever goes wrong while accounts are changed, each is changed once, told truly, and in the end.

A run without faults shows the requests, the sandbox the faults, and each cell is judged by what the
org then holds, as in the matrix of memberships; after it comes a second run without the fault. Only
the requests about accounts are tried here, all others there.
"""

import os
import re
from collections import Counter
from functools import cache

import pytest

from reconciler.model.errors import ReconcilerError
from reconciler.model.outcome import Outcome
from reconciler.sandbox import Operation
from reconciler.sandbox.faults import CREDENTIAL_FAULTS
from tests.support.builders import NOW, Company, login
from tests.support.faults.matrix import FORMS, cells, is_sampled, named, world
from tests.support.faults.trial import CREDENTIALS, Trial
from tests.support.memory_journal import MemoryJournal

pytestmark = pytest.mark.slow

IS_ALL = os.environ.get("RECONCILER_FAULTS") == "all"
ONE_IN = 3
ABOUT_ACCOUNTS = re.compile(r"/api/v1/(?:logs|users/(?!me)[^/]+(?:/(?!groups).*)?)")
AGREED = {
    "ticket": "IT-1",
    "approved_by": ["it-admins@example.com"],
    "approved_at": "2026-11-22T08:30:00Z",
}
AGREED_BY_TWO = {**AGREED, "approved_by": ["it-admins@example.com", "it-desk@example.com"]}
NOW_ASKED = {"requested_at": "2026-11-22T08:30:00Z", "reason": "called", "approval": AGREED}
STATED = {"reason": "agreed", "approval": AGREED}
COMPANY = (
    Company()
    .with_lifecycle()
    .person("back", status="SUSPENDED")
    .person("lost", status="LOCKED_OUT")
    .tool()
    .bind("k1", "thief", "k2")
    .granted("k1", "k2", "thief", "back")
    .account("thief", state="suspended", **STATED)
    .account("back", state="active", **STATED)
    .account("lost", unlock=NOW_ASKED)
    .account("k2", password_reset=NOW_ASKED)
    .person("again", status="RECOVERY", changed=NOW.replace(hour=8))
    .account("again", password_reset=NOW_ASKED)
    .person("gone")
    .account("gone", state="deactivated", reason="left", approval=AGREED_BY_TWO)
    .roles("SUPER_ADMIN")
)
"""A suspension with the end of sessions, one that ends before an addition, an unlock, a reset, the
mail of a reset sent again, and a deactivation."""
EVENTS = {
    ("user.lifecycle.suspend", "thief"): "SUSPENDED",
    ("user.session.clear", "thief"): "",
    ("user.lifecycle.unsuspend", "back"): "ACTIVE",
    ("user.account.unlock_by_admin", "lost"): "ACTIVE",
    ("user.account.reset_password", "k2"): "RECOVERY",
    ("user.lifecycle.reactivate", "again"): "",
    ("user.session.clear", "gone"): "",
    ("user.lifecycle.deactivate", "gone"): "DEPROVISIONED",
}
"""What a run without faults does, and the status that shows it."""
RESUMED = {("user.session.clear", "thief")}
"""What a run only resumes where the suspension was its own: another token's owner is another."""
MOST = {"user.session.clear": 2}
"""Where the suspension failed, sessions are ended all the same, and again with the next one."""
EVENT_OF = {
    "suspend": "user.lifecycle.suspend",
    "clear_sessions": "user.session.clear",
    "unsuspend": "user.lifecycle.unsuspend",
    "unlock": "user.account.unlock_by_admin",
    "reset_password": "user.account.reset_password",
    "reactivate": "user.lifecycle.reactivate",
    "deactivate": "user.lifecycle.deactivate",
}
NEVER_AGAIN = {("user.session.clear", "gone")}
"""What is not tried again once the account is closed; the result said that it failed."""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """What everybody agreed on."""
    return COMPANY.catalog(tmp_path_factory.mktemp("company"))


def begun(catalog, credential):
    """The org before the run."""
    return Trial(catalog, world(COMPANY), credential)


def run(trial):
    """A plan and its apply; a refusal is a way to end, too."""
    try:
        return trial.apply(trial.plan())
    except ReconcilerError as error:
        return error


@cache
def faultless(credential):
    """The requests of a run without faults, which does all there is to do."""
    with begun(COMPANY.catalog(), credential) as trial:
        assert list(wrong_with(trial, run(trial))) == []
        assert done(trial) == Counter(dict.fromkeys(EVENTS, 1))
        return tuple(trial.watch.sent)


def done(trial):
    """What happened to accounts, how often each."""
    rows = (row for row in trial.org.log() if row.event.startswith("user."))
    return Counter((row.event, row.user.partition("@")[0]) for row in rows)


def statuses(trial):
    """The status of each account."""
    return {user.login: user.status for user in trial.org.users()}


def held_closed(trial):
    """Whether the account of who left is closed."""
    return statuses(trial)[login("gone")] == "DEPROVISIONED"


def wrong_with(trial, ended, *, is_first=True):
    """All that is wrong with how the run ended, in words."""
    did, held = done(trial), statuses(trial)
    yield from (f"a wrong change: {each}" for each in did if each not in EVENTS)
    yield from (f"made {n} times: {each}" for each, n in did.items() if n > MOST.get(each[0], 1))
    yield from trial.watch.wrong
    order = [row.event for row in trial.org.log() if row.user == login("back")]
    if order and order[0] == "group.user_membership.add":
        yield "somebody suspended was added"
    if isinstance(ended, ReconcilerError):
        if not (ended.code and ended.message and ended.hint):
            yield f"{type(ended).__name__} {ended.code!r} says too little: {ended} {ended.hint!r}"
        if is_first and did:
            yield f"something was changed, and the run ended without a result: {ended}"
        return
    announced = Counter(write.change.call for write in trial.journal.accounts_begun)
    answered = Counter(write.change.call for write, _ in trial.journal.accounts)
    if announced != answered:
        yield f"the journal has {announced} and {answered}"
    for line in ended.accounts:
        yield from _untrue(line, did, held)


def _untrue(line, did, held):
    person = line.change.person.login
    event = (EVENT_OF[line.change.call.value], person.partition("@")[0])
    what = f"{line.change.call.value} {person} ({line.outcome.value}: {line.detail})"
    shown = EVENTS[event]
    is_so = did[event] > 0 and (not shown or held[person] == shown)
    if line.outcome.is_done and not is_so:
        yield f"said to be done, and is not: {what}"
    if line.outcome is not Outcome.VERIFIED and not line.detail:
        yield f"nothing explains it: {what}"
    if line.outcome in {Outcome.NOT_RUN, Outcome.HELD, Outcome.REFUSED} and is_so:
        yield f"said not to be done, and is: {what}"


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize("form", FORMS, ids=named)
def test_a_run_that_meets_the_fault_changes_each_account_once(form, credential, catalog, tried):
    """And the next one does the rest."""
    wrong, count = [], 0
    for cell in cells(faultless(credential), form):
        if not ABOUT_ACCOUNTS.fullmatch(cell.request[1]):
            continue
        if not IS_ALL and not is_sampled(cell, form, credential, one_in=ONE_IN):
            continue
        count += 1
        with begun(catalog, credential) as trial:
            trial.org.faults.add(cell.fault)
            found = [*wrong_with(trial, run(trial))]
            is_lost = cell.fault.kind in CREDENTIAL_FAULTS
            trial.renew(has_other_token=is_lost)
            again = run(trial)
            found += [f"then: {each}" for each in wrong_with(trial, again, is_first=False)]
            if isinstance(again, ReconcilerError):
                found.append(f"the run after it was refused: {again}")
            left = {each for each in EVENTS if not done(trial)[each]}
            if held_closed(trial):
                left -= NEVER_AGAIN
            if is_lost and credential == "token":
                left -= RESUMED
            if left and not isinstance(again, ReconcilerError):
                found.append(f"left undone: {left}: {[b.code for b in again.blocked_accounts]}")
            wrong += [f"{cell}: {each}" for each in found]
    tried(f"cells of account changes, as {credential}", count)
    assert not wrong, "\n".join(wrong)


def test_the_judge_sees_what_is_wrong(catalog, monkeypatch):
    """Otherwise no cell would prove anything."""
    with begun(catalog, "token") as trial:
        ended = run(trial)
        trial.org.change_account(Operation.SUSPEND, login("k1"))
        trial.org.set_status(login("thief"), "ACTIVE")
        found = list(wrong_with(trial, ended))
    assert "a wrong change: ('user.lifecycle.suspend', 'k1')" in found
    assert any(each.startswith("said to be done, and is not: suspend thief") for each in found)
    monkeypatch.setattr(MemoryJournal, "record_account_begun", lambda *_: None)
    with begun(catalog, "token") as trial:
        found = list(wrong_with(trial, run(trial)))
    assert any("left before its intent" in each for each in found)
    assert any(each.startswith("the journal has") for each in found)
