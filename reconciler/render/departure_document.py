"""What an apply did other than its reviewed plan said, for whoever reviewed it."""

from reconciler.model.outcome import ApplyResult, LineResult
from reconciler.model.plan import Plan
from reconciler.planning.canonical import digest
from reconciler.planning.departure import Departures, departures
from reconciler.render.document import Document, Mark, Row, Section, count
from reconciler.render.line import change_row, instant

__all__ = ["departure_document"]


def departure_document(reviewed: Plan, result: ApplyResult) -> Document:
    """The difference in words; what was reviewed and not done comes first."""
    found = departures(reviewed, result)
    sections = (
        Section(
            title="Reviewed, and not done",
            rows=tuple(_row(line) for line in found.undone),
            is_urgent=True,
        ),
        Section(
            title="Reviewed, and no part of this run",
            rows=tuple(change_row(change) for change in found.absent),
            note="done by an earlier run, overtaken since, or waiting for a person",
        ),
        Section(
            title="Done, and not in the reviewed plan",
            rows=tuple(_row(line) for line in found.unreviewed),
            note="other merged files or the passing of time explain these",
            is_urgent=True,
        ),
    )
    return Document(
        title=f"Applied to {result.connector}, compared with the reviewed plan",
        facts=(
            f"run: {result.run}, {instant(result.started_at)} to {instant(result.ended_at)}",
            f"reviewed: {digest(reviewed)}",
            f"planned at: {instant(reviewed.created_at)}",
        ),
        verdict=_verdict(found),
        totals=f"{len(found.undone)} not done · {len(found.absent)} no part of the run · "
        f"{len(found.unreviewed)} not reviewed here",
        sections=tuple(section for section in sections if section.rows),
    )


def _verdict(found: Departures) -> str:
    if found.is_empty:
        return "The run did what the reviewed plan said."
    number = len(found.undone) + len(found.absent) + len(found.unreviewed)
    return f"The run did other than the reviewed plan said, in {count(number, 'line')}."


def _row(line: LineResult) -> Row:
    about = change_row(line.change)
    mark = Mark.DONE if line.outcome.is_done else Mark.BLOCKED
    details = (line.detail, *about.details) if line.detail else about.details
    return Row(mark=mark, head=f"{line.outcome.value}: {about.head}", details=details)
