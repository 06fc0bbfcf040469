"""The written scripts, literally, with the real tool: a grant from pull request to evidence.

Only GitHub is made up, and Okta is the sandbox: `reconciler` is the real one, told `--sandbox`.
"""

import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tests.scaffold.written import fill, made, run_step, step, temp
from tests.support.repository import committed, git

ROOT = Path(__file__).parents[2]
TOOL = f'exec {shlex.quote(sys.executable)} -m reconciler --sandbox "$@"'
ENV = {"CONNECTOR": "okta-main", "RUN": "https://run", "PYTHONPATH": str(ROOT)}
GITHUB = """
case "$*" in
  *commits/*) cat ../pulls.json ;;
  *artifacts*) echo '{"artifacts": [{"id": 1, "expired": false, "workflow_run": {"id": 5}}]}' ;;
  *actions/runs/5*) echo '{"event": "workflow_run", "path": ".github/workflows/plan.yml"}' ;;
  "run download"*)
    for word; do last="$word"; done
    mkdir -p "$last"; cp ../plan.json "$last/" ;;
esac
"""


@pytest.fixture
def job(tmp_path):
    """A job's checkout of the default branch, the evidence beside it, and a branch that asks."""
    remote = made(tmp_path / "remote")
    fill(remote)
    git(remote, "init", "-q", "-b", "trunk")
    committed(remote, "Start")
    git(remote, "switch", "-q", "--orphan", "evidence")
    committed(remote, "Evidence")
    git(remote, "switch", "-q", "trunk")
    git(remote, "switch", "-q", "-c", "ask")
    text = (remote / "catalog" / "grants" / "README.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```yaml\n# [^\n]+\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    place = remote / "catalog" / "grants" / "example-assistant" / "jane.doe.yaml"
    place.parent.mkdir()
    place.write_text(shown, encoding="utf-8")
    committed(remote, "Ask")
    git(tmp_path, "clone", "-q", "-b", "ask", str(remote), "job")
    run_step("reconciler sandbox seed --from-catalog", tmp_path / "job", {"reconciler": TOOL}, ENV)
    git(tmp_path / "job", "switch", "-q", "trunk")
    git(tmp_path / "job", "branch", "-q", "-D", "ask")
    git(tmp_path / "job", "clone", "-q", "-b", "evidence", str(remote), "evidence")
    return tmp_path / "job"


def do(job, where, word, **more):
    """One script of a workflow, with the real tool and git."""
    fakes = {"reconciler": TOOL, "gh": GITHUB}
    ended = run_step(step(job, where, word), job, fakes, {**ENV, **more})
    assert ended.code == 0, ended.said
    return ended


def planned(job, head):
    """The pull request is planned; the plan is put where its artifact would be."""
    do(job, "plan/plan", "reconciler plan", HEAD_SHA=head)
    comment = (temp(job) / "outcome" / "comment.md").read_text(encoding="utf-8")
    digest = (temp(job) / "outcome" / "digest").read_text(encoding="utf-8").strip()
    shutil.move(temp(job) / "outcome" / "plan.json", job.parent / "plan.json")
    shutil.rmtree(temp(job) / "outcome")
    return comment, digest


def merged_and_applied(job, head):
    """The default branch has the grant, and the apply of the merge ran."""
    remote = job.parent / "remote"
    git(remote, "switch", "-q", "trunk")
    git(remote, "merge", "-q", "--no-ff", "-m", "Merge", "ask")
    git(job, "pull", "-q")
    do(job, "apply/apply", "reconciler apply")
    do(job, "apply/apply", "$out/evidence", CONNECTOR="okta-main.sandbox")
    pull = {"number": 8, "merged_at": "2026-11-22", "head": {"sha": head}}
    (job.parent / "pulls.json").write_text(json.dumps([pull]))


def recorded(job):
    """Another job: what the apply kept is on the evidence branch, and whole."""
    shutil.rmtree(job / "evidence")
    git(job, "clone", "-q", "-b", "evidence", str(job.parent / "remote"), "evidence")
    do(job, "apply/record", "git -C", CONNECTOR="okta-main.sandbox")
    do(job, "apply/record", "evidence verify")
    return git(job.parent / "remote", "ls-tree", "-r", "--name-only", "evidence").splitlines()


def test_a_grant_goes_from_its_pull_request_to_the_evidence(job):
    """What the comment showed is what the apply did, and its note is not needed."""
    head = git(job, "rev-parse", "origin/ask")
    comment, digest = planned(job, head)
    assert comment.startswith("<!-- reconciler:plan:okta-main -->")
    assert "This change adds 1" in comment
    assert digest in comment

    merged_and_applied(job, head)
    body = (temp(job) / "outcome" / "body.md").read_text(encoding="utf-8")
    assert "The one change is done" in body
    assert do(job, "apply/tell", "state=open").outputs == {"state": "closed"}
    compared = do(job, "apply/tell", "commits/", GITHUB_SHA=git(job, "rev-parse", "HEAD"))
    assert "the merge did what its reviewed plan said" in compared.said

    (name,) = recorded(job)
    assert name.startswith("okta-main.sandbox/")
    beat = do(job, "heartbeat/heartbeat", "reconciler status", HEARTBEAT_URL="")
    assert beat.outputs == {"state": "closed"}


def creating(job):
    """The default branch binds a group that is still to be made, and the checkout is at its tip."""
    remote = job.parent / "remote"
    git(remote, "switch", "-q", "trunk")
    path = remote / "catalog" / "bindings" / "example-assistant.yaml"
    text = re.sub(r"\{bind: .*\}", "{create: {name: AI Clearance - New - Users}}", path.read_text())
    path.write_text(text, encoding="utf-8")
    committed(remote, "Bind a new group")
    git(job, "pull", "-q")


def groups(job):
    """The groups that the org has."""
    return run_step("reconciler sandbox show groups", job, {"reconciler": TOOL}, ENV).said


def looked_at(job, digest=""):
    """The digest of the plan, as the job that shows it says it."""
    said = do(job, "apply-reviewed/show", "reconciler plan", DIGEST=digest).said
    return found[1] if (found := re.search(r"with the digest ([0-9a-f]{64})", said)) else digest


def test_a_group_is_created_by_the_plan_that_was_agreed_to_and_by_nothing_else(job):
    """The schedule leaves it; the digest of the plan that was shown carries it out."""
    creating(job)
    do(job, "apply/apply", "reconciler apply")
    assert "waits" in (temp(job) / "outcome" / "body.md").read_text(encoding="utf-8")
    shutil.rmtree(temp(job))
    digest = looked_at(job)
    shutil.rmtree(temp(job))
    assert looked_at(job, digest) == digest
    assert "New" not in groups(job)
    do(job, "apply/apply", "reconciler apply", DIGEST=digest)
    assert "The one change is done" in (temp(job) / "outcome" / "body.md").read_text("utf-8")
    assert "AI Clearance - New - Users" in groups(job)


def test_what_watches_runs_as_it_is_written(job):
    """The list of connectors, the connector's test, and drift that is clean."""
    listed = do(job, "connectors/list", "connector list")
    assert listed.outputs == {"matrix": '{"connector":["okta-main"]}'}
    assert "The connector works" in do(job, "connector-test/test", "connector test").said
    do(job, "drift/drift", "reconciler drift")
    assert (temp(job) / "outcome" / "state").read_text(encoding="utf-8").strip() == "closed"


def test_a_change_that_may_not_be_is_refused_before_it_is_planned(job):
    """Its own run of `validate` may have been changed to say yes."""
    remote = job.parent / "remote"
    git(remote, "switch", "-q", "ask")
    (remote / "catalog" / "bindings" / "example-assistant.yaml").unlink()
    head = committed(remote, "Lose a binding")
    script = step(job, "plan/plan", "reconciler plan")
    env = {**ENV, "HEAD_SHA": head}
    ended = run_step(script, job, {"reconciler": TOOL, "gh": GITHUB}, env)

    assert ended.code == 1
    assert "binding-deleted" in ended.said
    assert (temp(job) / "outcome" / "conclusion").read_text(encoding="utf-8").strip() == "failure"
    assert [c for c in ended.calls if c.startswith("reconciler plan")] == []


def retire(job):
    """The default branch retires the binding, and the checkout is at its tip."""
    remote = job.parent / "remote"
    git(remote, "switch", "-q", "trunk")
    path = remote / "catalog" / "bindings" / "example-assistant.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "retired: true\n", encoding="utf-8")
    committed(remote, "Retire the binding")
    git(job, "pull", "-q")


def deleting(job):
    """A head that deletes the binding, and is not merged."""
    remote = job.parent / "remote"
    git(remote, "switch", "-q", "-c", "delete", "trunk")
    (remote / "catalog" / "bindings" / "example-assistant.yaml").unlink()
    committed(remote, "Delete the binding")
    return git(remote, "rev-parse", "HEAD")


def judged(job, head):
    """How the check of the pull request and the job that plans it end, and what they said."""
    shutil.rmtree(temp(job), ignore_errors=True)
    git(job, "fetch", "-q", "origin")
    git(job, "switch", "-q", "--detach", head)
    fakes = {"reconciler": TOOL, "gh": GITHUB}
    script = step(job, "validate/validate", "reconciler validate")
    checked = run_step(script, job, fakes, {**ENV, "BASE": "origin/trunk"})
    git(job, "switch", "-q", "trunk")
    shutil.rmtree(temp(job), ignore_errors=True)
    script = step(job, "plan/plan", "reconciler plan")
    planned = run_step(script, job, fakes, {**ENV, "HEAD_SHA": head})
    shutil.rmtree(temp(job), ignore_errors=True)
    return (checked.code, planned.code), checked.said + planned.said


def test_a_retired_binding_may_go_once_the_evidence_shows_its_group_empty(job, monkeypatch):
    """The branch is there with the history, and both jobs look into it."""
    # The org of a rehearsal lives on its own day, which is later than these commits then.
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-20T09:00:00Z")
    retire(job)
    head = deleting(job)
    codes, said = judged(job, head)
    assert (codes, "binding-deleted" in said) == ((1, 1), True)

    git(job.parent / "remote", "switch", "-q", "trunk")
    do(job, "apply/apply", "reconciler apply")
    do(job, "apply/apply", "$out/evidence", CONNECTOR="okta-main.sandbox")
    recorded(job)
    codes, said = judged(job, head)
    assert codes == (0, 0), said
