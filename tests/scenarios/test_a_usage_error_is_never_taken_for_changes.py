"""A pipeline decides by exit codes, so each end has its own and a typing mistake has 64."""

import pytest

from reconciler.sandbox import Fault
from tests.support.builders import Company
from tests.support.harness import Office, members_path

pytestmark = pytest.mark.slow

COMPANY = Company().tool().bind("amy").granted("amy")
CHANGED = COMPANY.granted("bob")
BLOCKED = COMPANY.grant("nobody")
HELD = COMPANY.bind("amy", *(f"m{n}" for n in range(9)), authority="authoritative")
SANDBOX_PLAN = ("--sandbox", "plan")

USAGE = (
    (),
    ("nonsense",),
    ("plan", "--nonsense"),
    ("plan", "surplus"),
    ("plan", "--format", "nonsense"),
    ("plan", "--out"),
    ("--sandbox", "plan", "--as-of", "yesterday"),
    ("--sandbox", "plan", "--as-of", "2026-11-22T09:00:00"),
    ("--sandbox", "plan", "--connector", "okta-test"),
    ("apply",),
    ("apply", "--yes"),
    ("apply", "--nonsense"),
    ("apply", "plan.json"),
    ("--sandbox", "apply", "plan.json"),
    ("--sandbox", "apply", "--digest", "0" * 64),
    ("--sandbox", "apply", "plan.json", "--yes", "--connector", "okta-test"),
    ("validate", "surplus"),
    ("show",),
    ("demo", "surplus"),
    ("sandbox",),
    ("sandbox", "nonsense"),
    ("sandbox", "member"),
    ("sandbox", "member", "add", "only-a-group"),
    ("sandbox", "show", "nonsense"),
    ("sandbox", "show", "members"),
    ("sandbox", "seed", "world.yaml", "--users", "3"),
    ("sandbox", "seed", "--rate-limit", "fast"),
    ("sandbox", "fault", "add", "--kind", "nonsense"),
    ("sandbox", "serve", "--port", "many"),
    ("--endpoint", "nonsense", "plan"),
    ("--endpoint", "okta-prod=https://evil.example.net", "plan"),
)


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_a_command_put_wrongly_ends_64(arguments, tmp_path):
    """Never 2, which is click's own, and never 10, which means changes."""
    office = Office(tmp_path, CHANGED)
    office.plan()
    ran = office.run(*arguments)
    assert ran.code == 64, ran
    assert ran.err
    assert office.events() == []


@pytest.mark.parametrize(
    ("company", "code"), [(COMPANY, 0), (CHANGED, 10), (BLOCKED, 4), (HELD, 10)]
)
def test_a_plan_says_by_its_code_what_it_found_when_asked(company, code, tmp_path):
    """Nothing, changes, blocked lines only, and changes that a guard holds."""
    office = Office(tmp_path, company)
    assert office.run(*SANDBOX_PLAN, "--detailed-exitcode").code == code
    assert office.run(*SANDBOX_PLAN).code == 0


@pytest.mark.parametrize(("company", "code"), [(COMPANY, 0), (CHANGED, 0), (BLOCKED, 4), (HELD, 3)])
def test_an_apply_says_by_its_code_how_far_it_came(company, code, tmp_path):
    """Done, done, a line needs a person, and a guard refused."""
    office = Office(tmp_path, company)
    office.plan()
    assert office.apply().code == code


def test_an_error_beats_a_guard_and_a_guard_beats_a_blocked_line(tmp_path):
    """One code speaks for the whole run: 1 before 3 before 4."""
    both = (
        HELD.grant("nobody", tool="cursor")
        .tool("cursor")
        .bind(tool="cursor")
        .granted("zoe", tool="cursor")
        .person("yan")
    )
    office = Office(tmp_path, both)
    office.plan()
    assert office.apply().code == 3

    office.write(both.granted("yan", tool="cursor"))
    with office.org() as org:
        org.faults.add(Fault(kind="status", status=401, method="PUT"))
    office.plan()
    assert office.apply().code == 1


ERRORS = (
    (*SANDBOX_PLAN, "--catalog", "nowhere"),
    ("validate", "--catalog", "nowhere"),
    ("--sandbox", "apply", "missing.json", "--yes"),
    ("show", "missing.json"),
    ("show", "catalog/tools/claude.yaml"),
    ("show", "catalog"),
    (*SANDBOX_PLAN, "--out", "nowhere/plan.json"),
    ("sandbox", "seed", "missing.yaml"),
    ("plan",),
)


@pytest.mark.parametrize("arguments", ERRORS, ids=" ".join)
def test_an_error_ends_1(arguments, tmp_path):
    """A missing or unusable file, or no secret: a sentence, and no traceback."""
    office = Office(tmp_path, CHANGED)
    ran = office.run(*arguments)
    assert ran.code == 1, ran
    assert "error: " in ran.out + ran.err
    assert "Traceback" not in ran.out + ran.err
    assert "unexpected" not in ran.err


@pytest.mark.parametrize("command", [("validate",), SANDBOX_PLAN])
def test_a_catalog_with_an_error_ends_1(command, tmp_path):
    """An unreadable grant must not look absent."""
    office = Office(tmp_path, COMPANY.file("grants/claude/bad.yaml", "tool: [claude"))
    ran = office.run(*command)
    assert ran.code == 1
    assert "catalog/grants/claude/bad.yaml:" in ran.out + ran.err


def test_okta_out_of_reach_ends_1(tmp_path):
    """A refused credential is an error, not an empty plan."""
    office = Office(tmp_path, COMPANY)
    with office.org() as org:
        org.faults.add(Fault(kind="status", status=401, path=members_path(), times=0))
    assert office.run(*SANDBOX_PLAN, "--detailed-exitcode").code == 1


def test_another_org_than_the_pinned_one_ends_3(tmp_path):
    """A pin that says no is a refusal."""
    ran = Office(tmp_path, COMPANY).run(
        "plan", env={"RECONCILER_PINS": "okta-prod=other.okta.com#00o1", "OKTA_PROD_TOKEN": "x"}
    )
    assert ran.code == 3


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ("--version",), ("plan", "--help")])
def test_being_asked_for_help_is_no_error(arguments, tmp_path):
    """Help goes to stdout and ends 0."""
    ran = Office(tmp_path, COMPANY).run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out
