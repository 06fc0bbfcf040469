"""Where Okta's answer about an account is not known, the client is right whichever way it falls.

What Okta does is read back; what it refuses is the line's answer, is asked once, and changes
nothing else.
"""

from dataclasses import dataclass, replace

import pytest

from reconciler.model.outcome import Outcome
from reconciler.sandbox import Choices, Operation, Options
from reconciler.sandbox.world.options import POSSIBLE
from tests.support.builders import NOW, Company
from tests.support.harness import Rehearsal

EVE = "eve@example.com"
BY_DESK = {
    "ticket": "SEC-88",
    "requested_by": "lead@example.com",
    "approved_by": "it-desk@example.com",
    "approved_at": "2026-11-22T08:30Z",
}
STOLEN = {"state": "suspended", "reason": "laptop stolen", "approval": BY_DESK}
ASKED = {"requested_at": "2026-11-22T08:30Z", "reason": "cannot sign in", "approval": BY_DESK}
LONG_BEFORE = NOW.replace(hour=8, minute=0)
EVERY = [(name, value) for name, values in POSSIBLE.items() for value in values]


def rehearsal(folder, status, asks, provider="OKTA", **choices):
    """The org, in which one account is like this and its file asks for that."""
    eve = {"status": status, "changed": LONG_BEFORE, "provider": provider}
    company = Company().with_lifecycle().tool().bind("kim").granted("kim")
    company = company.person("eve", **eve).account("eve", **asks)
    world = replace(company.world(), options=Options(choices=Choices(**choices)))
    return Rehearsal(folder, company, world)


def eve_of(run):
    """The account as the org holds it."""
    (found,) = [user for user in run.sandbox.users() if user.login == EVE]
    return found


def calls(run):
    """What was sent about accounts, and how Okta answered."""
    return [
        (path.rpartition("/")[2], status) for _, path, status in run.writes() if "/users/" in path
    ]


@dataclass(frozen=True, kw_only=True)
class Uncertain:
    """A call that Okta may take or refuse, by a choice, for an account of that status."""

    status: str
    asks: dict[str, object]
    choice: str
    call: str
    refusal: int
    becomes: str


UNCERTAIN = [
    Uncertain(
        status=status,
        asks=STOLEN,
        choice=f"suspend_{status.lower()}",
        call="suspend",
        refusal=400,
        becomes="SUSPENDED",
    )
    for status in ("PROVISIONED", "PASSWORD_EXPIRED")
]
UNCERTAIN += [
    Uncertain(
        status=status,
        asks={"password_reset": ASKED},
        choice=choice,
        call=call,
        refusal=403,
        becomes="RECOVERY",
    )
    for status, choice, call in (
        ("LOCKED_OUT", "reset_locked_out", "reset_password"),
        ("RECOVERY", "reactivate_recovery", "reactivate"),
    )
]


@pytest.mark.parametrize("case", UNCERTAIN, ids=lambda case: case.choice)
def test_an_uncertain_call_that_okta_takes_is_verified(tmp_path, case):
    """By what Okta shows, and nothing is left to plan."""
    with rehearsal(tmp_path, case.status, case.asks, **{case.choice: "done"}) as run:
        result = run.apply(run.plan())
        assert {Outcome.VERIFIED} == {line.outcome for line in result.accounts}
        assert calls(run)[0] == (case.call, 200)
        assert eve_of(run).status == case.becomes
        assert run.plan().accounts == ()


@pytest.mark.parametrize("case", UNCERTAIN, ids=lambda case: case.choice)
def test_an_uncertain_call_that_okta_refuses_is_asked_once(tmp_path, case):
    """The refusal is the line's answer, and the status stays."""
    with rehearsal(tmp_path, case.status, case.asks, **{case.choice: "refused"}) as run:
        first, *_ = run.apply(run.plan()).accounts
        assert first.outcome is Outcome.REFUSED
        assert [answer for name, answer in calls(run) if name == case.call] == [case.refusal]
        assert eve_of(run).status == case.status


@pytest.mark.parametrize("unlocked", POSSIBLE["unlocked"])
def test_an_unlock_is_done_whichever_status_follows(tmp_path, unlocked):
    """Okta documents one and was recorded with the other."""
    with rehearsal(tmp_path, "LOCKED_OUT", {"unlock": ASKED}, unlocked=unlocked) as run:
        (line,) = run.apply(run.plan()).accounts
        assert (line.outcome, line.status) == (Outcome.VERIFIED, unlocked)
        assert run.plan().accounts == ()


@pytest.mark.parametrize("lock_target", POSSIBLE["lock_target"])
def test_a_lock_after_the_request_is_not_undone_by_it(tmp_path, lock_target):
    """Whether Okta's event names its target or its actor alone."""
    with rehearsal(tmp_path, "ACTIVE", {"unlock": ASKED}, lock_target=lock_target) as run:
        run.sandbox.change_account(Operation.LOCK, EVE)
        assert run.plan().accounts == ()


@pytest.mark.parametrize(
    ("provider", "choices"),
    [
        *(("ACTIVE_DIRECTORY", {"reset_directory": each}) for each in POSSIBLE["reset_directory"]),
        *(("LDAP", {"unlock_directory": each}) for each in POSSIBLE["unlock_directory"]),
        *(("SOCIAL", {"reset_social": each}) for each in POSSIBLE["reset_social"]),
        *(("IMPORT", {"reset_import": each}) for each in POSSIBLE["reset_import"]),
        ("FEDERATION", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value.values()),
)
@pytest.mark.parametrize(
    ("status", "part"), [("ACTIVE", "password_reset"), ("LOCKED_OUT", "unlock")]
)
def test_a_password_that_is_kept_elsewhere_is_left_alone(tmp_path, provider, choices, status, part):
    """Whatever Okta would do: no account changes its provider by a run."""
    with rehearsal(tmp_path, status, {part: ASKED}, provider, **choices) as run:
        made = run.plan()
        assert made.accounts == ()
        assert len(made.blocked_accounts) == 1
        run.apply(made)
        assert calls(run) == []
        assert (eve_of(run).status, eve_of(run).provider) == (status, provider)


@pytest.mark.parametrize(("name", "value"), EVERY)
def test_a_suspension_ends_as_git_says_whatever_the_choice(tmp_path, name, value):
    """With the sessions, and with nothing left for the next plan."""
    with rehearsal(tmp_path, "ACTIVE", STOLEN, **{name: value}) as run:
        result = run.apply(run.plan())
        assert {Outcome.VERIFIED} == {line.outcome for line in result.accounts}
        assert calls(run) == [("suspend", 200), ("sessions", 204)]
        assert eve_of(run).status == "SUSPENDED"
        assert run.plan().accounts == ()
