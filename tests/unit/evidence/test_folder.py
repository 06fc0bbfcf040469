"""Which files are runs of which connector, and what their lines say."""

import json
import os
from pathlib import Path

import jsonschema
import pytest

from reconciler.evidence.folder import read_chain, read_chains
from reconciler.evidence.records import Event
from reconciler.model.errors import StoreError
from tests.support.builders import CONNECTOR, Company
from tests.support.chains import write_runs
from tests.support.harness import Office

SCHEMA = Path(__file__).parents[3] / "schemas" / "evidence.schema.json"


def lines(path):
    """What the file says."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_rehearsal_follows_no_real_run(tmp_path):
    """Nor the other way round."""
    write_runs(tmp_path, 1)
    (first,) = write_runs(tmp_path, 1, sandbox=True)
    assert lines(first)[0]["follows"] == []
    assert [(c.name, c.sandbox) for c in read_chains(tmp_path)] == [
        ("okta-prod", False),
        ("okta-prod.sandbox", True),
    ]


def test_other_files_are_no_evidence(tmp_path):
    """The folder may be a checkout, with a README and git's own folder."""
    write_runs(tmp_path, 1)
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.jsonl").write_text("x")
    (tmp_path / "README.md").write_text("x")
    (tmp_path / "okta-prod" / ".20261122.jsonl.abc").write_text("half")
    (found,) = read_chains(tmp_path)
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
    linked = next(chain for chain in read_chains(tmp_path) if chain.name == "acme")
    assert (linked.files, [f.file for f in linked.faults]) == ((), ["acme"])


def test_a_folder_that_is_not_there_is_an_error_to_list_and_an_empty_chain_to_begin(tmp_path):
    """The first apply makes it; nobody checks nothing."""
    assert read_chain(tmp_path / "none", CONNECTOR, sandbox=False).files == ()
    with pytest.raises(StoreError) as caught:
        read_chains(tmp_path / "none")
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
        .with_lifecycle()
        .person("zed")
        .account(
            "zed",
            state="suspended",
            reason="laptop stolen",
            approval={
                "ticket": "SEC-88",
                "approved_by": "it-desk@example.com",
                "approved_at": "2026-11-22T08:30Z",
            },
        )
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
