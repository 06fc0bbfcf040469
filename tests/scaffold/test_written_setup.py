"""What the workflows install: one commit or one wheel, looked at each time."""

import pytest

from reconciler.policy.tool_pin import PIN_FILE, UNKNOWN, judge_pin_file
from tests.scaffold.written import made, run_step, scripts, step
from tests.unit.policy.test_tool_pin import FIXED, LOOSE

NEXT = "--requirement .github/reconciler.txt"


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What init wrote."""
    return made(tmp_path_factory.mktemp("made") / "access")


def looked_at(repository, folder, text, lock=None):
    """The step that looks at what is to be installed."""
    (folder / ".github").mkdir(exist_ok=True)
    (folder / PIN_FILE).write_text(text, encoding="utf-8", newline="")
    if lock is not None:
        (folder / ".github" / "reconciler.lock").write_text(lock, encoding="utf-8")
    return run_step(step(repository, "action/setup", "fixed="), folder, {})


def test_the_tool_is_said_in_one_place_and_installed_in_one(repository):
    """By no version of an index: nobody owns the name there."""
    text = (repository / PIN_FILE).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert lines == [f"okta-grants-reconciler @ git+https://git.example.com/acme/tool@{'a' * 40}"]
    assert [n for n, s in scripts(repository) if "pip install" in s] == ["action/setup"]
    found = [p for p in repository.rglob("*") if p.is_file() and "==" in p.read_text("utf-8")]
    assert [p for p in found if "okta-grants-reconciler==" in p.read_text("utf-8")] == []


@pytest.mark.parametrize("line", FIXED)
def test_what_validate_accepts_the_job_installs(repository, tmp_path, line):
    """With the comments around it, and in a checkout with CRLF."""
    for text in (line, f"# a comment\n\n{line}\n", f"# a comment\r\n{line}\r\n"):
        assert judge_pin_file(text, PIN_FILE) == ()
        assert looked_at(repository, tmp_path, text).code == 0


@pytest.mark.parametrize("text", LOOSE)
def test_what_validate_refuses_the_job_refuses_too(repository, tmp_path, text):
    """The job cannot ask the tool, which is not installed yet; so both judge alike."""
    ended = looked_at(repository, tmp_path, text)

    assert judge_pin_file(text, PIN_FILE)
    assert ended.code == 1
    assert "::error file=.github/reconciler.txt::" in ended.said


def test_a_lock_is_for_the_rest_alone(repository, tmp_path):
    """The name of the tool in it would be asked of the index."""
    kept = "httpx==0.28.1 --hash=sha256:1\n    # via okta-grants-reconciler\n"

    assert looked_at(repository, tmp_path, FIXED[0], kept).code == 0
    for name in ("okta-grants-reconciler", "okta_grants_reconciler", "Okta.Grants.Reconciler"):
        assert looked_at(repository, tmp_path, FIXED[0], f"{name}==0.1.0\n").code == 1


def test_with_a_lock_nothing_else_comes_from_an_index(repository, tmp_path):
    """Neither the tool nor what builds it."""
    script, fakes = step(repository, "action/setup", "pip install"), {"python": ""}
    (tmp_path / ".github").mkdir()
    (alone,) = run_step(script, tmp_path, fakes).calls
    (tmp_path / ".github" / "reconciler.lock").write_text("")
    first, second = run_step(script, tmp_path, fakes).calls

    assert alone.endswith(f"--only-binary :all: {NEXT}")
    assert first.endswith("--require-hashes --requirement .github/reconciler.lock")
    assert second.endswith(f"--no-deps --no-index --no-build-isolation {NEXT}")


def test_a_repository_that_nobody_told_where_from_says_so(repository, tmp_path):
    """In the job too: no step goes on with a tool that is not there."""
    assert looked_at(repository, tmp_path, UNKNOWN).code == 1
