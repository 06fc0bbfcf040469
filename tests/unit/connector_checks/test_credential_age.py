"""How old a credential is on a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connector_checks.credential_age import (
    SOON_DAYS,
    AgeStatus,
    credential_ages,
    credential_warnings,
)
from reconciler.model.catalog import Auth, Connector
from reconciler.model.ids import SecretRef
from tests.support.builders import NOW
from tests.support.nouns import codes

TOKEN = Auth(method="ssws", secret=SecretRef(kind="env", value="OKTA_PROD_TOKEN"))
TODAY = NOW.date()


def aged(days, limit):
    """A credential made so many days ago; None where nobody wrote it down."""
    made = None if days is None else TODAY - timedelta(days=days)
    return replace(TOKEN, rotated_at=made, max_age_days=limit)


def connector(plan, apply=None):
    """What plans and what applies; one credential for both unless two are given."""
    return Connector(
        id="okta-prod", type="okta", name="Okta", plan_auth=plan, apply_auth=apply or plan
    )


@pytest.mark.parametrize(
    ("status", "days", "limit"),
    [
        (AgeStatus.UNLIMITED, None, None),
        (AgeStatus.UNLIMITED, 4000, None),
        (AgeStatus.UNKNOWN, None, 90),
        (AgeStatus.FRESH, 0, 90),
        (AgeStatus.FRESH, 90 - SOON_DAYS, 90),
        (AgeStatus.SOON, 91 - SOON_DAYS, 90),
        (AgeStatus.SOON, 90, 90),
        (AgeStatus.OVERDUE, 91, 90),
        (AgeStatus.OVERDUE, 1, 0),
        (AgeStatus.LATER, -1, 90),
        (AgeStatus.LATER, -1, None),
    ],
)
def test_a_credential_is_good_through_its_last_day(status, days, limit):
    """A day in the future would make it last as long as its author likes."""
    (found,) = credential_ages(connector(aged(days, limit)), NOW)
    assert (found.uses, found.status, found.age_days) == ("plan and apply", status, days)


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("credential-overdue", 91),
        ("credential-due", 90),
        ("credential-age-unknown", None),
        ("credential-age-unknown", -1),
    ],
)
def test_a_plan_warns_of_it(code, days):
    """Whoever reads the plan can see to it."""
    (warning,) = credential_warnings(connector(aged(days, 90)), NOW)
    assert (warning.code, "okta-prod" in warning.summary) == (code, True)
    assert "rotated_at" in warning.hint


def test_a_plan_says_nothing_of_a_young_one():
    """Nor of one without a limit, nor of a connector without sign-in."""
    seed = Connector(id="okta-seed", type="okta", name="Seed", config=TOKEN.secret)
    for quiet in (connector(aged(1, 90)), connector(aged(4000, None)), seed):
        assert list(credential_warnings(quiet, NOW)) == []


def test_what_plans_and_what_applies_are_told_apart():
    """They are replaced one by one."""
    split = connector(aged(1, 90), aged(100, 90))
    assert [(a.uses, a.status) for a in credential_ages(split, NOW)] == [
        ("plan", AgeStatus.FRESH),
        ("apply", AgeStatus.OVERDUE),
    ]
    assert codes(credential_warnings(split, NOW)) == ["credential-overdue"]


def test_days_are_utcs():
    """As everywhere in the catalog."""
    late = datetime(2026, 11, 23, 1, 0, tzinfo=timezone(timedelta(hours=9)))
    (found,) = credential_ages(connector(aged(0, 90)), late)
    assert found.age_days == 0


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 5000))
def test_a_credential_never_grows_younger(days, limit, later):
    """Once overdue, always overdue, until somebody replaces it."""
    held = connector(aged(days, limit))
    (now,), (then,) = (
        credential_ages(held, at) for at in (NOW, NOW.astimezone(UTC) + timedelta(days=later))
    )
    assert then.age_days == now.age_days + later
    assert now.status is not AgeStatus.OVERDUE or then.status is AgeStatus.OVERDUE
