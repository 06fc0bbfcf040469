"""Plan and show print the same comment."""

import pytest

from tests.support.builders import Company
from tests.support.harness import Office

MARKDOWN = ("--format", "markdown")


@pytest.fixture
def office(tmp_path):
    """One addition."""
    return Office(tmp_path, Company().tool().bind().granted("amy"))


def test_plan_and_show_print_the_same_comment(office):
    """What is posted may be made again from the saved plan, with people hidden in both."""
    redacted = (*MARKDOWN, "--redact", "ids", "--budget", "summary")
    made = office.run("--sandbox", "plan", "--out", "plan.json", *redacted)
    shown = office.run("show", "plan.json", *redacted)
    assert made.code == shown.code == 0
    assert made.out == shown.out
    assert made.out.startswith("<!-- reconciler:plan:okta-prod -->\n")
    assert "amy" not in made.out
    assert "amy" in office.run("show", "plan.json", *MARKDOWN).out


def test_a_redacted_plan_is_never_data(office):
    """It has other ids than the plan that is applied."""
    ran = office.run("--sandbox", "plan", "--format", "json", "--redact", "ids")
    assert ran.code == 64
    assert "redact-not-json" in ran.err
