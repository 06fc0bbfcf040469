"""One plan of one connector, looked at, agreed to by somebody else, and carried out alone."""

import json

import pytest

from tests.scaffold.written import jobs, made, run_step, step, workflows

DIGEST, OTHER = "0123456789abcdef" * 4, "f" * 64
PLANNER = """
case "$1" in
  plan)
    for word; do case "$last" in --out) file="$word" ;; esac; last="$word"; done
    echo "{\\"digest\\": \\"$FOUND\\"}" >"$file" ;;
  show) echo '# the summary' ;;
esac
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What init wrote."""
    return made(tmp_path_factory.mktemp("made") / "access")


def show(repository, folder, digest="", connector="okta-main"):
    """The job that shows the plan, whose digest is `DIGEST`."""
    script = step(repository, "apply-reviewed/show", "reconciler plan")
    env = {"CONNECTOR": connector, "DIGEST": digest, "FOUND": DIGEST}
    return run_step(script, folder, {"reconciler": PLANNER}, env)


def test_a_plan_can_be_looked_at_before_there_is_a_digest(repository, tmp_path):
    """Whoever starts it need not hold a credential to learn what to ask for."""
    ended = show(repository, tmp_path)

    assert (ended.code, ended.summary) == (0, "# the summary\n")
    assert f"start again with the digest {DIGEST}" in ended.said


@pytest.mark.parametrize(("digest", "ends"), [(DIGEST, 0), (OTHER, 1)])
def test_the_digest_has_to_be_that_of_the_plan_as_it_is_now(repository, tmp_path, digest, ends):
    """Reviewers see the plan that would be applied, and no other."""
    ended = show(repository, tmp_path, digest)

    assert (ended.code, ended.summary) == (ends, "# the summary\n")
    assert ("::error::" in ended.said) is bool(ends)


@pytest.mark.parametrize(
    ("connector", "digest"),
    [
        ("okta-main; touch pwned", ""),
        ("$(touch pwned)", ""),
        ("--catalog=/etc", ""),
        ("../evidence", ""),
        ("okta-main\ntouch pwned", ""),
        ("", ""),
        ("okta-main", "$(touch pwned)"),
        ("okta-main", DIGEST[:12]),
        ("okta-main", f"{DIGEST}\n{OTHER}"),
        ("okta-main", DIGEST.upper()),
    ],
)
def test_what_a_person_typed_is_an_id_and_a_digest_or_nothing(
    repository, tmp_path, connector, digest
):
    """Both become words of commands, of artifacts and of paths later on."""
    ended = show(repository, tmp_path, digest, connector)

    assert (ended.code, ended.calls) == (1, [])
    assert not (tmp_path / "pwned").exists()


def agree(repository, folder, reviews):
    """The job that a required reviewer lets begin; `lena` started it, `mo` started it again."""
    script = step(repository, "apply-reviewed/agree", "approvals")
    gh = f"cat <<'END'\n{json.dumps(reviews)}\nEND"
    env = {"STARTED_BY": "lena", "STARTED_AGAIN_BY": "mo"}
    return run_step(script, folder, {"gh": gh}, env)


def review(login, state="approved", environment="okta-review"):
    """An entry of the run's review history (GitHub: REST, `actions/runs/{run_id}/approvals`)."""
    return {
        "state": state,
        "comment": "",
        "environments": [{"id": 1, "name": environment}],
        "user": {"login": login},
    }


def test_somebody_else_has_to_have_agreed(repository, tmp_path):
    """The run's own review history says who it was."""
    ended = agree(repository, tmp_path, [review("kim"), review("Lena")])

    assert (ended.code, ended.calls) == (
        0,
        ["gh api repos/acme/access/actions/runs/77/approvals"],
    )
    assert "agreed to by kim" in ended.said


@pytest.mark.parametrize(
    "reviews",
    [
        [],
        [review("lena")],
        [review("LENA"), review("Mo")],
        [review("kim", "rejected")],
        [review("kim", environment="okta-apply")],
    ],
    ids=["nobody", "oneself", "both starters", "refused", "elsewhere"],
)
def test_an_environment_that_asks_nobody_lets_nothing_pass(repository, tmp_path, reviews):
    """GitHub makes one that is missing, without any rule, at the first run that names it."""
    ended = agree(repository, tmp_path, reviews)

    assert ended.code == 1
    assert "okta-review" in ended.said


def test_nothing_is_carried_out_before_the_agreement(repository):
    """And nothing at all where there is no digest, or on a branch."""
    found = workflows(repository)["apply-reviewed"]["jobs"]

    assert found["show"]["if"] == "github.ref == 'refs/heads/trunk'"
    assert (found["agree"]["needs"], found["agree"]["if"]) == ("show", "inputs.digest != ''")
    assert found["carry-out"]["needs"] == "agree"
    assert "if" not in found["carry-out"]
    assert found["carry-out"]["with"] == {
        "connector": "${{ inputs.connector }}",
        "digest": "${{ inputs.digest }}",
    }


@pytest.mark.parametrize(("digest", "how"), [("", "--scheduled"), (DIGEST, f"--digest {DIGEST}")])
def test_a_called_apply_takes_the_digest_and_any_other_the_schedule(
    repository, tmp_path, digest, how
):
    """Never both, and never neither."""
    script = step(repository, "apply/apply", "reconciler apply")
    env = {"CONNECTOR": "okta-main", "RUN": "https://run", "DIGEST": digest}
    ended = run_step(script, tmp_path, {"reconciler": "", "gh": ""}, env)
    (call,) = [c for c in ended.calls if c.startswith("reconciler apply")]

    assert call.startswith(f"reconciler apply {how} --connector okta-main --yes ")


@pytest.mark.parametrize(
    ("only", "expected"), [("", ["okta-a", "okta-b"]), ("okta-b", ["okta-b"]), ("okta", [])]
)
def test_a_called_apply_is_of_its_one_connector(repository, tmp_path, only, expected):
    """One that is not there is nobody's turn."""
    listed = {"reconciler": """echo '{"connector": ["okta-a", "okta-b"]}'"""}
    script = step(repository, "connectors/list", "connector list")
    ended = run_step(script, tmp_path, listed, {"ONLY": only})

    assert json.loads(ended.outputs["matrix"]) == {"connector": expected}
    assert jobs(repository)["apply/connectors"]["with"] == {"only": "${{ inputs.connector }}"}


def test_no_other_connectors_are_told_from_no_connectors(repository):
    """The word that skips the jobs is the very word that the list prints."""
    found = jobs(repository)["apply/apply"]["if"]

    assert found == """needs.connectors.outputs.matrix != '{"connector":[]}'"""
