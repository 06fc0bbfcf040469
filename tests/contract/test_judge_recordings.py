"""Recorded requests are sent to the sandbox again: whatever differs stands in a table."""

import asyncio
from collections import Counter

import pytest

from tests.contract.differences import event_differences
from tests.contract.replay import events_like, replay
from tests.contract.tables import Table, told

TABLE = Table("differences.yaml")
LOGS = "GET /api/v1/logs"


@pytest.fixture(scope="module")
def replays(recorded, where):
    """Every recorded exchange whose endpoint the sandbox has, sent again."""
    exchanges, _ = recorded

    async def all_of_them():
        found = []
        for exchange in exchanges:
            endpoint = where.endpoint(exchange.method, exchange.path)
            if where.is_present(endpoint):
                found.append(await replay(exchange, endpoint))
        return found

    return asyncio.run(all_of_them())


@pytest.fixture(scope="module")
def found(replays, recorded, where):
    """Every difference as endpoint and words; those of events when there is a log."""
    pairs = {(each.endpoint, what) for each in replays for what in each.found}
    if where.is_present(LOGS):
        for ours, sample in asyncio.run(events_like(recorded[1])):
            what = event_differences(sample.event, ours)
            pairs |= {(f"{LOGS} {ours['eventType']}", each) for each in what}
    return pairs


def test_the_sandbox_answers_as_recorded_but_for_what_a_table_gives_a_reason_for(
    replays, found, figures, recorded
):
    """A new difference is a defect of the sandbox until somebody writes down why it is none."""
    for line in _counted(replays, recorded):
        figures(line)
    new = TABLE.new(found)
    assert new == [], f"new differences:\n{told(new)}"


def test_every_known_difference_still_occurs(found):
    """A row that outlives its difference would hide the next one."""
    gone = TABLE.gone(found)
    assert gone == [], f"to be struck out:\n{told(row[:2] for row in gone)}"


def test_most_of_what_was_recorded_is_replayed(replays):
    """A judge that hears nobody finds nothing wrong."""
    assert len(replays) >= 200
    assert sum(not each.found for each in replays) >= 80


def test_every_reason_is_given_and_used():
    """The table's reasons are those of its rows."""
    assert set(TABLE.reasons) == {row.reason for row in TABLE.rows}


def _counted(replays, recorded):
    identical = sum(not each.found for each in replays)
    yield (
        f"recorded exchanges: {len(recorded[0])}, replayed {len(replays)}, "
        f"identical {identical}, differing {len(replays) - identical}"
    )
    reasons = Counter(
        reason
        for each in replays
        for reason in {str(TABLE.reason(each.endpoint, what)) for what in each.found}
    )
    for reason, count in reasons.most_common():
        yield f"  differing by {reason}: {count}"
