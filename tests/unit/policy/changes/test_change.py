"""What a change may not do in one go."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalog.files import Folder
from reconciler.catalog.load import ChangeJudge, load_and_judge_change
from reconciler.model.catalog import Catalog
from reconciler.policy.changes.change import MOST_NEW_SUBJECTS, judge_brought, judge_taken
from tests.properties.worlds import catalogs
from tests.support.catalogs import (
    BINDING,
    GRANT,
    IDENTITY,
    NOW,
    SETTINGS,
    SOUND,
    TOOL,
    judged,
    write,
)

TOOLS, BINDINGS = "tools/claude.yaml", "bindings/claude.yaml"
CONNECTORS = "connectors/okta-prod.yaml"
JANE = "grants/claude/jane.yaml"
JOE = {"grants/claude/joe.yaml": GRANT.replace("jane", "joe")}
GONE = {JANE: None}
DOOR = {"doors/github.yaml": "type: github\nrepository: acme/access\n"}
REVIEWS = SETTINGS + "reviews: {forge: github, repository: acme/access}\n"


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
        ({}, {**JOE, **DOOR}),
        (DOOR, dict.fromkeys(DOOR)),
        ({"settings.yaml": REVIEWS}, {"settings.yaml": SETTINGS, **DOOR}),
        ({"settings.yaml": REVIEWS}, {"settings.yaml": SETTINGS, **DOOR, **JOE}),
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


@given(st.integers(0, MOST_NEW_SUBJECTS * 2))
def test_the_number_of_new_people_is_bounded(number):
    """Each is a question whether somebody exists."""
    from tests.support.nouns import grant  # noqa: PLC0415 - a builder of another floor

    head = Catalog(grants=tuple(grant(f"p{n}") for n in range(number)))
    found = [f.code for f in judge_brought(head, Catalog(), NOW) if f.code == "subjects-too-many"]
    assert bool(found) == (number > MOST_NEW_SUBJECTS)


@given(catalogs())
def test_a_catalog_against_itself_is_no_change(catalog):
    """Nothing is brought and nothing is lost."""
    shuffled = replace(catalog, grants=tuple(reversed(catalog.grants)))
    assert list(judge_brought(shuffled, catalog, NOW)) == []
    assert list(judge_taken(shuffled, catalog, NOW)) == []


def folder_of(root, files):
    """A catalog of these files; None takes one away."""
    root.mkdir()
    return Folder(write(root, {k: v for k, v in files.items() if v is not None}), "catalog")


def test_one_judge_of_many_changes_says_of_each_what_another_would(tmp_path):
    """What one change takes away is not held against the next."""
    base, *heads = (
        folder_of(tmp_path / str(number), {**SOUND, **head})
        for number, head in enumerate(({}, GONE, JOE, {TOOLS: "id: ["}, {}))
    )
    judge = ChangeJudge(base, NOW)
    said = [judge.judge(head) for head in (*heads, *heads)]
    assert said == [load_and_judge_change(head, base, NOW) for head in (*heads, *heads)]
    assert [d.code for d in said[0].diagnostics] == ["grant-deleted"]
    assert said[1].diagnostics == said[3].diagnostics == ()
