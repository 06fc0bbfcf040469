"""An account that began after the approval may be somebody else's."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.planning.people import ask_who_is_meant, began_later, was_made_later
from tests.support.nouns import approval, day, grant, user

LATER = datetime(2026, 11, 2, tzinfo=UTC)
HIRED = user("jane", activated="2026-11-02")
BACK = replace(user("jane", activated="2026-11-02"), created_at=datetime(2025, 1, 1, tzinfo=UTC))
AGAIN = grant(approval=approval(approved_at=day("2026-11-02")))


@pytest.mark.parametrize(
    ("began", "made", "account", "grants"),
    [
        (True, True, HIRED, (grant(),)),
        (True, False, BACK, (grant(),)),
        (False, False, user("jane"), (grant(),)),
        (False, False, HIRED, (AGAIN,)),
        (False, False, HIRED, (grant(), AGAIN)),
        (False, False, user("jane", activated=None), (grant(),)),
    ],
)
def test_the_latest_approval_counts_against_the_account(began, made, account, grants):
    """A reactivated account was there before, and one of an unknown age is not suspected."""
    assert (began, made) == (began_later(account, grants), was_made_later(account, grants))


def test_a_member_is_asked_about_as_one_and_may_be_revoked():
    """They are in already, so there is a third answer."""
    absent = ask_who_is_meant(HIRED, (grant(),))
    present = ask_who_is_meant(HIRED, (grant(),), is_member=True)
    assert present.code == "account-newer-than-approval"
    assert "is a member already" not in absent.summary
    assert "is a member already and was activated 2026-11-02, after the approval" in present.summary
    assert present.hint.endswith("; or revoke the grant")
