"""What files say of windows, lengths and the schedule, as nouns."""

from datetime import date, time

import pytest

from reconciler.catalog.load import load_and_judge
from reconciler.model.validity import Duration, DurationUnit, Moment
from tests.support.catalogs import GRANT, SOUND, write

TOOL, JANE, SETTINGS = "tools/claude.yaml", "grants/claude/jane.yaml", "settings.yaml"
HOURS, MINUTES = DurationUnit.HOURS, DurationUnit.MINUTES


def read(folder, **changed):
    """The sound catalog with these files changed."""
    root = write(folder, {**SOUND, **changed})
    return load_and_judge(root, display="catalog")


def windowed(starts, expires):
    """Jane's grant with these ends."""
    return GRANT.replace("expires: 2027-01-20", f"starts: {starts}\nexpires: {expires}")


@pytest.mark.parametrize(
    ("starts", "expires", "begins", "ends"),
    [
        ("2026-11-28", "2026-11-28", Moment(date(2026, 11, 28)), Moment(date(2026, 11, 28))),
        (
            "2026-11-28T14:00Z",
            "2026-11-28T22:30:15Z",
            Moment(date(2026, 11, 28), time(14)),
            Moment(date(2026, 11, 28), time(22, 30, 15)),
        ),
        (
            "2026-11-28",
            "2026-11-29T00:00Z",
            Moment(date(2026, 11, 28)),
            Moment(date(2026, 11, 29), time(0)),
        ),
    ],
)
def test_a_window_is_of_days_or_of_instants(tmp_path, starts, expires, begins, ends):
    """Either end by itself: midnight that is written is an instant too."""
    (grant,) = read(tmp_path, **{JANE: windowed(starts, expires)}).catalog.grants
    assert (grant.starts, grant.expires) == (begins, ends)


@pytest.mark.parametrize("written", ["2026-11-28T14:00", "2026-11-28T14:00+01:00", "2026-11-28T14"])
@pytest.mark.parametrize("key", ["starts", "expires"])
def test_an_instant_without_the_zone_of_all_instants_is_refused(tmp_path, written, key):
    """Nobody guesses a zone."""
    ends = {"starts": "2026-11-28", "expires": "2026-11-28", key: written}
    found = read(tmp_path, **{JANE: windowed(**ends)})
    assert [d.code for d in found.diagnostics] == ["value-wrong-form"]


@pytest.mark.parametrize(
    ("written", "longest"),
    [("8h", Duration(8, HOURS)), ("90d", Duration(90, DurationUnit.DAYS))],
)
def test_a_tool_limits_its_grants_by_days_or_by_hours(tmp_path, written, longest):
    """One for a seat, the other for production."""
    catalog = read(tmp_path, **{TOOL: SOUND[TOOL].replace("90d", written)}).catalog
    assert catalog.tools["claude"].max_duration == longest


@pytest.mark.parametrize(
    ("written", "every"), [("4h", Duration(4, HOURS)), ("30m", Duration(30, MINUTES))]
)
def test_the_settings_say_how_often_a_scheduled_apply_runs(tmp_path, written, every):
    """By the hour or by the minute, as a workflow's cron does."""
    text = f"{SOUND[SETTINGS]}schedule: {{every: {written}}}\n"
    assert read(tmp_path, **{SETTINGS: text}).catalog.settings.applied_every == every
    assert read(tmp_path, **{SETTINGS: SOUND[SETTINGS]}).catalog.settings.applied_every is None


@pytest.mark.parametrize(
    ("file", "change", "hint"),
    [
        (SETTINGS, "schedule: {every: 4}\n", "write it with its unit, 4h"),
        (SETTINGS, "schedule: {every: 1d}\n", 'for example "4h"'),
        (SETTINGS, "schedule: {}\n", "add `every`"),
    ],
)
def test_a_schedule_that_says_nothing_is_told_what_to_say(tmp_path, file, change, hint):
    """A cron counts hours and minutes."""
    found = read(tmp_path, **{file: SOUND[file] + change})
    assert hint in [d.hint for d in found.diagnostics]
