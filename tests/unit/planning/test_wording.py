"""Why a line stands in the plan."""

import pytest

from reconciler.model.catalog import Authority
from reconciler.model.validity import Duration, DurationUnit
from reconciler.planning.wording import explain_addition, explain_end, explain_unapproved
from tests.support.builders import NOW
from tests.support.nouns import grant


@pytest.mark.parametrize(
    ("words", "grants"),
    [
        ("granted with no end date", (grant(),)),
        ("granted through 2027-01-31", (grant(expires="2027-01-31"),)),
        (
            "granted through 2027-02-28; 2 grants cover this",
            (grant(expires="2027-02-28"), grant(expires="2027-01-31")),
        ),
        ("granted with no end date; 2 grants cover this", (grant(expires="2027-01-31"), grant())),
        ("granted until 2026-11-28 14:00 UTC", (grant(expires="2026-11-28T14:00Z"),)),
        (
            "granted through 2026-11-28; 2 grants cover this",
            (grant(expires="2026-11-28T14:00Z"), grant(expires="2026-11-28")),
        ),
        (
            "granted until 2026-11-29 00:00:01 UTC; 2 grants cover this",
            (grant(expires="2026-11-29T00:00:01Z"), grant(expires="2026-11-28")),
        ),
    ],
)
def test_an_addition_says_how_long_the_access_lasts(words, grants):
    """The latest end counts, for access is a union."""
    assert words == explain_addition(grants)


@pytest.mark.parametrize(
    ("words", "expires"),
    [
        (
            "granted until 2026-11-28 14:00 UTC (ends within 240 minutes after, by the schedule)",
            "2026-11-28T14:00Z",
        ),
        ("granted through 2026-11-28", "2026-11-28"),
    ],
)
def test_an_end_at_an_instant_says_how_late_it_may_come(words, expires):
    """A person who needs it gone at two has to know that it goes by six."""
    every = Duration(4, DurationUnit.HOURS)
    assert words == explain_addition((grant(expires=expires),), every)


@pytest.mark.parametrize(
    ("words", "grants"),
    [
        ("the grant ended with 2026-11-15", (grant(expires="2026-11-15"),)),
        (
            "revoked 2026-11-15 by lead@example.com: left the project",
            (grant(revoked="2026-11-15"),),
        ),
        (
            "revoked 2026-11-15 by lead@example.com: left the project",
            (grant(revoked="2026-11-15", expires="2026-11-15"),),
        ),
        ("the grant ended at 2026-11-15 14:00 UTC", (grant(expires="2026-11-15T14:00Z"),)),
        (
            "revoked 2026-11-15 by lead@example.com: left the project",
            (grant(revoked="2026-11-15", expires="2026-11-15T00:01Z"),),
        ),
        ("the grant ended with 2026-11-14", (grant(revoked="2026-11-15", expires="2026-11-14"),)),
        (
            "the grant ended with 2026-11-20",
            (grant(expires="2026-11-20"), grant(revoked="2026-11-15")),
        ),
    ],
)
def test_a_removal_says_which_end_came_last(words, grants):
    """A revocation is named only where it, and not the expiry, ended the access."""
    assert words == explain_end(grants, NOW)


def test_an_unapproved_removal_says_why_the_group_may():
    """Only an authoritative group removes somebody nobody named."""
    expected = "no grant ever named them, and the group is authoritative"
    assert expected == explain_unapproved(Authority.AUTHORITATIVE)
