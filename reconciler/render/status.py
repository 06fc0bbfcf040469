"""The health of the connectors, as it is read."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from reconciler.model.evidence import ConnectorHealth, PastAccount, PastLine, PastRun
from reconciler.render.document import Document, Fact, Mark, Row, Section, count
from reconciler.render.rows.citations import instant

__all__ = ["duration", "status_document", "status_rows"]

_MOST_SHOWN = 10
_MINUTE, _HOUR = 60, 3600


def status_document(
    connectors: Sequence[ConnectorHealth], now: datetime, max_age: timedelta | None
) -> Document:
    """Every connector, the silent ones named in the verdict."""
    silent = [one.connector for one in connectors if not one.is_current]
    limit = f"at most {duration(max_age)} old" if max_age else "of any age"
    return Document(
        title="Status",
        facts=(Fact("as of", instant(now)), Fact("wanted", f"a good run, {limit}")),
        verdict=_verdict(connectors, silent, limit),
        totals=f"{count(len(connectors), 'connector')} · {len(silent)} silent or failing",
        sections=tuple(_section(one) for one in connectors),
    )


def _verdict(connectors: Sequence[ConnectorHealth], silent: Sequence[str], limit: str) -> str:
    if not connectors:
        return "No connector is in use, so no run keeps any group."
    if silent:
        return f"No good run {limit}: {', '.join(silent)}."
    return "Every connector has run well."


def status_rows(connectors: Sequence[ConnectorHealth]) -> list[dict[str, object]]:
    """Each connector as plain data; ages in seconds."""
    return [
        {
            "connector": one.connector,
            "sandbox": one.sandbox,
            "is_current": one.is_current,
            "age_s": int(one.age.total_seconds()) if one.age is not None else None,
            "last_run": _plain(one.last),
            "last_good_run": _plain(one.last_good),
            "since": [_plain(run) for run in one.since],
            "held": list(one.last.held) if one.last else [],
            "waiting": [_words(line) for line in one.waiting],
            "blocked": one.last.blocked if one.last else 0,
        }
        for one in connectors
    ]


def duration(span: timedelta) -> str:
    """`2 d 3 h`, `26 h`, `5 min`: whole units, never rounded up."""
    seconds = int(abs(span).total_seconds())
    hours = seconds // _HOUR
    if hours >= 2 * 24:
        days = f"{hours // 24} d"
        return f"{days} {hours % 24} h" if hours % 24 else days
    return f"{hours} h" if hours else f"{seconds // _MINUTE} min"


def _section(one: ConnectorHealth) -> Section:
    rows = [_last_good_row(one), *(_failed_row(run) for run in one.since[-_MOST_SHOWN:])]
    if one.last:
        rows += [Row(mark=Mark.HELD, head=f"held by {guard}") for guard in one.last.held]
        if one.last.blocked:
            blocked = f"{count(one.last.blocked, 'line')} blocked in the last run"
            rows.append(Row(mark=Mark.BLOCKED, head=blocked))
    rows += [Row(mark=Mark.NOTE, head=_words(line)) for line in one.waiting[:_MOST_SHOWN]]
    more = len(one.waiting) - _MOST_SHOWN
    if more > 0:
        rows.append(Row(mark=Mark.NOTE, head=f"and {count(more, 'more line')} not done"))
    name = f"{one.connector}{' · sandbox' if one.sandbox else ''}"
    return Section(title=name, rows=tuple(rows))


def _last_good_row(one: ConnectorHealth) -> Row:
    run = one.last_good
    if run is None or one.age is None:
        return Row(
            mark=Mark.BLOCKED,
            head="no good run is recorded",
            details=("hint: give each apply --evidence, and name the same folder here",),
        )
    when = "ago" if one.age >= timedelta() else "ahead of this clock"
    return Row(
        mark=Mark.DONE if one.is_current else Mark.BLOCKED,
        head=f"last good run: {instant(run.started_at)}, {duration(one.age)} {when}",
        details=(f"{run.run} ({run.mode}), exit code {run.exit_code}",),
    )


def _failed_row(run: PastRun) -> Row:
    if run.ended_at is None:
        how = "has no end: it was killed, or is still going on"
    else:
        how = f"ended with exit code {run.exit_code}"
    return Row(
        mark=Mark.BLOCKED,
        head=f"since then: {instant(run.started_at)}, {run.run} {how}",
        details=(run.refusal,) if run.refusal else (),
    )


def _words(line: PastLine | PastAccount) -> str:
    who = f" {line.login}" if line.login else ""
    where = f' in "{line.group_name}"' if isinstance(line, PastLine) else ""
    return f"{line.outcome}: {line.action}{who}{where}"


def _plain(run: PastRun | None) -> dict[str, object] | None:
    if run is None:
        return None
    return {
        "run": run.run,
        "mode": run.mode,
        "started_at": run.started_at.isoformat(),
        "ended_at": run.ended_at.isoformat() if run.ended_at else None,
        "exit_code": run.exit_code,
        "is_complete": run.is_complete,
        "refusal": run.refusal,
    }
