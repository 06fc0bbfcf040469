"""Judges how a connector stands by the runs in its evidence."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from reconciler.model.evidence import PastRun
from reconciler.model.ids import ConnectorId
from reconciler.model.standing import Standing

__all__ = ["standing"]

_GOOD = frozenset({0, 4})
"""Exit codes of a run that did all it could: done, or some lines are blocked or failed."""


def standing(
    connector: ConnectorId,
    runs: Sequence[PastRun],
    now: datetime,
    *,
    sandbox: bool,
    max_age: timedelta | None,
) -> Standing:
    """The connector's standing; `runs` are oldest first.

    A run dated later than `now` by more than `max_age` proves a wrong clock, not a fresh run.
    """
    good = [place for place, run in enumerate(runs) if _is_good(run)]
    last_good = runs[good[-1]] if good else None
    age = now - last_good.started_at if last_good else None
    return Standing(
        connector=connector,
        sandbox=sandbox,
        last=runs[-1] if runs else None,
        last_good=last_good,
        since=tuple(runs[good[-1] + 1 :] if good else runs),
        age=age,
        is_current=age is not None and (max_age is None or abs(age) <= max_age),
    )


def _is_good(run: PastRun) -> bool:
    return run.is_complete and run.exit_code in _GOOD
