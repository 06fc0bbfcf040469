"""A file per run, only ever added to, each line on disk before the run goes on."""

import json
import os
import stat
from pathlib import Path

import jsonschema
import pytest

from reconciler.evidence.folder import chains, read_chain
from reconciler.evidence.verification import verify
from reconciler.model.errors import StoreError
from reconciler.model.evidence import Event
from tests.support.builders import CONNECTOR, NOW, Company
from tests.support.chains import began, ended, line_ended, opened, run_name, write_runs
from tests.support.harness import Office

SCHEMA = Path(__file__).parents[3] / "schemas" / "evidence.schema.json"


def lines(path):
    """What the file says."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_line_is_on_disk_when_append_returns(tmp_path):
    """It is read here while the run goes on."""
    appender = opened(tmp_path)
    assert [n["event"] for n in lines(appender.path)] == ["run-started"]
    began(appender)
    assert [n["event"] for n in lines(appender.path)] == ["run-started", "write-begun"]
    assert lines(appender.path)[-1]["hash"] == appender.head


def test_a_run_lies_by_connector_and_month_for_its_owner_alone(tmp_path):
    """It names people; git keeps no more of a mode than whether a file is executable."""
    path = opened(tmp_path / "ev").path
    name = "okta-prod/2026-11/20261122T090000Z-000000.jsonl"
    assert path.relative_to(tmp_path / "ev").as_posix() == name
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent)]
    assert modes == [0o600, 0o700]
    rehearsed = opened(tmp_path / "ev", sandbox=True).path
    assert rehearsed.parts[-3] == "okta-prod.sandbox"


def test_a_rehearsal_follows_no_real_run(tmp_path):
    """Nor the other way round."""
    write_runs(tmp_path, 1)
    (first,) = write_runs(tmp_path, 1, sandbox=True)
    assert lines(first)[0]["follows"] == []
    assert [(c.name, c.sandbox) for c in chains(tmp_path)] == [
        ("okta-prod", False),
        ("okta-prod.sandbox", True),
    ]


def test_a_file_is_never_written_over(tmp_path):
    """Two runs of one name are a mistake."""
    path = opened(tmp_path).path
    before = path.read_bytes()
    with pytest.raises(StoreError) as caught:
        opened(tmp_path)
    assert (caught.value.code, path.read_bytes()) == ("evidence-not-writable", before)


def test_after_a_line_that_was_not_kept_no_other_is(tmp_path):
    """A disk that was full for a moment must not leave half a line in the middle."""
    appender = opened(tmp_path)
    aside = appender.path.with_suffix(".aside")
    appender.path.rename(aside)
    with pytest.raises(StoreError) as caught:
        ended(appender)
    assert caught.value.code == "evidence-not-writable"
    aside.rename(appender.path)
    with pytest.raises(StoreError) as caught:
        ended(appender)
    assert "a line before was not kept" in caught.value.message
    assert len(lines(appender.path)) == 1


def test_a_link_in_place_of_the_file_is_not_followed(tmp_path):
    """Evidence is not written elsewhere."""
    appender = opened(tmp_path)
    target = tmp_path / "elsewhere"
    appender.path.rename(target)
    appender.path.symlink_to(target)
    with pytest.raises(StoreError):
        ended(appender)
    assert len(lines(target)) == 1


@pytest.mark.parametrize("linked", ["okta-prod", "okta-prod/2026-11"])
def test_a_link_in_place_of_a_folder_is_not_followed_and_is_told(tmp_path, linked):
    """Whoever may push the branch that keeps the evidence can bring one along."""
    folder, elsewhere = tmp_path / "ev", tmp_path / "elsewhere"
    for path in (elsewhere, (folder / linked).parent):
        path.mkdir(parents=True)
    (folder / linked).symlink_to(elsewhere)
    with pytest.raises(StoreError) as caught:
        opened(folder)
    assert (caught.value.code, list(elsewhere.iterdir())) == ("evidence-not-writable", [])
    faults = read_chain(folder, CONNECTOR, sandbox=False).faults
    assert [(fault.code, fault.file) for fault in faults] == [("file-misplaced", linked)]


def test_every_text_is_cleaned(tmp_path):
    """At any depth."""
    appender = opened(tmp_path)
    appender.clean = lambda text: text.replace("secret", "***")
    appender.append(Event.RUN_ENDED, {"a": {"b": ["secret", 1, None]}})
    assert lines(appender.path)[-1]["a"] == {"b": ["***", 1, None]}


def test_a_lone_surrogate_breaks_no_chain(tmp_path):
    """A variable of the environment may hold bytes that are no text."""
    appender = opened(tmp_path)
    appender.append(Event.RUN_ENDED, {"claims": {"USER": b"\xff".decode(errors="surrogateescape")}})
    found = verify(read_chain(tmp_path, CONNECTOR, sandbox=False))
    assert [f.code for f in found.errors] == ["line-malformed"]
    assert lines(appender.path)[-1]["claims"] == {"USER": "?"}


def test_other_files_are_nobodys_evidence(tmp_path):
    """The folder may be a checkout, with a README and git's own folder."""
    write_runs(tmp_path, 1)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.jsonl").write_text("x")
    (tmp_path / "README.md").write_text("x")
    (tmp_path / "okta-prod" / ".20261122.jsonl.abc").write_text("half")
    (found,) = chains(tmp_path)
    assert (len(found.files), found.faults) == (1, ())


