"""A credential's age is a check of its own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from reconciler.connector_checks.check_result import CredentialUse
from reconciler.connector_checks.credential_age import judge_age
from reconciler.model.catalog import Auth, Connector
from reconciler.model.ids import SecretRef
from tests.support.builders import NOW

TOKEN = Auth(method="ssws", secret=SecretRef(kind="env", value="OKTA_TOKEN"))


def aged(days, limit=90):
    """A credential made so many days ago; None where nobody wrote it down."""
    made = None if days is None else NOW.date() - timedelta(days=days)
    return replace(TOKEN, rotated_at=made, max_age_days=limit)


def judged(plan, apply, use):
    """Status and code of each check."""
    connector = Connector(
        id="okta-prod", type="okta", name="Okta", plan_auth=plan, apply_auth=apply
    )
    return [(check.status.value, check.code) for check in judge_age(connector, use, NOW)]


@pytest.mark.parametrize(
    ("expected", "auth"),
    [
        ([("passed", "")], aged(1)),
        ([("warned", "credential-due")], aged(89)),
        ([("failed", "credential-overdue")], aged(91)),
        ([("warned", "credential-age-unknown")], aged(None)),
        ([("warned", "credential-age-unknown")], aged(-1)),
        ([], aged(4000, None)),
    ],
)
def test_only_what_is_older_than_its_own_limit_fails(expected, auth):
    """A day that is near, or not known, is to be seen to."""
    assert expected == judged(auth, auth, CredentialUse.BOTH)


def test_each_of_two_credentials_has_its_own_age():
    """The other one is tested by itself."""
    assert judged(aged(1), aged(91), CredentialUse.PLAN) == [("passed", "")]
    assert judged(aged(1), aged(91), CredentialUse.APPLY) == [("failed", "credential-overdue")]
