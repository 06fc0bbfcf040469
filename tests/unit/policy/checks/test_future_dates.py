"""What is said to have happened has happened."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.catalog import Auth, Catalog, Connector
from reconciler.model.ids import SecretRef
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.policy.checks.future_dates import check_approvals, check_credentials
from reconciler.policy.sample import ACCOUNT, ACCOUNT_FILE, ACCOUNTS
from tests.support.catalogs import judged
from tests.support.nouns import approval, grant

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def said(at, clock=None):
    """What is said of an approval of that day, or instant."""
    noun = replace(approval(), approved_at=date.fromisoformat(at))
    timed = replace(noun, approved_time=time.fromisoformat(clock) if clock else None)
    found = check_approvals(Catalog(grants=(grant(approval=timed),)), NOW)
    return [(f.code, f.path) for f in found]


@pytest.mark.parametrize(
    ("is_refused", "at", "clock"),
    [
        (False, "2026-11-21", None),
        (False, "2026-11-22", None),
        (False, "2026-11-22", "09:00"),
        (True, "2026-11-22", "09:01"),
        (True, "2026-11-23", None),
        (True, "2026-11-23", "00:00"),
        (True, "2099-01-01", None),
    ],
)
def test_an_approval_has_been_given(is_refused, at, clock):
    """A day that has begun may have had its approval already."""
    expected = [("approval-in-future", ("approval", "approved_at"))] if is_refused else []
    assert expected == said(at, clock)


def test_an_approval_that_is_read_at_its_source_states_no_instant():
    """Its source says when; nothing in the file can be too late."""
    reviewed = ApprovalAtSource(by=ApprovalSource.GITHUB)
    assert not list(check_approvals(Catalog(grants=(grant(approval=reviewed),)), NOW))


def test_what_is_done_with_an_account_was_approved_before(tmp_path):
    """Its state, and each request, to the minute."""
    later = {ACCOUNT_FILE: ACCOUNT.replace("2026-11-20", "2026-11-22T09:01Z", 1)}
    (found,) = judged(tmp_path, {**ACCOUNTS, ACCOUNT_FILE: None}, {**ACCOUNTS, **later}).diagnostics
    assert (found.code, found.span.line) == ("approval-in-future", 7)


@given(st.integers(-3, 3), st.booleans())
def test_a_credential_was_made(ahead, is_split):
    """By each of its two sides, or by the one for both."""
    key = SecretRef(kind="env", value="T")
    made = Auth(method="ssws", secret=key, rotated_at=NOW.date() + timedelta(days=ahead))
    plain = Auth(method="ssws", secret=key)
    one = Connector(
        id="okta", type="okta", name="O", plan_auth=plain if is_split else made, apply_auth=made
    )
    found = list(check_credentials(Catalog(connectors={"okta": one}), NOW))
    path = ("auth", "apply", "rotated_at") if is_split else ("auth", "rotated_at")
    assert [f.path for f in found] == ([path] if ahead > 0 else [])
