"""What a change may not do in one go."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Severity
from reconciler.policy.changes.change import KEPT_DAYS, MOST_NEW_SUBJECTS, changed, lost
from tests.properties.worlds import catalogs
from tests.support.catalogs import (
    BINDING,
    CONNECTOR,
    GRANT,
    GROUP,
    IDENTITY,
    NOW,
    SETTINGS,
    TODAY,
    TOOL,
    judged,
)

TOOLS, BINDINGS = "tools/claude.yaml", "bindings/claude.yaml"
CONNECTORS = "connectors/okta-prod.yaml"
JANE = "grants/claude/jane.yaml"
JOE = {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")}
GONE = {JANE: None}
REVIEWS = "reviews: {forge: github, repository: acme/access}\n"


def codes(root, base, head):
    """The codes of the change."""
    return sorted({d.code for d in judged(root, base, head).diagnostics})


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({}, {}),
        ({}, JOE),
        ({}, {JANE: None, "grants/claude/team/j.yaml": GRANT}),
        ({}, {JANE: GRANT.replace("2027-01-20", "2027-01-10")}),
        ({}, {JANE: GRANT + "revoked: {at: 2026-11-22, by: lead@example.com, reason: left}\n"}),
        ({JANE: GRANT.replace("2027-01-20", "2026-11-21")}, {JANE: GRANT.replace("AI-1", "AI-2")}),
        ({}, {TOOLS: TOOL.replace("90d", "120d")}),
        ({}, {"settings.yaml": SETTINGS.replace("20", "30")}),
        ({}, {**JOE, "settings.yaml": SETTINGS + REVIEWS}),
        ({"settings.yaml": SETTINGS + REVIEWS}, {"settings.yaml": SETTINGS}),
        (
            {},
            {BINDINGS: BINDING.replace("00g1", "00g2") + "replaces: 00g1abcdefGHIJKLM5d7\n"},
        ),
        ({}, {BINDINGS: BINDING.replace("Claude users", "Claude people")}),
        ({}, {"identities/jane.yaml": IDENTITY.replace("5b10", "5b11")}),
    ],
)
def test_what_a_change_may_do(tmp_path, base, head):
    """Granting, moving, shortening, revoking; and changing rules by themselves."""
    assert codes(tmp_path, base, head) == []


ADMIN = {
    "grants/claude/joe.yaml": JOE["grants/claude/joe.yaml"].replace("users", "admins"),
    "bindings/admins.yaml": BINDING.replace("users\n", "admins\n", 1).replace("00g1", "00g2"),
}


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (
            {},
            {
                TOOLS: TOOL.replace("lead@", "boss@"),
                **{k: v.replace("lead@", "boss@") for k, v in JOE.items()},
            },
        ),
        ({TOOLS: TOOL.replace("90d", "30d"), JANE: None}, {}),
        ({TOOLS: TOOL.replace("Seat}", "Seat, risk: high}")}, JOE),
        (
            {JANE: None},
            {
                JANE: GRANT.replace("jane@example.com", "jira:x"),
                "identities/joe.yaml": "jira: x\nokta: {login: joe@example.com}\n",
            },
        ),
        (
            {},
            {
                **JOE,
                "identities/x.yaml": "jira: x\n"
                "okta: {login: joe@example.com, id: 00u2abcdefGHIJKLM5d7}\n",
            },
        ),
        ({}, {**JOE, "settings.yaml": SETTINGS.replace("[mapping, login]", "[mapping, email]")}),
        ({"settings.yaml": SETTINGS + REVIEWS}, {**JOE, "settings.yaml": SETTINGS}),
        (
            {"settings.yaml": SETTINGS + REVIEWS},
            {**JOE, "settings.yaml": SETTINGS + REVIEWS.replace("acme", "evil")},
        ),
        ({TOOLS: None, BINDINGS: None, JANE: None}, {}),
        ({}, {**JOE, CONNECTORS: CONNECTOR.replace("acme.okta.com", "other.okta.com")}),
        ({TOOLS: TOOL.replace("  admins: {risk: high}\n", "  guests: {risk: low}\n")}, ADMIN),
    ],
)
def test_a_grant_may_not_rest_on_rules_that_change_with_it(tmp_path, base, head):
    """Approver, duration, risk, identity, matching, the tool itself, the org."""
    assert "policy-changed-with-grant" in codes(tmp_path, base, head)


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
    assert codes(tmp_path, {JANE: text}, GONE) == expected


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


RETIRED = {BINDINGS: BINDING + "retired: true\n", JANE: None}
EMPTY = ("claude/users@okta-prod", GROUP)


def test_a_retired_binding_goes_when_its_group_is_shown_to_be_empty(tmp_path):
    """Else its people would stay in the group, and nothing would speak of them any more."""
    gone = {BINDINGS: None, JANE: None}
    assert codes(tmp_path, RETIRED, gone) == ["binding-deleted"]
    (tmp_path / "2").mkdir()
    shown = judged(tmp_path / "2", RETIRED, gone, (EMPTY,))
    assert [d.code for d in shown.diagnostics] == []


def test_being_shown_to_be_empty_does_not_retire_a_binding(tmp_path):
    """Somebody may be granted it tomorrow."""
    base, gone = {JANE: None}, {BINDINGS: None, JANE: None}
    found = judged(tmp_path, base, gone, (EMPTY,))
    assert [d.code for d in found.diagnostics] == ["binding-deleted"]


@pytest.mark.parametrize(
    ("found", "name"),
    [([("binding-moved", Severity.WARNING)], "Others"), ([], "Claude users")],
)
def test_a_group_that_was_to_be_made_may_be_another_than_the_one_that_is_bound(
    tmp_path, found, name
):
    """It may have been made meanwhile, with people in it; or it was renamed before it was bound."""
    made = BINDING.replace(f"bind: {{id: {GROUP}, name", "create: {name")
    bound = BINDING.replace("Claude users", name)
    result = judged(tmp_path, {BINDINGS: made}, {BINDINGS: bound})
    assert [(d.code, d.severity) for d in result.diagnostics] == found


@pytest.mark.parametrize(
    ("expected", "head"),
    [
        (["base-invalid"], {}),
        (["base-invalid", "grant-deleted"], GONE),
        (["base-invalid", "binding-deleted"], {BINDINGS: None, JANE: GRANT}),
        (["change-beyond-mending"], JOE),
        (["change-beyond-mending"], {"settings.yaml": SETTINGS.replace("20", "30")}),
        (["change-beyond-mending"], {CONNECTORS: CONNECTOR.replace("acme", "other")}),
        (["change-beyond-mending"], {"identities/joe.yaml": "jira: x\nokta: {login: j@x.io}\n"}),
    ],
)
def test_a_change_of_a_base_with_errors_mends_it_and_does_nothing_else(tmp_path, expected, head):
    """What can be compared is; the rest of the change waits until the base can be read."""
    found = [c for c in codes(tmp_path, {TOOLS: "id: ["}, head) if c != "grant-unbound"]
    assert found == expected


def test_a_base_that_waits_for_a_value_judges_all_the_same(tmp_path):
    """What nobody has replaced yet hides nothing of the rest."""
    waiting = {CONNECTORS: CONNECTOR.replace("canary@", "REPLACE@")}
    assert codes(tmp_path, waiting, waiting | GONE) == ["grant-deleted", "placeholder-unfilled"]


def test_a_change_that_replaces_what_the_base_left_open_is_fine(tmp_path):
    """What it mends is not held against it."""
    waiting = {CONNECTORS: CONNECTOR.replace("canary@", "REPLACE@")}
    assert codes(tmp_path, waiting, {CONNECTORS: CONNECTOR}) == []


@given(st.integers(0, MOST_NEW_SUBJECTS * 2))
def test_the_number_of_new_people_is_bounded(number):
    """Each is a question whether somebody exists."""
    from tests.support.nouns import grant  # noqa: PLC0415 - a builder of another floor

    head = Catalog(grants=tuple(grant(f"p{n}") for n in range(number)))
    found = [f.code for f in changed(head, Catalog(), NOW) if f.code == "subjects-too-many"]
    assert bool(found) == (number > MOST_NEW_SUBJECTS)


@given(catalogs())
def test_a_catalog_against_itself_is_no_change(catalog):
    """Nothing is brought and nothing is lost."""
    shuffled = replace(catalog, grants=tuple(reversed(catalog.grants)))
    assert list(changed(shuffled, catalog, NOW)) == []
    assert list(lost(shuffled, catalog, NOW)) == []


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
    told = [f for f in lost(gone, catalog, NOW) if f.code == "grant-deleted"]
    assert len(told) >= len(recent)
    assert list(lost(gone, replace(catalog, grants=()), NOW)) == []
