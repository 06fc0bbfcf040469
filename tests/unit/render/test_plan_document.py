"""A plan, as it is read."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import Authority
from reconciler.planning.canonical import digest
from reconciler.render.plan_document import plan_document
from reconciler.render.text import render
from tests.unit.planning.nouns import change, plan, removal
from tests.unit.render.samples import BLOCKED, FULL, drift

HELD = replace(removal("old"), held_by=("ourselves",))


def text(document, width=None):
    """The document as a file."""
    return "".join(f"{line.text}\n" for line in render(document, width))


@pytest.mark.parametrize(("name", "width"), [("plan-full", None), ("plan-full-80", 80)])
def test_a_plan_with_every_section_reads_as_it_always_did(golden, name, width):
    """A changed word is reviewed like code."""
    golden(name, text(plan_document(FULL), width))


def test_an_empty_plan_reads_as_it_always_did(golden):
    """No section is printed for nothing."""
    golden("plan-empty", text(plan_document(plan())))


@pytest.mark.parametrize(
    ("verdict", "made"),
    [
        ("1 change can be applied.", plan(change())),
        ("2 changes can be applied.", plan(change(), removal("joe"))),
        ("1 change can be applied; guards hold 1.", plan(change(), HELD)),
        ("Guards hold all 2 changes, so nothing can be applied.", plan(HELD, HELD)),
        ("Guards hold the one change, so nothing can be applied.", plan(HELD)),
        (
            "No change is left to apply, but 1 line is blocked and needs a person.",
            plan(blocked=BLOCKED[:1]),
        ),
        (
            "No change is left to apply, but 2 lines are blocked and need a person.",
            plan(blocked=BLOCKED),
        ),
        (
            "Nothing to apply; 1 unapproved member reported.",
            plan(unapproved=(drift("stray", Authority.ADDITIVE),)),
        ),
        ("Nothing to do: Okta holds what git says.", plan()),
    ],
)
def test_each_way_of_having_something_or_nothing_to_do_has_its_sentence(verdict, made):
    """Held, blocked, reported and clean must not be taken for each other."""
    assert verdict == plan_document(made).verdict


def test_members_of_an_authoritative_group_are_not_called_reported():
    """They are removals, or held, and stand there."""
    made = plan(unapproved=(drift("known", Authority.AUTHORITATIVE),))
    assert plan_document(made).verdict == "Nothing to do: Okta holds what git says."


@pytest.mark.parametrize(("is_said", "sandbox"), [(True, True), (False, False)])
def test_a_sandbox_plan_says_so(is_said, sandbox):
    """A rehearsal must not be taken for the real thing."""
    facts = plan_document(plan(sandbox=sandbox)).facts
    assert facts[0].endswith(" · sandbox") is is_said


def test_the_digest_to_pin_is_the_last_line():
    """It is copied from there."""
    assert plan_document(FULL).closing == (f"digest {digest(FULL)}",)
