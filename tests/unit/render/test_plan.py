"""A plan, as it is read."""

import pytest

from reconciler.model.catalog import Authority
from reconciler.planning.plan_codec import digest
from reconciler.render.formats.text import render
from reconciler.render.plan import plan_document
from tests.support.nouns import plan
from tests.support.samples import FULL, drift


def text(document, width=None):
    """The document as a file."""
    return "".join(f"{line.text}\n" for line in render(document, width))


@pytest.mark.parametrize(("name", "width"), [("plan-full", None), ("plan-full-80", 80)])
def test_a_plan_with_every_section_reads_as_it_always_did(golden, name, width):
    """A changed word is reviewed like code."""
    golden(name, text(plan_document(FULL), width))


def test_an_empty_plan_reads_as_it_always_did(golden):
    """No section is printed for nothing."""
    golden("plan-empty", text(plan_document(plan(groups=FULL.groups[:1]))))


def test_members_of_an_authoritative_group_are_not_called_reported():
    """They are removals, or held, and stand there; those of an additive group are only told of."""
    known = plan(groups=FULL.groups, unapproved=(drift("known", Authority.AUTHORITATIVE),))
    stray = plan(groups=FULL.groups, unapproved=(drift("stray", Authority.ADDITIVE),))
    assert plan_document(known).verdict == "Nothing to do: Okta holds what git says."
    assert plan_document(stray).verdict == "Nothing to apply; 1 unapproved member reported."


@pytest.mark.parametrize(("is_said", "sandbox"), [(True, True), (False, False)])
def test_a_sandbox_plan_says_so(is_said, sandbox):
    """A rehearsal must not be taken for the real thing."""
    facts = plan_document(plan(sandbox=sandbox)).facts
    assert facts[0].value.endswith(" · sandbox") is is_said


def test_the_digest_to_pin_is_the_last_line():
    """It is copied from there."""
    assert plan_document(FULL).closing == (f"digest {digest(FULL)}",)
