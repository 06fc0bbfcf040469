"""Single lines, in words."""

from dataclasses import replace
from datetime import datetime

import pytest

from reconciler.model.catalog import Authority
from reconciler.model.diagnostics import Span
from reconciler.model.plan import Blocked, Drift, PersonRef
from reconciler.render.document import Mark, Row
from reconciler.render.rows import (
    blocked_row,
    change_row,
    drift_row,
    grant_line,
    group,
    instant,
    person,
)
from tests.support.nouns import (
    GROUP,
    NEW_GROUP,
    change,
    creation,
    day,
    grant_ref,
    ref,
    removal,
    review_ref,
)

CITED = (
    "grant AI-1 · approved by lead@example.com on 2026-11-01 (claimed) · through 2027-02-18 · "
    "grants/jane.yaml:3"
)
UNTIL = "through 2027-02-18 · grants/jane.yaml:3"
VERIFIED = "verified by @lead in https://x/1 at aaaaaaaaaaaa, @jo in https://x/2 at aaaaaaaaaaaa"
GRANT = grant_ref(expires=day("2027-02-18"), origin=Span("grants/jane.yaml", 3, 9))


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("2026-11-22 09:05 UTC", "2026-11-22T09:05:59+00:00"),
        ("2026-11-22 04:05 UTC", "2026-11-22T09:05:00+05:00"),
        ("2026-11-23 01:05 UTC", "2026-11-22T20:05:00-05:00"),
    ],
)
def test_an_instant_is_shown_in_utc(words, at):
    """A plan file may hold another zone; the words still have to be true."""
    assert words == instant(datetime.fromisoformat(at))


@pytest.mark.parametrize(
    ("words", "one"),
    [
        ("jane@example.com (00ujane)", ref("jane")),
        ("a@x.io (00ua, SUSPENDED)", PersonRef(id="00ua", login="a@x.io", status="SUSPENDED")),
        ("a@x.io (00ua)", PersonRef(id="00ua", login="a@x.io")),
        ("a@x.io", PersonRef(id=None, login="a@x.io", status="ACTIVE")),
    ],
)
def test_a_person_is_login_id_and_an_unusual_status(words, one):
    """Two people of one name are told apart."""
    assert words == person(one)


@pytest.mark.parametrize(
    ("words", "one"),
    [('"Claude users" (00gclaude)', GROUP), ('"Cursor users" (to be created)', NEW_GROUP)],
)
def test_a_group_is_name_and_id(words, one):
    """Or that it is yet to be made."""
    assert words == group(one)


@pytest.mark.parametrize(
    ("words", "one"),
    [
        (CITED, GRANT),
        (
            "grant AI-1 · approved by a@x.io, b@x.io on 2026-11-01 (claimed) · no end date",
            grant_ref(approved_by=("a@x.io", "b@x.io")),
        ),
        (
            CITED.replace("(claimed)", "(claimed: a push)").replace(UNTIL, "no end date"),
            grant_ref(why_claimed="a push"),
        ),
        (
            CITED.replace("claimed", VERIFIED).replace(UNTIL, "no end date"),
            grant_ref(
                approval="verified",
                review=review_ref("lead", 1),
                other_reviews=(review_ref("jo", 2),),
            ),
        ),
    ],
)
def test_a_grant_can_be_judged_from_its_line(words, one):
    """Ticket, approvers, end and place."""
    assert words == grant_line(one)


ADD = 'add jane@example.com (00ujane) to "Claude users" (00gclaude) for claude/users'
REMOVE = 'remove jane@example.com (00ujane) from "Claude users" (00gclaude) for claude/users'


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (
            Row(mark=Mark.ADD, head=ADD, details=("because · risk low", CITED)),
            change(grants=(GRANT,)),
        ),
        (
            Row(
                mark=Mark.REMOVE,
                head=REMOVE,
                details=("because · risk low", "keeps no other managed group"),
            ),
            removal(),
        ),
        (
            Row(
                mark=Mark.HELD,
                head=REMOVE,
                details=(
                    "held by a, b: not carried out",
                    "because · risk low",
                    'keeps "X", "Y"',
                ),
            ),
            removal(held_by=("a", "b"), keeps=("X", "Y")),
        ),
        (
            Row(
                mark=Mark.REMOVE,
                head=REMOVE,
                details=(
                    "because · risk low",
                    "keeps no other managed group",
                    "apps assigned through this group: Claude, Cursor",
                    CITED,
                ),
            ),
            removal(apps=("Claude", "Cursor"), grants=(GRANT,)),
        ),
        (
            Row(
                mark=Mark.CREATE,
                head='create group "Cursor users" for cursor/users',
                details=("because", "its description: [reconciler:a/b/c]"),
            ),
            creation(),
        ),
    ],
)
def test_a_change_explains_itself(row, line):
    """What, whom, where, why, what they keep and by which grant."""
    assert row == change_row(line)


@pytest.mark.parametrize(
    ("who", "one"), [("", None), ("jane@example.com (00ujane) in ", ref("jane"))]
)
def test_a_blocked_line_says_what_would_settle_it(who, one):
    """It is a question to a person."""
    line = Blocked(
        code="leaver",
        summary="what is wrong",
        hint="what to do",
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=one,
        grants=(GRANT,),
    )
    assert blocked_row(line) == Row(
        mark=Mark.BLOCKED,
        head=f'leaver: {who}"Claude users" (00gclaude) for claude/users',
        details=("what is wrong", CITED, "hint: what to do"),
    )


def test_drift_names_person_group_and_authority():
    """The reader sees whether anything will be done about it."""
    line = Drift(
        group=GROUP,
        tool="claude",
        entitlement="users",
        person=ref("jane"),
        authority=Authority.ADDITIVE,
    )
    head = 'jane@example.com (00ujane) in "Claude users" (00gclaude) (additive)'
    assert Row(mark=Mark.NOTE, head=head) == drift_row(line)


def test_no_value_of_a_grant_goes_on_in_the_words_of_the_tool():
    """A ticket, a name or a file may not say who approved, until when, or how sure that is."""
    lie = "AI-1 · approved by boss@example.com on 2026-11-01 (verified) · no end date"
    origin = Span("grants/x · (verified).yaml", 1, 1)
    line = grant_line(grant_ref(ticket=lie, approved_by=("a · b@x.io",), origin=origin))
    assert line.count(" · ") == len(("approved by", "until", "where"))
    assert r"AI-1 \u{b7} approved by boss@example.com" in line
    why = change_row(removal("old", reason="revoked by lead: left · risk low"))
    assert why.details[0] == r"revoked by lead: left \u{b7} risk low · risk low"


def test_a_grant_that_is_cited_in_two_forms_with_the_same_words_is_told_once():
    """A revocation edits the grant, and nothing that its line says of it."""
    old, new = replace(GRANT, hash="1"), replace(GRANT, hash="2")
    assert change_row(change(grants=(old, new))).details[1:] == (CITED,)
