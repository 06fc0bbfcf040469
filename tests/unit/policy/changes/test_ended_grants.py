"""A grant is ended before it is deleted, and one that comes ended explains nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from reconciler.policy.changes.change import judge_taken
from reconciler.policy.changes.ended_grants import KEPT_DAYS
from tests.properties.worlds import catalogs
from tests.support.catalogs import GRANT, NOW, TODAY, judged

JANE = "grants/claude/jane.yaml"
GONE = {JANE: None}
ENDED = GRANT.replace("2027-01-20", "2026-11-21")
REVOKED = GRANT + "revoked: {at: 2026-11-22, by: lead@example.com, reason: left}\n"


def codes(root, base, head):
    """The codes of the change."""
    return sorted({d.code for d in judged(root, base, head).diagnostics})


@pytest.mark.parametrize(
    ("expected", "base", "head"),
    [
        (["grant-ended-already"], {}, {"grants/claude/joe.yaml": ENDED.replace("jane", "joe")}),
        (["grant-ended-already"], {}, {"grants/claude/joe.yaml": REVOKED.replace("jane", "joe")}),
        ([], {}, {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")}),
        ([], {}, {JANE: REVOKED}),
        ([], {JANE: ENDED}, {JANE: ENDED.replace("Support", "Sales")}),
    ],
)
def test_a_grant_that_ended_before_it_came_is_said_to_explain_nothing(
    tmp_path, expected, base, head
):
    """A record is welcome; nobody loses access by it."""
    assert expected == codes(tmp_path, base, head)


@pytest.mark.parametrize(
    ("ended", "expected"),
    [
        ("expires: 2026-08-23\n", []),
        ("expires: 2026-08-24\n", ["grant-deleted"]),
        ("expires: 2027-01-20\n", ["grant-deleted"]),
    ],
)
def test_a_grant_may_go_ninety_days_after_its_end(tmp_path, ended, expected):
    """Until then the file is the record of why access was there."""
    text = GRANT.replace("expires: 2027-01-20\n", ended).replace("2026-11-20", "2026-08-01")
    assert expected == codes(tmp_path, {JANE: text}, GONE)


def test_a_grant_of_somebody_else_takes_no_grants_place(tmp_path):
    """Okta holds both logins, as two accounts."""
    was, now = GRANT.replace("jane@", "weiß@"), GRANT.replace("jane@", "weiss@")
    assert "grant-deleted" in codes(tmp_path, {JANE: was}, {JANE: now})


def test_a_deleted_grant_is_shown_where_it_lay(tmp_path):
    """The file is gone; the base still has its line."""
    (found,) = judged(tmp_path, {}, GONE).diagnostics
    assert str(found.span) == "catalog/grants/claude/jane.yaml:1:1"


def test_two_grants_of_a_person_are_not_one_edited(tmp_path):
    """One of them went, whatever became of the other."""
    second = {
        "grants/claude/jane2.yaml": GRANT.replace("AI-1", "AI-2").replace(
            "2027-01-20", "2027-02-01"
        )
    }
    edited = {JANE: GRANT.replace("2027-01-20", "2027-01-19")}
    assert "grant-deleted" in codes(tmp_path, second, edited)


@given(catalogs())
def test_whatever_holds_is_missed_when_it_goes(catalog):
    """No grant that holds, or ended of late, can be deleted in silence."""
    recent = {
        g
        for g in catalog.grants
        if g.validity.ends_at is None
        or g.validity.ends_at.date() > TODAY - timedelta(days=KEPT_DAYS)
    }
    gone = replace(catalog, grants=())
    told = [f for f in judge_taken(gone, catalog, NOW) if f.code == "grant-deleted"]
    assert len(told) >= len(recent)
    assert list(judge_taken(gone, replace(catalog, grants=()), NOW)) == []
