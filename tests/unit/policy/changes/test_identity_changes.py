"""Whom a grant means is part of what was approved."""

import pytest

from reconciler.model.diagnostics import Severity
from reconciler.policy.sample import GITHUB_DOOR, JIRA_DOOR
from tests.support.catalogs import GRANT, TOOL, judged

JANE, WHO = "grants/claude/jane.yaml", "identities/jane.yaml"
ID, OTHER = "00u1abcdefGHIJKLM5d7", "00u2abcdefGHIJKLM5d7"
JIRA = GRANT.replace("jane@example.com", "jira:x")
HIGH = {"tools/claude.yaml": TOOL.replace("Seat}", "Seat, risk: high}")}
CODE = "identity-changes-grant"
TYPED = "ticket: AI-1, approved_by: lead@example.com, approved_at: 2026-11-20"


def codes(root, base, head):
    """The codes of the change."""
    return sorted({d.code for d in judged(root, base, {**base, **head}).diagnostics})


def mapped(key="email: jane@example.com", login="jane@example.com", user=""):
    """The file that says who somebody is."""
    known = f", id: {user}" if user else ""
    return {WHO: f"{key}\nokta: {{login: {login}{known}}}\n"}


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (mapped(user=ID), mapped(user=OTHER)),
        (mapped(user=ID), mapped(login="mallory@example.com", user=OTHER)),
        (mapped(user=ID), mapped()),
        (mapped(), mapped(login="mallory@example.com")),
        (mapped(), {WHO: None, "identities/x.yaml": mapped(login="m@example.com")[WHO]}),
    ],
)
def test_identities_alone_hand_no_grant_to_somebody_else(tmp_path, was, now):
    """The approval stays where it was, and the access would go elsewhere."""
    found = judged(tmp_path, was, {**was, **now}).diagnostics
    assert [(d.code, d.severity) for d in found] == [(CODE, Severity.ERROR)]


@pytest.mark.parametrize(("expected", "rules"), [(Severity.WARNING, {}), (Severity.ERROR, HIGH)])
def test_a_first_mapping_of_a_name_is_told_and_at_high_risk_refused(tmp_path, expected, rules):
    """A plan asks for one where a name is in doubt; offline nobody can tell whether it was."""
    now = mapped(login="mallory@example.com")
    (found,) = judged(tmp_path, {**rules, WHO: None}, {**rules, **now}).diagnostics
    assert (found.code, found.severity) == (CODE, expected)
    is_asked = found.hint.startswith("merge it if it is the same person")
    assert is_asked is (expected is Severity.WARNING)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (mapped(user=ID), mapped(login="jane.roe@example.com", user=ID)),
        (mapped(), mapped(login="JANE@example.com", user=ID)),
        (mapped("jira: y"), mapped(user=ID)),
        (mapped("jira: y"), mapped("jira: z")),
    ],
)
def test_more_may_be_said_of_the_same_account(tmp_path, was, now):
    """A renamed login under the same id, and an id for a login that stays."""
    assert codes(tmp_path, was, now) == []


def test_an_account_elsewhere_may_be_told_for_the_first_time(tmp_path):
    """A plan prints the mapping that a grant waits for."""
    base = {JANE: JIRA, WHO: None}
    assert codes(tmp_path, base, mapped("jira: x")) == []


@pytest.mark.parametrize(
    ("was", "now"),
    [({WHO: None}, mapped("jira: x")), (mapped("jira: x"), mapped("jira: x", user=ID))],
)
def test_at_high_risk_nothing_is_filled_in_under_an_old_approval(tmp_path, was, now):
    """Who reviews an identity did not approve the access."""
    assert codes(tmp_path, {**HIGH, JANE: JIRA, **was}, now) == [CODE]


def test_a_new_approval_is_of_whom_the_grant_means_now(tmp_path):
    """The way out: approved again in the same change."""
    again = {JANE: GRANT.replace("AI-1", "AI-2").replace("2026-11-20", "2026-11-21")}
    handed = mapped(login="jane.roe@example.com")
    assert codes(tmp_path, mapped(), {**handed, **again}) == []


def test_an_approval_that_is_no_newer_is_not_a_new_one(tmp_path):
    """Another ticket number is quickly written."""
    again = {JANE: GRANT.replace("AI-1", "AI-2")}
    handed = mapped(login="jane.roe@example.com")
    assert codes(tmp_path, mapped(), {**handed, **again}) == [CODE, "policy-changed-with-grant"]


def test_a_record_means_whom_it_meant(tmp_path):
    """An ended grant gives nothing to hand over."""
    ended = {JANE: GRANT.replace("2027-01-20", "2026-11-21")}
    assert codes(tmp_path, {**mapped(), **ended}, mapped(login="m@example.com")) == []


@pytest.mark.parametrize(
    ("was", "again", "expected"),
    [
        ("by: github", "by: github", [CODE]),
        ("by: github", "by: github, requested_by: joe@example.com", []),
        (TYPED, "by: github", []),
        (TYPED, "by: jira, ticket: AI-1", [CODE]),
        (TYPED, "by: jira, ticket: AI-2", []),
        ("by: jira, ticket: AI-1", "by: jira, ticket: AI-1, requested_by: x@example.com", [CODE]),
        ("by: jira, ticket: AI-1", "by: jira, ticket: AI-2", []),
        ("by: github", TYPED, [CODE]),
    ],
)
def test_a_review_is_of_the_change_and_an_issue_is_another_one(tmp_path, was, again, expected):
    """A grant that the change leaves as it is was approved before it."""
    head, dates = GRANT.partition("approval:")[0], "starts: 2026-11-22\nexpires: 2027-01-20\n"
    before, after = ({JANE: f"{head}approval: {{{one}}}\n{dates}"} for one in (was, again))
    base = {"doors/github.yaml": GITHUB_DOOR, "doors/jira.yaml": JIRA_DOOR, **mapped(), **before}
    found = codes(tmp_path, base, {**mapped(login="mallory@example.com"), **after})
    assert [code for code in found if code == CODE] == expected
