"""Access for an afternoon: it begins and ends at an instant, and the plan says how late that is."""

from tests.scenarios.passing_time import Weeks
from tests.support.builders import Company
from tests.support.harness import Office, changes

TOOL = {"policy": {"max_duration": "8h", "approvers": [{"email": "lead@example.com"}]}}
WINDOW = {"starts": "2026-11-22T08:00Z", "expires": "2026-11-22T14:00Z"}
COMPANY = Company().tool(**TOOL).bind().granted("amy", **WINDOW)
EVERY_4H = {"schedule": {"every": "4h"}}


def test_a_grant_of_hours_holds_from_its_first_instant_to_its_last(tmp_path):
    """To the second, on either side."""
    office = Office(tmp_path, COMPANY)
    assert changes(office.plan("--as-of", "2026-11-22T07:59:59Z")) == []
    assert changes(office.plan("--as-of", "2026-11-22T08:00:00Z")) == ["add amy claude/users"]

    assert office.apply().code == 0
    assert office.members() == {"amy"}
    assert changes(office.plan("--as-of", "2026-11-22T13:59:59Z")) == []
    assert changes(office.plan("--as-of", "2026-11-22T14:00:00Z")) == ["remove amy claude/users"]


def test_a_scheduled_run_gives_and_takes_it_within_the_hours(tmp_path):
    """The first that comes at or after either instant, and none before."""
    later = {"starts": "2026-11-22T10:00Z", "expires": "2026-11-22T14:00Z"}
    office = Weeks(tmp_path, Company().tool(**TOOL).bind(unattended=True).granted("amy", **later))
    seen = []
    for hours in (0, 1, 3.5, 0.5):
        office.wait(hours=hours)
        assert office.scheduled()[0] == 0
        seen.append(office.members())
    assert seen == [set(), {"amy"}, {"amy"}, set()]


def test_a_plan_says_how_late_the_end_may_come_where_the_schedule_is_known(tmp_path):
    """Who agreed to six hours has to know that it may be ten."""
    late = "(ends within 240 minutes after, by the schedule)"
    office = Office(tmp_path, COMPANY.with_settings(**EVERY_4H))
    (line,) = office.plan()["changes"]
    assert line["reason"] == f"granted until 2026-11-22 14:00 UTC {late}"

    assert office.apply().code == 0
    (ending,) = office.plan()["ending"]
    assert (ending["ends_at"], ending["within_minutes"]) == ("2026-11-22T14:00:00Z", 240)
    shown = office.run("--sandbox", "plan").out
    assert "ends 2026-11-22 14:00 UTC (within 240 minutes after, by the schedule): amy@" in shown


def test_without_a_schedule_a_plan_says_nothing_of_minutes(tmp_path):
    """Nobody knows when the next apply comes."""
    office = Office(tmp_path, COMPANY)
    (line,) = office.plan()["changes"]
    assert line["reason"] == "granted until 2026-11-22 14:00 UTC"
    assert "minutes" not in office.run("--sandbox", "plan").out


def test_a_grant_of_a_day_is_too_long_for_a_tool_that_gives_hours(tmp_path):
    """A whole day is 24 of them."""
    day = {"starts": "2099-01-01", "expires": "2099-01-01"}
    office = Office(tmp_path, Company().tool(**TOOL).bind().granted("amy", **day))
    said = office.run("validate").out
    assert 'the grant lasts 24 hours; "claude" allows at most 8 hours' in said
