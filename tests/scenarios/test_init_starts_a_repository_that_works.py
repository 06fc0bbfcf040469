"""Init starts a repository that works: it validates, rehearses, and shows a grant's effect."""

import json
import os
import re
import shlex
import subprocess
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.catalog.load import load_and_judge
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.main import cli
from reconciler.policy.tool_pin import PIN_FILE
from tests.scaffold.written import OPTIONS, fill, made, workflows
from tests.support.harness import CLEAN, Ran
from tests.support.repository import committed, git

PAGE = Path(__file__).parents[2] / ".github/docs/repository.md"
WHO = {
    "PATH": os.environ["PATH"],
    **{f"GIT_{who}_NAME": "T" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_EMAIL": "t@example.com" for who in ("AUTHOR", "COMMITTER")},
    **{f"GIT_{who}_DATE": "2026-11-22T00:00:00Z" for who in ("AUTHOR", "COMMITTER")},
}

GRANT = """\
tool: example-assistant
subject: jane.doe@example.com
purpose: Evaluating agents for support triage
approval:
  ticket: AI-1
  requested_by: jane.doe@example.com
  approved_by: it@example.org
  approved_at: 2026-11-20
expires: 2027-02-18
"""


def run(folder, *words):
    """A command, run at the top of the repository."""
    with chdir(folder):
        result = CliRunner(env=dict(CLEAN)).invoke(cli, list(words))
    return Ran(code=result.exit_code, out=result.stdout, err=result.stderr)


@pytest.fixture
def access(tmp_path):
    """A repository, just written and committed."""
    folder = made(tmp_path / "access")
    committed(folder, "Start")
    return folder


def test_what_it_writes_is_valid_and_owned_once_it_is_filled_in(access):
    """Without a warning, and CODEOWNERS needs no second run."""
    fill(access)
    validated, owned = run(access, "validate"), run(access, "codeowners", "--check")

    assert (validated.code, owned.code) == (ExitCode.OK, ExitCode.OK)
    assert validated.out == "The catalog is valid (4 files, 0 grants).\n"
    assert "@acme/it" in (access / ".github" / "CODEOWNERS").read_text(encoding="utf-8")


def unfilled(folder):
    """Where `validate` sees a placeholder; it sees nothing else, and is no success."""
    ran = run(folder, "validate", "--format", "json")
    found = json.loads(ran.out)["diagnostics"]
    assert {each["code"] for each in found} <= {"placeholder-unfilled"}
    assert ran.code == (ExitCode.ERROR if found else ExitCode.OK)
    return {f"{each['path']}:{each['line']}" for each in found}


def lines_with_one(folder):
    """Where a value has a placeholder, by looking."""
    return {
        f"{path.relative_to(folder).as_posix()}:{number}"
        for path in [*(folder / "catalog").rglob("*.yaml"), folder / PIN_FILE]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"REPLACE|replace-with-", re.sub(r"(^|\s)#.*", "", line))
    }


@pytest.mark.parametrize("options", [OPTIONS, ()], ids=["answered", "defaults"])
def test_every_placeholder_is_an_error_until_it_is_replaced(tmp_path, options):
    """One that nobody noticed would be found out by Okta, or by nobody."""
    assert run(tmp_path, "init", "access", *options).code == ExitCode.OK
    folder = tmp_path / "access"
    before = unfilled(folder)

    paths = [*(folder / "catalog").rglob("*.yaml"), folder / PIN_FILE]
    written = {path: path.read_text(encoding="utf-8") for path in paths}
    assert before == lines_with_one(folder)
    assert len(before) > len(written)
    fill(folder)
    assert unfilled(folder) == set()
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
        name = path.relative_to(folder).as_posix()
        assert unfilled(folder) == {each for each in before if each.startswith(f"{name}:")}
        fill(folder)


