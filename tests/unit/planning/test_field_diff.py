"""How a reviewed line and today's differ, field by field."""

from dataclasses import replace

import pytest

from reconciler.model.validity import ApprovalSource
from reconciler.planning.field_diff import explain_account_differences, explain_differences
from tests.support.nouns import account_change, account_ref, change, day, grant_ref

WAS = grant_ref("a1", expires=day("2027-01-31"))


@pytest.mark.parametrize(
    ("words", "newest"),
    [
        ((), (WAS,)),
        (
            ("grant AI-1: expires was 2027-01-31, is 2027-02-28",),
            (grant_ref("a2", expires=day("2027-02-28")),),
        ),
        (("grant AI-1: expires was 2027-01-31, is not set",), (grant_ref("a2"),)),
        (("grant AI-1 went",), ()),
        (("grant AI-2 came",), (WAS, grant_ref("b1", ticket="AI-2"))),
        (
            (
                "grant AI-1: approved_by was lead@example.com, is a@x.io, b@x.io",
                "grant AI-1: revoked was not set, is 2026-12-01",
            ),
            (
                grant_ref(
                    "a2",
                    expires=day("2027-01-31"),
                    approved_by=("b@x.io", "a@x.io"),
                    revoked_at=day("2026-12-01"),
                ),
            ),
        ),
    ],
)
def test_what_changed_in_the_grants_is_said(words, newest):
    """A refusal that says which field differs can be judged without opening files."""
    assert words == explain_differences(change(grants=(WAS,)), change(grants=newest))


def test_what_a_source_says_is_no_change_of_the_grant():
    """Who agreed is told by the line; the file named nobody before, nor does it now."""
    was = grant_ref("a1", source=ApprovalSource.GITHUB, ticket="", approved_at=None, approved_by=())
    read = replace(was, approved_by=("lead@example.com",), approved_at=day("2026-11-20"))
    assert explain_differences(change(grants=(was,)), change(grants=(read,))) == ()
    asked = replace(read, requested_by="jane@example.com")
    assert explain_differences(change(grants=(was,)), change(grants=(asked,))) == (
        "grant by github: requested_by was not set, is jane@example.com",
    )
    assert explain_differences(change(grants=(was,)), change(grants=())) == (
        "grant by github went",
    )


def test_what_changed_in_the_file_about_an_account_is_told():
    """Who agreed, until when, and the status that it starts from."""
    was = account_change(source=account_ref(until=day("2026-12-01")))
    now = replace(
        was,
        person=replace(was.person, status="LOCKED_OUT"),
        source=account_ref(until=day("2026-12-15")),
    )
    assert explain_account_differences(was, was) == ()
    assert explain_account_differences(was, now) == (
        "SEC-1: status was ACTIVE, is LOCKED_OUT",
        "SEC-1: until was 2026-12-01, is 2026-12-15",
    )
