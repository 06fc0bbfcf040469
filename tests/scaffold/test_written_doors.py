"""What init adds where people ask at GitHub, or in Jira: no door holds a credential of Okta."""

import json
import re

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from tests.scaffold.test_written_workflows import (
    ENVIRONMENTS,
    OURS,
    PERMISSIONS,
    PINNED,
    READ,
    TRIGGERS,
    tool,
)
from tests.scaffold.written import (
    fill,
    jobs,
    made,
    run_step,
    scripts,
    step,
    temp,
    uses,
    workflows,
)

GITHUB = ("--repository", "acme/access")
HEAD = "b" * 40
FORM = ".github/ISSUE_TEMPLATE/access-request.yml"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What init wrote for people who ask at GitHub and in Jira."""
    return made(tmp_path_factory.mktemp("made") / "access", *GITHUB, "--jira")


@pytest.fixture(scope="module")
def at_github(tmp_path_factory):
    """The same without Jira."""
    return made(tmp_path_factory.mktemp("made") / "access", *GITHUB)


def test_every_file_fits_its_schema_and_zizmor_finds_nothing(repository):
    """GitHub would say so only once it is pushed, and of a form nothing at all."""
    for schema, pattern in {
        "github-workflows": ".github/workflows/*.yml",
        "github-issue-forms": FORM,
    }.items():
        paths = sorted(repository.glob(pattern))
        code, said = tool("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *paths)
        assert (code, bool(paths)) == (0, True), said
    code, said = tool("zizmor", "--offline", repository)
    assert code == 0, said
    assert "No findings to report" in said


def test_each_door_comes_with_its_option_and_brings_nothing_else(
    repository, at_github, tmp_path_factory
):
    """A workflow that asks where nobody is would be red for ever."""
    plain = made(tmp_path_factory.mktemp("made") / "access")
    names = [set(workflows(folder)) for folder in (plain, at_github, repository)]

    assert names[1] - names[0] == {"request"}
    assert names[2] - names[1] == {"jira-pull"}
    assert [(folder / FORM).exists() for folder in (plain, at_github)] == [False, True]
    assert "plan/merge" not in jobs(plain)
    assert "forms --check" not in "".join(text for _, text in scripts(plain))
    assert "JIRA" not in repr(jobs(at_github))


def test_jira_alone_is_refused(tmp_path):
    """What is approved there becomes pull requests."""
    ran = CliRunner().invoke(cli, ["init", str(tmp_path / "access"), "--jira"])

    assert ran.exit_code == 64
    assert "jira-needs-repository" in ran.stderr
    assert not (tmp_path / "access").exists()


def test_the_added_jobs_may_read_and_no_more(repository):
    """What they write at GitHub they write as the App, whose key an environment guards."""
    found = jobs(repository)

    assert {n: job["permissions"] for n, job in found.items()} == {
        **PERMISSIONS,
        "plan/merge": READ,
        "request/propose": {"contents": "read", "issues": "read"},
        "jira-pull/pull": READ,
    }
    assert {n: job["environment"] for n, job in found.items() if "environment" in job} == {
        **ENVIRONMENTS,
        "plan/merge": "proposals",
        "request/propose": "proposals",
        "jira-pull/pull": "jira-pull",
    }
    assert {name: set(w["on"]) for name, w in workflows(repository).items()} == {
        **TRIGGERS,
        "request": {"issues", "schedule", "workflow_dispatch"},
        "jira-pull": {"schedule", "workflow_dispatch"},
    }


def test_no_door_has_a_credential_of_okta_and_nobody_else_the_key_of_the_app(repository):
    """A job that plans or applies reads Jira with an account that can only read."""
    found = {n: set(re.findall(r"secrets\.(\w+)", repr(j))) for n, j in jobs(repository).items()}
    app, jira = {"PROPOSALS_APP_KEY"}, {"JIRA_READ_TOKEN"}

    assert found["plan/merge"] == found["request/propose"] == app
    assert found["jira-pull/pull"] == {*app, *jira, "JIRA_WRITE_TOKEN"}
    assert found["plan/plan"] == found["apply-reviewed/show"] == {"OKTA_MAIN_PLAN_KEY", *jira}
    assert found["apply/apply"] == {"OKTA_MAIN_APPLY_KEY", "EVIDENCE_KEY", *jira}
    assert {n for n, secrets in found.items() if secrets & app} == {
        "plan/merge",
        "request/propose",
        "jira-pull/pull",
    }


def test_github_takes_the_names_of_the_secrets(repository):
    """It refuses one that begins like its own variables (GitHub: about secrets)."""
    found = set(re.findall(r"secrets\.(\w+)", repr(jobs(repository))))

    assert [name for name in found if name.upper().startswith("GITHUB_")] == []


def test_the_added_jobs_run_the_default_branch_and_nothing_of_anybody_else(repository):
    """Pinned like the others; no script is put together from data, no head is checked out."""
    added = ("plan/merge", "request/propose", "jira-pull/pull")
    checkouts = [
        s["with"]
        for name in added
        for s in jobs(repository)[name]["steps"]
        if s.get("uses", "").startswith("actions/checkout@")
    ]

    assert {c["ref"] for c in checkouts} == {"trunk", "evidence"}
    assert {c["persist-credentials"] for c in checkouts} == {False}
    assert [n for _, n in uses(repository) if not (PINNED.fullmatch(n) or OURS.fullmatch(n))] == []
    assert [name for name, text in scripts(repository) if "${{" in text] == []


def test_only_an_open_issue_of_the_form_starts_the_job(repository):
    """By its label, or by its first heading where the repository does not have the label."""
    condition = jobs(repository)["request/propose"]["if"]
    form = (repository / FORM).read_text(encoding="utf-8")

    for words in ("state == 'open'", "'access-request'", "'### Which access?'"):
        assert words in condition
    assert "- access-request\n" in form
    assert "label: Which access?\n" in form
    assert workflows(repository)["request"]["on"]["issues"]["types"] == [
        "opened",
        "edited",
        "reopened",
    ]


PROPOSE = "reconciler form propose --issue {} --evidence evidence"


def propose(repository, folder, number="", ends=0, issues=()):
    """The step that proposes, of a tool that ends like this at issue 7, and well at any other."""
    script = step(repository, "request/propose", "form propose")
    listed = f"cat <<'END'\n{json.dumps(list(issues))}\nEND"
    fakes = {"reconciler": f'[ "$4" != 7 ] || exit {ends}', "gh": listed, "git": ""}
    return run_step(script, folder, fakes, {"NUMBER": number})


@pytest.mark.parametrize(("ends", "code"), [(0, 0), (4, 0), (1, 1), (3, 3), (64, 64)])
def test_a_refusal_is_told_to_the_issue_and_the_run_is_green(repository, tmp_path, ends, code):
    """Any other end is for whoever keeps the workflow."""
    ended = propose(repository, tmp_path, "7", ends)

    assert ended.code == code
    assert ended.calls[:2] == [
        "gh auth setup-git",
        "git fetch --quiet --no-tags origin trunk",  # a proposal grows from its newest commit
    ]
    assert ended.calls[3:] == [PROPOSE.format(7)]


def test_evidence_counts_only_with_the_key_that_the_repository_keeps(repository, tmp_path):
    """Where it keeps one."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/evidence_key.pub").write_text("ssh-ed25519 AAAA")
    ended = propose(repository, tmp_path, "7")

    assert ended.calls[-1] == f"{PROPOSE.format(7)} --key .github/evidence_key.pub"


