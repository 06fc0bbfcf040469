"""How a connector stands: when it last ran well, what failed since, and what waits."""

from dataclasses import dataclass
from datetime import timedelta

from reconciler.model.evidence import PastLine, PastRun
from reconciler.model.ids import ConnectorId
from reconciler.model.outcome import Outcome

__all__ = ["Standing"]

_DONE = {outcome.value for outcome in Outcome if outcome.is_done}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One connector at an instant. `since` are the runs after the last good one, oldest first."""

    connector: ConnectorId
    sandbox: bool
    last: PastRun | None
    last_good: PastRun | None
    since: tuple[PastRun, ...]
    age: timedelta | None
    """Since the last good run began; None when there is none."""
    is_current: bool
    """Whether there is a good run, young enough."""

    @property
    def waiting(self) -> tuple[PastLine, ...]:
        """The lines of the last run that were held, failed or not run."""
        lines = self.last.lines if self.last else ()
        return tuple(line for line in lines if line.outcome not in _DONE)
