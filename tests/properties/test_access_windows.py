"""Access begins with the first instant of a window and ends with its last, whenever runs come.

What the files say is compared with the clock as text, which knows of no zone and no calendar.
"""

import os
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from tests.support.builders import Company
from tests.support.nouns import brief, codes, planned

COMPANY = Company().tool()
LONG_AGO = {"ticket": "AI-1", "approved_by": "lead@example.com", "approved_at": "2026-01-01"}
DAYS = tuple(
    day.isoformat()
    for middle in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(2026, 12, 31))
    for day in (middle - timedelta(days=1), middle, middle + timedelta(days=1))
)
"""On which clocks are set forward or back, in Europe and in America; and the year's end."""
TIMES = ("T00:00Z", "T01:00Z", "T01:30Z", "T02:59:59Z", "T06:00Z", "T23:59Z", "T23:59:59Z")
WRITTEN = st.builds(str.__add__, st.sampled_from(DAYS), st.just("") | st.sampled_from(TIMES))
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata")
TICK = timedelta(microseconds=1)
OFFSETS = st.sampled_from([0, 60, -300, 330, 840]).map(lambda n: timezone(timedelta(minutes=n)))


def begins(written):
    """The first instant, to the microsecond."""
    text = written.removesuffix("Z") if "T" in written else f"{written}T00:00"
    return f"{text}:00.000000" if len(text) == len("2026-11-22T09:00") else f"{text}.000000"


def ends(written):
    """The first instant after it; of a day, the next day's first."""
    if "T" in written:
        return begins(written)
    return begins((date.fromisoformat(written) + timedelta(days=1)).isoformat())


def clock(now):
    """What the clock shows in UTC."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


@st.composite
def instants(draw, stated):
    """Around the ends of the windows, to the microsecond; each as some zone writes it."""
    near = [read(text) for one in stated for text in (begins(one), ends(one))]
    shifts = st.sampled_from([-TICK, timedelta(), TICK, timedelta(hours=-1), timedelta(hours=5)])
    at = st.builds(datetime.__add__, st.sampled_from(near), shifts)
    found = draw(st.lists(at, min_size=1, max_size=6))
    return [at.astimezone(draw(OFFSETS)) for at in sorted(found)]


def read(text):
    """The instant of that text."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f").replace(tzinfo=UTC)


@st.composite
def windows(draw):
    """The ends of one or two grants that hold for a while, as files write them."""
    pairs = st.tuples(st.none() | WRITTEN, st.none() | WRITTEN).filter(is_window)
    return draw(st.lists(pairs, min_size=1, max_size=2, unique=True))


def is_window(pair):
    """It ends after it begins, and says one of both at least."""
    starts, expires = pair
    if starts is None or expires is None:
        return starts != expires
    return begins(starts) < ends(expires)


@contextmanager
def local_time(zone):
    """The machine's own time is that of the zone."""
    before = os.environ.get("TZ")
    try:
        os.environ["TZ"] = zone
        time.tzset()
        yield
    finally:
        os.environ.pop("TZ")
        os.environ.update({} if before is None else {"TZ": before})
        time.tzset()


@cache
def live(*members):
    """The org in which they are members."""
    return COMPANY.bind(*members).granted("amy", "joe").live()


@given(stated=windows(), zone=st.sampled_from(ZONES), data=st.data())
def test_after_each_run_access_is_there_just_while_a_grant_holds(stated, zone, data):
    """Between two windows it stays, and a line says so: whoever is to have it loses nothing."""
    company = COMPANY.bind()
    for number, pair in enumerate(stated):
        said = {k: text for k, text in zip(("starts", "expires"), pair, strict=True) if text}
        company = company.grant("amy", purpose=f"work {number}", approval=LONG_AGO, **said)
    members = set()
    with local_time(zone):
        for now in data.draw(instants([text for pair in stated for text in pair if text])):
            before, shown = set(members), clock(now)
            made = planned(replace(company, now=now), live=live(*members))
            for action, login in brief(made):
                assert login == "amy@example.com"
                (members.add if action == "add" else members.remove)("amy")
            if any(holds(pair, shown) for pair in stated):
                assert members == {"amy"}
            elif any(starts and shown < begins(starts) for starts, _ in stated):
                assert members == before
                assert ("present-before-start" in codes(made.blocked)) is bool(before)
            else:
                assert members == set()


def holds(pair, shown):
    """From the one on, and until the other."""
    starts, expires = pair
    is_begun = starts is None or begins(starts) <= shown
    return is_begun and (expires is None or shown < ends(expires))