@pytest.mark.parametrize(("number", "order"), [("", [7, 8]), ("8", [8, 7]), ("10", [10, 7, 8])])
def test_every_run_takes_every_open_issue_of_the_form(repository, tmp_path, number, order):
    """The one that it was started for first; one that fails keeps no other waiting."""
    issues = [
        {"number": 7, "body": "### Which access?\n\nx", "labels": []},
        {"number": 8, "body": "changed since", "labels": [{"name": "access-request"}]},
        {"number": 9, "body": "a bug: $(touch pwned)", "labels": [{"name": "bug"}]},
    ]
    ended = propose(repository, tmp_path, number, 1, issues)

    assert ended.code == 1
    assert [c for c in ended.calls if c.startswith("reconciler")] == [
        PROPOSE.format(each) for each in order
    ]
    assert not (tmp_path / "pwned").exists()
    assert propose(repository, tmp_path, "", 1, issues[2:]).code == 0


def merge(repository, folder, *plans, ends=0, git=""):
    """The step that merges, with these plans of two connectors."""
    for name in plans:
        path = temp(folder) / "plans" / name / "plan.json"
        path.parent.mkdir(parents=True)
        path.write_text("{}")
    env = {"CONNECTORS": '{"connector":["okta-main","okta-two"]}', "NUMBER": "8", "HEAD_SHA": HEAD}
    script = step(repository, "plan/merge", "reconciler merge")
    return run_step(script, folder, {"reconciler": f"exit {ends}", "gh": "", "git": git}, env)


FETCH = f"git fetch --quiet --no-tags origin {HEAD} +refs/heads/trunk:refs/remotes/origin/trunk"
"""The objects of both; neither is checked out."""


