"""What a file says of a person's account: its form, its meaning, and what is wrong with it."""

from datetime import UTC, date, datetime, time

import pytest

from reconciler.catalog.digest import catalog_digest
from reconciler.model.accounts import (
    AccountAction,
    AccountDeclaration,
    AccountPart,
    AccountRequest,
    AccountState,
)
from reconciler.model.validity import Approval
from reconciler.policy.sample import ACCOUNT, ACCOUNT_FILE, ACCOUNTS
from tests.support.catalogs import loaded, said

AGREED = Approval(ticket="SEC-1", approved_by=("desk@example.com",), approved_at=date(2026, 11, 20))
UNLOCK = AccountRequest(
    requested_at=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
    reason="locked out",
    approval=Approval(
        ticket="IT-1", approved_by=("desk@example.com",), approved_at=date(2026, 11, 20)
    ),
)
JOE = AccountDeclaration(
    subject="joe@example.com",
    state=AccountState.SUSPENDED,
    reason="laptop stolen",
    approval=AGREED,
    unlock=UNLOCK,
)
STATE_ALONE = ACCOUNT.partition("unlock:")[0]
REQUEST_ALONE = "user: joe@example.com\nunlock:" + ACCOUNT.partition("unlock:")[2]


def account(root, text):
    """The catalog that declares one person's account in these words."""
    return loaded(root, {**ACCOUNTS, ACCOUNT_FILE: text})


def test_a_file_says_a_state_and_requests(tmp_path):
    """Each with its own reason and approval; the file is where it says so."""
    result = account(tmp_path, ACCOUNT)
    (found,) = result.catalog.accounts
    assert (said(result), found) == ([], JOE)
    assert str(found.origin) == f"catalog/{ACCOUNT_FILE}:1:1"


def test_a_file_says_either_alone(tmp_path):
    """A state without requests, and requests without a state."""
    (state,) = account(tmp_path, STATE_ALONE + "until: 2026-12-15\n").catalog.accounts
    (request,) = account(tmp_path, REQUEST_ALONE).catalog.accounts
    assert (state.until, state.requests) == (date(2026, 12, 15), ())
    assert (request.state, request.approval, request.reason) == (None, None, "")
    assert request.requests == ((AccountPart.UNLOCK, UNLOCK),)


def test_several_people_go_into_one_file(tmp_path):
    """Under the plural key, each with a place of its own."""
    each = ["\n    ".join(text.splitlines()) for text in (ACCOUNT, ACCOUNT.replace("joe", "ann"))]
    text = "users:\n" + "".join(f"  - {text}\n" for text in each)
    result = account(tmp_path, text)
    assert said(result) == []
    assert [(a.subject, a.origin.line) for a in result.catalog.accounts] == [
        ("joe@example.com", 2),
        ("ann@example.com", 13),
    ]


def test_a_time_is_read_to_the_second(tmp_path):
    """Of a request an instant; of an approval a day or an instant, in UTC."""
    text = ACCOUNT.replace("T08:00Z", "T08:00:07Z").replace("2026-11-20}", "2026-11-20T09:30Z}")
    (found,) = account(tmp_path, text).catalog.accounts
    assert found.unlock.requested_at == datetime(2026, 11, 20, 8, 0, 7, tzinfo=UTC)
    assert found.unlock.approval.approved_time == time(9, 30)


def test_operators_have_the_actions_that_the_settings_name(tmp_path):
    """A password reset is called in a file as its key is."""
    settings = ACCOUNTS["settings.yaml"].replace("unlock]", "unlock, password-reset]")
    (desk,) = loaded(tmp_path, {**ACCOUNTS, "settings.yaml": settings}).catalog.settings.operators
    assert (desk.email, desk.github) == ("desk@example.com", "@acme/desk")
    assert desk.may == {
        AccountAction.SUSPEND,
        AccountAction.UNSUSPEND,
        AccountAction.UNLOCK,
        AccountAction.RESET_PASSWORD,
    }


