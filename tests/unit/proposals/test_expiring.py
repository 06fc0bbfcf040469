"""What ends soon is listed once for each access, and what goes on is not."""

from datetime import UTC, date, datetime

from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.proposals.expiring import Ending, find_ending
from tests.support.nouns import grant

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def found(*grants, within=30, identities=()):
    """Whose access ends, and how many days are left."""
    ending = find_ending(Catalog(grants=grants, identities=identities), within, NOW)
    return [(each.grant.subject.partition("@")[0], each.days_left) for each in ending]


def test_the_soonest_is_first_and_its_last_counts():
    """Who has today left is told, and who had yesterday is not."""
    assert found(
        grant("late", expires="2026-12-22"),
        grant("later", expires="2026-12-23"),
        grant("today", expires="2026-11-22"),
        grant("gone", expires="2026-11-21"),
        grant("forever"),
    ) == [("today", 0), ("late", 30)]


def test_what_another_grant_prolongs_does_not_end():
    """Under another of their names too; two that end are told once, by the later."""
    same = IdentityMapping(keys=("slack:U1",), login="jane@example.com")
    assert found(
        grant("jane", expires="2026-12-01"),
        grant("slack:U1", expires="2027-12-01"),
        grant("joe", expires="2026-12-01"),
        grant("joe", expires="2026-12-10"),
        identities=(same,),
    ) == [("joe", 18)]


def test_what_is_revoked_ends_on_purpose():
    """Nobody is asked to renew it."""
    assert found(grant("jane", expires="2026-12-20", revoked="2026-12-01")) == []


def test_any_number_of_days_can_be_looked_ahead():
    """The calendar ends before they do."""
    late = grant("jane", expires="9999-12-30")
    ending = find_ending(Catalog(grants=(late,)), 99_999_999, NOW)
    days = (date(9999, 12, 30) - NOW.date()).days
    assert ending == (Ending(grant=late, last=late.expires, days_left=days),)
