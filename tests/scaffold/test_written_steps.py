"""What the scripts of the written workflows decide, run by bash before made-up programs."""

import json

import pytest

from tests.scaffold.written import made, run_step, step, temp

HEAD = "b" * 40
PULLS = [{"number": 7, "head": {"sha": "a" * 40}}, {"number": 8, "head": {"sha": HEAD}}]


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What init wrote."""
    return made(tmp_path_factory.mktemp("made") / "access")


def says(content):
    """A program that prints this."""
    return f"cat <<'END'\n{content if isinstance(content, str) else json.dumps(content)}\nEND"


def find(repository, folder, pulls, event="pull_request"):
    """The step that looks for the pull request."""
    env = {"HEAD_SHA": HEAD, "OWNER": "stranger", "BRANCH": "x'; touch pwned #", "BASE": "trunk"}
    env["EVENT"] = event
    return run_step(step(repository, "plan/find", "gh api"), folder, {"gh": says(pulls)}, env)


def test_the_pull_request_is_the_open_one_with_exactly_this_head(repository, tmp_path):
    """Asked of GitHub by owner and branch, which stay data whatever they contain."""
    ended = find(repository, tmp_path, PULLS)

    assert (ended.code, ended.outputs) == (0, {"number": "8", "wanted": "yes"})
    assert "head=stranger:x'; touch pwned #" in ended.calls[0]
    assert not (tmp_path / "pwned").exists()


def test_a_head_that_moved_on_is_not_planned(repository, tmp_path):
    """Its own run is on its way."""
    ended = find(repository, tmp_path, PULLS[:1])

    assert (ended.code, ended.outputs) == (0, {})
    assert "nothing to plan" in ended.said


def test_a_group_of_the_merge_queue_is_planned_like_a_pull_request(repository, tmp_path):
    """Its commit wants the required checks, and nobody reads a comment of it."""
    ended = find(repository, tmp_path, PULLS, "merge_group")

    assert (ended.code, ended.outputs, ended.calls) == (0, {"wanted": "yes"}, [])


NO_EVIDENCE = '[ "$1" != rev-parse ]'
PLANNER = """
case "$1" in
  validate) exit "${VALID:-0}" ;;
  plan)
    echo '# the plan'; echo '{"digest": "d1"}' >"$RUNNER_TEMP/outcome/plan.json"
    exit "${PLANNED:-0}" ;;
  show) echo '# the summary' ;;
esac
"""


def plan(repository, folder, **more):
    """The step that plans, beside git and gh that only nod."""
    script = step(repository, "plan/plan", "reconciler plan")
    env = {"CONNECTOR": "okta-main", "HEAD_SHA": HEAD, "RUN": "https://run", **more}
    return run_step(script, folder, {"reconciler": PLANNER, "git": NO_EVIDENCE, "gh": ""}, env)


def outcome(folder):
    """What the step left for the job that may write to the pull request."""
    names = ("conclusion", "digest", "comment.md", "summary.md")
    return {n: (temp(folder) / "outcome" / n).read_text(encoding="utf-8").strip() for n in names}


def test_a_plan_is_made_of_objects_that_are_fetched_and_never_checked_out(repository, tmp_path):
    """Git is asked for the head's objects, and for nothing else."""
    ended = plan(repository, tmp_path)

    assert ended.code == 0
    assert [c for c in ended.calls if c.startswith("git")] == [
        f"git fetch --quiet --no-tags origin {HEAD}",
        "git rev-parse --quiet --verify refs/remotes/origin/evidence",
    ]
    assert outcome(tmp_path) == {
        "conclusion": "success",
        "digest": "d1",
        "comment.md": "# the plan",
        "summary.md": "# the summary",
    }


@pytest.mark.parametrize("failing", ["VALID", "PLANNED"])
def test_a_head_that_cannot_be_planned_says_so_where_an_older_plan_stood(
    repository, tmp_path, failing
):
    """A comment that still shows the last head's plan would be believed."""
    ended = plan(repository, tmp_path, **{failing: "1"})
    left = outcome(tmp_path)

    assert ended.code == 1
    assert (left["conclusion"], left["digest"]) == ("failure", "none")
    assert left["comment.md"].startswith("## No plan for `okta-main`")
    assert HEAD in left["comment.md"]
    assert "# the plan" not in left["comment.md"]


