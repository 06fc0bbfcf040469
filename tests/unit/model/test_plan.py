"""What a line intends, and what tells groups apart."""

from dataclasses import replace

import pytest

from reconciler.model.diagnostics import Span
from reconciler.model.plan import GuardVerdict, Intent
from tests.support.nouns import (
    GROUP,
    MADE_GROUP,
    NEW_GROUP,
    change,
    creation,
    grant_ref,
    plan,
)


@pytest.mark.parametrize(
    ("key", "group"),
    [("00gclaude", GROUP), ("new:Cursor users", NEW_GROUP), ("new:Cursor users", MADE_GROUP)],
)
def test_a_made_group_has_the_key_it_had_before_it_was_made(key, group):
    """The plan before a creation and the plan after it speak of one group."""
    assert key == group.key


def test_an_intent_is_action_group_person_class_and_grants():
    """The hashes stand in one order, however the grants were cited."""
    line = change(grants=(grant_ref("b"), grant_ref("a")))
    assert line.intent == Intent(
        action="add",
        group="00gclaude",
        person="00ujane",
        member_class="granted",
        grants=("a", "b"),
    )


def test_the_intent_of_a_creation_names_no_person():
    """A creation has a place in the digest too."""
    assert creation().intent == Intent(
        action="create-group", group="new:Cursor users", person="", member_class="", grants=()
    )


def test_what_explains_a_line_is_no_part_of_its_intent():
    """A corrected purpose or another place asks for no second review."""
    line = change(grants=(grant_ref("a"),))
    other = replace(
        line,
        reason="otherwise put",
        held_by=("group-removals",),
        keeps=("Other",),
        grants=(grant_ref("a", purpose="other", origin=Span("elsewhere.yaml")),),
    )
    assert line.intent == other.intent


@pytest.mark.parametrize(("is_refused", "by"), [(True, ""), (False, "lead@example.com")])
def test_a_plan_is_refused_while_a_verdict_is_not_acknowledged(is_refused, by):
    """One open verdict is enough."""
    verdicts = (
        GuardVerdict(guard="a", figures="1 of 2", acknowledged_by="x@example.com"),
        GuardVerdict(guard="b", figures="1 of 2", acknowledged_by=by),
    )
    assert plan(guards=verdicts).is_refused is is_refused


def test_a_plan_without_verdicts_is_not_refused():
    """Silence of the guards is a pass."""
    assert plan().is_refused is False
