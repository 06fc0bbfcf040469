"""Drift, as people and programs read it."""

from dataclasses import replace

from reconciler.model.accounts import AccountState
from reconciler.model.catalog import Authority
from reconciler.model.plan import AccountDrift, GroupSummary, MemberClass
from reconciler.render.drift import drift_content, drift_document
from reconciler.render.rows.accounts import account_drift_row
from tests.support.account_lines import DRIFT, account, blocked_account
from tests.support.nouns import GROUP, plan, removal
from tests.support.samples import BLOCKED, drift

GROUPS = (GroupSummary(group=GROUP, bindings=("b",), authority=Authority.ADDITIVE, members=2),)
JANE = drift("jane", Authority.ADDITIVE)
CLEAN = replace(plan(), groups=GROUPS)


def test_clean_drift_and_not_knowing_have_a_sentence_each():
    """Whoever reads one line of it must not take one for another."""
    differs = replace(CLEAN, missing=(JANE,))
    unread = replace(CLEAN, blocked=BLOCKED[:1])
    verdicts = [drift_document(p).verdict for p in (CLEAN, differs, unread)]

    assert verdicts == [
        "No drift: Okta holds what git says, in 1 group.",
        "1 difference between git and Okta in 1 group.",
        "No drift in 1 group, but others could not be compared, so this is not clean.",
    ]


def test_what_could_not_be_compared_comes_first():
    """The rest may be wrong because of it."""
    found = drift_document(replace(CLEAN, blocked=BLOCKED[:1], missing=(JANE,)))

    assert [s.title for s in found.sections] == ["Not compared", "Approved, but missing"]
    assert found.totals == "0 unapproved · 1 missing · 0 blocked · 0 ended · 1 group not compared"


def test_the_content_names_people_by_id():
    """A program finds who, where and in which class."""
    content = drift_content(replace(CLEAN, missing=(JANE,), blocked=BLOCKED[:1]))

    assert content["format"] == "reconciler.drift/1"
    assert content["clean"] is False
    assert [row["person"]["id"] for row in content["missing"]] == ["00ujane"]
    assert [row["code"] for row in content["uncompared"]] == ["group-refused"]
    assert drift_content(CLEAN)["clean"] is True


LOCKED = blocked_account(person=account("Hal Nine", "LOCKED_OUT"))
ACCOUNTS = replace(
    CLEAN,
    account_drift=(
        DRIFT[0],
        AccountDrift(person=account("Hal Nine", "LOCKED_OUT"), wanted=AccountState.SUSPENDED),
    ),
    blocked_accounts=(blocked_account("request-lapsed", wanted=None), LOCKED),
)


def test_an_account_that_differs_is_drift():
    """With what keeps it back, where anything does; a request that is blocked is no state."""
    found = drift_document(ACCOUNTS)
    assert found.verdict == "2 differences between git and Okta in 1 group and 2 accounts."
    assert found.totals.startswith("2 accounts differ · 0 unapproved · ")
    (section,) = found.sections
    assert section.title == "Accounts that differ"
    assert section.rows == (
        account_drift_row(DRIFT[0]),
        account_drift_row(ACCOUNTS.account_drift[1], LOCKED),
    )


def test_an_account_that_differs_is_data_too():
    """Who, what git wants, what Okta shows, and what keeps it back."""
    content = drift_content(ACCOUNTS)
    assert content["clean"] is False
    assert content["accounts"] == [
        {
            "person": {"id": "00ujaneroe", "login": "jane.roe@example.com"},
            "wanted": "suspended",
            "status": "ACTIVE",
            "code": None,
        },
        {
            "person": {"id": "00uhalnine", "login": "hal.nine@example.com"},
            "wanted": "suspended",
            "status": "LOCKED_OUT",
            "code": "account-locked-out",
        },
    ]
    assert drift_content(CLEAN)["accounts"] == []


def test_blocked_and_ended_people_have_their_sections_and_rows():
    """A program finds the code, and a reader what would settle it."""
    ended = removal("gone", MemberClass.ENDED)
    made = replace(CLEAN, blocked=BLOCKED[1:], changes=(ended,))
    assert [s.title for s in drift_document(made).sections] == ["Blocked", "Ended, but present"]
    content = drift_content(made)
    assert [(row["code"], row["person"]["id"]) for row in content["blocked"]] == [
        ("leaver", "00usam")
    ]
    assert [row["person"]["id"] for row in content["ended"]] == ["00ugone"]
    assert content["clean"] is False
