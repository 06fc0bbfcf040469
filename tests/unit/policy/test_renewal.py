"""Who prolongs a grant has it approved again."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from reconciler.model.catalog import Catalog, Revocation
from reconciler.policy.renewal import unrenewed
from tests.properties.worlds import catalogs
from tests.unit.planning.nouns import grant

WAS = grant(starts="2026-11-01", expires="2027-01-31")
REVOKED = Revocation(at=date(2026, 12, 1), by="lead@example.com", reason="left")


def codes(was, now):
    """What is said of the change from one wording to another."""
    return [f.code for f in unrenewed(Catalog(grants=(now,)), Catalog(grants=(was,)))]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"purpose": "more words"},
        {"expires": date(2027, 1, 30)},
        {"starts": date(2026, 11, 2)},
        {"revoked": REVOKED},
        {"expires": date(2027, 2, 1), "approval": replace(WAS.approval, ticket="AI-2")},
        {"expires": None, "approval": replace(WAS.approval, approved_at=date(2026, 11, 22))},
    ],
)
def test_less_or_newly_approved_is_fine(change):
    """An approval covers whatever lies inside what it was given for."""
    assert codes(WAS, replace(WAS, **change)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"expires": date(2027, 2, 1)},
        {"expires": None},
        {"starts": None},
        {"starts": date(2026, 10, 1)},
    ],
)
def test_more_needs_another_approval(change):
    """Longer at either end."""
    assert codes(WAS, replace(WAS, **change)) == ["approval-not-renewed"]


def test_taking_a_revocation_back_needs_another_approval():
    """Somebody ended it; somebody has to agree again."""
    assert codes(replace(WAS, revoked=REVOKED), WAS) == ["approval-not-renewed"]


@given(catalogs())
def test_a_catalog_against_itself_renews_nothing(catalog):
    """Nor against nothing: there the approval is new."""
    assert list(unrenewed(catalog, catalog)) == []
    assert list(unrenewed(catalog, Catalog())) == []