def test_what_a_file_declares_is_part_of_the_digest(tmp_path):
    """Two catalogs of one digest declare the same."""
    texts = (
        ACCOUNT,
        STATE_ALONE,
        REQUEST_ALONE,
        ACCOUNT.replace("T08:00Z", "T08:01Z"),
        ACCOUNT.replace("laptop", "phone"),
        STATE_ALONE + "until: 2026-12-15\n",
    )
    digests = {catalog_digest(account(tmp_path, text).catalog) for text in texts}
    assert len(digests) == len(texts)


@pytest.mark.parametrize(
    ("text", "before", "after", "expected"),
    [
        (ACCOUNT, "state: suspended", "state: closed", "value-not-allowed 2:8"),
        (ACCOUNT, "state: suspended", "stat: suspended", "key-unknown 2:1"),
        (ACCOUNT, "reason: laptop stolen\n", "", "key-missing 1:1"),
        (ACCOUNT, "  ticket: SEC-1\n", "", "key-missing 5:3"),
        (ACCOUNT, "  approved_by: desk@example.com\n", "", "approval-missing 5:3"),
        (ACCOUNT, "  reason: locked out\n", "", "key-missing 9:3"),
        (ACCOUNT, "requested_at:", "requestd_at:", "key-unknown 9:3"),
        (ACCOUNT, "20T08:00Z", "20", "value-wrong-form 9:17"),
        (ACCOUNT, "20T08:00Z", "31T08:00Z", "value-wrong-form 9:17"),
        (ACCOUNT, "20T08:00Z", "20T24:00Z", "value-wrong-form 9:17"),
        (ACCOUNT, "20T08:00Z", "20T08:00+01:00", "value-wrong-form 9:17"),
        (STATE_ALONE, "state: suspended", "state: active\nuntil: 2026-12-15", "key-unknown 3:8"),
        (STATE_ALONE, "state: suspended", "state: suspended\nuntil: soon", "value-wrong-form 3:8"),
        (REQUEST_ALONE, "unlock:", "until: 2026-12-15\nunlock:", "key-unknown 2:8"),
        (REQUEST_ALONE, "unlock:", "reason: late\nunlock:", "key-unknown 2:9"),
        (REQUEST_ALONE, "unlock:", "password_reset: now\nunlock:", "value-wrong-type 2:17"),
        (
            REQUEST_ALONE,
            "  approval: {ticket: IT-1, approved_by: desk@example.com, approved_at: 2026-11-20}\n",
            "",
            "approval-missing 3:3",
        ),
    ],
)
def test_a_mistake_in_a_persons_file_is_named_where_it_stands(
    tmp_path, text, before, after, expected
):
    """One mistake, one diagnostic, at its line and column."""
    assert before in text
    found = said(account(tmp_path, text.replace(before, after, 1)))
    code, _, where = expected.partition(" ")
    assert found == [f"{code} {ACCOUNT_FILE}:{where}"]


def test_a_file_that_asks_for_nothing_is_refused(tmp_path):
    """It would look like a person who is looked after."""
    assert said(account(tmp_path, "user: joe@example.com\n")) == [f"key-missing {ACCOUNT_FILE}:1:1"]


def test_a_state_without_an_approval_is_told_so(tmp_path):
    """In the words of approvals, not of keys."""
    text = "user: joe@example.com\nstate: suspended\nreason: left\n"
    assert said(account(tmp_path, text)) == [f"approval-missing {ACCOUNT_FILE}:1:1"]


def test_operators_are_read_as_strictly_as_admins(tmp_path):
    """What they may do is one of four things, said once; their name at GitHub is asked for."""
    for before, after, code in [
        ("[suspend, unsuspend, unlock]", "[deactivate]", "value-not-allowed"),
        ("[suspend, unsuspend, unlock]", "[]", "value-wrong-form"),
        ("[suspend, unsuspend, unlock]", "[unlock, unlock]", "value-wrong-form"),
        ("    may: [suspend, unsuspend, unlock]\n", "", "key-missing"),
        ('    github: "@acme/desk"\n', "", "forge-handle-missing"),
    ]:
        text = ACCOUNTS["settings.yaml"].replace(before, after)
        found = loaded(tmp_path, {**ACCOUNTS, "settings.yaml": text}).diagnostics
        assert code in {each.code for each in found}
