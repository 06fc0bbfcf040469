"""The workflows that init writes: who may start them, what they may do, and what they run."""

import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import click
import pytest

from reconciler.catalog.load import load_and_judge
from reconciler.cli.main import cli
from tests.scaffold.written import actions, jobs, made, scripts, uses, workflows

PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}")
OURS = re.compile(r"\$/\.github/(actions/\w+|workflows/\w+\.yml)")
COMMAND = re.compile(r"(?<![\w./:-])reconciler ((?:--sandbox )?[a-z][^|>;&)\n]*)")

READ = {"contents": "read"}
READ_REVIEWS = {"contents": "read", "pull-requests": "read"}
PERMISSIONS = {
    "apply/apply": READ_REVIEWS,
    "apply/connectors": READ,
    "apply/record": READ,
    "apply/tell": {
        "actions": "read",
        "contents": "read",
        "issues": "write",
        "pull-requests": "write",
    },
    "apply-reviewed/agree": {"actions": "read"},
    "apply-reviewed/carry-out": {
        "actions": "read",
        "contents": "read",
        "issues": "write",
        "pull-requests": "write",
    },
    "apply-reviewed/show": READ_REVIEWS,
    "connector-test/connectors": READ,
    "connector-test/test": READ,
    "connectors/list": READ,
    "drift/connectors": READ,
    "drift/drift": READ,
    "drift/tell": {"contents": "read", "issues": "write"},
    "heartbeat/heartbeat": {"contents": "read", "issues": "write"},
    "plan/connectors": READ,
    "plan/find": {"pull-requests": "read"},
    "plan/plan": READ_REVIEWS,
    "plan/tell": {"checks": "write", "pull-requests": "write"},
    "validate/validate": READ,
}
ENVIRONMENTS = {
    "apply/apply": "okta-apply",
    "apply/record": "okta-evidence",
    "apply-reviewed/agree": "okta-review",
    "apply-reviewed/show": "okta-plan",
    "connector-test/test": "okta-plan",
    "drift/drift": "okta-plan",
    "heartbeat/heartbeat": "okta-heartbeat",
    "plan/plan": "okta-plan",
}
TRIGGERS = {
    "apply": {"push", "schedule", "workflow_call", "workflow_dispatch"},
    "apply-reviewed": {"workflow_dispatch"},
    "connector-test": {"push", "workflow_dispatch"},
    "connectors": {"workflow_call"},
    "drift": {"schedule", "workflow_dispatch"},
    "heartbeat": {"schedule", "workflow_dispatch"},
    "plan": {"workflow_run"},
    "validate": {"merge_group", "pull_request"},
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What init wrote."""
    return made(tmp_path_factory.mktemp("made") / "access")


def tool(name, *words):
    """A linter of the development dependencies, run; it is never missing."""
    command = [str(Path(sys.executable).with_name(name)), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_zizmor_finds_nothing(repository):
    """At its default persona, over workflows, actions and dependabot alike."""
    code, said = tool("zizmor", "--offline", repository)

    assert code == 0, said
    assert "No findings to report" in said


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("github-workflows", ".github/workflows/*.yml"),
        ("github-actions", ".github/actions/*/action.yml"),
        ("dependabot", ".github/dependabot.yml"),
    ],
)
def test_every_file_fits_its_schema(repository, schema, pattern):
    """GitHub would say so only once it is pushed."""
    code, said = tool(
        "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *repository.glob(pattern)
    )

    assert code == 0, said


def test_each_workflow_starts_when_it_says(repository):
    """No trigger runs a stranger's files beside a secret."""
    found = {name: set(workflow["on"]) for name, workflow in workflows(repository).items()}

    assert found == TRIGGERS


def test_plan_and_apply_are_about_the_default_branch(repository):
    """The name that init was given, wherever a branch is named."""
    found = workflows(repository)

    assert found["validate"]["on"]["pull_request"]["branches"] == ["trunk"]
    assert found["apply"]["on"]["push"]["branches"] == ["trunk"]
    assert found["connector-test"]["on"]["push"] == {
        "branches": ["trunk"],
        "paths": ["catalog/connectors/**"],
    }
    assert found["plan"]["on"]["workflow_run"] == {
        "workflows": ["validate"],
        "types": ["completed"],
    }


def test_each_job_may_do_what_it_needs_and_no_more(repository):
    """Nothing at the top, so that a job that says nothing may do nothing."""
    assert {w.get("permissions") == {} for w in workflows(repository).values()} == {True}
    assert {name: job["permissions"] for name, job in jobs(repository).items()} == PERMISSIONS


def test_secrets_are_only_where_an_environment_guards_them(repository):
    """And whoever holds an Okta credential can write nothing at GitHub: no job may push at all."""
    with_secrets = {name for name, job in jobs(repository).items() if "secrets." in repr(job)}
    found = {n: job["environment"] for n, job in jobs(repository).items() if "environment" in job}

    assert found == ENVIRONMENTS
    assert with_secrets <= set(ENVIRONMENTS)
    for name in with_secrets - {"heartbeat/heartbeat"}:
        assert "write" not in PERMISSIONS[name].values()
    assert [n for n, allowed in PERMISSIONS.items() if allowed.get("contents") == "write"] == []


def test_the_plan_holds_the_reading_credential_and_apply_the_other(repository):
    """Named after the connector, as its file names them."""
    found = {n: set(re.findall(r"secrets\.(\w+)", repr(j))) for n, j in jobs(repository).items()}

    assert found["plan/plan"] == found["drift/drift"] == {"OKTA_MAIN_PLAN_KEY"}
    assert found["connector-test/test"] == {"OKTA_MAIN_PLAN_KEY"}
    assert found["apply/apply"] == {"OKTA_MAIN_APPLY_KEY", "EVIDENCE_KEY"}
    assert found["apply/record"] == {"EVIDENCE_DEPLOY_KEY"}
    assert found["apply-reviewed/show"] == {"OKTA_MAIN_PLAN_KEY"}
    assert found["heartbeat/heartbeat"] == {"HEARTBEAT_URL"}


def test_every_action_is_pinned_by_commit_or_is_the_repositorys_own(repository):
    """A tag can be moved; a version stands beside each commit for whoever reads it."""
    used = [name for _, name in uses(repository)]
    texts = [p.read_text(encoding="utf-8") for p in repository.rglob("*.yml")]
    lines = [line for text in texts for line in text.splitlines() if re.search(r"uses: \w", line)]

    assert len(used) > 20
    assert [name for name in used if not (PINNED.fullmatch(name) or OURS.fullmatch(name))] == []
    assert [line for line in lines if not re.search(r"# v\d+\.\d+\.\d+$", line)] == []


def test_nothing_is_cached(repository):
    """What a branch put into a cache would be run by the job that holds the credential."""
    text = "".join(name for _, name in uses(repository)) + repr(jobs(repository))

    assert "actions/cache" not in text
    assert "'cache'" not in text + repr(actions(repository))


def test_no_script_is_put_together_from_data(repository):
    """Titles, branches and names reach a script as variables, which bash does not parse."""
    assert [name for name, script in scripts(repository) if "${{" in script] == []


def test_no_checkout_leaves_its_credential_behind(repository):
    """Nor does any of them take the head of a pull request."""
    found = [s for j in jobs(repository).values() for s in j.get("steps", ()) if "with" in s]
    checkouts = [s["with"] for s in found if s.get("uses", "").startswith("actions/checkout@")]
    (pushing,) = [c for c in checkouts if c["persist-credentials"]]

    # The one that appends to the evidence, with a key that opens that branch alone.
    assert (pushing["ref"], "EVIDENCE_DEPLOY_KEY" in pushing["ssh-key"]) == ("evidence", True)
    used = [s.get("uses", "") for s in jobs(repository)["apply/record"]["steps"]]
    assert [name for name in used if "/upload-" in name] == []
    assert {c.get("ref") for c in checkouts} == {None, "trunk", "evidence"}
    assert [c for c in checkouts if c.get("ref") is None] == [
        {"fetch-depth": 0, "persist-credentials": False}  # of `validate`, which has no secret
    ]


def test_an_apply_is_never_cancelled(repository):
    """A newer one waits; a plan, which only reads, gives way."""
    found = {n: w["concurrency"] for n, w in workflows(repository).items() if "concurrency" in w}

    assert set(found) == set(TRIGGERS) - {"connectors"}
    assert {n for n, c in found.items() if c["cancel-in-progress"]} == {"plan", "validate"}


def test_a_call_gives_what_the_called_jobs_need(repository):
    """GitHub starts none of them otherwise, and says so only at the first run."""
    levels = {"read": 1, "write": 2}
    for caller, job in jobs(repository).items():
        called = job.get("uses", "").rpartition("/")[2].removesuffix(".yml")
        needed = [p for n, p in PERMISSIONS.items() if called and n.startswith(f"{called}/")]
        for scope, level in (item for each in needed for item in each.items()):
            assert levels[PERMISSIONS[caller].get(scope, "read")] >= levels[level], (caller, scope)
            assert scope in PERMISSIONS[caller], (caller, scope)


def test_whoever_calls_the_apply_waits_in_no_group_of_its_own_name(repository):
    """GitHub takes the two for a deadlock, and cancels the run that was agreed to."""
    found = workflows(repository)
    called = found["apply"]["concurrency"]["group"]
    callers = [
        name
        for name, workflow in found.items()
        if any(job.get("uses", "").endswith("/apply.yml") for job in workflow["jobs"].values())
    ]

    assert callers == ["apply-reviewed"]
    assert "${{" not in called
    groups = [found["apply-reviewed"], *found["apply-reviewed"]["jobs"].values()]
    assert called not in [g["concurrency"]["group"] for g in groups if "concurrency" in g]
    assert "environment" not in found["apply-reviewed"]["jobs"]["carry-out"]


def test_checks_that_a_branch_may_require_report_in_a_merge_queue(repository):
    """A group of the queue waits for them as long as it takes."""
    found = workflows(repository)
    condition = found["plan"]["jobs"]["find"]["if"]

    assert found["plan"]["on"]["workflow_run"]["workflows"] == ["validate"]
    assert "== 'merge_group'" in condition
    assert "== 'pull_request'" in condition
    base = next(
        s["env"]["BASE"] for s in found["validate"]["jobs"]["validate"]["steps"] if "env" in s
    )
    assert base.startswith("${{ github.event.merge_group.base_sha || ")
    group = found["validate"]["concurrency"]["group"]
    assert group == "validate-${{ github.event.pull_request.number || github.ref }}"
    comment = found["plan"]["jobs"]["tell"]["steps"][-1]
    assert (comment["if"], "sticky" in comment["uses"]) == (
        "needs.find.outputs.number != ''",
        True,
    )


def test_the_scripts_are_bash(repository):
    """They parse, and stop at the first command that fails."""
    for name, script in scripts(repository):
        done = subprocess.run(["bash", "-n", "-c", script], capture_output=True, check=False)
        assert done.returncode == 0, (name, done.stderr)
    assert {repr(w["defaults"]) for w in workflows(repository).values()} == {
        "{'run': {'shell': 'bash'}}"
    }


def commands(folder):
    """Every call of the tool in a script, with each value that a list of words in it may have."""
    whole = [script.replace("\\\n", " ") for _, script in scripts(folder)]
    for script in whole:
        lists = re.findall(r"\b([a-z]+)=\((--[^)]*|)\)", script)
        for line in COMMAND.findall(script):
            name = re.search(r'"\$\{([a-z]+)\[@\]\}"', line)
            values = [text for found, text in lists if name and found == name[1]]
            assert bool(name) is bool(values), line
            yield from (
                (line.replace(name[0], v).strip() for v in values) if name else [line.strip()]
            )


def parse(line):
    """The command line, as click reads it; it raises what a user would be shown."""
    command, words = cli, shlex.split(line.removeprefix("--sandbox "))
    context = click.Context(cli, info_name="reconciler", **cli.context_settings)
    while isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(context, name)
        if found is None:
            raise click.UsageError(f"no such command: {name}")
        command = found
    command.make_context(command.name, words, parent=context)


def test_every_command_line_in_the_workflows_is_one_of_ours(repository):
    """An option that was renamed breaks here, and not in somebody's repository."""
    found = list(commands(repository))
    broken = []
    for line in found:
        try:
            parse(line)
        except click.UsageError as error:
            broken.append((line, error.format_message()))

    assert len(found) > 12
    assert broken == []


def seconds_between(cron):
    """The longest wait between two runs of a cron that names minutes and hours alone."""
    minutes, hours, *rest = cron.split()
    assert rest == ["*", "*", "*"]
    runs = sorted(60 * h + m for h in named(hours, 24) for m in named(minutes, 60))
    gaps = (after - before for before, after in pairwise([*runs, runs[0] + 24 * 60]))
    return 60 * max(gaps)


def named(field, number):
    """The hours of a day, or the minutes of an hour, that the field means."""
    every, _, step = field.partition("/")
    assert step or every != "*"
    return range(0, number, int(step)) if step else [int(each) for each in field.split(",")]


def test_the_settings_say_as_often_as_the_workflow_that_it_applies(repository):
    """A plan promises by them how late the end of a grant may come."""
    (schedule,) = workflows(repository)["apply"]["on"]["schedule"]
    settings = load_and_judge(repository / "catalog", display="catalog").catalog.settings
    assert settings.applied_every.span.total_seconds() == seconds_between(schedule["cron"])
