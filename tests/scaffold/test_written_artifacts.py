"""What a job leaves for another arrives where that other looks for it, however many there are."""

import re

import pytest

from tests.scaffold.artifacts import Artifacts
from tests.scaffold.written import jobs, made, run_step, step, temp
from tests.support.repository import committed, git

CONNECTORS = ("okta-main", "okta-other")


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What init wrote."""
    return made(tmp_path_factory.mktemp("made") / "access")


def inputs(repository, where, action, connector):
    """What a job gives to the artifact action, for one connector of the matrix."""
    (found,) = [s for s in jobs(repository)[where]["steps"] if f"/{action}@" in s.get("uses", "")]
    known = {"matrix.connector": connector, "runner.temp": "temp"}
    return {
        key: re.sub(r"\$\{\{ ([a-z.]+) \}\}", lambda m: known[m[1]], value)
        if isinstance(value, str)
        else value
        for key, value in found["with"].items()
    }


@pytest.mark.parametrize(
    ("given", "files"),
    [
        ({"name": "one"}, ["here/deep/a.txt"]),
        ({"pattern": "one*"}, ["here/deep/a.txt"]),
        ({"pattern": "*"}, ["here/one/deep/a.txt", "here/two/b.txt"]),
        ({"pattern": "*", "merge-multiple": True}, ["here/b.txt", "here/deep/a.txt"]),
    ],
)
def test_where_an_artifact_lands_depends_on_how_many_match(tmp_path, given, files):
    """As the actions' sources say: this is the knowledge that the workflows rest on."""
    for name in ("one/deep/a.txt", "one/.hidden", "two/b.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    artifacts = Artifacts(tmp_path / "store")
    for name in ("one", "two"):
        artifacts.upload(tmp_path, {"name": name, "path": name})
    assert artifacts.download(tmp_path, {**given, "path": "here"})

    landed = sorted(p.relative_to(tmp_path) for p in (tmp_path / "here").rglob("*") if p.is_file())
    assert [p.as_posix() for p in landed] == files
    assert not artifacts.download(tmp_path, {"name": "nobody", "path": "here"})


def test_every_artifact_is_fetched_by_the_name_it_was_left_under(repository):
    """A pattern puts one artifact elsewhere than two."""
    names = {"upload": [], "download": []}
    for job in jobs(repository).values():
        for each in job.get("steps", ()):
            found = re.search(r"/(upload|download)-artifact@", each.get("uses", ""))
            if found:
                names[found[1]].append(each["with"].get("name"))

    assert None not in names["upload"] + names["download"]
    assert set(names["download"]) <= set(names["upload"])


def test_whoever_appends_to_one_branch_waits_for_the_other(repository):
    """Two pushes at once would lose one."""
    strategy = jobs(repository)["apply/record"]["strategy"]

    assert strategy["max-parallel"] == 1
    assert strategy["fail-fast"] is False


@pytest.fixture
def checkout(tmp_path):
    """A repository at GitHub with its evidence branch, and a job's folder beside it."""
    remote = tmp_path / "remote"
    remote.mkdir()
    committed(remote)
    git(remote, "switch", "-q", "--orphan", "evidence")
    committed(remote, "Evidence")
    git(remote, "switch", "-q", "main")
    return remote


def applied(repository, job, artifacts, connector, code="0"):
    """The apply job of one connector: its evidence is kept and uploaded."""
    place = job / "evidence" / connector / "2026-11"
    place.mkdir(parents=True)
    (place / "run.jsonl").write_text("line\n")
    (temp(job) / "outcome").mkdir(parents=True)
    (temp(job) / "outcome" / "code").write_text(f"{code}\n")
    script = step(repository, "apply/apply", "$out/evidence")
    assert run_step(script, job, {}, {"CONNECTOR": connector}).code == 0
    artifacts.upload(job, inputs(repository, "apply/apply", "upload-artifact", connector))


def recorded(repository, job, artifacts, connector):
    """The record job of one connector, with the evidence branch as it is by now."""
    job.mkdir()
    git(job, "clone", "-q", "-b", "evidence", "../remote", "evidence")
    artifacts.download(job, inputs(repository, "apply/record", "download-artifact", connector))
    script = step(repository, "apply/record", "git -C")
    return run_step(script, job, {}, {"CONNECTOR": connector})


@pytest.mark.parametrize("connectors", [CONNECTORS[:1], CONNECTORS], ids=["one", "two"])
def test_the_evidence_of_each_connector_reaches_the_branch(
    repository, checkout, tmp_path, connectors
):
    """Of one connector as well as of two: a single artifact lies elsewhere than several do."""
    artifacts = Artifacts(tmp_path / "artifacts")
    for connector in connectors:
        applied(repository, tmp_path / f"apply-{connector}", artifacts, connector)
    ended = [recorded(repository, tmp_path / f"record-{c}", artifacts, c) for c in connectors]
    pushed = git(checkout, "ls-tree", "-r", "--name-only", "evidence").splitlines()

    assert [each.code for each in ended] == [0] * len(connectors), ended
    assert pushed == [f"{connector}/2026-11/run.jsonl" for connector in connectors]


def test_an_artifact_holds_its_own_connectors_evidence_and_nobody_elses(
    repository, checkout, tmp_path
):
    """The job of one org cannot write the history of another."""
    artifacts, job = Artifacts(tmp_path / "artifacts"), tmp_path / "apply"
    applied(repository, job, artifacts, "okta-main")
    forged = temp(job) / "outcome" / "evidence" / "okta-other" / "forged.jsonl"
    forged.parent.mkdir()
    forged.write_text("line\n")
    artifacts.upload(job, inputs(repository, "apply/apply", "upload-artifact", "okta-main"))

    assert recorded(repository, tmp_path / "record", artifacts, "okta-main").code == 0
    pushed = git(checkout, "ls-tree", "-r", "--name-only", "evidence").splitlines()
    assert pushed == ["okta-main/2026-11/run.jsonl"]


@pytest.mark.parametrize(("code", "ends"), [("0", 1), ("4", 1), ("3", 0), (None, 0)])
def test_a_run_that_finished_without_evidence_is_red(repository, checkout, tmp_path, code, ends):
    """A run that came to its end always leaves some; one that was refused at the door need not."""
    artifacts, job = Artifacts(tmp_path / "artifacts"), tmp_path / "apply"
    (tmp_path / "artifacts").mkdir()
    (temp(job) / "outcome").mkdir(parents=True)
    (temp(job) / "outcome" / "body.md").write_text("# done\n")
    if code is not None:
        (temp(job) / "outcome" / "code").write_text(f"{code}\n")
    artifacts.upload(job, inputs(repository, "apply/apply", "upload-artifact", "okta-main"))
    ended = recorded(repository, tmp_path / "record", artifacts, "okta-main")

    assert ended.code == ends
    assert "left no evidence" in ended.said
    assert git(checkout, "rev-list", "--count", "evidence") == "1"