def test_no_default_names_somebody_elses_org_or_team(tmp_path):
    """Whoever typed nothing is told to, and nobody else gets the power."""
    run(tmp_path, "init", "access")
    found = unfilled(tmp_path / "access")
    answered = made(tmp_path / "answered")

    assert {p.partition(":")[0] for p in found - unfilled(answered)} == {
        PIN_FILE,
        "catalog/connectors/okta-prod.yaml",
        "catalog/settings.yaml",
        "catalog/tools/example-assistant.yaml",
    }
    text = (answered / "catalog" / "connectors" / "okta-main.yaml").read_text(encoding="utf-8")
    assert "user: it@example.org" in text


def test_it_can_be_rehearsed_before_anything_is_replaced(access):
    """The sandbox is an org that fits the skeleton, canary included; the rest is not forgotten."""
    planned = run(access, "--sandbox", "plan")
    tested = run(access, "--sandbox", "connector", "test")
    scopes = run(access, "connector", "scopes", "--explain")  # what the apps need, to make them

    assert planned.code == tested.code == scopes.code == ExitCode.OK
    assert "Nothing to do" in planned.out
    assert "still to be replaced" in planned.err
    assert git(access, "status", "--porcelain") == ""


@pytest.mark.parametrize("words", [("plan",), ("drift",), ("connector", "test")])
def test_no_org_is_asked_before_everything_is_replaced(access, words):
    """What a placeholder means at Okta is nobody's guess."""
    ran = run(access, *words)

    assert ran.code == ExitCode.ERROR
    assert "placeholder-unfilled" in ran.err


