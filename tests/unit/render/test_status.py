"""The health of connectors in words: the silent ones in the verdict."""

from datetime import timedelta

import pytest

from reconciler.model.evidence import ConnectorHealth, PastAccount, PastLine
from reconciler.render.formats.text import render
from reconciler.render.status import duration, status_document, status_rows
from tests.support.builders import CONNECTOR, NOW
from tests.unit.evidence.test_health import judged, run

HELD = PastLine(
    action="remove",
    group="00g",
    group_name="Claude\nusers",
    person="00u",
    login="eve@example.com",
    member_class="unapproved",
    outcome="held",
    at=NOW,
)


def text(*standings, max_age=timedelta(hours=26)):
    """What is printed."""
    return [line.text for line in render(status_document(standings, NOW, max_age))]


def test_a_connector_that_ran_well_says_when():
    """And what its last run left for a person."""
    found = judged(run(3, 4, blocked=2))
    assert text(found) == [
        "Status",
        "  as of: 2026-11-22 09:00 UTC",
        "  wanted: a good run, at most 26 h old",
        "",
        "Every connector has run well.",
        "1 connector · 0 silent or failing",
        "",
        "okta-prod (2)",
        "  = last good run: 2026-11-22 06:00 UTC, 3 h ago",
        "      r3 (file), exit code 4",
        "  ! 2 lines blocked in the last run",
    ]


def test_what_failed_since_and_what_is_held_is_named():
    """Killed runs, refusals, guards and lines; texts are harmless."""
    killed = run(4, None, ended_at=None, is_complete=False)
    held = run(2, 3, refusal="x: \x1b[31mred", held=("run-removals: 24 removals",), lines=(HELD,))
    found = text(judged(run(30), killed, held))
    assert found[4] == "No good run at most 26 h old: okta-prod."
    assert found[8:] == [
        "  ! last good run: 2026-11-21 03:00 UTC, 30 h ago",
        "      r30 (file), exit code 0",
        "  ! since then: 2026-11-22 05:00 UTC, r4 has no end: it was killed, or is still going on",
        "  ! since then: 2026-11-22 07:00 UTC, r2 ended with exit code 3",
        "      x: \\u{1b}[31mred",
        "  # held by run-removals: 24 removals",
        '  · held: remove eve@example.com in "Claude\\u{a}users"',
    ]


def test_an_account_line_that_is_not_done_is_named_without_a_group():
    """Before what is not done of memberships."""
    late = PastAccount(
        action="suspend", person="00ueve", login="eve@example.com", outcome="failed", at=NOW
    )
    found = text(judged(run(2, 4, accounts=(late,), lines=(HELD,))))
    assert found[-2:] == [
        "  · failed: suspend eve@example.com",
        '  · held: remove eve@example.com in "Claude\\u{a}users"',
    ]


def test_silence_is_the_verdict():
    """Whoever reads one line reads that one."""
    none = ConnectorHealth(
        connector=CONNECTOR,
        sandbox=True,
        last=None,
        last_good=None,
        since=(),
        age=None,
        is_current=False,
    )
    found = text(none, judged(run(1)), max_age=None)
    assert found[4] == "No good run of any age: okta-prod."
    assert found[7:10] == [
        "okta-prod · sandbox (1)",
        "  ! no good run is recorded",
        "      hint: give each apply --evidence, and name the same folder here",
    ]


def test_at_most_ten_lines_are_named():
    """The rest is counted."""
    found = text(judged(run(1, 4, lines=(HELD,) * 12)))
    assert sum(1 for line in found if line.startswith("  · held")) == 10
    assert found[-1] == "  · and 2 more lines not done"


@pytest.mark.parametrize(
    ("expected", "span"),
    [
        ("0 min", timedelta(seconds=59)),
        ("59 min", timedelta(minutes=59)),
        ("26 h", timedelta(hours=26, minutes=59)),
        ("47 h", timedelta(hours=47)),
        ("2 d", timedelta(hours=48)),
        ("3 d 5 h", timedelta(days=3, hours=5)),
        ("1 h", timedelta(hours=-1)),
    ],
)
def test_a_span_is_told_in_whole_units(expected, span):
    """Never more than passed."""
    assert expected == duration(span)


def test_as_data_ages_are_seconds():
    """For whoever alerts on it."""
    (row,) = status_rows([judged(run(2, lines=(HELD,)))])
    assert (row["age_s"], row["is_current"], row["since"]) == (7200, True, [])
    assert row["last_run"] == row["last_good_run"]
    assert row["waiting"] == ['held: remove eve@example.com in "Claude\nusers"']