def test_the_digest_is_a_check_of_the_head(repository, tmp_path):
    """On the commit that was reviewed, under the connector's name."""
    (temp(tmp_path) / "outcome").mkdir(parents=True)
    for name, text in {"digest": "d1", "conclusion": "success"}.items():
        (temp(tmp_path) / "outcome" / name).write_text(f"{text}\n")
    env = {"CONNECTOR": "okta-main", "HEAD_SHA": HEAD, "RUN": "https://run"}
    ended = run_step(step(repository, "plan/tell", "check-runs"), tmp_path, {"gh": ""}, env)

    assert ended.code == 0
    for word in (f"head_sha={HEAD}", "name=plan of okta-main", "conclusion=success", "digest d1"):
        assert word in ended.calls[0]


APPLIER = """
case "$1" in
  apply)
    for word; do case "$last" in --result) result="$word" ;; esac; last="$word"; done
    if [ "$CODE" != 3 ]; then echo '{"this": "run"}' >"$result"; fi
    exit "$CODE" ;;
  show) echo "# what was done: $(cat "$2")" ;;
esac
"""


def apply(repository, folder, code):
    """The step that applies, of a tool that ends like this."""
    script = step(repository, "apply/apply", "reconciler apply")
    env = {"CONNECTOR": "okta-main", "RUN": "https://run", "CODE": str(code)}
    return run_step(script, folder, {"reconciler": APPLIER, "gh": ""}, env)


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (4, 0), (1, 1), (3, 3), (64, 64), (130, 130)])
def test_an_apply_that_finished_is_green_and_any_other_is_red(repository, tmp_path, code, ends):
    """Four finished, and some lines need a person: that is an issue, not a failure."""
    ended = apply(repository, tmp_path, code)

    assert ended.code == ends
    assert (temp(tmp_path) / "outcome" / "code").read_text().strip() == str(code)
    body = (temp(tmp_path) / "outcome" / "body.md").read_text()
    shown = """# what was done: {"this": "run"}"""
    assert body.startswith("## Apply to `okta-main`" if code == 3 else shown)
    assert ended.calls[1].startswith("reconciler apply --scheduled --connector okta-main --yes ")


