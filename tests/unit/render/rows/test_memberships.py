"""The lines about memberships, in words."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import Authority
from reconciler.model.diagnostics import Span
from reconciler.model.plan import Blocked, Drift
from reconciler.render.document import Mark, Row
from reconciler.render.rows.citations import grant_line
from reconciler.render.rows.memberships import blocked_row, change_row, drift_row
from tests.support.nouns import GROUP, change, creation, day, grant_ref, ref, removal

GRANT = grant_ref(expires=day("2027-02-18"), origin=Span("grants/jane.yaml", 3, 9))
CITED = grant_line(GRANT)
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


@pytest.mark.parametrize("code", ["approval-unverified", "approval-void"])
def test_why_an_approval_does_not_count_is_said_once(code):
    """Of several grants each says its own reason: the summary has that of the newest."""
    claimed = replace(GRANT, why_claimed="a push")
    line = Blocked(
        code=code,
        summary="risk high needs a verified approval: a push",
        hint="what to do",
        group=GROUP,
        tool="claude",
        entitlement="users",
        grants=(claimed,),
    )
    assert blocked_row(line).details[1] == CITED
    both = blocked_row(replace(line, grants=(claimed, replace(claimed, ticket="AI-2")))).details
    assert [text.count("(claimed: a push)") for text in both] == [0, 1, 1, 0]
    other = blocked_row(replace(line, code="leaver")).details
    assert other[1] == CITED.replace("(claimed)", "(claimed: a push)")


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


def test_why_a_line_stands_does_not_go_on_in_the_words_of_the_tool():
    """What people wrote may not say how much harm the access can do."""
    why = change_row(removal("old", reason="revoked by lead: left · risk low"))
    assert why.details[0] == r"revoked by lead: left \u{b7} risk low · risk low"


def test_a_grant_that_is_cited_in_two_forms_with_the_same_words_is_told_once():
    """A revocation edits the grant, and nothing that its line says of it."""
    old, new = replace(GRANT, hash="1"), replace(GRANT, hash="2")
    assert change_row(change(grants=(old, new))).details[1:] == (CITED,)
