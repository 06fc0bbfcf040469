"""What a day or an instant that somebody typed elsewhere means in the files."""

from datetime import date, time

import pytest

from reconciler.identity.issue_values import read_moment
from reconciler.model.validity import Moment

DAY = date(2027, 2, 18)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2027-02-18", Moment(DAY)),
        ("2027-02-18T10:00:00.000+0000", Moment(DAY, time(10))),
        ("2027-02-18T10:00:00.000+0530", Moment(DAY, time(4, 30))),
        ("2027-02-18T10:00Z", Moment(DAY, time(10))),
        ("2027-02-30", None),
        ("0001-01-01T00:00+23:59", None),
        ("2027-02-18T10:00", None),
        ("next week", None),
        ("２０２７-02-18", None),  # noqa: RUF001 - digits that only look so
        ("", None),
    ],
)
def test_a_day_or_an_instant_is_read_as_jira_writes_it(text, found):
    """An instant without an offset would be anybody's."""
    assert read_moment(text) == found
