"""Every command's help ends with an example, and every example runs as it stands."""

import re
import shlex
import shutil

import pytest

from reconciler.catalog.packaged import packaged_catalog
from reconciler.cli.exit_codes import EXIT_CODES_HELP, ExitCode
from tests.cli.every_command import EVERY
from tests.support.builders import Company
from tests.support.harness import Office
from tests.support.repository import committed

pytestmark = pytest.mark.slow

EXAMPLE = re.compile(r"^ *Example:\n +(reconciler .+)\s*\Z", re.MULTILINE)


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A folder with the example company, its sandbox as packaged, and a plan."""
    folder = tmp_path_factory.mktemp("planned") / "office"
    found = Office(folder, Company())
    shutil.rmtree(folder / "catalog")
    shutil.rmtree(folder / ".reconciler")
    shutil.copytree(packaged_catalog(), folder / "catalog")
    found.plan()
    return found


@pytest.fixture
def office(planned, tmp_path):
    """A copy of it for a test that changes something."""
    return planned.copied(tmp_path / "office")


def example(office, path):
    """The example at the end of the command's help."""
    ran = office.run(*path, "--help")
    assert ran.code == 0
    (found,) = EXAMPLE.findall(ran.out)
    name, *words = shlex.split(found)
    assert name == "reconciler"
    return words


def test_the_commands_are_these():
    """A command that is not found here is not tested here."""
    assert [" ".join(path) for path in EVERY] == [
        "",
        "init",
        "validate",
        "explain",
        "plan",
        "show",
        "apply",
        "request",
        "renew",
        "revoke",
        "expiring",
        "jira",
        "jira pull",
        "jira test",
        "user",
        "user apps",
        "user deactivate",
        "user groups",
        "user reactivate",
        "user reset-password",
        "user show",
        "user suspend",
        "user unlock",
        "user unsuspend",
        "offboard",
        "drift",
        "evidence",
        "evidence verify",
        "status",
        "connector",
        "connector list",
        "connector scopes",
        "connector test",
        "codeowners",
        "form",
        "form propose",
        "forms",
        "merge",
        "sandbox",
        "sandbox client",
        "sandbox client add",
        "sandbox fault",
        "sandbox fault add",
        "sandbox fault clear",
        "sandbox fault list",
        "sandbox member",
        "sandbox member add",
        "sandbox member remove",
        "sandbox reset",
        "sandbox seed",
        "sandbox serve",
        "sandbox show",
        "sandbox user",
        "sandbox user activate",
        "sandbox user deactivate",
        "sandbox user expire-password",
        "sandbox user lock",
        "sandbox user reset-password",
        "sandbox user suspend",
        "sandbox user unlock",
        "sandbox user unsuspend",
        "demo",
    ]


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
def test_the_example_names_the_command_it_explains(path, planned):
    """Whoever copies it runs what they asked about."""
    words = [word for word in example(planned, path) if word != "--sandbox"]
    assert words[: len(path)] == list(path)


JIRA = {("jira",), ("jira", "pull"), ("jira", "test")}
ELSEWHERE = {("sandbox", "serve"), ("form",), ("form", "propose"), *JIRA}
"""What does not end by itself, or asks GitHub or Jira: its example is run by a test of its own."""


@pytest.mark.parametrize("path", [path for path in EVERY if path not in ELSEWHERE], ids=" ".join)
def test_the_example_runs(path, office):
    """It ends well; the apply also says that some lines need a person, and there is drift."""
    if path[:1] in {("evidence",), ("status",)}:
        office.apply("--evidence", "evidence")
    if path == ("merge",):
        committed(office.folder)
        office.plan("--base", "HEAD")
    ran = office.run(*example(office, path))
    expected = {("apply",): ExitCode.PARTIAL, ("drift",): ExitCode.CHANGES}
    assert ran.code == expected.get(path, ExitCode.OK), ran
    assert "Traceback" not in ran.out + ran.err


def test_the_example_of_serve_answers(office):
    """It prints where it listens, and a token; a free port stands in for the usual one."""
    process = office.start(*example(office, ("sandbox", "serve")), "--port", "0")
    try:
        lines = [process.stdout.readline(), process.stdout.readline()]
        assert [line.partition(": ")[0] for line in lines] == ["url", "token"], lines
        assert lines[0].startswith("url: http://127.0.0.1:")
    finally:
        process.terminate()
        process.communicate()


def test_the_help_names_every_exit_code(planned):
    """Once, in full; what a command can end with is written down."""
    assert re.findall(r"^  (\d+) ", EXIT_CODES_HELP, re.MULTILINE) == [
        str(int(code)) for code in sorted(ExitCode)
    ]
    assert "130  interrupted" in planned.run("--help").out


def test_the_demo_runs_and_leaves_nothing_behind(office):
    """It needs nothing of the folder it is called in, and puts nothing there."""
    before = sorted(path for path in office.folder.rglob("*") if ".reconciler" not in path.parts)
    ran = office.run("demo")
    assert ran.code == 0
    assert ran.out.rstrip().endswith("rehearse with `reconciler --sandbox plan`.")
    after = sorted(path for path in office.folder.rglob("*") if ".reconciler" not in path.parts)
    assert before == after
