"""Grants of one person inside one another."""

from datetime import UTC, date, datetime

import pytest

from reconciler.model.catalog import Catalog, Grant, IdentityMapping, Revocation
from reconciler.model.diagnostics import Severity, Span
from reconciler.model.validity import Approval
from reconciler.policy.checks.grant_windows import check_overlaps

APPROVAL = Approval(ticket="T", approved_by=("lead@x",), approved_at=date(2026, 1, 10))


def grant(line, starts, expires, **changed):
    """Jane's, written at a line."""
    usual = {"tool": "claude", "entitlement": "users", "subject": "jane@example.com"}
    return Grant(
        **{**usual, "purpose": "p", "approval": APPROVAL, **changed},
        starts=None if starts is None else date(2026, starts, 1),
        expires=None if expires is None else date(2026, expires, 1),
        origin=Span("g.yaml", line),
    )


WIDE = grant(1, 3, 9)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("other", "inner"),
    [
        (grant(2, 4, 8), 2),
        (grant(2, 3, 9, purpose="other"), 2),
        (grant(2, 3, 8), 2),
        (grant(2, 2, 9), 1),
        (grant(2, None, 12), 1),
        (grant(2, None, None), 1),
        (grant(2, 4, 9, subject="JANE@example.com"), 2),
        (grant(2, 4, 9, subject="jira:5b10"), 2),
    ],
)
def test_a_grant_that_adds_nothing_is_warned_of(other, inner):
    """The one inside is named and the one around it is shown, in whatever order they lie."""
    mapping = IdentityMapping(keys=("jira:5b10",), login="jane@example.com")
    for grants in ((WIDE, other), (other, WIDE)):
        found = list(check_overlaps(Catalog(grants=grants, identities=(mapping,))))
        assert [each.code for each in found] == ["grant-inside-another"]
        assert {found[0].origin.line, found[0].related[0].origin.line} == {1, 2}
        assert found[0].severity is Severity.WARNING
        if other.starts != WIDE.starts or other.expires != WIDE.expires:
            assert found[0].origin.line == inner


@pytest.mark.parametrize(
    "other",
    [
        grant(2, 4, 10),
        grant(2, 2, 8),
        grant(2, 4, 8, subject="joe@example.com"),
        grant(2, 4, 8, entitlement="admins"),
        grant(2, 4, 8, tool="cursor"),
        grant(2, 4, 8, revoked=Revocation(at=date(2026, 5, 1), by="x", reason="y")),
        grant(1, 3, 9),
    ],
)
def test_overlap_prolonging_and_records_are_no_matter(other):
    """A renewal overlaps; a revoked grant is a record; one written twice is said so elsewhere."""
    assert list(check_overlaps(Catalog(grants=(WIDE, other)), NOW)) == []
