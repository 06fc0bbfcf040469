"""The committed workflows, step by step, with the real tool: a grant's plan, and an apply."""

import shlex
import shutil
import sys

import pytest

from tests.scaffold.written import ROOT, run_step, step, temp
from tests.support.repository import committed, git

pytestmark = pytest.mark.slow

TOOL = f'exec {shlex.quote(sys.executable)} -m reconciler "$@"'
ENV = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "CONNECTOR": "okta-prod",
    "BASE": "origin/main",
    "RUN": "https://run",
    "PYTHONPATH": str(ROOT),
}
GRANT = """\
tool: notion-ai
entitlement: users
subject: yuki.tanaka@example.com
purpose: Notes of the design review
approval:
  ticket: AI-1499
  requested_by: yuki.tanaka@example.com
  approved_by: mira.lindqvist@example.com
  approved_at: 2026-11-20
expires: 2027-03-18
"""
PLACE = "catalog/grants/notion-ai/yuki.tanaka.yaml"


@pytest.fixture
def job(tmp_path):
    """A job's checkout: the example company, its workflows, and a default branch."""
    remote = tmp_path / "remote"
    for name in ("catalog", ".github/workflows", ".github/actions"):
        shutil.copytree(ROOT / name, remote / name)
    shutil.copy(ROOT / ".gitignore", remote)
    committed(remote, "Start")
    git(tmp_path, "clone", "-q", str(remote), "job")
    return tmp_path / "job"


def asked(job, text):
    """The checkout is the commit that GitHub makes of a pull request and its base."""
    git(job, "switch", "-q", "-c", "ask")
    (job / PLACE).write_text(text, encoding="utf-8")
    committed(job, "Ask")
    git(job, "switch", "-q", "--detach", "origin/main")
    git(job, "merge", "-q", "--no-ff", "-m", "Merge", "ask")
    return git(job, "rev-parse", "HEAD")


def do(job, where, word, **more):
    """One script of a workflow as it is committed here, with the real tool."""
    return run_step(step(ROOT, where, word), job, {"reconciler": TOOL}, {**ENV, **more})


def test_a_pull_request_that_adds_a_grant_shows_its_plan_in_the_summary(job):
    """What it causes comes first, apart from what waits anyway; no secret is there to be read."""
    head = asked(job, GRANT)
    listed = do(job, "connectors/list", "connector list", ONLY="")
    checked = do(job, "validate/validate", "reconciler validate")
    planned = do(job, "plan/plan", "reconciler --sandbox plan", HEAD_SHA=head)
    shown = do(job, "plan/plan", 'summary.md" >>"$GITHUB_STEP_SUMMARY')

    assert listed.outputs == {"matrix": '{"connector":["okta-prod"]}'}
    assert (checked.code, planned.code, shown.code) == (0, 0, 0), checked.said + planned.said
    first, _, caused = shown.summary.partition("### Caused by this change (1)")
    assert "**This change adds 1 membership." in first
    assert "+ add yuki.tanaka@example.com" in caused.partition("###")[0]
    assert "an approval is dated no later" in caused
    assert (temp(job) / "outcome" / "plan.json").is_file()


def test_a_pull_request_that_may_not_be_merged_has_no_plan_and_says_so(job):
    """Its job is red, and its summary says where to look."""
    head = asked(job, GRANT.replace("mira.lindqvist", "yuki.tanaka"))
    checked = do(job, "validate/validate", "reconciler validate")
    shutil.rmtree(temp(job))
    planned = do(job, "plan/plan", "reconciler --sandbox plan", HEAD_SHA=head)
    shown = do(job, "plan/plan", 'summary.md" >>"$GITHUB_STEP_SUMMARY')

    assert (checked.code, planned.code) == (1, 1)
    assert f"::error file={PLACE}" in checked.said
    assert shown.summary == (
        f"## No plan for `okta-prod`\n\nThe plan of {head} could not be made: https://run\n"
    )
    assert [c for c in planned.calls if " plan " in c] == []


def test_the_schedule_applies_to_a_rehearsal_org_and_shows_what_it_did(job):
    """The org of the example company, with evidence that holds together."""
    applied = do(job, "apply/apply", "reconciler --sandbox apply")
    verified = do(job, "apply/apply", "evidence verify")
    shown = do(job, "apply/apply", 'body.md" >>')

    assert (applied.code, verified.code, shown.code) == (0, 0, 0), applied.said + verified.said
    assert shown.summary.startswith("<!-- reconciler:apply:okta-prod -->")
    assert "verified: add zoe.kruger@example.com" in shown.summary
    assert (temp(job) / "outcome" / "code").read_text(encoding="utf-8") == "4\n"
    assert "The evidence is what was written." in verified.said


def test_an_apply_that_could_not_begin_is_red_and_says_so(job):
    """A summary that shows nothing would look like nothing to do."""
    (job / PLACE).write_text("tool: nobody\n", encoding="utf-8")
    applied = do(job, "apply/apply", "reconciler --sandbox apply")
    shown = do(job, "apply/apply", 'body.md" >>')

    assert applied.code == 1
    assert shown.summary.startswith("## Apply to `okta-prod`\n\nNothing was applied: exit code 1")
