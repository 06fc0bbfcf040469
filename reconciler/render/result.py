"""What an apply did, line by line, and what it left."""

from collections import Counter

from reconciler.model.outcome import (
    AccountResult,
    ApplyResult,
    LeftAccount,
    LeftLine,
    LineResult,
    Outcome,
)
from reconciler.model.plan import Action, Plan
from reconciler.model.stanzas import binding_stanza
from reconciler.planning.plan_codec import digest
from reconciler.planning.selection.deviations import Deviations, find_deviations
from reconciler.planning.wording import describe, describe_account
from reconciler.render.document import Document, Fact, Mark, Row, Section, count
from reconciler.render.rows.accounts import account_row, blocked_account_row
from reconciler.render.rows.citations import instant
from reconciler.render.rows.guards import guard_row
from reconciler.render.rows.memberships import blocked_row, change_row

__all__ = ["departure_document", "result_document", "result_verdict"]

_MARKS = {
    Outcome.VERIFIED: Mark.DONE,
    Outcome.ACCEPTED: Mark.NOTE,
    Outcome.ALREADY: Mark.DONE,
    Outcome.REFUSED: Mark.BLOCKED,
    Outcome.FAILED: Mark.BLOCKED,
    Outcome.HELD: Mark.HELD,
    Outcome.NOT_RUN: Mark.NOTE,
}


def result_document(result: ApplyResult) -> Document:
    """The result in words."""
    lines = _lines(result)
    undone = [line for line in lines if not line.outcome.is_made]
    unconfirmed = [line for line in lines if line.outcome is Outcome.ACCEPTED]
    done = [line for line in lines if line.outcome.is_done]
    sections = (
        Section(title="Not done", rows=tuple(_row(line) for line in undone)),
        Section(
            title="Accepted by Okta, and not to be seen yet",
            rows=tuple(_row(line) for line in unconfirmed),
        ),
        Section(
            title="Accepted in an earlier run, and not to be seen yet",
            rows=tuple(
                Row(mark=Mark.NOTE, head=w.summary, details=(f"hint: {w.hint}",))
                for w in result.warnings
            ),
        ),
        Section(title="Guards", rows=tuple(guard_row(g) for g in result.guards)),
        Section(title="Done", rows=tuple(_row(line) for line in done)),
        Section(
            title="Reviewed lines left alone",
            rows=(*map(_left_row, result.left_accounts), *map(_left_row, result.left)),
        ),
        Section(
            title="Blocked",
            rows=(
                *map(blocked_account_row, result.blocked_accounts),
                *map(blocked_row, result.blocked),
            ),
        ),
    )
    where = f"{result.org.domain} ({result.org.id})"
    return Document(
        title=f"Apply to {result.connector}",
        facts=(
            Fact("org", f"{where}{' · sandbox' if result.sandbox else ''}"),
            _run_fact(result),
            Fact("plan", result.plan_digest),
        ),
        verdict=result_verdict(result),
        totals=_totals(result),
        sections=tuple(section for section in sections if section.rows),
    )


def _lines(result: ApplyResult) -> tuple[AccountResult | LineResult, ...]:
    """In the order in which they were carried out: accounts are changed before any group."""
    return (*result.accounts, *result.lines)


def _run_fact(result: ApplyResult) -> Fact:
    times = f"{instant(result.started_at)} to {instant(result.ended_at)}"
    return Fact("run", f"{result.run}, {times}")


def result_verdict(result: ApplyResult) -> str:
    """How the run ended, in a sentence."""
    lines = _lines(result)
    done = sum(1 for line in lines if line.outcome.is_done)
    total = len(lines)
    if result.interrupted:
        return f"Interrupted: {done} of {count(total, 'change')} done; the next plan has the rest."
    if result.stopped_by:
        return f"Stopped, because {result.stopped_by}: {done} of {count(total, 'change')} done."
    if not total:
        return _idle_verdict(result)
    if all(line.outcome is Outcome.HELD for line in lines):
        return f"Nothing was written: guards hold {count(total, 'change')}."
    return _done_verdict(result, done, total)


def _done_verdict(result: ApplyResult, done: int, total: int) -> str:
    """What is done is what Okta shows; what it only accepted is counted apart."""
    if done == total:
        return "The one change is done." if total == 1 else f"All {total:,} changes are done."
    progress = f"{done} of {count(total, 'change')} done"
    unconfirmed = sum(1 for line in _lines(result) if line.outcome is Outcome.ACCEPTED)
    if unconfirmed:
        return f"{progress}; Okta accepted {unconfirmed:,} more and does not show them yet."
    return f"{progress}."


