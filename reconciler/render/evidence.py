"""Evidence that was checked, as it is read."""

from collections.abc import Sequence

from reconciler.model.evidence import ChainReport
from reconciler.render.document import Document, Mark, Row, Section, count

__all__ = ["evidence_document", "evidence_rows"]

_KEEP = (
    "a chain cannot show that its end was cut off: keep each head outside, and give it to "
    "--expect-head the next time"
)


def evidence_document(
    folder: str,
    reports: Sequence[ChainReport],
    absent: Sequence[str],
    lost: Sequence[str] = (),
) -> Document:
    """Every fault of every chain.

    `absent` are hashes that no line has, `lost` connectors that should have a chain and have none.
    """
    errors = len(absent) + len(lost)
    errors += sum(1 for r in reports for fault in r.faults if fault.is_error)
    remarks = sum(1 for r in reports for fault in r.faults if not fault.is_error)
    runs, lines = sum(r.runs for r in reports), sum(r.lines for r in reports)
    return Document(
        title=f"Evidence in {folder}",
        facts=(),
        verdict=_verdict(errors),
        totals=(
            f"{count(len(reports), 'chain')} · {count(runs, 'run')} · {count(lines, 'line')} · "
            f"{count(errors, 'error')} · {count(remarks, 'remark')}"
        ),
        sections=(
            *(_chain(report) for report in reports),
            *((_absent_heads(absent),) if absent else ()),
            *((_missing_chains(lost),) if lost else ()),
        ),
        closing=_closing(errors),
    )


def evidence_rows(reports: Sequence[ChainReport]) -> list[dict[str, object]]:
    """Each chain as plain data."""
    return [
        {
            "chain": r.name,
            "connector": r.connector,
            "sandbox": r.sandbox,
            "is_whole": r.is_whole,
            "runs": r.runs,
            "lines": r.lines,
            "heads": [{"run": h.run, "number": h.seq, "hash": h.hash} for h in r.heads],
            "faults": [
                {
                    "code": f.code,
                    "file": f.file,
                    "line": f.line,
                    "is_error": f.is_error,
                    "summary": f.summary,
                }
                for f in r.faults
            ],
        }
        for r in reports
    ]


def _verdict(errors: int) -> str:
    if not errors:
        return "The evidence is what was written."
    return f"The evidence is not what was written: {count(errors, 'error')}."


def _closing(errors: int) -> tuple[str, ...]:
    if errors:
        return ("restore the files from the history of the branch that keeps them",)
    return (_KEEP,)


def _chain(report: ChainReport) -> Section:
    rows = [
        Row(
            mark=Mark.BLOCKED if fault.is_error else Mark.NOTE,
            head=f"{'error' if fault.is_error else 'remark'}: {fault.code}: {fault.place}",
            details=(fault.summary,),
        )
        for fault in report.faults
    ]
    heads = [
        Row(mark=Mark.DONE, head=f"head: {head.hash}", details=(f"line {head.seq}, {head.run}",))
        for head in report.heads
    ]
    note = f"{count(report.runs, 'run')}, {count(report.lines, 'line')}"
    return Section(title=report.name, rows=(*rows, *heads), note=note)


def _absent_heads(hashes: Sequence[str]) -> Section:
    rows = tuple(
        Row(
            mark=Mark.BLOCKED,
            head=f"error: head-missing: {one}",
            details=("no line has this hash: the end of a chain was cut off, or replaced",),
        )
        for one in hashes
    )
    return Section(title="Expected heads that are not there", rows=rows)


def _missing_chains(connectors: Sequence[str]) -> Section:
    rows = tuple(
        Row(
            mark=Mark.BLOCKED,
            head=f"error: chain-missing: {one}",
            details=("the connector is in use, and no run of it left evidence here",),
        )
        for one in connectors
    )
    return Section(title="Connectors without a chain", rows=rows)
