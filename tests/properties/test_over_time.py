"""A change is told to alter access over time exactly when it does, at some instant."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given

from reconciler.identity.resolve import Resolved
from reconciler.model.approvals.review import Effect
from reconciler.model.ids import login_key
from reconciler.planning.people import resolve_people
from reconciler.planning.three_way.over_time import find_access_changes
from tests.properties.worlds import CONNECTOR, NOW, catalogs, orgs

DAYS = [date(2026, 11, 22) + timedelta(days=n) for n in (*range(16), *range(60, 90))]

HOURS = (7, 12, 18)


def wanted(catalog, live, at):
    """Who is granted what at that instant, looked up grant by grant."""
    known = resolve_people(catalog, live, [g.subject for g in catalog.grants])
    found = set()
    for grant in catalog.grants:
        who = known.of(grant.subject)
        person = who.user.id if isinstance(who, Resolved) else login_key(grant.subject)
        if grant.validity.is_live(at):
            found.add((grant.tool, person))
    return found


@given(catalogs(), catalogs(), orgs())
def test_nothing_is_told_exactly_when_every_instant_is_the_same(head, base, live):
    """Whatever the windows are, and whoever the names mean."""
    head = replace(head, bindings=base.bindings, identities=base.identities)
    found = find_access_changes(head, base, CONNECTOR, live, NOW)
    told = {(n.tool, n.person.id or login_key(n.person.login)) for n in found if _is_told(n)}
    differs = set()
    for day in DAYS:
        for hour in HOURS:
            at = max(NOW, datetime.combine(day, time(hour), tzinfo=UTC))
            differs |= wanted(head, live, at) ^ wanted(base, live, at)
    assert told == differs


def _is_told(line):
    return line.effect is not Effect.GIVES_NOTHING