def _idle_verdict(result: ApplyResult) -> str:
    if result.left_accounts or result.left:
        return "Nothing of the reviewed plan was left to do."
    number = _count_blocked(result)
    if number:
        lines = count(number, "line is", "lines are")
        return f"There was nothing to apply: {lines} blocked."
    return "There was nothing to apply."


def _totals(result: ApplyResult) -> str:
    counted = Counter(line.outcome for line in _lines(result))
    parts = [f"{counted[outcome]} {outcome.value}" for outcome in Outcome if counted[outcome]]
    return " · ".join([*parts, f"{_count_blocked(result)} blocked"])


def _count_blocked(result: ApplyResult) -> int:
    return len(result.blocked_accounts) + len(result.blocked)


def _left_row(line: LeftAccount | LeftLine) -> Row:
    if isinstance(line, LeftAccount):
        return Row(mark=Mark.NOTE, head=f"{describe_account(line.change)}: {line.why}")
    return Row(mark=Mark.NOTE, head=f"{describe(line.change)}: {line.why}")


def _row(line: AccountResult | LineResult) -> Row:
    details = _ending(line)
    if isinstance(line, AccountResult):
        return _outcome_row(line, account_row(line.change), details)
    about = change_row(line.change)
    if line.change.action is Action.CREATE_GROUP and line.change.group.id is not None:
        details = (*details, f"bind it by its id from now on: {binding_stanza(line.change.group)}")
    return _outcome_row(line, about, details)


def _ending(line: AccountResult | LineResult) -> tuple[str, ...]:
    """How it ended besides its outcome: Okta's answer, and the status that was read afterwards."""
    status = line.status if isinstance(line, AccountResult) else ""
    shown = f"Okta showed {status} afterwards" if status else ""
    return tuple(text for text in (line.detail, shown) if text)


def _outcome_row(line: AccountResult | LineResult, about: Row, details: tuple[str, ...]) -> Row:
    request = (f"request {line.request_id}",) if line.request_id else ()
    return Row(
        mark=_MARKS[line.outcome],
        head=f"{line.outcome.value}: {about.head}",
        details=(*details, *request) if not line.outcome.is_done else details,
    )


def departure_document(reviewed: Plan, result: ApplyResult) -> Document:
    """The difference in words; what was reviewed and not done comes first."""
    found = find_deviations(reviewed, result)
    undone, absent, unreviewed = _departed(found)
    sections = (
        Section(
            title="Reviewed, and not done",
            rows=undone,
            is_urgent=True,
        ),
        Section(
            title="Reviewed, and no part of this run",
            rows=absent,
            note="done by an earlier run, overtaken since, or waiting for a person",
        ),
        Section(
            title="Done, and not in the reviewed plan",
            rows=unreviewed,
            note="other merged files or the passing of time explain these",
            is_urgent=True,
        ),
    )
    return Document(
        title=f"Applied to {result.connector}, compared with the reviewed plan",
        facts=(
            _run_fact(result),
            Fact("reviewed", digest(reviewed)),
            Fact("planned at", instant(reviewed.created_at)),
        ),
        verdict=_verdict(len(undone) + len(absent) + len(unreviewed)),
        totals=f"{len(undone)} not done · {len(absent)} no part of the run · "
        f"{len(unreviewed)} not reviewed here",
        sections=tuple(section for section in sections if section.rows),
    )


def _departed(found: Deviations) -> tuple[tuple[Row, ...], tuple[Row, ...], tuple[Row, ...]]:
    """The lines not done, those that were no part of the run, and those not reviewed."""
    row = _departure_document_row
    return (
        (*map(row, found.undone_accounts), *map(row, found.undone)),
        (*map(account_row, found.absent_accounts), *map(change_row, found.absent)),
        (*map(row, found.unreviewed_accounts), *map(row, found.unreviewed)),
    )


def _verdict(number: int) -> str:
    if not number:
        return "The run did what the reviewed plan said."
    return f"The run did other than the reviewed plan said, in {count(number, 'line')}."


def _departure_document_row(line: AccountResult | LineResult) -> Row:
    about = account_row(line.change) if isinstance(line, AccountResult) else change_row(line.change)
    mark = Mark.DONE if line.outcome.is_done else Mark.BLOCKED
    details = (*_ending(line), *about.details)
    return Row(mark=mark, head=f"{line.outcome.value}: {about.head}", details=details)
