"""Who prolongs a grant has it approved again."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.catalog import Catalog, Revocation
from reconciler.model.validity import (
    ApprovalAtSource,
    ApprovalSource,
    Duration,
    DurationUnit,
    Moment,
)
from reconciler.policy.changes.renewals import find_stretched_approvals, find_unrenewed_approvals
from tests.properties.worlds import catalogs
from tests.support.nouns import days, grant, tool

WAS = grant(starts="2026-11-01", expires="2027-01-31")
REVOKED = Revocation(at=date(2026, 12, 1), by="lead@example.com", reason="left")


def codes(was, now):
    """What is said of the change from one wording to another."""
    return [
        f.code for f in find_unrenewed_approvals(Catalog(grants=(now,)), Catalog(grants=(was,)))
    ]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"purpose": "more words"},
        {"expires": Moment(date(2027, 1, 30))},
        {"starts": Moment(date(2026, 11, 2))},
        {"starts": Moment(date(2026, 11, 1), time(0))},
        {"expires": Moment(date(2027, 1, 31), time(14))},
        {"expires": Moment(date(2027, 2, 1), time(0))},
        {"revoked": REVOKED},
        {"expires": Moment(date(2027, 2, 1)), "approval": replace(WAS.approval, ticket="AI-2")},
        {"expires": None, "approval": replace(WAS.approval, approved_at=date(2026, 11, 22))},
    ],
)
def test_less_or_newly_approved_is_fine(change):
    """An approval covers whatever lies inside what it was given for."""
    assert codes(WAS, replace(WAS, **change)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"expires": Moment(date(2027, 2, 1))},
        {"expires": Moment(date(2027, 2, 1), time(0, 1))},
        {"starts": Moment(date(2026, 10, 31), time(23, 59))},
        {"expires": None},
        {"starts": None},
        {"starts": Moment(date(2026, 10, 1))},
    ],
)
def test_more_needs_another_approval(change):
    """Longer at either end."""
    assert codes(WAS, replace(WAS, **change)) == ["approval-not-renewed"]


def test_taking_a_revocation_back_needs_another_approval():
    """Somebody ended it; somebody has to agree again."""
    assert codes(replace(WAS, revoked=REVOKED), WAS) == ["approval-not-renewed"]


@given(catalogs())
def test_a_catalog_against_itself_renews_nothing(catalog):
    """Nor against nothing: there the approval is new."""
    assert list(find_unrenewed_approvals(catalog, catalog)) == []
    assert list(find_unrenewed_approvals(catalog, Catalog())) == []


def brought(base, *more):
    """What is said of grants that come beside those of the base."""
    return [
        f.code
        for f in find_unrenewed_approvals(
            Catalog(grants=(*base, *more)), Catalog(grants=tuple(base))
        )
    ]


@pytest.mark.parametrize(
    "second",
    [
        {"starts": Moment(date(2027, 2, 1)), "expires": Moment(date(2027, 4, 30))},
        {"starts": Moment(date(2026, 12, 1)), "expires": Moment(date(2027, 2, 1))},
        {"expires": None},
        {"subject": WAS.subject.upper(), "expires": None},
        {"purpose": "something else", "starts": Moment(date(2027, 6, 1)), "expires": None},
        {"approval": replace(WAS.approval, requested_by="x@example.com"), "expires": None},
        {"approval": replace(WAS.approval, approved_by=("boss@example.com",)), "expires": None},
        {
            "approval": replace(WAS.approval, ticket=f" {WAS.approval.ticket.lower()}"),
            "starts": None,
        },
    ],
)
def test_a_second_file_under_the_approval_prolongs_nothing(second):
    """An approval gave what all its grants gave together, in however many files."""
    assert brought([WAS], replace(WAS, **second)) == ["approval-not-renewed"]


def test_a_second_file_revives_no_ended_access():
    """What was taken back is given again by a new approval alone."""
    ended = replace(WAS, revoked=REVOKED)
    again = replace(WAS, starts=Moment(date(2026, 12, 2)))
    assert brought([ended], again) == ["approval-not-renewed"]


def test_what_two_grants_gave_together_one_may_give():
    """Joining two files that meet gives nothing more; a gap between them was never given."""
    first = replace(WAS, expires=Moment(date(2026, 12, 15)))
    second = replace(WAS, starts=Moment(date(2026, 12, 16)))
    assert brought([first, second], replace(WAS, purpose="joined")) == []
    later = replace(WAS, starts=Moment(date(2026, 12, 17)))
    assert brought([first, later], replace(WAS, purpose="joined")) == ["approval-not-renewed"]


@pytest.mark.parametrize(("expected", "longest"), [([], 180), (["grant-window-too-long"], 179)])
def test_grants_under_one_approval_last_no_longer_together_than_one_may(expected, longest):
    """Else two short files would be one long grant."""
    first = replace(WAS, starts=Moment(date(2026, 11, 1)), expires=Moment(date(2027, 1, 30)))
    second = replace(WAS, starts=Moment(date(2027, 1, 31)), expires=Moment(date(2027, 4, 30)))
    head = Catalog(
        grants=(first, second),
        tools={"claude": replace(tool(), max_duration=days(longest))},
    )
    assert expected == [f.code for f in find_stretched_approvals(head, Catalog())]
    assert list(find_stretched_approvals(head, head)) == []


@pytest.mark.parametrize(
    ("expected", "last"), [([], time(22)), (["grant-window-too-long"], time(22, 1))]
)
def test_a_limit_in_hours_holds_for_all_that_one_approval_gave(expected, last):
    """From the minute on which the first begins to that on which the last ends."""
    day, limit = date(2026, 11, 28), Duration(8, DurationUnit.HOURS)
    first = replace(WAS, starts=Moment(day, time(14)), expires=Moment(day, time(16)))
    second = replace(WAS, starts=Moment(day, time(20)), expires=Moment(day, last))
    head = Catalog(grants=(first, second), tools={"claude": replace(tool(), max_duration=limit)})
    found = list(find_stretched_approvals(head, Catalog()))
    assert expected == [f.code for f in found]
    assert all("last 8 hours 1 minute together" in f.summary for f in found)


FIRST = date(2026, 11, 1)
WINDOWS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.none() | st.integers(0, 12)), max_size=4
)


def windowed(window):
    """A grant of these days under the one approval, and the days on which it holds."""
    begins, length, revoked = window
    starts, ends = FIRST + timedelta(days=begins), FIRST + timedelta(days=begins + length)
    at = None if revoked is None else FIRST + timedelta(days=revoked)
    ended = None if at is None else replace(REVOKED, at=at)
    days = {begins + n for n in range(length + 1) if revoked is None or begins + n < revoked}
    return replace(WAS, starts=Moment(starts), expires=Moment(ends), revoked=ended), days


@given(WINDOWS, WINDOWS)
def test_a_change_adds_no_day_to_what_was_approved(was, brought):
    """Day by day: whatever a new grant holds on, the grants of its approval held on before."""
    before, more = [windowed(w) for w in was], [windowed(w) for w in brought]
    known = set().union(*(days for _, days in before))
    base = Catalog(grants=tuple(g for g, _ in before))
    head = Catalog(grants=(*base.grants, *(g for g, _ in more)))
    is_longer = bool(before) and any(days - known for _, days in more)
    assert bool(list(find_unrenewed_approvals(head, base))) == is_longer


def test_a_review_is_of_the_change_itself():
    """Who prolongs such a grant has it reviewed, and nothing else is to be written."""
    reviewed = ApprovalAtSource(by=ApprovalSource.GITHUB)
    was = replace(WAS, approval=reviewed)
    assert codes(was, replace(was, expires=Moment(day=date(2027, 2, 1)))) == []
    later = replace(was, starts=Moment(day=date(2027, 2, 1)), expires=Moment(day=date(2027, 3, 31)))
    limited = {"claude": replace(tool(), max_duration=days(92))}
    both = Catalog(tools=limited, grants=(was, later))
    assert list(find_stretched_approvals(both, replace(both, grants=(was,)))) == []


def test_what_an_issue_approved_is_prolonged_by_another_issue():
    """However the file named the first one."""
    first, other = (ApprovalAtSource(by=ApprovalSource.JIRA, ticket=t) for t in ("AI-1", "AI-2"))
    longer = replace(WAS, expires=Moment(day=date(2027, 2, 1)))
    for was in (WAS, replace(WAS, approval=first)):
        assert codes(was, replace(longer, approval=first)) == ["approval-not-renewed"]
        assert codes(was, replace(longer, approval=other)) == []
        assert codes(was, replace(WAS, approval=first)) == []