def test_the_grant_that_its_readme_shows_is_one_line_of_a_plan(access):
    """Copied into a branch, it shows its own effect and nothing else."""
    text = (access / "catalog" / "grants" / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n# [^\n]+\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert shown == GRANT
    fill(access)
    committed(access, "Fill in")
    git(access, "switch", "-q", "-c", "ask")
    place = access / "catalog" / "grants" / "example-assistant" / "jane.doe.yaml"
    place.parent.mkdir()
    place.write_text(shown, encoding="utf-8")
    committed(access, "Ask")
    run(access, "--sandbox", "sandbox", "seed", "--from-catalog")  # Okta has an account for her
    judged = run(access, "validate", "--base", "main")
    planned = run(access, "--sandbox", "plan", "--base", "main", "--head", "ask")

    assert (judged.code, planned.code) == (ExitCode.OK, ExitCode.OK)
    assert "This change adds 1" in planned.out
    assert "add jane.doe@example.com" in planned.out


def test_nothing_is_overwritten(access):
    """Not one file of a repository that has any of them."""
    before = {p: p.read_bytes() for p in access.rglob("*") if p.is_file()}
    (access / ".gitignore").write_text("mine\n")
    again = run(access.parent, "init", "access", *OPTIONS)

    assert again.code == ExitCode.ERROR
    assert "file-exists" in again.err
    assert (access / ".gitignore").read_text() == "mine\n"
    assert {p for p in access.rglob("*") if p.is_file()} == set(before)


def test_a_repository_that_has_a_readme_is_completed(tmp_path):
    """Where most begin: a README, a licence and an ignore file, which are nobody's but its own."""
    own = {"README.md": "# Access\n", "LICENSE": "MIT\n", ".gitignore": "*.swp\n"}
    for name, text in own.items():
        (tmp_path / name).write_text(text)
    committed(tmp_path, "Begin")
    ran = run(tmp_path, "init", ".", *OPTIONS)

    assert ran.code == ExitCode.OK, ran
    assert {name: (tmp_path / name).read_text() for name in own} == own
    assert "add /.reconciler/, /plan.json, /evidence/" in ran.err
    ours = (tmp_path / "catalog" / "README.md").read_text(encoding="utf-8")
    assert ours.startswith("# Who may use which tool")
    assert unfilled(tmp_path)
    fill(tmp_path)
    assert unfilled(tmp_path) == set()
    assert run(tmp_path, "codeowners", "--check").code == ExitCode.OK


@pytest.mark.parametrize("name", ["catalog/settings.yaml", ".github/CODEOWNERS"])
def test_any_other_clash_refuses_all(tmp_path, name):
    """A link counts, wherever it points."""
    other = tmp_path / "other"
    (other / name).parent.mkdir(parents=True)
    (other / name).symlink_to(tmp_path / "nowhere")
    before = sorted(other.rglob("*"))

    assert run(tmp_path, "init", "other").code == ExitCode.ERROR
    assert sorted(other.rglob("*")) == before
    assert not (tmp_path / "nowhere").exists()


def test_a_link_in_place_of_the_readme_is_not_written_through(tmp_path):
    """It stays what it is."""
    (tmp_path / "README.md").symlink_to(tmp_path / "nowhere")

    assert run(tmp_path, "init", ".").code == ExitCode.OK
    assert (tmp_path / "README.md").is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_what_to_type_next_is_printed_and_works(tmp_path):
    """Without a repository it begins with making one; a blank in a path is quoted."""
    ran = run(tmp_path, "init", "my access", "--branch", "trunk")
    _, first, second, _ = ran.out.splitlines()

    assert first == "  git init -b trunk 'my access'"
    subprocess.run(["bash", "-ec", first], cwd=tmp_path, check=True, capture_output=True, env=WHO)
    assert git(tmp_path / "my access", "symbolic-ref", "--short", "HEAD") == "trunk"
    assert run(tmp_path, *shlex.split(second)[1:]).code == ExitCode.ERROR  # it names what is left


def test_a_folder_inside_a_repository_is_told_where_workflows_are_read(tmp_path):
    """Below its top they would never run, and nobody would see why."""
    committed(tmp_path, "Begin")
    below, top = run(tmp_path, "init", "below"), run(tmp_path, "init", ".")

    assert f"move it to the top of the repository {tmp_path}" in below.out
    assert "move it" not in top.out
    assert "git init" not in top.out + below.out


def test_run_files_and_plans_are_ignored(access):
    """A plan in a commit would name people, and a result would be somebody's word."""
    for name in (".reconciler/results/r.json", "plan.json", "evidence/x", "outcome/x"):
        git(access, "check-ignore", "-q", name)


def test_the_readme_names_every_workflow_and_every_setting(access):
    """Whoever follows it leaves nothing out."""
    text = (access / "README.md").read_text(encoding="utf-8")
    found = workflows(access)
    named = set(re.findall(r"(?:secrets|vars)\.(\w+)", "".join(map(repr, found.values()))))

    assert [n for n in found if n != "connectors" and f"| `{n}` |" not in text] == []
    assert [n for n in sorted(named - {"HEARTBEAT_URL"}) if f"`{n}`" not in text] == []


def test_no_template_is_left_unfilled(access):
    """Every tracked file was filled in to its end."""
    texts = [(access / n).read_text("utf-8") for n in git(access, "ls-files").splitlines()]

    assert len(texts) == 20
    assert [text for text in texts if "@@" in text or "CONNECTOR.yaml" in text] == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--connector-id", "Okta Prod"),
        ("--connector-id", "a\nb"),
        ("--branch", "main]\n  evil"),
        ("--branch", "--force"),
        ("--admin", 'it@example.com", github: "@evil'),
        ("--admin-handle", "acme"),
        ("--admin-handle", "@acme/it @evil"),
        ("--repository", "acme"),
        ("--repository", "acme/access}\nadmins: []"),
        ("--domain", "http://acme.okta.com"),
        ("--domain", "https://acme.okta.com@evil.example"),
        ("--github-host", "https://github.acme.example"),
        ("--github-host", "github.acme.example\nevil: 1"),
        ("--github-host", "github"),
        ("--install-from", "okta-grants-reconciler==0.1.0"),
        ("--install-from", "git+https://git.example.com/acme/tool@main"),
        ("--install-from", f"git+https://git.example.com/acme/tool@{'a' * 40}\nevil"),
        ("--install-from", "https://example.com/okta_grants_reconciler-1-py3-none-any.whl"),
        ("--install-from", "okta_grants_reconciler-1-py3-none-any.whl"),
    ],
)
def test_an_answer_that_could_mean_more_than_itself_is_refused(tmp_path, option, value):
    """It would stand in YAML, in a shell and in CODEOWNERS."""
    ran = run(tmp_path, "init", "access", option, value)

    assert ran.code == ExitCode.USAGE, ran
    assert "Traceback" not in ran.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "sample"),
    [
        ("--connector-id", "okta-prod"),
        ("--branch", "main"),
        ("--admin", "mira@acme.com"),
        ("--admin-handle", "@acme/it"),
        ("--github-host", "github.acme.com"),
        ("--repository", "acme/access"),
    ],
)
def test_a_refused_answer_comes_with_one_that_fits(tmp_path, option, sample):
    """The address of a repository is not its name, and nobody guesses which is wanted."""
    ran = run(tmp_path, "init", "access", option, "https://no such one")
    assert f"hint: for example {option} {sample}" in ran.err
    assert run(tmp_path, "init", "access", option, sample).code == ExitCode.OK


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    """A file where the folder should be."""
    (tmp_path / "access").write_text("")
    ran = run(tmp_path, "init", "access")

    assert ran.code == ExitCode.ERROR
    assert "file-not-writable" in ran.err


