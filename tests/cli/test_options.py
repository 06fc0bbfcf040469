"""Global options stand before the command or after it, and mean the same."""

import pytest

from tests.support.builders import CONNECTOR, Company
from tests.support.harness import Office, changes

COMPANY = Company().tool().bind().granted("amy")


def second(company, **parts):
    """The company with another connector, which has nothing to do."""
    content = {
        "id": "okta-test",
        "type": "okta",
        "name": "Okta test",
        "domain": "https://acme-test.okta.com",
        "auth": {"method": "ssws", "token": {"env": "OKTA_TEST_TOKEN"}},
        **parts,
    }
    return company.file("connectors/okta-test.yaml", content)


@pytest.fixture
def office(tmp_path):
    """One connector, one addition."""
    return Office(tmp_path, COMPANY)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--sandbox", "plan", "--as-of", "2026-11-22"),
        ("plan", "--sandbox", "--as-of", "2026-11-22"),
        ("plan", "--as-of", "2026-11-22", "--sandbox"),
        ("--catalog", "catalog", "plan", "--as-of", "2026-11-22", "--sandbox"),
        (
            "--catalog",
            "nowhere",
            "plan",
            "--as-of",
            "2026-11-22",
            "--catalog",
            "catalog",
            "--sandbox",
        ),
        ("--no-color", "plan", "--sandbox", "-v", "--as-of", "2026-11-22"),
        ("plan", "--as-of", "2026-11-22", "--sandbox-file", ".reconciler/sandbox.db"),
        ("--sandbox-file", ".reconciler/sandbox.db", "plan", "--as-of", "2026-11-22"),
    ],
    ids=" ".join,
)
def test_options_mean_the_same_wherever_they_stand(arguments, office):
    """The one nearest the command wins where both are given."""
    expected = office.run("--sandbox", "plan", "--as-of", "2026-11-22")
    assert expected.code == 0
    found = office.run(*arguments)
    assert (found.code, found.out) == (expected.code, expected.out)
    assert bool(found.err) is ("-v" in arguments)


def test_sandbox_commands_take_them_at_every_depth(office):
    """`sandbox member add` is two groups deep."""
    added = ("AI Clearance - claude - users", "amy@example.com")
    option = ("--sandbox-file", str(office.database))
    for arguments in (
        (*option, "sandbox", "member", "add", *added),
        ("sandbox", *option, "member", "remove", *added),
        ("sandbox", "member", *option, "add", *added),
        ("sandbox", "member", "remove", *option, *added),
    ):
        assert office.run(*arguments).code == 0
    assert [event for event, _ in office.events()] == ["add", "remove", "add", "remove"]


def test_a_sandbox_file_of_ones_own_is_made_and_used(office):
    """The usual one is left as it is."""
    ran = office.run("--sandbox-file", "mine/org.db", "plan", "--out", "plan.json")
    assert ran.code == 0
    assert (office.folder / "mine" / "org.db").exists()
    ran = office.run("--sandbox-file", "mine/org.db", "apply", "plan.json", "--yes")
    assert ran.code == 0
    assert office.members() == set()


def test_a_catalog_elsewhere_keeps_its_run_files_beside_it(office, tmp_path):
    """`.reconciler` lies beside the catalog, wherever the command is called."""
    ran = office.run("--sandbox", "--catalog", str(tmp_path / "catalog"), "plan")
    assert ran.code == 0


@pytest.mark.parametrize("option", [("--format", "json"), ("--out", "plan.json")])
def test_one_plan_file_is_of_one_connector(option, office):
    """With two of them, one has to be named."""
    office.write(second(COMPANY))
    ran = office.run("--sandbox", "plan", *option)
    assert ran.code == 64
    assert "name one with --connector" in ran.err
    named = office.run("--sandbox", "plan", *option, "--connector", CONNECTOR)
    assert named.code == 0


def test_two_connectors_are_two_plans_as_text(office):
    """Each says whose it is."""
    office.write(second(COMPANY))
    ran = office.run("--sandbox", "plan")
    assert ran.code == 0
    titles = [line for line in ran.out.splitlines() if line.startswith("Plan for ")]
    assert titles == ["Plan for okta-prod", "Plan for okta-test"]
    assert office.run("--sandbox", "plan", "--detailed-exitcode").code == 10


def test_a_disabled_connector_is_left_out(office):
    """It needs no --connector, and naming it is refused."""
    office.write(second(COMPANY, disabled=True))
    assert changes(office.plan()) == ["add amy claude/users"]
    ran = office.run("--sandbox", "plan", "--connector", "okta-test")
    assert ran.code == 3
    assert "error: connector-disabled" in ran.err


def test_an_unknown_connector_is_answered_with_the_known_ones(office):
    """A typing mistake names its cure."""
    ran = office.run("--sandbox", "plan", "--connector", "okta-pord")
    assert ran.code == 64
    assert "there is: okta-prod" in ran.err


def test_a_digest_alone_is_of_one_connector(office):
    """With two of them, it needs the name."""
    office.write(second(COMPANY))
    digest = office.plan("--connector", CONNECTOR)["digest"]
    ran = office.run("--sandbox", "apply", "--digest", digest, "--yes")
    assert ran.code == 64
    ran = office.run("--sandbox", "apply", "--digest", digest, "--yes", "--connector", CONNECTOR)
    assert ran.code == 0
    assert office.members() == {"amy"}