def test_a_file_in_the_wrong_place_or_behind_a_link_is_a_fault(tmp_path):
    """It is not read, and not overlooked."""
    (path,) = write_runs(tmp_path, 1)
    copy = path.read_bytes()
    for place in (
        "okta-prod/x.jsonl",
        "okta-prod/2026-10/20261122T090000Z-00000a.jsonl",
        "okta-prod/20261122T090000Z-00000a.jsonl",
        "okta-prod/a/2026-11/20261122T090000Z-00000a.jsonl",
    ):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(copy)
    path.with_name("20261122T090000Z-00000b.jsonl").symlink_to(path)
    found = read_chain(tmp_path, CONNECTOR, sandbox=False)
    assert len(found.files) == 1
    assert {fault.code for fault in found.faults} == {"file-misplaced"}
    assert len(found.faults) == 5

    (tmp_path / "acme").symlink_to(tmp_path / "okta-prod")
    linked = next(chain for chain in chains(tmp_path) if chain.name == "acme")
    assert (linked.files, [f.file for f in linked.faults]) == ((), ["acme"])


def test_a_folder_that_is_not_there_is_an_error_to_list_and_an_empty_chain_to_begin(tmp_path):
    """The first apply makes it; nobody checks nothing."""
    assert read_chain(tmp_path / "none", CONNECTOR, sandbox=False).files == ()
    with pytest.raises(StoreError) as caught:
        chains(tmp_path / "none")
    assert caught.value.code == "evidence-missing"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_an_error(tmp_path):
    """What cannot be read must not look empty."""
    write_runs(tmp_path, 1)
    (tmp_path / "okta-prod").chmod(0)
    with pytest.raises(StoreError) as caught:
        read_chain(tmp_path, CONNECTOR, sandbox=False)
    (tmp_path / "okta-prod").chmod(0o700)
    assert caught.value.code == "evidence-unreadable"


def test_what_this_appender_writes_is_whole(tmp_path):
    """Run after run, a killed one among them."""
    write_runs(tmp_path, 2)
    killed = opened(tmp_path, NOW.replace(hour=20))
    began(killed)
    last = opened(tmp_path, NOW.replace(hour=21), 1)
    line_ended(last)
    ended(last)
    found = verify(read_chain(tmp_path, CONNECTOR, sandbox=False))
    assert [(f.code, f.is_error) for f in found.faults] == [("run-unended", False)]
    assert [head.run for head in found.heads] == [run_name(NOW.replace(hour=21), 1)]


def test_every_line_of_an_apply_fits_the_schema(tmp_path):
    """Whoever reads evidence was promised this shape: every event, every outcome, nothing more."""
    people = tuple(f"s{n}" for n in range(6))
    company = (
        Company()
        .tool()
        .bind("kim", "old", *people, authority="authoritative")
        .granted("kim", "amy")
        .ended("old")
        .tool("cursor")
        .create(tool="cursor")
        .granted("zoe", tool="cursor")
        .grant("nobody", tool="cursor")
    )
    office = Office(tmp_path, company)
    office.plan()
    assert office.apply("--evidence", "ev").code == 3
    assert office.apply("--evidence", "ev").code == 3
    office.write(company.grant("amy", tool="cursor"))
    assert office.apply("--evidence", "ev").code == 3

    check = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    told = [line for path in tmp_path.rglob("ev/**/*.jsonl") for line in lines(path)]
    assert {line["event"] for line in told} == {event.value for event in Event}
    assert [e.message for line in told for e in check.iter_errors(line)] == []


def test_what_evidence_shares_with_a_plan_has_one_shape():
    """A field that plans gain is promised here too, or this fails."""
    plan, mine = (
        json.loads(SCHEMA.with_name(f"{name}.schema.json").read_text(encoding="utf-8"))["$defs"]
        for name in ("plan", "evidence")
    )
    shared = (set(plan) & set(mine)) - {"GuardVerdict"}
    assert {"Change", "Blocked", "GroupSummary", "GrantRef", "ReviewRef", "Span"} <= shared
    assert {name: mine[name] for name in shared} == {name: plan[name] for name in shared}