@pytest.mark.parametrize("code", [0, 3])
def test_a_result_that_a_commit_brought_is_nobodys(repository, tmp_path, code):
    """Neither where run files lie, nor where the job gathers what it hands over."""
    for name in (".reconciler/results/r.json", "outcome/result.json", "outcome/code"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text('{"forged": true}')
    apply(repository, tmp_path, code)
    left = temp(tmp_path) / "outcome"

    assert (left / "code").read_text().strip() == str(code)
    assert "forged" not in (left / "body.md").read_text()
    assert (left / "result.json").exists() is (code == 0)


def keep(repository, folder):
    """The step that runs whatever happened."""
    script = step(repository, "apply/apply", "$out/evidence")
    return run_step(script, folder, {}, {"CONNECTOR": "okta-main"})


def test_evidence_is_kept_whatever_happened(repository, tmp_path):
    """This connector's own; without any, the step still ends well."""
    assert keep(repository, tmp_path).code == 0
    for name in ("okta-main", "okta-other"):
        (tmp_path / "evidence" / name / "2026-11").mkdir(parents=True)
        (tmp_path / "evidence" / name / "2026-11" / "run.jsonl").write_text("line\n")
    (temp(tmp_path) / "outcome" / "body.md").write_text("# done\n")
    ended = keep(repository, tmp_path)

    assert (ended.code, ended.summary) == (0, "# done\n")
    out = temp(tmp_path) / "outcome"
    kept = [p.relative_to(out) for p in (out / "evidence").rglob("*.jsonl")]
    assert list(map(str, kept)) == ["evidence/okta-main/2026-11/run.jsonl"]


@pytest.mark.parametrize(("code", "state"), [("0", "closed"), ("4", "open"), (None, "open")])
def test_a_person_is_asked_unless_everything_is_done(repository, tmp_path, code, state):
    """A job that died before it could say anything asks too."""
    if code is not None:
        (temp(tmp_path) / "outcome").mkdir(parents=True)
        (temp(tmp_path) / "outcome" / "code").write_text(f"{code}\n")
    ended = run_step(step(repository, "apply/tell", "state=open"), tmp_path, {})

    assert (ended.code, ended.outputs) == (0, {"state": state})
    assert (temp(tmp_path) / "outcome" / "body.md").read_text().strip()


GITHUB = """
case "$*" in
  *commits/*) cat pulls.json ;;
  *artifacts*) cat artifacts.json ;;
  *actions/runs/9*) echo '{"event": "pull_request", "path": ".github/workflows/plan.yml"}' ;;
  *actions/runs/5*)
    echo '{"event": "workflow_run", "path": ".github/workflows/plan.yml@refs/heads/trunk"}' ;;
  "run download"*)
    for word; do last="$word"; done
    mkdir -p "$last"; echo '{}' >"$last/plan.json" ;;
esac
"""
ARTIFACTS = [
    {"id": 1, "expired": False, "workflow_run": {"id": 5}},
    {"id": 2, "expired": False, "workflow_run": {"id": 9}},
    {"id": 3, "expired": True, "workflow_run": {"id": 5}},
]


def note(repository, folder, shown, *, merged=True, artifacts=ARTIFACTS, result=True):
    """The step that compares; `shown` is how the tool ends."""
    pull = {"number": 8, "merged_at": "2026-11-22" if merged else None, "head": {"sha": HEAD}}
    (folder / "pulls.json").write_text(json.dumps([pull]))
    (folder / "artifacts.json").write_text(json.dumps({"artifacts": artifacts}))
    (temp(folder) / "outcome").mkdir(parents=True)
    (temp(folder) / "outcome" / "body.md").write_text("# what was done\n")
    if result:
        (temp(folder) / "outcome" / "result.json").write_text("{}")
    fakes = {"gh": GITHUB, "reconciler": f"echo '# compared'; exit {shown}"}
    env = {"CONNECTOR": "okta-main", "GITHUB_SHA": "c" * 40}
    return run_step(step(repository, "apply/tell", "commits/"), folder, fakes, env)


def test_a_merge_that_did_what_was_reviewed_gets_no_note(repository, tmp_path):
    """The plan that counts is of the plan workflow's own run, not of any branch's."""
    ended = note(repository, tmp_path, 0)

    assert (ended.code, ended.outputs) == (0, {})
    (download,) = [c for c in ended.calls if "download" in c]
    assert download.startswith(f"gh run download 5 --repo acme/access --name plan-okta-main-{HEAD}")


def test_a_merge_that_did_otherwise_gets_a_note(repository, tmp_path):
    """On the pull request whose head was reviewed."""
    ended = note(repository, tmp_path, 10)

    assert (ended.code, ended.outputs) == (0, {"number": "8"})
    assert (temp(tmp_path) / "note.md").read_text() == "# compared\n"


def test_a_merge_without_a_plan_to_compare_says_so(repository, tmp_path):
    """An artifact that a branch's own workflow uploaded under that name is none."""
    ended = note(repository, tmp_path, 0, artifacts=ARTIFACTS[1:2])

    assert ended.outputs == {"number": "8"}
    assert (
        (temp(tmp_path) / "note.md").read_text().startswith(f"No reviewed plan of {HEAD} was found")
    )


def test_a_merge_of_which_nothing_was_applied_says_so(repository, tmp_path):
    """The reviewer would otherwise believe it was done."""
    ended = note(repository, tmp_path, 0, result=False)

    assert ended.outputs == {"number": "8"}
    assert (temp(tmp_path) / "note.md").read_text() == "# what was done\n"


def test_a_push_without_a_pull_request_is_nobodys_to_tell(repository, tmp_path):
    """Nobody reviewed a plan of it here."""
    assert note(repository, tmp_path, 0, merged=False).outputs == {}


def test_a_comparison_that_fails_is_red(repository, tmp_path):
    """One is an error, and must not pass for `as reviewed`."""
    assert note(repository, tmp_path, 1).code == 1
