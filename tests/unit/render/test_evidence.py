"""Checked evidence in words: every fault by its place, and the heads to keep."""

from reconciler.model.evidence import ChainReport, Fault, Link
from reconciler.render.evidence import evidence_document, evidence_rows
from reconciler.render.formats.text import render

FILE = "okta-prod/2026-11/20261122T090000Z-ab12cd.jsonl"
HEAD = Link(run="20261122T090000Z-ab12cd", seq=9, hash="a" * 64)
EVIL = Fault(code="file-misplaced", file="okta-prod/\x1b[31m\nx.jsonl", summary="its name")
REMARK = Fault(code="run-unended", file=FILE, summary="no end", is_error=False)
ALTERED = Fault(code="line-altered", file=FILE, line=3, summary="other bytes")


def report(*faults):
    """A chain with these faults."""
    return ChainReport(
        name="okta-prod",
        connector="okta-prod",
        sandbox=False,
        runs=2,
        lines=9,
        heads=(HEAD,),
        faults=faults,
    )


def text(*reports, absent=()):
    """What is printed."""
    return [line.text for line in render(evidence_document("ev", reports, absent))]


def test_whole_evidence_says_so_and_which_head_to_keep():
    """A remark does not make it less whole."""
    assert text(report(REMARK)) == [
        "Evidence in ev",
        "",
        "The evidence is what was written.",
        "1 chain · 2 runs · 9 lines · 0 errors · 1 remark",
        "",
        "okta-prod (2): 2 runs, 9 lines",
        f"  · remark: run-unended: {FILE}",
        "      no end",
        f"  = head: {'a' * 64}",
        "      line 9, 20261122T090000Z-ab12cd",
        "",
        (
            "a chain cannot show that its end was cut off: keep each head outside, and give it to "
            "--expect-head the next time"
        ),
    ]


def test_every_error_is_at_its_place_and_harmless_to_read():
    """Names in a tampered folder are anybody's."""
    found = text(report(ALTERED, EVIL), absent=["b" * 64])
    assert found[2] == "The evidence is not what was written: 3 errors."
    assert f"  ! error: line-altered: {FILE}:3" in found
    assert "  ! error: file-misplaced: okta-prod/\\u{1b}[31m\\u{a}x.jsonl" in found
    assert f"  ! error: head-missing: {'b' * 64}" in found
    assert found[-1] == "restore the files from the history of the branch that keeps them"


def test_as_data_nothing_is_left_out():
    """For whoever files tickets from it."""
    (row,) = evidence_rows([report(ALTERED)])
    assert row == {
        "chain": "okta-prod",
        "connector": "okta-prod",
        "sandbox": False,
        "is_whole": False,
        "runs": 2,
        "lines": 9,
        "heads": [{"run": HEAD.run, "number": 9, "hash": "a" * 64}],
        "faults": [
            {
                "code": "line-altered",
                "file": FILE,
                "line": 3,
                "is_error": True,
                "summary": "other bytes",
            }
        ],
    }


def test_a_connector_without_a_chain_is_an_error():
    """Evidence of a run that nobody kept is not whole."""
    found = [line.text for line in render(evidence_document("ev", [report()], (), ["okta-lab"]))]
    assert "The evidence is not what was written: 1 error." in found
    assert "  ! error: chain-missing: okta-lab" in found
