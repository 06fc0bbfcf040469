"""How long a grant may last, and grants of one person inside one another."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from reconciler.model.catalog import Catalog, Grant, IdentityMapping, Revocation
from reconciler.model.diagnostics import Severity, Span
from reconciler.model.validity import (
    Approval,
    ApprovalAtSource,
    ApprovalSource,
    Duration,
    DurationUnit,
    Moment,
)
from reconciler.policy.checks.grant_windows import check_overlaps, check_windows
from tests.support.nouns import tool

APPROVAL = Approval(ticket="T", approved_by=("lead@x",), approved_at=date(2026, 1, 10))


def grant(line, starts, expires, **changed):
    """Jane's, written at a line."""
    usual = {"tool": "claude", "entitlement": "users", "subject": "jane@example.com"}
    return Grant(
        **{**usual, "purpose": "p", "approval": APPROVAL, **changed},
        starts=None if starts is None else Moment(date(2026, starts, 1)),
        expires=None if expires is None else Moment(date(2026, expires, 1)),
        origin=Span("g.yaml", line),
    )


WIDE = grant(1, 3, 9)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("other", "inner"),
    [
        (grant(2, 4, 8), 2),
        (replace(grant(2, 4, 9), expires=Moment(date(2026, 9, 1), time(14))), 2),
        (replace(grant(2, 4, 9), expires=Moment(date(2026, 9, 2), time(0))), 2),
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
        replace(grant(2, 4, 9), expires=Moment(date(2026, 9, 2), time(0, 1))),
    ],
)
def test_overlap_prolonging_and_records_are_no_matter(other):
    """A renewal overlaps; a revoked grant is a record; one written twice is said so elsewhere."""
    assert list(check_overlaps(Catalog(grants=(WIDE, other)), NOW)) == []


DAY = date(2026, 11, 28)


def judged(begins, ends, limit=None, **changed):
    """What is said of hers from one moment to another where the tool allows that many hours."""
    noun = replace(grant(1, None, None, **changed), starts=begins, expires=ends)
    longest = Duration(limit, DurationUnit.HOURS) if limit else None
    tools = {"claude": replace(tool(), max_duration=longest)}
    return [(f.code, f.summary) for f in check_windows(Catalog(grants=(noun,), tools=tools))]


@pytest.mark.parametrize(
    ("expected", "begins", "ends"),
    [
        (None, Moment(DAY, time(14)), Moment(DAY, time(22))),
        ("8 hours 1 minute", Moment(DAY, time(14)), Moment(DAY, time(22, 0, 1))),
        ("10 hours", Moment(DAY, time(14)), Moment(DAY)),
        ("24 hours", Moment(DAY), Moment(DAY)),
        (None, Moment(DAY), Moment(DAY, time(8))),
    ],
)
def test_a_limit_in_hours_is_exact(expected, begins, ends):
    """A whole day would be three times what the tool allows."""
    words = f'the grant lasts {expected}; "claude" allows at most 8 hours'
    told = [("grant-window-too-long", words)] if expected else []
    assert told == judged(begins, ends, limit=8)


@pytest.mark.parametrize(
    ("expected", "begins", "ends"),
    [
        (None, Moment(DAY), Moment(DAY)),
        (None, Moment(DAY, time(14)), Moment(DAY)),
        ("on 2026-11-27, before it starts on 2026-11-28", Moment(DAY), Moment(date(2026, 11, 27))),
        (
            "at 2026-11-28 14:00 UTC, before it starts at 2026-11-28 14:30 UTC",
            Moment(DAY, time(14, 30)),
            Moment(DAY, time(14)),
        ),
        (
            "at 2026-11-28 00:00 UTC, before it starts on 2026-11-28",
            Moment(DAY),
            Moment(DAY, time(0)),
        ),
    ],
)
def test_a_grant_that_would_never_hold_is_told(expected, begins, ends):
    """It ends before it begins, or at once."""
    told = [("expires-before-start", f"the grant ends {expected}")] if expected else []
    assert told == judged(begins, ends)


def test_of_an_approval_at_its_source_a_length_is_not_known():
    """What is missing is its start, and it is no grant of a million days."""
    source = ApprovalAtSource(by=ApprovalSource.GITHUB)
    assert judged(None, Moment(DAY), limit=8, approval=source) == []