def test_a_proposal_is_merged_by_every_plan_of_its_head(repository, tmp_path):
    """The head that was planned, and no later one."""
    ended = merge(repository, tmp_path, "plan-okta-main-b", "plan-okta-two-b")
    place = temp(tmp_path) / "plans"
    plans = f"{place}/plan-okta-main-b/plan.json {place}/plan-okta-two-b/plan.json"

    assert ended.code == 0
    assert ended.calls == [
        "gh auth setup-git",
        FETCH,
        f"reconciler merge {plans} --pull-request 8 --head {HEAD}",
    ]


def test_a_missing_plan_merges_nothing(repository, tmp_path):
    """A connector that was not planned may hold a line that is not verified."""
    ended = merge(repository, tmp_path, "plan-okta-main-b")

    assert (ended.code, ended.calls) == (1, [])


@pytest.mark.parametrize(("ends", "code"), [(4, 0), (1, 1)])
def test_what_waits_for_a_person_is_no_failure(repository, tmp_path, ends, code):
    """The reviewer merges it."""
    assert merge(repository, tmp_path, "a", "b", ends=ends).code == code


@pytest.mark.parametrize(("moves", "times"), [(0, 1), (1, 2), (9, 5)])
def test_what_another_merge_came_before_is_judged_once_more(repository, tmp_path, moves, times):
    """A few times: by then somebody else may merge it."""
    git = f"""
    echo x >>"{tmp_path}/$1"
    [ "$1" != rev-parse ] || echo a
    [ "$1" != ls-remote ] || [ "$(wc -l <"{tmp_path}/ls-remote")" -le {moves} ] || echo a
    """
    ended = merge(repository, tmp_path, "a", "b", ends=4, git=git)

    assert ended.code == 0
    assert len([c for c in ended.calls if c.startswith("reconciler")]) == times
    assert ended.calls.count(FETCH) == times


def test_only_a_proposal_of_this_repository_may_be_merged(repository):
    """A fork may call its branch as it likes."""
    condition = jobs(repository)["plan/merge"]["if"]

    assert "startsWith(github.event.workflow_run.head_branch, 'reconciler/')" in condition
    assert "head_repository.full_name == github.repository" in condition
    assert jobs(repository)["plan/merge"]["needs"] == ["find", "connectors", "plan", "tell"]


@pytest.mark.parametrize(("ends", "code"), [(0, 0), (4, 0), (1, 1)])
def test_what_jira_pull_refuses_is_told_to_the_issue(repository, tmp_path, ends, code):
    """And is no failure of the workflow."""
    script = step(repository, "jira-pull/pull", "jira pull")
    fakes = {"reconciler": f"exit {ends}", "gh": "", "git": ""}
    ended = run_step(script, tmp_path, fakes)
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github/evidence_key.pub").write_text("ssh-ed25519 AAAA")
    signed = run_step(script, tmp_path, fakes)

    assert ended.code == signed.code == code
    assert ended.calls == [
        "gh auth setup-git",
        "git fetch --quiet --no-tags origin trunk",
        "reconciler jira pull --evidence evidence",
    ]
    assert signed.calls[-1] == f"{ended.calls[-1]} --key .github/evidence_key.pub"


def validate(folder):
    """The check of the files, as its first step would run it."""
    return CliRunner().invoke(cli, ["validate", "--catalog", str(folder / "catalog")])


def test_the_door_that_its_readme_shows_is_one(tmp_path):
    """Copied as it stands, the site is still to be replaced, and nothing else is wrong."""
    folder = made(tmp_path / "access", *GITHUB, "--jira")
    fill(folder)
    text = (folder / "catalog/doors/README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n# doors/jira.yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (folder / "catalog/doors/jira.yaml").write_text(shown, encoding="utf-8")
    copied = validate(folder)

    assert copied.exit_code == 1
    found = re.findall(r"^error: (\S+)", copied.output, re.MULTILINE)
    assert found == ["placeholder-unfilled"]
    fill(folder)
    assert validate(folder).exit_code == 0


def test_the_door_to_github_takes_the_app_that_its_comment_shows(tmp_path):
    """Whose key has a name that GitHub takes for a secret."""
    folder = made(tmp_path / "access", *GITHUB)
    fill(folder)
    path = folder / "catalog/doors/github.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# app: ", "app: "), encoding="utf-8")

    assert "app: {" in path.read_text(encoding="utf-8")
    assert validate(folder).exit_code == 0
    assert "{env: PROPOSALS_APP_KEY}" in text