def test_an_org_under_a_name_of_its_own_can_be_started_with(tmp_path):
    """A custom domain is fine in a file; the pin outside the repository admits it."""
    ran = run(tmp_path, "init", "access", "--domain", "https://login.acme.com")

    assert ran.code == ExitCode.OK
    assert "`okta-prod=login.acme.com#00o" in (tmp_path / "access" / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("options", "expected"), [((), None), (("--repository", "acme/access"), "acme/access")]
)
def test_reviews_are_verified_where_the_repository_is_named(tmp_path, options, expected):
    """Otherwise no door is written, and approvals stay claimed."""
    assert run(tmp_path, "init", "access", *options).code == ExitCode.OK
    catalog = load_and_judge(tmp_path / "access" / "catalog").catalog
    door = catalog.doors.github
    assert (door and door.repository) == expected
    assert (tmp_path / "access/catalog/doors/github.yaml").exists() is (expected is not None)


def test_the_branch_of_the_evidence_is_made_without_touching_anybodys_files(tmp_path):
    """As its README and our page say it: an orphan branch in the working tree would empty it."""
    access = made(tmp_path / "access")
    committed(access, "Start")
    git(tmp_path, "init", "-q", "--bare", "remote")
    git(access, "remote", "add", "origin", "../remote")
    (access / "catalog" / "settings.yaml").write_text("# not committed\n")
    (access / "untracked").write_text("mine\n")
    before = {p: p.read_bytes() for p in access.rglob("*") if p.is_file() and ".git/" not in str(p)}
    shown = [
        re.sub(r"\s+", " ", found)
        for text in ((access / "README.md").read_text("utf-8"), PAGE.read_text("utf-8"))
        for found in re.findall(r"git push\s+origin \"\$\(git commit-tree.+evidence\"", text)
    ]
    assert len(set(shown)) == 1
    assert len(shown) == len(("its own", "ours"))
    subprocess.run(["bash", "-ec", shown[0]], cwd=access, check=True, capture_output=True, env=WHO)
    after = {p: p.read_bytes() for p in access.rglob("*") if p.is_file() and ".git/" not in str(p)}

    assert after == before
    assert git(access, "branch", "--format", "%(refname:short)") == "main"
    assert git(tmp_path / "remote", "ls-tree", "-r", "evidence") == ""
    assert git(tmp_path / "remote", "rev-list", "--count", "evidence") == "1"
    again = subprocess.run(
        ["bash", "-ec", shown[0]], cwd=access, check=False, capture_output=True, env=WHO
    )
    assert again.returncode in {0, 1}
    assert git(tmp_path / "remote", "rev-list", "--count", "evidence") == "1"


def test_the_evidence_branch_takes_pushes_from_its_own_key_alone(access):
    """Force pushes are not the only ones that change what was written."""
    for text in ((access / "README.md").read_text("utf-8"), PAGE.read_text("utf-8")):
        plain = re.sub(r"\s+", " ", text)
        assert "`EVIDENCE_DEPLOY_KEY`" in plain
        assert re.search(r"restricts creations, updates and deletions", plain)
        assert "--orphan" not in plain
