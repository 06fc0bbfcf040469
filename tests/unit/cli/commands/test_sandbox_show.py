"""The embedded org's contents, as lines."""

from dataclasses import replace

import pytest

from reconciler.cli.commands.sandbox_show import SUBJECTS, show_lines
from reconciler.sandbox import Fault, Operation
from tests.support.builders import Company, group_id, group_name, user_id

COMPANY = Company(has_canary=False).tool().bind("jane").person("jo\u202ee", status="SUSPENDED")


@pytest.fixture
def sandbox():
    """The company's org, in memory."""
    with COMPANY.sandbox() as opened:
        yield opened


def shown(sandbox, what, group=""):
    """The lines as text."""
    return [line.text for line in show_lines(sandbox, what, group)]


def test_users_stand_in_columns_and_hostile_logins_are_harmless(sandbox):
    """A login can neither move the cursor nor reorder the line."""
    lines = shown(sandbox, "users")
    jane = next(line for line in lines if user_id("jane") in line)
    both = ["jane@example.com", "jane@example.com"]
    assert jane.split() == [user_id("jane"), "ACTIVE", "OKTA", *both]
    assert not any("\u202e" in line for line in lines)
    assert any("SUSPENDED  OKTA  jo\\u{202e}e@example.com" in line for line in lines)


def test_an_account_that_is_changing_says_so(sandbox):
    """Or a person would wonder why nothing happened."""
    sandbox.set_options(replace(sandbox.options, transition_lag=60))
    sandbox.change_account(Operation.DEACTIVATE, "jane@example.com")
    (line,) = [line for line in shown(sandbox, "users") if user_id("jane") in line]
    assert "ACTIVE, to be DEPROVISIONED  OKTA" in line


def test_groups_say_type_and_size(sandbox):
    """Enough to pick one."""
    found = [line for line in shown(sandbox, "groups") if group_name() in line]
    assert [" ".join(line.split()) for line in found] == [
        f"{group_id(group_name())} OKTA_GROUP 1 members {group_name()}"
    ]


def test_members_are_of_the_group_that_was_named(sandbox):
    """By name."""
    (line,) = shown(sandbox, "members", group_name())
    assert line.startswith(user_id("jane"))


def test_faults_say_what_waits(sandbox):
    """Kind, status, which requests and how often."""
    sandbox.faults.add(Fault(kind="status", status=503, method="GET", path="/api/*", times=2))
    assert shown(sandbox, "faults") == ["status  503  GET /api/*  times 2"]
    sandbox.faults.clear()
    sandbox.faults.add(Fault(kind="delay", seconds=1.5, skip=3))
    assert shown(sandbox, "faults")[0].endswith("times 1, skip 3, seconds 1.5")


@pytest.mark.parametrize("what", SUBJECTS)
def test_every_subject_can_be_shown(sandbox, what):
    """No column is missing for any of them."""
    lines = shown(sandbox, what, group_name())
    assert all(line == line.rstrip() for line in lines)
