"""This repository's own workflows: the templates of `init`, without an org or a secret."""

import re
from contextlib import chdir

import pytest
from click.testing import CliRunner

from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.main import cli
from tests.scaffold.test_written_workflows import commands, parse, tool
from tests.scaffold.written import ROOT, jobs, rehearsed, run_step, scripts, step, workflows

OURS = ("apply", "connectors", "plan", "validate")
SETUP = ".github/actions/setup/action.yml"
FILES = {SETUP} | {f".github/workflows/{name}.yml" for name in OURS}
MAKE_ANEW = f"rm {' '.join(sorted(FILES))} && reconciler init --rehearsal ."
READ = {"contents": "read"}
QUIETLY = ("--quiet", "--disable-pip-version-check")


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What `init --rehearsal` writes."""
    return rehearsed(tmp_path_factory.mktemp("made") / "tool")


def files(folder):
    """Every file below the folder, by its path from there."""
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_the_workflows_here_are_what_init_writes(repository):
    """Byte by byte: what is rehearsed is what a new repository gets."""
    stale = [
        name for name in FILES if (ROOT / name).read_bytes() != (repository / name).read_bytes()
    ]

    assert files(repository) == FILES
    assert not stale, f"templates and workflows differ in {sorted(stale)}; run: {MAKE_ANEW}"


def test_what_the_failure_says_to_run_makes_them_anew(tmp_path, repository):
    """It is a sentence that somebody will follow."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("stale\n")
    removing, _, writing = MAKE_ANEW.partition(" && ")
    assert run_step(removing, tmp_path, {}).code == 0
    with chdir(tmp_path):
        ran = CliRunner().invoke(cli, writing.split()[1:])

    assert ran.exit_code == ExitCode.OK, ran.output
    assert all((tmp_path / n).read_bytes() == (repository / n).read_bytes() for n in FILES)


def test_no_job_has_anything_that_a_strangers_fork_could_take(repository):
    """No secret, no environment, no token that writes, and no trigger that would bring them."""
    found = workflows(repository)
    text = "".join((repository / name).read_text(encoding="utf-8") for name in FILES)

    assert {name: set(each["on"]) for name, each in found.items()} == {
        "apply": {"push", "schedule", "workflow_dispatch"},
        "connectors": {"workflow_call"},
        "plan": {"merge_group", "pull_request"},
        "validate": {"merge_group", "pull_request"},
    }
    assert {name: job["permissions"] for name, job in jobs(repository).items()} == {
        "apply/apply": READ,
        "apply/connectors": READ,
        "connectors/list": READ,
        "plan/connectors": READ,
        "plan/plan": READ,
        "validate/validate": READ,
    }
    assert {repr(each["permissions"]) for each in found.values()} == {"{}"}
    assert [n for n, job in jobs(repository).items() if "environment" in job] == []
    assert re.findall(r"secrets\.|vars\.|github\.token", text) == []
    assert text.count("persist-credentials: false") == text.count("uses: actions/checkout@")


def test_no_template_leaves_a_mark_behind(repository):
    """Neither in a rehearsal nor, as `test_no_template_is_left_unfilled` holds, in a live one."""
    assert [name for name in FILES if "@@" in (repository / name).read_text("utf-8")] == []


def test_each_file_is_right_for_github(repository):
    """By the schemas and the auditor that judge the others."""
    paths = repository.glob(".github/workflows/*.yml")
    code, said = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *paths)
    assert code == 0, said
    code, said = tool(
        "check-jsonschema", "--builtin-schema", "vendor.github-actions", repository / SETUP
    )
    assert code == 0, said
    code, said = tool("zizmor", "--offline", repository)
    assert (code, "No findings to report" in said) == (0, True), said


def test_every_command_asks_the_embedded_org_or_none(repository):
    """What would look for a credential is never run without `--sandbox`."""
    found = list(commands(repository))
    for line in found:
        parse(line)
    asking = {line for line in found if re.match(r"(?:--sandbox )?(apply|plan)\b", line)}

    assert len(found) > len(FILES)
    assert asking
    assert [line for line in asking if not line.startswith("--sandbox ")] == []


def test_the_tool_is_that_of_the_checkout(repository, tmp_path):
    """What a change does to plans shows in the plan of its own pull request."""
    ended = run_step(step(repository, "action/setup", "pip install"), tmp_path, {"python": ""})

    assert ended.calls == [
        f"python -m pip install {' '.join(QUIETLY)} --no-cache-dir --only-binary :all: ."
    ]
    assert [name for name, text in scripts(repository) if "reconciler.txt" in text] == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--domain", "https://acme.okta.com"),
        ("--connector-id", "okta-main"),
        ("--admin", "it@example.org"),
        ("--admin-handle", "@acme/it"),
        ("--repository", "acme/access"),
        ("--install-from", f"git+https://git.example.com/acme/tool@{'a' * 40}"),
    ],
)
def test_an_answer_about_an_org_is_refused_rather_than_lost(tmp_path, option, value):
    """None of a rehearsal's files would have it."""
    ran = CliRunner().invoke(cli, ["init", str(tmp_path / "tool"), "--rehearsal", option, value])

    assert ran.exit_code == ExitCode.USAGE
    assert "rehearsal-asks-no-org" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_ones_own_stays_and_nothing_is_written(tmp_path):
    """As for any other repository."""
    place = tmp_path / ".github" / "workflows" / "plan.yml"
    place.parent.mkdir(parents=True)
    place.write_text("mine\n")
    ran = CliRunner().invoke(cli, ["init", str(tmp_path), "--rehearsal"])

    assert (ran.exit_code, "file-exists" in ran.stderr) == (ExitCode.ERROR, True)
    assert files(tmp_path) == {".github/workflows/plan.yml"}
    assert place.read_text() == "mine\n"


def test_the_branch_and_the_server_are_those_that_were_named(tmp_path):
    """The two answers that a rehearsal has a use for."""
    folder = rehearsed(tmp_path / "tool", "--branch", "trunk", "--github-host", "git.acme.example")
    found = workflows(folder)

    assert found["plan"]["on"]["pull_request"]["branches"] == ["trunk"]
    assert found["apply"]["on"]["push"]["branches"] == ["trunk"]
    assert found["plan"]["jobs"]["connectors"]["uses"] == "./.github/workflows/connectors.yml"
